"""Assigned levels follow raw ones as the closed form says: causal and monotone."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovnet.clusters._pace import Steps, assigned, reachable
from innovnet.clusters._rules import Pace, Rules

LEVELS = ("emerging", "formed", "developing", "mature")
LITHUANIA = Pace(1, 2, {"emerging": 1, "formed": 1, "developing": 2}, 3)
FREE = 9  # a cap that binds nobody


def follow(low, high=None, cap=None, pace=LITHUANIA):
    rows = [np.array([values]) for values in (low, high or low, cap or [FREE] * len(low))]
    return assigned(*rows, Steps.of(LEVELS, pace))[0].tolist()


@pytest.mark.parametrize(
    ("low", "high", "cap", "expected"),
    [
        ([1, 2, 3, 4, 4, 4, 4], None, None, [1, 2, 3, 3, 4, 4, 4]),
        ([3, 3, 2, 3, 2, 2, 2], None, None, [3, 3, 3, 3, 3, 2, 2]),
        ([2, 2, 1, 0, 0, 3], [2, 4, 3, 1, 1, 3], None, [2, 2, 2, 2, 1, 2]),
        ([4, 4, 0, 4], None, [FREE, FREE, 0, FREE], [4, 4, 0, 4]),
        ([4, 0, 0, 0, 0, 4, 4], None, [FREE, 0, 0, 0, 0, FREE, FREE], [4, 0, 0, 0, 0, 1, 2]),
        ([1, 3, 4, 4], None, None, [1, 2, 3, 3]),
        ([4, 1, 1, 4], None, None, [4, 4, 1, 4]),
    ],
)
def test_golden_vectors(low, high, cap, expected):
    assert follow(low, high, cap) == expected


def by_words(low, high, cap, pace):
    """The formula, word for word."""
    stay = {p: pace.minimum_stay.get(level, 0) for p, level in enumerate(LEVELS, start=1)}
    s = []

    def past(values, t, k):
        return [values[i] if i >= 0 else low[0] for i in range(t - k, t)]

    for t in range(len(low)):
        held = max(past(s, t, pace.restore_years), default=0)
        certain = [low[i] if i >= 0 else low[0] for i in range(t - pace.up_years + 1, t + 1)]
        possible = [high[i] if i >= 0 else low[0] for i in range(t - pace.down_years + 1, t + 1)]
        up = 0
        for q in range(1, len(LEVELS) + 1):
            enters = q <= held or all(v >= p for p in range(1, q) for v in past(s, t, stay[p]))
            if min(certain) >= q and enters:
                up = q
        last = s[-1] if s else low[0]
        s.append(min(cap[t], max(up, min(last, max(possible)))))
    return s


paces = st.builds(
    Pace,
    up_years=st.integers(1, 3),
    down_years=st.integers(1, 3),
    minimum_stay=st.fixed_dictionaries({}, optional={level: st.integers(0, 3) for level in LEVELS[:3]}),
    restore_years=st.integers(0, 4),
)
ranks = st.integers(0, 4)
histories = st.lists(st.tuples(ranks, ranks, st.sampled_from([0, 1, 2, 3, FREE, FREE, FREE])), min_size=1, max_size=9).map(
    lambda rows: ([min(a, b) for a, b, _ in rows], [max(a, b) for a, b, _ in rows], [c for _, _, c in rows])
)


@given(histories, paces)
def test_the_arrays_do_what_the_words_say(history, pace):
    assert follow(*history, pace) == by_words(*history, pace)


@given(histories, paces)
def test_a_later_year_changes_no_earlier_one(history, pace):
    whole = follow(*history, pace)
    for t in range(1, len(whole)):
        assert follow(*(values[:t] for values in history), pace) == whole[:t]


@given(histories, paces, st.data())
def test_a_better_year_never_leads_to_a_worse_one(history, pace, data):
    low, high, cap = (list(values) for values in history)
    t = data.draw(st.integers(0, len(low) - 1))
    better_low, better_high, better_cap = list(low), list(high), list(cap)
    better_low[t] = data.draw(st.integers(low[t], 4))
    better_high[t] = data.draw(st.integers(max(high[t], better_low[t]), 4))
    better_cap[t] = data.draw(st.sampled_from([c for c in (0, 1, 2, 3, FREE) if c >= cap[t]]))
    assert all(b >= a for a, b in zip(follow(low, high, cap, pace), follow(better_low, better_high, better_cap, pace), strict=True))


def test_clusters_do_not_touch_each_other():
    low = np.array([[1, 2, 3, 4], [4, 1, 1, 4]])
    cap = np.full_like(low, FREE)
    steps = Steps.of(LEVELS, LITHUANIA)
    together = assigned(low, low, cap, steps)
    assert together.tolist() == [assigned(low[k : k + 1], low[k : k + 1], cap[k : k + 1], steps)[0].tolist() for k in range(2)]


@given(histories, paces.filter(lambda pace: pace.restore_years <= 1))
def test_what_happens_is_reachable(history, pace):
    rules = Rules("test", LEVELS, (), {}, pace=pace)
    found = follow(*history, pace)
    assert all(reachable(rules)[a, b] for a, b in itertools.pairwise(found))
