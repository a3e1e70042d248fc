"""Steps 2 and 3: firms search, both sides decide, the ties are built anew."""

import numpy as np

from innovnet.simulate._model import Draw
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._consent_kernel import Inbox, consent, deliver, tally
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._rebuild_kernel import granted, rebuild
from innovnet.simulate._participation._search_kernel import Calls, count_searches, propose
from innovnet.simulate._participation._sweep import BLOCK, sweep


def meet(state: s.State, p: Numbers, draw: Draw, size: int = BLOCK) -> None:
    """Search, proposals, consent and the ties of the year, in place; ``size`` is that of the blocks of places, which no result depends on."""
    places, firms, ties, support, step, key = state.places, state.firms, state.ties, state.support, draw.step, draw.key
    n = len(firms.employees)
    blocks = -(-n // size)

    searches, searched, total = np.empty(n, "u1"), np.empty(blocks, "i8"), np.empty(blocks, "i8")
    sweep(n, lambda low, high: count_searches(low, high, size, places, firms, ties, p, step, key, searches, searched, total))

    first = _starts(searched)
    m = int(first[-1])
    slots = m + len(support.place)
    calls = Calls(searches, first, m, np.empty(slots, "u4"), np.empty(slots, "u1"), np.zeros(slots, "u1"))
    asked = sweep(n, lambda low, high: propose(low, high, size, places, firms, ties, state.groups, support, p, step, key, calls))

    inbox, won = _delivered(n, size, calls, support), np.empty(blocks, "i8")
    sweep(n, lambda low, high: consent(low, high, size, places, firms, ties, support, p, step, key, calls, inbox, won))

    sweep(n, lambda low, high: granted(low, high, size, calls, support, total))
    base = _starts(total + won)
    count = int(base[-1])
    half = [np.empty(count, kind) for kind in ("u4", "i2", "u1", "u1", "i2")]
    state.ties = s.Ties(np.zeros(n + 1, "i8"), *half)
    formed = sweep(n, lambda low, high: rebuild(low, high, size, firms, ties, support, step, calls, inbox, won, base, state.ties))

    state.flows[s.FORMED : s.FORMED + 4] = np.sum(formed, axis=0)
    state.flows[s.PROPOSALS], state.flows[s.INTRODUCTIONS] = sum(asked), len(support.place)


def _starts(counts: s.I8) -> s.I8:
    """Where each part begins, and the end."""
    return np.concatenate([np.zeros(1, "i8"), np.cumsum(counts)])


def _delivered(n: int, size: int, calls: Calls, support: s.Support) -> Inbox:
    """The calls by the block of the place that is asked, in order of who asks: a counting sort, each run of places filling its own ranges."""
    tallies = sweep(n, lambda low, high: (low, tally(low, high, size, calls, support)))
    counts = np.array([count for _, count in tallies])
    begin = _starts(counts.T.ravel())
    place_in = np.ascontiguousarray(begin[:-1].reshape(counts.T.shape).T)
    rows = {low: place_in[at] for at, (low, _) in enumerate(tallies)}
    ptr = np.append(begin[:-1].reshape(counts.T.shape)[:, 0], begin[-1])
    inbox = Inbox(ptr, *(np.empty(int(begin[-1]), "u4") for _ in range(3)))
    sweep(n, lambda low, high: deliver(low, high, size, calls, support, rows[low], inbox))
    return inbox
