"""Export, exit, entry and market shares."""

import numpy as np
import pytest
from test_innovate import with_aid
from worlds import NEVER, copied, drawn, each, random_ties, same, tiny, world

from innovnet._random import philox_array
from innovnet.errors import DataError
from innovnet.simulate._participation import _sweep
from innovnet.simulate._participation._compete import compete
from innovnet.simulate._participation._compete_kernel import mean_productivity, people_per_weight, settle, trials, workforce
from innovnet.simulate._participation._draws_kernel import exp32, log32
from innovnet.simulate._participation._innovate import innovate
from innovnet.simulate._participation._numbers import W_EXIT, YEAR
from innovnet.simulate._participation._start_kernel import newcomer
from innovnet.simulate._participation._state import ENTERED, EXITS, EXPORTED, EXPORTS, LEFT_INNOVATOR
from innovnet.simulate._participation._sweep import BLOCK


def labour_of(state):
    firm = state.places.sector != state.places.sectors
    return np.bincount(state.places.sector[firm], state.firms.employees[firm].astype(float), minlength=state.places.sectors)


def passed(state, p, steps, first=1):
    """Steps 5 and 6 for some years."""
    for step in range(first, first + steps):
        state.step = step
        innovate(state, p, drawn(step))
        compete(state, p, drawn(step))
    return state


def test_shares_of_two_firms_by_hand():
    state, p = tiny([1.0, 1.0], [], exit_base=0.0)
    state.firms.employees[:], state.firms.productivity[:] = 10.0, (0.2, -0.2)
    state.places = state.places._replace(reference=np.full(2, 10, "f4"), labour=np.array([20.0]))
    for array in (state.places.reference, state.places.labour):
        array.flags.writeable = False
    compete(state, p, drawn(1))
    assert state.firms.employees == pytest.approx([10.29991, 9.70009], abs=1e-5)


@pytest.mark.parametrize(("employees", "birth", "probability"), [(1.0, 1, 0.205466), (10.0, -8, 0.044854)])
def test_probability_of_exit_by_hand(employees, birth, probability):
    state, p = tiny([1.0, 1.0], [], exit_base=0.23)
    start, exits, years = copied(state), 0, 6000
    for step in range(1, years + 1):
        state = copied(start)
        state.firms.employees[:], state.firms.birth[:] = employees, step - 1 + birth
        compete(state, p, drawn(step))
        exits += state.flows[EXITS]
    assert abs(exits / (2 * years) - probability) < 4 * np.sqrt(probability * (1 - probability) / (2 * years))


@pytest.mark.parametrize(
    ("employees", "z", "exported", "exports"),
    [
        (1.0, 1.0001, False, True),
        (1.0, 0.9999, False, False),
        (1.0, 0.7501, True, True),
        (1.0, 0.7499, True, False),
        (50.0, 0.41321, False, True),
        (50.0, 0.41319, False, False),
    ],
)
def test_export_by_hand(employees, z, exported, exports):
    state, p = tiny([1.0, 1.0], [], exit_base=0.0)
    state.firms.employees[:], state.firms.productivity[:] = employees, z
    state.firms.flags[:] = EXPORTED if exported else 0
    compete(state, p, drawn(1))
    assert ((state.firms.flags & EXPORTS) > 0).tolist() == [exports, exports]


def test_a_partner_that_exported_last_year_makes_exporting_easier():
    state, p = tiny([1.0, 1.0, 1.0], [(0, 1)], exit_base=0.0, time=0.0)
    state.firms.productivity[:] = 0.95
    state.firms.flags[1] = EXPORTED
    state.firms.productivity[1] = 0.0
    compete(state, p, drawn(1))
    assert ((state.firms.flags & EXPORTS) > 0).tolist() == [True, False, False]


def test_time_given_to_partners_is_not_worked():
    state, p = tiny([1.0, 1.0, 1.0], [(0, 1)], exit_base=0.0, spill=0.0, export_threshold=1.0 - 3.0 / 220.0 + 1e-6)
    state.firms.productivity[:] = 1.0
    compete(state, p._replace(export_threshold=1.0 - 1e-6), drawn(1))
    assert ((state.firms.flags & EXPORTS) > 0).tolist() == [False, False, True]
    assert state.firms.employees[0] < state.firms.employees[2]


