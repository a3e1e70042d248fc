"""Steps 2 and 3 once more, in plain words, numbers of Python and sets: what the kernels must agree with."""

import math

import numpy as np

from innovnet._random import philox_array
from innovnet.simulate._participation import _numbers as d
from innovnet.simulate._participation import _state as s

ALL = (1 << 64) - 1
WORD = (1 << 32) - 1
ARRANGED_FIRST = 0x100


def mix(x):
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        x = ((x ^ (x >> 33)) * factor) & ALL
    return x ^ (x >> 33)


def hashed(key, element):
    return mix(key ^ ((int(element) * 0x9E3779B97F4A7C15) & ALL))


def placed(first, second, element):
    x = (int(element) + second & WORD) ^ first
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = ((x ^ (x >> shift)) * factor) & WORD
    return x ^ (x >> 16)


def unit(word):
    return (word + 0.5) / 2**32


class ByHand:
    """A year of searching and deciding."""

    def __init__(self, state, p, draw):
        self.state, self.p, self.draw = state, p, draw
        self.places, self.firms, self.groups, self.support = state.places, state.firms, state.groups, state.support
        self.n = len(self.firms.flags)
        ties = state.ties
        self.ties = [{int(ties.other[e]): e for e in range(ties.indptr[i], ties.indptr[i + 1]) if not ties.channel[e] & s.ENDED} for i in range(self.n)]
        self.body = [bool(self.places.sector[i] == self.places.sectors) for i in range(self.n)]
        self.ids = [i + self.n * int(self.firms.generation[i]) for i in range(self.n)]

    def words(self, one, other, purpose, n):
        return [int(w[0]) for w in philox_array([one], [other], [(purpose << 16) | self.draw.step], [n], int(self.draw.key))]

    def list_keys(self, one, other, purpose, n):
        w = self.words(one, other, purpose, n)
        return w[0] | (w[1] << 32), w[2] | (w[3] << 32)

    def days(self, i):
        return self.p.slack_0 * float(self.firms.employees[i]) ** self.p.slack_size * (self.p.body_slack if self.body[i] else 1.0)

    def capacity(self, i):
        return int(self.days(i) * (1 + 1e-7) / self.p.days)

    def searches(self, i):
        p, degree = self.p, len(self.ties[i])
        rate = p.rate * float(self.firms.employees[i]) ** p.size * math.exp(p.selection * float(self.firms.quality[i])) * (1 + degree) ** p.experience
        rate *= p.innovator if self.firms.innovated[i] & 7 else 1.0
        u, m, total = unit(self.words(self.ids[i], 0, d.YEAR, 0)[0]), 0, math.exp(-rate)
        while u > total and m < 8:
            m += 1
            total += math.exp(-rate) * rate**m / math.factorial(m)
        return max(0, min(m, self.capacity(i) - degree))

    def value(self, i, j, way, row):
        p, places, firms = self.p, self.places, self.firms
        mine, yours = firms.knowledge[i].astype(float), firms.knowledge[j].astype(float)
        o = np.minimum(mine, yours).sum() / np.maximum(mine, yours).sum()
        g = np.maximum(0, yours - mine).sum() / mine.sum()
        fellows = firms.cluster[i] >= 0 and firms.cluster[i] == firms.cluster[j]
        relief = max(float(self.support.cluster_relief[firms.cluster[i]]) if fellows else 0.0, float(self.support.relief[row]) if row >= 0 else 0.0)
        v = p.intercept + p.fit * 4 * o * (1 - o) + p.gain * g / (1 + g) + (p.mission if self.body[i] else 0.0)
        if way == s.PARTNERS_PARTNER:
            v += p.embeddedness
        elif way == s.FELLOWS or (way == s.ARRANGED and fellows):
            v += p.embeddedness * p.fellows
        elif way == s.ARRANGED:
            v += p.arranged
        v -= p.cost * (1 - relief) * min(1.0, p.days / max(p.days, self.days(i) - p.days * len(self.ties[i])))
        a, b = places.region[i], places.region[j]
        v -= p.distance * (a != b)
        waived = row >= 0 and self.support.flags[row] & s.WAIVE_BORDER
        return v - (0.0 if waived else p.border * (places.country[a] != places.country[b]))

    def by_chance(self, i, number):
        p, places = self.p, self.places
        w = self.words(self.ids[i], 0, d.CHANCE, number)
        region = int(np.searchsorted(places.reach[places.region[i]], unit(w[0]), side="right"))
        first = region * (places.sectors + 1)
        u = unit(w[1])
        if u < p.body_share:
            low, high = places.block[first + places.sectors : first + places.sectors + 2]
        elif not self.body[i] and (u - p.body_share) / (1 - p.body_share) < p.same_sector:
            low, high = places.block[first + places.sector[i] : first + places.sector[i] + 2]
        else:
            low, high = places.block[first], places.block[first + places.sectors]
        key = w[2] | (w[3] << 32)
        seen = [int(low) + (((hashed(key, t) >> 32) * int(high - low)) >> 32) for t in range(p.seen)] if high > low else []
        return max(seen, key=lambda j: self.firms.employees[j]) if seen else None

    def sees(self, i, number):
        found = []
        if self.ties[i]:
            w = self.words(self.ids[i], 0, d.PARTNER, number)
            partner = min(self.ties[i], key=lambda j: placed(w[0], w[1], j))
            theirs = [j for j in self.ties[partner] if j != i]
            found += [(min(theirs, key=lambda j: placed(w[2], w[3], j)), s.PARTNERS_PARTNER)] if theirs else []
        g = self.firms.cluster[i]
        if g >= 0:
            w = self.words(self.ids[i], 0, d.FELLOW, number)
            fellows = [int(j) for j in self.groups.member[self.groups.ptr[g] : self.groups.ptr[g + 1]] if j != i]
            found += [(min(fellows, key=lambda j: placed(w[0], w[1], j)), s.FELLOWS)] if fellows else []
        return found + [(j, s.CHANCE) for c in range(self.p.n_chance) if (j := self.by_chance(i, number * 16 + c)) is not None]

    def asks(self, i, number, candidates, row, asked):
        key = self.list_keys(self.ids[i], 0, d.CHOICE, number)[0]
        waits = [(-math.log1p(-unit(hashed(key, self.n) >> 32)), None, None)]
        for j, way in candidates:
            if j == i or j in self.ties[i] or j in asked or (self.body[i] and self.body[j]):
                continue
            waits.append((-math.log1p(-unit(hashed(key, j) >> 32)) * math.exp(-self.value(i, j, way, row)), j, way))
        return min(waits, key=lambda wait: wait[0])[1:]

    def proposals(self):
        """(i, j) → how they met and the introduction, and the room of each for those who ask it."""
        calls, room = {}, []
        for i in range(self.n):
            m, asked = self.searches(i), set()
            left = self.capacity(i) - len(self.ties[i]) - m
            tasks = [(number, None, -1) for number in range(m)]
            tasks += [(ARRANGED_FIRST + k, int(self.support.other[row]), int(row)) for k, row in enumerate(np.flatnonzero(self.support.place == i))]
            for number, introduced, row in tasks:
                if row >= 0 and left <= 0:
                    continue
                j, way = self.asks(i, number, self.sees(i, number) if row < 0 else [(introduced, s.ARRANGED)], row, asked)
                if j is not None:
                    asked.add(j)
                    calls[i, j] = (way, row)
                    left -= row >= 0
            room.append(left)
        return calls, room

    def accepted(self, calls, room):
        taken = []
        for j in range(self.n):
            wanted = []
            for i in sorted(i for i, to in calls if to == j):
                if (j, i) in calls:
                    taken += [(i, j)] if i < j else []
                    continue
                u = unit(self.words(self.ids[j], self.ids[i], d.CONSENT, 0)[0])
                total = self.value(j, i, *calls[i, j]) + math.log(u / (1 - u))
                wanted += [(-total, i)] if total > 0 else []
            taken += [(i, j) for _, i in sorted(wanted)[: max(0, room[j])]]
        return taken

    def run(self):
        """Ties as {(lower, higher): (start, trust, channel, until)} and the number of those asked."""
        calls, room = self.proposals()
        old = self.state.ties
        found = {
            (i, j): tuple(int(x[e]) for x in (old.start, old.trust, old.channel, old.until)) for i in range(self.n) for j, e in self.ties[i].items() if i < j
        }
        for i, j in self.accepted(calls, room):
            way, row = calls[i, j]
            locked = row >= 0 and self.support.flags[row] & s.CONSORTIUM
            found[min(i, j), max(i, j)] = (self.draw.step, 0, way, int(self.support.until[row]) if locked else -32768)
        return found, len(calls)
