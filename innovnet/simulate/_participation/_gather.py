"""Step 8: firms found, join and leave clusters; clusters dissolve, adopt a governance, collect fees."""

import numpy as np

from innovnet.simulate._model import Draw
from innovnet.simulate._participation._gather_kernel import Wishes, claim, settle, wish
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._past_kernel import kept, remember
from innovnet.simulate._participation._state import CLUSTERS_DISSOLVED, CLUSTERS_FOUNDED, JOINED, LEFT, Groups, Past, State
from innovnet.simulate._participation._sweep import sweep


def new_year(groups: Groups) -> None:
    """Before anything is paid in a year: its funds are those of last year from now on."""
    groups.earlier[:, 1] = groups.earlier[:, 0]
    groups.earlier[:, 0] = groups.funds
    groups.funds[:] = 0.0
    groups.facilitator[:] = 0.0


def gather(state: State, p: Numbers, draw: Draw, years: int) -> None:
    """Step 8, in place. Ties of members that ended within so many ``years`` are kept for the rules of maturity."""
    places, firms, ties, support = state.places, state.firms, state.ties, state.support
    n = len(firms.cluster)
    draws = np.zeros(n, dtype=np.uint32)
    wishes = _joined(sweep(n, lambda low, high: wish(low, high, places, firms, ties, support, draws, p, draw.key, draw.step)))
    founders = wishes.founder
    if not len(state.groups.number) and not len(founders) and not len(state.past.other):
        return
    parts = sweep(len(founders), lambda low, high: claim(low, high, founders, places, firms, ties, draws, p))
    sizes, won = parts[0] if len(parts) == 1 else (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    state.groups, counts = settle(state.groups, places, firms, support, wishes, sizes, won, p, draw.key, draw.step, state.next_cluster)
    state.flows[[CLUSTERS_FOUNDED, CLUSTERS_DISSOLVED, JOINED, LEFT]] = counts
    state.next_cluster += int(counts[0])
    state.past = _remembered(state, years)


def _joined(parts: list[Wishes]) -> Wishes:
    return parts[0] if len(parts) == 1 else Wishes(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _remembered(state: State, years: int) -> Past:
    """The ended ties within so many ``years``."""
    past, firms, ties, step, n = state.past, state.firms, state.ties, state.step, len(state.firms.flags)
    counts = sweep(n, lambda low, high: (low, kept(low, high, past, firms, ties, years)))
    base, many = {}, 0
    for low, count in counts:
        base[low], many = many, many + count
    fresh = Past(np.zeros(n + 1, "i8"), np.empty(many, "u4"), np.empty(many, "u1"), np.empty(many, "u1"))
    sweep(n, lambda low, high: remember(low, high, past, firms, ties, step, years, base[low], fresh))
    return fresh
