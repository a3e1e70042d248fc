"""Who founds, joins and leaves clusters. Every firm decides on what was the case before this step; then the clusters are laid out anew."""

from typing import Any, NamedTuple

import numpy as np

from innovnet._kernel import kernel
from innovnet._random import hashed, open_unit, philox
from innovnet.simulate._participation._draws_kernel import exp32, identity, tag
from innovnet.simulate._participation._numbers import CLUSTER, FOUND, W_CLUSTER, YEAR, Numbers
from innovnet.simulate._participation._state import ENDED, F4, I4, I8, U4, Firms, Groups, Places, Support, Ties

Whole = int | np.signedinteger[Any]
#: Members below which a cluster dissolves.
LEAST = 3
#: Fee of a member, EUR a year.
FEE, FEE_EMPLOYEE, FEE_MOST = 300.0, 20.0, 5000.0
_NEVER = np.int16(-32768)


class Wishes(NamedTuple):
    """What firms want, by place: founders with their draws, and who leaves (``to`` −1) or joins a cluster (its row)."""

    founder: U4
    mover: U4
    to: I4


@kernel
def distinct(values: U4, n: Whole) -> int:
    """Different ones among the first n."""
    ordered = np.sort(values[:n])
    found = 0
    for k in range(n):
        found += k == 0 or ordered[k] != ordered[k - 1]
    return found


@kernel
def factor(values: F4, row: Whole) -> float:
    """A multiplier of a cluster; 1 where nobody set one."""
    return float(values[row]) if 0 <= row < len(values) else 1.0


@kernel
def _free(i: Whole, j: Whole, places: Places, firms: Firms) -> bool:
    """Whether j is a firm outside clusters in the country of i."""
    country = places.country
    return firms.cluster[j] < 0 and places.sector[j] != places.sectors and country[places.region[i]] == country[places.region[j]]


@kernel
def _joins(i: int, words: tuple[np.uint32, np.uint32, np.uint32, np.uint32], cluster: I4, ties: Ties, support: Support, admit: float) -> int:
    """The cluster that an outsider joins, that of one of its n partners in clusters, with probability (1 − (1 − admit)ⁿ)(1 + φ); −1 none."""
    bits = np.uint64(words[0]) | (np.uint64(words[1]) << np.uint64(32))
    least, row, stays = np.uint64(0), -1, 1.0
    for h in range(ties.indptr[i], ties.indptr[i + 1]):
        j = ties.other[h]
        if ties.channel[h] & ENDED == 0 and cluster[j] >= 0:
            draw = hashed(bits, np.uint64(j))
            stays *= 1.0 - admit
            if row < 0 or draw < least:
                least, row = draw, cluster[j]
    relief = float(support.cluster_relief[row]) if 0 <= row < len(support.cluster_relief) else 0.0
    chance = (1.0 - stays) * (1.0 + relief) * factor(support.cluster_admit, np.int64(row))
    return row if row >= 0 and open_unit(words[2]) < chance else -1


@kernel
def _independent(i: int, places: Places, firms: Firms, ties: Ties) -> int:
    """Partners with whom i could found a cluster: owners other than its own among its partners outside clusters in its country."""
    owners, n = np.empty(ties.indptr[i + 1] - ties.indptr[i], dtype=np.uint32), 0
    for h in range(ties.indptr[i], ties.indptr[i + 1]):
        j = np.int64(ties.other[h])
        if ties.channel[h] & ENDED == 0 and _free(i, j, places, firms) and places.owner[j] != places.owner[i]:
            owners[n] = places.owner[j]
            n += 1
    return distinct(owners, np.int64(n))


@kernel
def wish(low: int, high: int, places: Places, firms: Firms, ties: Ties, support: Support, draws: U4, p: Numbers, key: np.uint64, step: int) -> Wishes:
    """What the firms at places ``low`` to ``high`` want. A firm with enough independent partners draws a number in ``draws`` (else 0) to found a cluster.

    A member leaves with probability leave_0 exp(−leave_ties × ties to fellows). Firms without a tie that are in no cluster want nothing and cost a glance.
    """
    founder, mover, to = (np.empty(high - low, dtype=np.uint32), np.empty(high - low, dtype=np.uint32), np.empty(high - low, dtype=np.int32))
    cluster, sector, indptr, other, channel, zero = firms.cluster, places.sector, ties.indptr, ties.other, ties.channel, np.uint32(0)
    founders = movers = 0
    for i in range(low, high):
        here, first, last = cluster[i], indptr[i], indptr[i + 1]
        if (here < 0 and first == last) or sector[i] == places.sectors:
            continue
        fellows = inside = outside = 0
        for h in range(first, last):
            there = cluster[other[h]] if channel[h] & ENDED == 0 else -2
            fellows += there == here
            inside += there >= 0
            outside += there == -1
        who = identity(i, firms.generation[i], len(cluster))
        if here >= 0 or outside >= p.min_members - 1:
            word = philox(who, zero, tag(YEAR, step), zero, key)[W_CLUSTER]
        if here >= 0:
            if open_unit(word) < p.leave_0 * float(exp32(np.float32(-p.leave_ties * fellows))):
                mover[movers], to[movers] = i, -1
                movers += 1
            continue
        if inside:
            row = _joins(i, philox(who, zero, tag(CLUSTER, step), zero, key), cluster, ties, support, p.admit)
            mover[movers], to[movers] = i, row
            movers += row >= 0
        if outside >= p.min_members - 1 and open_unit(word) < p.found and _independent(i, places, firms, ties) >= p.min_members - 1:
            draws[i] = philox(who, zero, tag(FOUND, step), zero, key)[0] | np.uint32(1)
            founder[founders] = i
            founders += 1
    return Wishes(founder[:founders].copy(), mover[:movers].copy(), to[:movers].copy())


