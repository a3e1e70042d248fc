"""Participation in numpy: whole arrays, ties as a sorted list of pairs, scipy for the lists of partners; no loop over actors and nothing compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from world import DAYS, DEFAULT, FIELDS, LEAST, SEARCHES, World, qualities, quantiles, table, world

if TYPE_CHECKING:
    import innovnet as inn


def run(population: inn.Network, parameters: dict[str, float] = DEFAULT, *, steps: int, seed: int) -> pd.DataFrame:
    """The moments by year."""
    model = Participation(world(population, parameters), parameters, seed)
    return table([model.step() for _ in range(steps)])


class Participation:
    """All places as arrays, one element for each; ties as arrays ``low``, ``high``, sorted by ``key = low * n + high``."""

    def __init__(self, places: World, parameters: dict[str, float], seed: int) -> None:
        self.w, self.p, self.year = places, parameters, 0
        self.rng = rng = np.random.default_rng(seed)
        n = self.n = places.n
        self.body, self.firm = places.body, ~places.body
        self.employees = places.employees.copy()
        self.log_employees = np.log(self.employees)
        self.log_niche = self.log_employees.copy()
        self.totals = np.bincount(places.sector, self.employees)
        self.quality = qualities(rng, n)
        self.stationary = parameters["innovation.shock"] / np.sqrt(1 - parameters["innovation.persistence"] ** 2)
        self.z = parameters["innovation.quality_z"] * self.quality + self.stationary * rng.standard_normal(n)
        self.birth = -places.age
        self.noise = quantiles(parameters["learning.spread"]).astype(np.float32)
        self.own = self._own(np.arange(n))
        self.own_sum = self.own.sum(1)
        self.v, self.v_sum = self.own.copy(), self.own_sum.copy()
        self.learned = np.zeros(n)
        self.history = np.zeros(n, dtype=np.uint8)
        self.exporter = np.zeros(n, dtype=bool)
        self.cluster = np.full(n, -1)
        self.founded = 0
        self.key = self.low = self.high = np.zeros(0, dtype=np.int64)
        self.trust = np.zeros(0)
        self.degree = np.zeros(n, dtype=np.int64)

    def step(self) -> dict[str, float]:
        """One year."""
        self.year += 1
        new = self._connect(*self._search())
        self._learn()
        innovated = self._innovate()
        exited = self._compete()
        self._end(innovated, exited)
        self._clusters()
        return self._moments(new, exited)

    def _own(self, places: np.ndarray) -> np.ndarray:
        """Knowledge of one's own making."""
        level = self.w.profile[self.w.sector[places]] * np.exp(self.p["learning.quality_k"] * self.quality[places])[:, None]
        return (level * self.noise[self.rng.integers(0, 256, (len(places), FIELDS))]).astype(np.float32)

    def _search(self) -> tuple[np.ndarray, ...]:
        """Proposals: who, to whom, embeddedness; and what room each place has left for what others propose."""
        p, rng, degree = self.p, self.rng, self.degree
        rate = np.exp(np.log(p["search.rate"]) + p["search.size"] * self.log_employees + p["search.selection"] * self.quality)
        rate *= np.where(self.history & 7, p["search.innovator"], 1) * ((1 + np.arange(degree.max() + 1)) ** p["search.experience"])[degree]
        slack = p["ties.slack_0"] * np.exp(p["ties.slack_size"] * self.log_employees) * np.where(self.body, p["ties.body_slack"], 1)
        free = np.floor(slack / p["ties.days_per_tie"]).astype(np.int64) - degree
        searches = np.minimum(np.minimum(rng.poisson(rate), SEARCHES), np.maximum(free, 0))
        self.burden = np.minimum(1, p["ties.days_per_tie"] / np.maximum(p["ties.days_per_tie"], slack - p["ties.days_per_tie"] * degree))
        who = np.repeat(np.arange(self.n), searches)
        number = np.arange(len(who)) - np.repeat(np.cumsum(searches) - searches, searches)
        candidates, embedded = self._candidates(who)
        self._skip(who, candidates)
        row, column = np.nonzero(candidates >= 0)
        i, j = who[row], candidates[row, column]
        score = np.full(candidates.shape, -np.inf)
        score[row, column] = self._value(i, j, *self._fit(i, j), embedded[row, column])
        for a in range(candidates.shape[1]):  # met twice in a search: the better way counts
            for b in range(a):
                same = (candidates[:, a] == candidates[:, b]) & (candidates[:, a] >= 0)
                score[same & (score[:, a] <= score[:, b]), a] = -np.inf
                score[same & (score[:, a] > score[:, b]), b] = -np.inf
        score += rng.gumbel(size=score.shape)
        chosen, taken = self._choose(number, candidates, score, rng.gumbel(size=len(who)))
        return who[chosen], candidates[chosen, taken], embedded[chosen, taken], free - searches

    def _candidates(self, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each search a partner's partner, a fellow and those met by chance (-1: none), and their embeddedness."""
        p, rng, n = self.p, self.rng, self.n
        candidates = np.full((len(who), 2 + p["search.n_chance"]), -1)
        embedded = np.zeros(candidates.shape)
        embedded[:, 0], embedded[:, 1] = 1, p["decision.fellows"]
        ends = np.concatenate([self.low, self.high]), np.concatenate([self.high, self.low])
        lists = sparse.coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(n, n)).tocsr()
        some = np.flatnonzero(self.degree[who])
        partner = lists.indices[lists.indptr[who[some]] + (rng.random(len(some)) * self.degree[who[some]]).astype(np.int64)]
        candidates[some, 0] = self._another(who[some], lists.indices, lists.indptr[partner], self.degree[partner])
        members = np.flatnonzero(self.cluster >= 0)
        members = members[np.argsort(self.cluster[members], kind="stable")]
        sizes = np.bincount(self.cluster[members], minlength=self.founded)
        some = np.flatnonzero(self.cluster[who] >= 0)
        inside = self.cluster[who[some]]
        candidates[some, 1] = self._another(who[some], members, (np.cumsum(sizes) - sizes)[inside], sizes[inside])
        candidates[:, 2:] = self._chance(who)
        return candidates, embedded

    def _another(self, one: np.ndarray, lists: np.ndarray, start: np.ndarray, size: np.ndarray) -> np.ndarray:
        """An element of each list at random other than ``one``, which is in it; -1 if there is no other."""
        found = np.full(len(one), -1)
        some = size > 1
        at = lists[start[some] + (self.rng.random(int(some.sum())) * (size[some] - 1)).astype(np.int64)]
        found[some] = np.where(at == one[some], lists[start[some] + size[some] - 1], at)
        return found

    def _chance(self, who: np.ndarray) -> np.ndarray:
        """The largest of a few places of a near region: bodies, firms of the own sector or any firms."""
        p, w, rng = self.p, self.w, self.rng
        shape = (len(who), p["search.n_chance"])
        regions, width = len(w.reach), w.sectors + 1
        stacked = (w.reach + np.arange(regions)[:, None]).ravel()
        region = np.searchsorted(stacked, w.region[who][:, None] + rng.random(shape)) % regions
        body = rng.random(shape) < p["search.body_share"]
        own = ~body & (rng.random(shape) < p["search.same_sector"]) & (w.sector[who][:, None] < w.sectors)
        first = region * width + np.where(body, w.sectors, np.where(own, w.sector[who][:, None], 0))
        last = np.where(body | own, first + 1, region * width + w.sectors)
        start, size = w.block[first], w.block[last] - w.block[first]
        seen = start[..., None] + (rng.random((*shape, p["search.seen"])) * size[..., None]).astype(np.int64)
        seen = np.minimum(seen, self.n - 1)
        largest = np.take_along_axis(seen, self.employees[seen].argmax(2)[..., None], 2)[..., 0]
        return np.where(size > 0, largest, -1)

    def _skip(self, who: np.ndarray, candidates: np.ndarray) -> None:
        """No self, no partner of now, no two bodies."""
        one = who[:, None]
        out = (candidates == one) | (self.body[candidates] & self.body[one])
        key = np.minimum(one, candidates) * self.n + np.maximum(one, candidates)
        if len(self.key):
            at = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
            out |= self.key[at] == key
        candidates[out] = -1

    def _fit(self, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """4 o (1 - o) of pairs, and the sum of what both know."""
        both = np.minimum(self.v[i], self.v[j]).sum(1)
        overlap = both / (self.v_sum[i] + self.v_sum[j] - both)
        return 4 * overlap * (1 - overlap), both

    def _value(self, i: np.ndarray, j: np.ndarray, fit: np.ndarray, both: np.ndarray, embedded: np.ndarray) -> np.ndarray:
        """What a tie to j is worth to i."""
        p, w = self.p, self.w
        gain = (self.v_sum[j] - both) / self.v_sum[i]
        return (
            p["decision.intercept"]
            + p["decision.fit"] * fit
            + p["decision.gain"] * gain / (1 + gain)
            + p["decision.embeddedness"] * embedded
            + p["decision.mission"] * self.body[i]
            - p["decision.cost"] * self.burden[i]
            - p["decision.distance"] * (w.region[i] != w.region[j])
            - p["decision.border"] * (w.country[i] != w.country[j])
        )

    def _choose(self, number: np.ndarray, candidates: np.ndarray, score: np.ndarray, alone: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One choice for each search, in their order: nobody is proposed to twice."""
        best = score.argmax(1)
        made = score[np.arange(len(best)), best] > alone
        for k in range(1, int(number.max(initial=0)) + 1):
            row = np.flatnonzero(number == k)
            for before in range(1, k + 1):
                earlier = np.where(made[row - before], candidates[row - before, best[row - before]], -2)
                score[row] = np.where(candidates[row] == earlier[:, None], -np.inf, score[row])
            best[row] = score[row].argmax(1)
            made[row] = score[row, best[row]] > alone[row]
        chosen = np.flatnonzero(made)
        return chosen, best[chosen]

    def _connect(self, i: np.ndarray, j: np.ndarray, embedded: np.ndarray, room: np.ndarray) -> int:
        """Consent, and the new ties among the old ones; how many there are."""
        key = np.minimum(i, j) * self.n + np.maximum(i, j)
        keys, which, times = np.unique(key, return_inverse=True, return_counts=True)
        asked = np.flatnonzero(times[which] == 1)
        i, j, key = i[asked], j[asked], key[asked]
        liking = self._value(j, i, *self._fit(i, j), embedded[asked]) + self.rng.logistic(size=len(asked))
        wanted = np.flatnonzero(liking > 0)
        wanted = wanted[np.lexsort((-liking[wanted], j[wanted]))]
        target = j[wanted]
        first = np.searchsorted(target, target)
        accepted = wanted[np.arange(len(target)) - first < room[target]]
        new = np.concatenate([keys[times == 2], key[accepted]])
        joined = np.concatenate([self.key, new])
        order = np.argsort(joined, kind="stable")
        self.trust = np.concatenate([self.trust, np.zeros(len(new))])[order]
        self._keep(joined[order])
        return len(new)

    def _keep(self, key: np.ndarray) -> None:
        """The ties are these."""
        self.key = key
        self.low, self.high = np.divmod(key, self.n)
        self.degree = np.bincount(self.low, minlength=self.n) + np.bincount(self.high, minlength=self.n)

    def _learn(self) -> None:
        """Meetings of pairs that both draw first, and of firms with bodies they draw first; then what is learned, and renewal."""
        p, v, low, high = self.p, self.v, self.low, self.high
        for _ in range(p["learning.rounds"]):
            word = self.rng.random(len(low))
            least = np.ones(self.n)
            np.minimum.at(least, low, word)
            np.minimum.at(least, high, word)
            first, second = word == least[low], word == least[high]
            taught, teaching = first & self.body[high], second & self.body[low]
            pair = first & second & ~self.body[low] & ~self.body[high]
            self._exchange(low[pair], high[pair])
            pupil, source = np.concatenate([low[taught], high[teaching]]), v[np.concatenate([high[taught], low[teaching]])]
            more = source > (1 + p["learning.band"]) * v[pupil]
            v[pupil] += p["learning.absorption"] * np.where(more, source - v[pupil], 0)
        self.learned = np.log(v.sum(1) / self.own_sum)
        v += p["learning.renewal"] * (self.own - v)
        self.v_sum = v.sum(1)

    def _exchange(self, i: np.ndarray, j: np.ndarray) -> None:
        """Barter: as many fields flow one way as the other."""
        band, absorption = 1 + self.p["learning.band"], self.p["learning.absorption"]
        one, two = self.v[i], self.v[j]
        gives, takes = one > band * two, two > band * one
        number = np.minimum(gives.sum(1), takes.sum(1))[:, None]
        flows = [np.where(side, self.rng.random(side.shape), 2).argsort(1).argsort(1) < number for side in (gives, takes)]
        self.v[i] = one + absorption * np.where(flows[1], two - one, 0)
        self.v[j] = two + absorption * np.where(flows[0], one - two, 0)

    def _innovate(self) -> np.ndarray:
        """Who innovates, and productivity."""
        p, degree = self.p, self.degree
        reach = np.minimum(20, degree - 1).astype(float)
        indirect = np.bincount(self.low, reach[self.high], self.n) + np.bincount(self.high, reach[self.low], self.n)
        network = p["innovation.know"] * self.learned + p["innovation.ties"] * np.log1p(degree + p["innovation.indirect"] * indirect)
        exponent = p["innovation.size"] * self.log_employees + p["innovation.quality"] * self.quality + p["network_effect"] * network
        innovated = (self.rng.standard_exponential(self.n) < p["innovation.base"] * np.exp(exponent)) & self.firm
        self.history = (self.history << 1) | innovated
        self.innovations = np.count_nonzero(innovated)
        keep = p["innovation.persistence"]
        self.z *= keep
        self.z += (1 - keep) * p["innovation.quality_z"] * self.quality + p["innovation.jump"] * innovated
        self.z += p["innovation.shock"] * self.rng.standard_normal(self.n)
        return innovated

    def _compete(self) -> np.ndarray:
        """Export, exit, growth and entry; who exited."""
        p, sector, size = self.p, self.w.sector, self.log_employees
        effective = self.z - p["network_effect"] * p["ties.days_per_tie"] * self.degree / (DAYS * self.employees)
        mean = np.bincount(sector, self.employees * self.z) / self.totals
        spill = np.zeros(self.n, dtype=bool)
        spill[self.low[self.exporter[self.high]]] = True
        spill[self.high[self.exporter[self.low]]] = True
        pull = effective + p["market.export_size"] * size + p["network_effect"] * p["market.spill"] * spill
        self.exporter = (pull > p["market.export_threshold"] - p["market.hysteresis"] * self.exporter) & self.firm
        lead = effective - mean[sector]
        age = self.year - self.birth
        hazard = p["market.exit_base"] * np.exp(-p["market.exit_size"] * size - p["market.exit_age"] * np.log1p(age) - p["market.exit_productivity"] * lead)
        exited = (self.rng.standard_exponential(self.n) < hazard) & self.firm
        weight = np.exp(size + p["market.select"] * lead - p["market.revert"] * (size - self.log_niche))
        weight[exited] = p["market.entry_size"] * np.exp(self.log_niche[exited])
        self.employees = np.where(self.firm, weight * (self.totals / np.bincount(sector, weight))[sector], self.employees)
        self.log_employees = np.log(self.employees)
        self._enter(np.flatnonzero(exited), mean)
        return exited

    def _enter(self, places: np.ndarray, mean: np.ndarray) -> None:
        """Entrants at the places of those who exited."""
        p, rng, k = self.p, self.rng, len(places)
        self.quality[places] = qualities(rng, k)
        level = mean[self.w.sector[places]] - p["market.entry_gap"] + p["innovation.quality_z"] * self.quality[places]
        self.z[places] = level + self.stationary * rng.standard_normal(k)
        self.own[places] = self.v[places] = self._own(places)
        self.own_sum[places] = self.v_sum[places] = self.own[places].sum(1)
        self.learned[places], self.history[places], self.exporter[places] = 0, 0, False
        self.cluster[places], self.birth[places] = -1, self.year

    def _end(self, innovated: np.ndarray, exited: np.ndarray) -> None:
        """Trust, and ties that end."""
        p, low, high = self.p, self.low, self.high
        success = innovated[low] | innovated[high]
        trust = self.trust + np.where(success, p["ties.trust_up"] * (1 - self.trust), -p["ties.trust_down"] * self.trust)
        over = self.rng.logistic(size=len(low)) < p["ties.end_0"] - p["ties.end_trust"] * trust - p["ties.end_fit"] * self._fit(low, high)[0]
        live = ~(over | exited[low] | exited[high])
        self.trust = np.rint(trust[live] * 255) / 255
        self._keep(self.key[live])

    def _clusters(self) -> None:
        """Clusters are founded, admit, are left and dissolve."""
        p, rng, before = self.p, self.rng, self.cluster
        low, high, country = self.low, self.high, self.w.country
        fellows = (before[low] == before[high]) & (before[low] >= 0)
        inside = np.bincount(np.concatenate([low[fellows], high[fellows]]), minlength=self.n)
        cluster = before.copy()
        free = (before < 0) & self.firm
        both = free[low] & free[high]
        one, other = low[both], high[both]
        near = country[one] == country[other]
        ties = np.bincount(np.concatenate([one[near], other[near]]), minlength=self.n)
        founder = np.flatnonzero((ties >= p["clusters.min_members"] - 1) & free)
        founder = founder[rng.random(len(founder)) < p["clusters.found"]]
        if len(founder):
            self._found(cluster, founder, free, one[near], other[near])
        ends = np.concatenate([low, high]), np.concatenate([high, low])
        into = free[ends[0]] & (cluster[ends[0]] < 0) & (before[ends[1]] >= 0)
        who, where = ends[0][into], before[ends[1][into]]
        shuffled = rng.permutation(len(who))
        who, first, ties = np.unique(who[shuffled], return_index=True, return_counts=True)
        joins = rng.random(len(who)) < 1 - (1 - p["clusters.admit"]) ** ties
        cluster[who[joins]] = where[shuffled][first[joins]]
        member = np.flatnonzero(before >= 0)
        leaves = rng.random(len(member)) < p["clusters.leave_0"] * np.exp(-p["clusters.leave_ties"] * inside[member])
        cluster[member[leaves]] = -1
        member = cluster >= 0
        sizes = np.bincount(cluster[member], minlength=self.founded)
        cluster[member] = np.where(sizes[cluster[member]] < LEAST, -1, cluster[member])
        names, codes = np.unique(cluster[cluster >= 0], return_inverse=True)
        cluster[cluster >= 0] = codes
        self.cluster, self.founded = cluster, len(names)

    def _found(self, cluster: np.ndarray, founder: np.ndarray, free: np.ndarray, one: np.ndarray, other: np.ndarray) -> None:
        """Each firm outside clusters is claimed by the smallest number among its own and its partners' in its country; who wins enough founds."""
        none = len(founder)
        number = np.full(self.n, none)
        number[founder] = self.rng.permutation(none)
        claim = number.copy()
        np.minimum.at(claim, one, number[other])
        np.minimum.at(claim, other, number[one])
        won = np.bincount(claim[free], minlength=none + 1)
        rank = number[founder]
        founds = np.zeros(none + 1, dtype=bool)
        founds[rank] = (claim[founder] == rank) & (won[rank] >= self.p["clusters.min_members"])
        joins = free & founds[claim]
        cluster[joins] = self.founded + (np.cumsum(founds) - 1)[claim[joins]]
        self.founded += int(founds.sum())

    def _moments(self, new: int, exited: np.ndarray) -> dict[str, float]:
        firm, degree = self.firm, self.degree
        partner = firm & (degree > 0)
        large = firm & (self.employees >= 10)
        firms = int(firm.sum())
        return {
            "participation": partner.sum() / firms,
            "ties": len(self.key),
            "ties_new": new,
            "mean_degree_participants": degree[partner].sum() / max(np.count_nonzero(partner), 1),
            "mean_degree_bodies": degree[self.body].mean(),
            "innovation_rate": self.innovations / firms,
            "innovative_3y_10": np.count_nonzero(self.history[large] & 7) / max(int(large.sum()), 1),
            "export_share": self.exporter.sum() / firms,
            "survival": 1 - exited.sum() / firms,
            "clusters": self.founded,
            "cluster_members": np.count_nonzero(self.cluster >= 0),
            "log_productivity_sd": self.z[firm].std(),
            "learned": self.learned[firm].mean(),
            "market_share_participants": self.employees[partner].sum() / self.employees[firm].sum(),
        }