def test_totals_of_sectors_are_kept_and_bodies_stay():
    state, p = world(firms=3000, ties=2000, bodies=30)
    body = state.places.sector == state.places.sectors
    people, z = state.firms.employees[body].copy(), state.firms.productivity[body].copy()
    for step in range(1, 31):
        passed(state, p, 1, step)
        assert labour_of(state) == pytest.approx(state.places.labour, rel=1e-7)
    assert (state.firms.employees[body] == people).all()
    assert (state.firms.productivity[body] == z).all()
    assert not (state.firms.flags[body] & (EXPORTS | ENTERED)).any()
    assert 0.06 < state.flows[EXITS] / 30 / 3000 < 0.11
    ids = np.arange(len(body)) + len(body) * state.firms.generation.astype(np.int64)
    assert len(np.unique(ids)) == len(ids)


def test_entrants_begin_anew():
    state, p = world(firms=4000, ties=3000)
    with_aid(state)
    firms = state.firms
    firms.learned[:], firms.partnered[:], firms.innovated[:], firms.joined[:], firms.cluster[:] = 0.1, 3, 2, 4, 5
    before = copied(state)
    passed(state, p, 1, 7)
    new = (firms.flags & ENTERED) > 0
    assert new.sum() == state.flows[EXITS] > 100
    assert (firms.generation == before.firms.generation + new).all()
    for name, value in (("learned", 0), ("partnered", 0), ("innovated", 0), ("joined", NEVER), ("cluster", -1), ("birth", 7)):
        assert (getattr(firms, name)[new] == value).all(), name
    assert set(firms.flags[new].tolist()) == {ENTERED, ENTERED | LEFT_INNOVATOR}
    assert not state.aid.gain[new].any()
    assert (firms.quality[new] != before.firms.quality[new]).all()
    assert (firms.quality[~new] == before.firms.quality[~new]).all()
    assert firms.productivity[new].mean() == pytest.approx(firms.productivity[~new].mean() - p.entry_gap, abs=0.08)
    innovate(state, p, drawn(8))
    assert not (firms.flags & ENTERED).any()


def test_without_entry_exit_and_niches_shares_are_those_of_the_replicator():
    state, p = world(firms=300, exit_base=0.0, revert=0.0, shock=0.0, persistence=0.99999999, jump=0.0)
    one, other = np.flatnonzero(state.places.sector == 3)[:2]
    before = np.log(state.firms.employees)
    z = state.firms.productivity.copy()
    passed(state, p, 10)
    change = np.log(state.firms.employees) - before
    assert change[one] - change[other] == pytest.approx(10 * p.select * (z[one] - z[other]), abs=1e-5)


def test_in_the_null_world_outcomes_do_not_know_of_ties():
    state, p = world(firms=3000, know=0.0, ties=0, spill=0.0, time=0.0)
    p = p._replace(ties=0.0)
    other = copied(state)
    state.ties, other.ties = random_ties(len(state.firms.flags), 500, 1), random_ties(len(state.firms.flags), 9000, 2)
    state.firms.learned[:] = 0.2
    passed(state, p, 5)
    passed(other, p, 5)
    for name in ("employees", "productivity", "innovated", "flags", "generation", "quality", "birth"):
        assert getattr(state.firms, name).tobytes() == getattr(other.firms, name).tobytes(), name