@kernel
def _claimed(i: Whole, places: Places, firms: Firms, ties: Ties, draws: U4) -> Whole:
    """The founder with the smallest number (then place) among i and its partners in its country; −1 none."""
    found: Whole = i if draws[i] else -1
    for h in range(ties.indptr[i], ties.indptr[i + 1]):
        j = np.int64(ties.other[h])
        if draws[j] == 0 or ties.channel[h] & ENDED or not _free(i, j, places, firms):
            continue
        if found < 0 or draws[j] < draws[found] or (draws[j] == draws[found] and j < found):
            found = j
    return found


@kernel
def claim(low: int, high: int, founder: U4, places: Places, firms: Firms, ties: Ties, draws: U4, p: Numbers) -> tuple[I8, U4]:
    """How many members founders ``low`` to ``high`` of the list win (0: no cluster comes of it), and these members one after the other, sorted.

    A firm outside clusters goes to the founder it claims. A founder that claims itself, with enough independent firms, founds.
    """
    room = 0
    for k in range(low, high):
        room += ties.indptr[founder[k] + 1] - ties.indptr[founder[k]] + 1
    sizes, won, owners = np.zeros(high - low, dtype=np.int64), np.empty(room, dtype=np.uint32), np.empty(room, dtype=np.uint32)
    end = 0
    for k in range(low, high):
        f = np.int64(founder[k])
        if _claimed(f, places, firms, ties, draws) != f:
            continue
        won[end], owners[0] = f, places.owner[f]
        n = 1
        for h in range(ties.indptr[f], ties.indptr[f + 1]):
            j = np.int64(ties.other[h])
            if ties.channel[h] & ENDED == 0 and _free(f, j, places, firms) and _claimed(j, places, firms, ties, draws) == f:
                won[end + n], owners[n] = j, places.owner[j]
                n += 1
        if distinct(owners, np.int64(n)) >= p.min_members:
            won[end : end + n].sort()
            sizes[k - low] = n
            end += n
    return sizes, won[:end].copy()


@kernel
def _move(groups: Groups, firms: Firms, wishes: Wishes, sizes: I8, won: U4, step: int) -> tuple[I8, int, int, int]:
    """Let firms leave, found and join: members of each row, old ones first, and how many founded, joined and left."""
    old = len(groups.number)
    joined = left = 0
    for k in range(len(wishes.mover)):
        if wishes.to[k] < 0:
            firms.cluster[wishes.mover[k]], firms.joined[wishes.mover[k]] = -1, _NEVER
            left += 1
    founded = at = 0
    for size in sizes:
        for i in won[at : at + size]:
            firms.cluster[i], firms.joined[i] = old + founded, step
        at += size
        founded += size > 0
    count = np.zeros(old + founded, dtype=np.int64)
    for row in range(old):
        for i in groups.member[groups.ptr[row] : groups.ptr[row + 1]]:
            count[row] += firms.cluster[i] == row
    for i in won:
        count[firms.cluster[i]] += 1
    for k in range(len(wishes.mover)):
        i, row = wishes.mover[k], wishes.to[k]
        if row >= 0 and firms.cluster[i] < 0:
            firms.cluster[i], firms.joined[i] = row, step
            count[row] += 1
            joined += 1
    return count, founded, joined + len(won), left


