"""Step 3: what a tie is worth, and whether those who are asked consent."""

import numpy as np

from innovnet._kernel import bare_kernel
from innovnet.simulate._participation._draws_kernel import capacity_days, log32
from innovnet.simulate._participation._fields_intrinsics import likeness_sums
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._state import ARRANGED, ENDED, F4, FELLOWS, I8, PARTNERS_PARTNER, U1, WAIVE_BORDER, Firms, Places, Support

Int = int | np.int64
_WORDS = 4294967296.0


@bare_kernel
def live(indptr: I8, channel: U1, i: Int) -> int:
    """Live ties of place i."""
    count = 0
    for e in range(indptr[i], indptr[i + 1]):
        count += (channel[e] & ENDED) == 0
    return count


@bare_kernel
def slots(employees: np.float32, body: bool, p: Numbers) -> Int:
    """Ties that a firm or body has time for."""
    return np.int64(capacity_days(employees, body, p.slack_0, p.slack_size, p.body_slack) / p.days)


@bare_kernel
def load_of(employees: np.float32, body: bool, degree: Int, p: Numbers) -> float:
    """Share of the time left that one more tie takes, at most 1."""
    free = capacity_days(employees, body, p.slack_0, p.slack_size, p.body_slack) - p.days * degree
    return p.days / max(p.days, free)


@bare_kernel
def exponential(word: np.uint32) -> np.float32:
    """An exponential number of mean 1, −ln(1 − u): by its series where u is small, since the smallest numbers decide a choice."""
    u = np.float32((float(word) + 0.5) / _WORDS)
    if u < np.float32(0.00390625):
        return np.float32(u * np.float32(np.float32(1.0) + u * np.float32(np.float32(0.5) + u * np.float32(1.0 / 3.0))))
    return np.float32(-log32(max(np.float32(np.float32(1.0) - u), np.float32(2.9802322e-08))))


@bare_kernel
def logit(word: np.uint32) -> np.float32:
    """A logistic number, ln(u / (1 − u))."""
    return np.float32(log32(np.float32(float(word) + 0.5)) - log32(np.float32(_WORDS - (float(word) + 0.5))))


@bare_kernel
def likeness(knowledge: F4, i: Int, j: Int) -> tuple[np.float32, np.float32]:
    """Cognitive overlap Σ min / Σ max of two places, and what i can learn: Σ max(0, v_j − v_i) / Σ v_i."""
    least, most, gain, own = likeness_sums(knowledge, i, j)
    return np.float32(least / most), np.float32(gain / own)


@bare_kernel
def worth(i: Int, j: Int, way: Int, row: Int, load: float, places: Places, firms: Firms, support: Support, p: Numbers) -> float:
    """V_ij: what a tie to j is worth to i who spends ``load`` of its time left on it, against staying without. ``row``: the introduction, −1 none."""
    overlap, gain = likeness(firms.knowledge, i, j)
    o, g = float(overlap), float(gain)
    value = p.intercept + p.fit * (4.0 * o * (1.0 - o)) + p.gain * (g / (1.0 + g))
    cluster, relief = np.int64(firms.cluster[i]), 0.0
    fellows = cluster >= 0 and cluster == firms.cluster[j]
    if fellows and cluster < len(support.cluster_relief):
        relief = float(support.cluster_relief[cluster])
    if way == PARTNERS_PARTNER:
        value += p.embeddedness
    elif way == FELLOWS or (way == ARRANGED and fellows):
        value += p.embeddedness * p.fellows
    elif way == ARRANGED:
        value += p.arranged
    waived = False
    if row >= 0:
        relief = max(relief, float(support.relief[row]))
        waived = (support.flags[row] & WAIVE_BORDER) != 0
    if places.sector[i] == places.sectors:
        value += p.mission
    value -= p.cost * (1.0 - relief) * load
    here, there = np.int64(places.region[i]), np.int64(places.region[j])
    if here != there:
        value -= p.distance
        if places.country[here] != places.country[there] and not waived:
            value -= p.border
    return value