def slow(state, p, draw):
    """Step 6 in numpy: single precision for each firm, double for sums, which this small world has in one block."""
    places, firms, ties, f4 = state.places, state.firms, state.ties, np.float32
    n, step = len(firms.flags), draw.step
    exp, log = each(exp32), each(log32)
    firm = places.sector != places.sectors
    people, old, degree = firms.employees.copy(), firms.flags.copy(), np.diff(ties.indptr)
    means, ids = np.zeros(places.sectors + 1, "f4"), np.arange(n) + n * firms.generation.astype(np.int64)
    for s in range(places.sectors):
        rows = np.flatnonzero(places.sector == s)
        sums = [0.0, 0.0]
        for i in rows:
            sums = [sums[0] + float(people[i]), sums[1] + float(people[i]) * float(firms.productivity[i])]
        means[s] = sums[1] / sums[0]
    z = firms.productivity - f4(p.time * p.days / 220.0) * degree.astype("f4") / people
    eased = state.aid.export.copy() if len(state.aid.export) else np.zeros(n, "f4")
    for i in range(n):
        if (old[ties.other[ties.indptr[i] : ties.indptr[i + 1]]] & EXPORTED).any():
            eased[i] += f4(p.spill)
    bar = np.where(old & EXPORTED, f4(p.export_threshold - p.hysteresis), f4(p.export_threshold))
    abroad = firm & ((z + f4(p.export_size) * log(people)) + eased > bar)
    ahead = z - means[places.sector]
    age = log((1 + step - firms.birth.astype(int)).astype("f4"))
    rate = f4(p.exit_base) * exp(-((f4(p.exit_size) * log(people) + f4(p.exit_age) * age) + f4(p.exit_productivity) * ahead))
    word = philox_array(ids, 0, (YEAR << 16) | step, 0, int(draw.key))[W_EXIT]
    leaves = firm & ((word + 0.5) * 2.0**-32 < 1.0 - exp(-rate).astype(float))
    weights = people * exp(f4(p.select) * ahead - f4(p.revert) * log(people / places.reference))
    weights = np.where(leaves, f4(p.entry_size) * places.reference, weights)
    for s in range(places.sectors):
        total = 0.0
        for i in np.flatnonzero(places.sector == s):
            total += float(weights[i])
        rows = places.sector == s
        firms.employees[rows] = places.labour[s] / total * weights[rows].astype(float)
    firms.flags[:] = (old & (255 - EXPORTS)) | abroad
    for i in np.flatnonzero(leaves):
        firms.generation[i] += 1
        newcomer(i, np.uint32(ids[i] + n), float(means[places.sector[i]]) - p.entry_gap, places, firms, p, draw.key, np.uint64(state.traits))
        firms.learned[i], firms.flags[i], firms.innovated[i], firms.partnered[i] = 0, ENTERED | LEFT_INNOVATOR * (firms.innovated[i] & 1), 0, 0
        firms.birth[i], firms.joined[i], firms.cluster[i] = step, NEVER, -1
        if len(state.aid.gain):
            state.aid.gain[i], state.aid.gain_until[i] = 0, NEVER
            state.aid.mark[i], state.aid.funded[i], state.aid.export[i] = 0, 0, 0
    state.flows[EXITS] += leaves.sum()


@pytest.mark.parametrize("aid", [False, True])
def test_competing_is_what_its_definition_says(aid):
    state, p = world(firms=1500, ties=3000, bodies=20, seed=4)
    state.firms.productivity[:] += np.float32(0.4)
    if aid:
        with_aid(state)
    for step in (1, 2, 3):
        innovate(state, p, drawn(step))
        witness = copied(state)
        compete(state, p, drawn(step))
        slow(witness, p, drawn(step))
        assert same(state, witness)
    assert (state.firms.flags & EXPORTED).any()


def test_competing_has_the_same_bits_in_any_cut_and_any_number_of_threads(monkeypatch):
    state, p = world(firms=20_000, ties=30_000)
    cut, threaded, draw = copied(state), copied(state), drawn(1)
    compete(state, p, draw)
    n, blocks = len(cut.firms.flags), -(-len(cut.firms.flags) // BLOCK)
    sums, weights, exits = np.zeros((blocks, cut.places.sectors, 2)), np.zeros((blocks, cut.places.sectors)), np.zeros(blocks, np.int64)
    bounds = [(2 * BLOCK, n), (0, BLOCK), (BLOCK, 2 * BLOCK)]
    for low, high in bounds:
        workforce(low, high, BLOCK, cut.places, cut.firms, sums)
    means = mean_productivity(sums)
    for low, high in bounds:
        trials(low, high, BLOCK, cut.places, cut.firms, cut.ties, cut.aid, p, 1, draw.key, means, weights, exits)
    factors = people_per_weight(cut.places, weights)
    for low, high in bounds:
        settle(low, high, cut.places, cut.firms, cut.aid, p, 1, draw.key, np.uint64(cut.traits), means, factors)
    cut.flows[EXITS] += exits.sum()
    monkeypatch.setattr(_sweep, "_BLOCKS_OF_A_TASK", 1)
    monkeypatch.setenv("INNOVNET_THREADS", "2")
    compete(threaded, p, draw)
    assert same(state, cut)
    assert same(state, threaded)


def test_numbers_of_firms_do_not_run_over():
    state, p = world(firms=300)
    state.firms.generation[5] = 60000
    compete(state, p, drawn(1))
    assert state.flows[EXITS] > 0
    big = copied(state)
    big.firms = big.firms._replace(generation=np.full(2**20, 4095, "u2"))
    with pytest.raises(DataError, match=r"a place has seen 4096 firms, and with 1,048,576 places"):
        compete(big, p, drawn(2))