@kernel
def _laid_out(groups: Groups, firms: Firms, wishes: Wishes, won: U4, count: I8) -> tuple[I8, I8, U4, int]:
    """The rows that go on (their old numbers), where their members stand, these, and how many left with a cluster that dissolved."""
    old = len(groups.number)
    new = np.full(len(count), -1, dtype=np.int64)
    rows = 0
    for row in range(len(count)):
        if row >= old or count[row] >= LEAST:
            new[row] = rows
            rows += 1
    was, ptr, left = np.empty(rows, dtype=np.int64), np.zeros(rows + 1, dtype=np.int64), 0
    for row in range(len(count)):
        if new[row] >= 0:
            was[new[row]], ptr[new[row] + 1] = row, ptr[new[row]] + count[row]
        else:
            left += count[row]
    member, end = np.empty(ptr[rows], dtype=np.uint32), ptr[:rows].copy()
    for source in (groups.member, won, wishes.mover):  # who is in two of these lists is dealt with once: the row then has its new number, marked
        for i in source:
            row = firms.cluster[i]
            if row < 0:
                continue
            if new[row] < 0:
                firms.cluster[i], firms.joined[i] = -1, _NEVER
                continue
            member[end[new[row]]] = i
            end[new[row]] += 1
            firms.cluster[i] = -2 - new[row]
    for row in range(rows):
        if ptr[row + 1] > ptr[row]:
            member[ptr[row] : ptr[row + 1]].sort()
        for i in member[ptr[row] : ptr[row + 1]]:
            firms.cluster[i] = row
    return was, ptr, member, left


@kernel
def settle(
    groups: Groups,
    places: Places,
    firms: Firms,
    support: Support,
    wishes: Wishes,
    sizes: I8,
    won: U4,
    p: Numbers,
    key: np.uint64,
    step: int,
    number: int,
) -> tuple[Groups, I8]:
    """The clusters after this step, and how many were founded and dissolved, how many firms joined and left.

    Clusters that go on keep their order; new ones follow, in the order of their founders' places, with numbers from ``number`` on.
    """
    count, founded, joined, left = _move(groups, firms, wishes, sizes, won, step)
    was, ptr, member, fell = _laid_out(groups, firms, wishes, won, count)
    old, rows = len(groups.number), len(was)
    after = Groups(
        np.empty(rows, dtype=np.uint32),
        np.empty(rows, dtype=np.int16),
        np.empty(rows, dtype=np.int64),
        np.empty(rows, dtype=np.uint32),
        np.empty(rows, dtype=np.uint32),
        np.empty(rows, dtype=np.int16),
        np.zeros(rows, dtype=np.float32),
        np.zeros((rows, groups.funds.shape[1]), dtype=np.float64),
        np.zeros((rows, groups.earlier.shape[1], groups.earlier.shape[2]), dtype=np.float64),
        ptr,
        member,
    )
    for row in range(rows):
        if was[row] < old:
            _carry_over(groups, was[row], after, row)
            _coordinate(after, row, firms)
    row = rows - founded
    for k in range(len(sizes)):
        if sizes[k]:
            _begin(after, row, wishes.founder[k], number, places, firms, step)
            row, number = row + 1, number + 1
    for row in range(rows):
        _oversee(after, row, was[row] if was[row] < old else -1, firms, support, p, key, step)
    return after, np.array([founded, old + founded - rows, joined, left + fell])


@kernel
def _carry_over(groups: Groups, row: int, after: Groups, to: int) -> None:
    after.number[to], after.founded[to], after.home[to], after.founder[to] = groups.number[row], groups.founded[row], groups.home[row], groups.founder[row]
    after.coordinator[to], after.governed[to], after.facilitator[to] = groups.coordinator[row], groups.governed[row], groups.facilitator[row]
    after.funds[to] = groups.funds[row]
    after.earlier[to] = groups.earlier[row]


@kernel
def _begin(groups: Groups, row: int, place: int, number: int, places: Places, firms: Firms, step: int) -> None:
    """A cluster that is founded now."""
    groups.number[row], groups.founded[row], groups.governed[row] = number, step, _NEVER
    groups.home[row] = places.country[places.region[place]]
    groups.founder[row] = identity(place, firms.generation[place], len(firms.cluster))
    groups.coordinator[row] = place


@kernel
def _coordinate(groups: Groups, row: int, firms: Firms) -> None:
    """Who coordinated goes on as long as it is a member; then the member of longest standing, of the lowest place, does."""
    members = groups.member[groups.ptr[row] : groups.ptr[row + 1]]
    oldest = members[0]
    for i in members:
        if i == groups.coordinator[row]:
            return
        if firms.joined[i] < firms.joined[oldest]:
            oldest = i
    groups.coordinator[row] = oldest


@kernel
def _oversee(groups: Groups, row: int, was: int, firms: Firms, support: Support, p: Numbers, key: np.uint64, step: int) -> None:
    """Governance is adopted with probability ``govern`` a year from age 1; members pay their fees: EUR 300 and 20 per employee, at most 5,000."""
    if groups.governed[row] == _NEVER and step > groups.founded[row]:
        words = philox(groups.founder[row], np.uint32(groups.founded[row]), tag(CLUSTER, step), np.uint32(1), key)
        if open_unit(words[0]) < p.govern * factor(support.cluster_govern, np.int64(was)):
            groups.governed[row] = step
    fees = 0.0
    for i in groups.member[groups.ptr[row] : groups.ptr[row + 1]]:
        fees += min(FEE_MOST, FEE + FEE_EMPLOYEE * float(firms.employees[i]))
    groups.funds[row, 0] += factor(support.cluster_fee, np.int64(was)) * fees
