import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovnet.report._scale import Scale, apart, log_ticks, round_ticks


def test_scale_runs_from_end_to_end():
    assert [Scale(0, 10, 100, 0)(v) for v in (0, 5, 10)] == [100, 50, 0]
    assert [round(Scale(1, 1000, 0, 300, log=True)(v)) for v in (1, 10, 1000)] == [0, 100, 300]
    assert Scale(2, 2, 0, 100)(2) == 50


@given(st.floats(1e-3, 1e9), st.integers(2, 8), st.booleans())
def test_round_ticks_reach_the_top_in_few_even_steps(top, steps, whole):
    ticks = round_ticks(top, steps, whole=whole)
    assert ticks[0] == 0
    assert ticks[-1] >= top * (1 - 1e-9)
    assert ticks[-2] < top
    assert len(ticks) <= steps + 2
    step = ticks[1]
    assert all(math.isclose(b - a, step) for a, b in itertools.pairwise(ticks))
    assert not whole or all(float(t).is_integer() for t in ticks)


@pytest.mark.parametrize(
    ("top", "ticks"), [(13398, [0, 5000, 10000, 15000]), (0.285, [0, 0.1, 0.2, 0.3]), (29, [0, 10, 20, 30]), (0, [0, 1]), (3, [0, 1, 2, 3])]
)
def test_round_ticks(top, ticks):
    assert round_ticks(top, 5 if top > 5 else 4, whole=top >= 1) == pytest.approx(ticks)


def test_log_ticks():
    assert log_ticks(1, 5919) == [1, 3, 10, 30, 100, 300, 1000, 3000]
    assert log_ticks(1, 5919, fine=False) == [1, 10, 100, 1000]
    assert log_ticks(2, 9) == [3]


@given(st.lists(st.floats(0, 200), max_size=8), st.floats(1, 25))
def test_labels_keep_order_distance_and_bounds(wanted, gap):
    placed = apart(wanted, gap, 0, 200)
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], k))
    inside = [placed[k] for k in order]
    assert all(b - a >= gap - 1e-6 for a, b in itertools.pairwise(inside))
    assert all(-1e-6 <= p <= 200 + 1e-6 for p in placed)


def test_labels_with_room_do_not_move():
    assert apart([10, 90, 50], 20, 0, 100) == [10, 90, 50]
    assert apart([50, 50], 20, 0, 100) == [40, 60]
    assert apart([], 20, 0, 100) == []
