from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from innovnet.clusters._assess import findings
from innovnet.clusters._cooperation import GROUPS, cooperation_of
from innovnet.clusters._counts import cluster_arrays
from innovnet.clusters._counts_kernel import FLAGS, count_members, count_ties
from innovnet.clusters._load_rules import load_rules
from innovnet.clusters._plan import columns_needed, plan_of
from innovnet.clusters._ranks_kernel import ranks
from innovnet.clusters._register import Register
from innovnet.clusters._snapshot import snapshot_of
from innovnet.clusters._time import years_between
from innovnet.errors import DataError
from innovnet.graph._tables import freeze, quality

AT = pd.Timestamp("2025-12-31")
COUNTRIES = ["DE", "EE", "LT"]


def levels(arrays, rules, columns):
    """The levels by the kernels of simulations, from counts and columns."""
    plan, rows = plan_of(rules, list(columns)), len(arrays.ptr) - 1
    owners = np.array([arrays.linked, arrays.linked, arrays.partner, arrays.partner])
    order, cuts = np.arange(rows), np.arange(rows + 1)
    owners, order, cuts = freeze(owners, order, cuts)
    members, tenured = count_members(arrays, owners, int(owners.max()) + 1, plan.years, plan.by)
    given = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns.values()])
    return ranks(plan, members, tenured, count_ties(arrays, order, cuts, plan.ks), given)


def _state(rng: np.random.Generator, n: int = 40, k: int = 9) -> dict:
    """What a simulation knows at one step: organisations, ties by number of joint events, members with their first day."""
    members = [np.sort(rng.choice(n, size=rng.integers(1, 14), replace=False)) for _ in range(k)]
    ties = np.triu(rng.poisson(0.25, (n, n)), 1)
    since = [pd.DatetimeIndex(pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 4000, len(one)), "D")) for one in members]
    return {
        "members": members,
        "since": since,
        "ties": ties + ties.T,
        "country": rng.choice(3, n, p=[0.1, 0.1, 0.8]),
        "kind": rng.choice(["firm", "firm", "firm", "research", "public"], n),
        "owner": rng.choice(n, n) * (rng.random(n) < 0.2),  # the number of an owner, 0: none
        "flags": rng.random((n, 4)) < 0.4,  # size, R&D, exports, high value
        "joint": pd.DatetimeIndex(pd.Timestamp("2014-01-01") + pd.to_timedelta(rng.integers(0, 4300, k), "D")),
        "governance": rng.random(k) < 0.8,
        "strategy": rng.random(k) < 0.8,
        "own": rng.random(k).round(3),
    }


def _arrays(state):
    """The state as a simulation hands it over."""
    n, members = len(state["ties"]), state["members"]
    rows = [np.flatnonzero(row) for row in state["ties"]]
    own = np.where(state["owner"] > 0, n + state["owner"], np.arange(n))
    small, rd, exports, high = state["flags"].T
    firm = state["kind"] == "firm"
    yes = {"firm": firm, "research": state["kind"] == "research", "sme": firm & small, "rd": rd, "exporting": exports, "high_value": high}
    return cluster_arrays(
        ptr=np.concatenate([[0], np.cumsum([len(one) for one in members])]),
        member=np.concatenate(members),
        tenure=np.concatenate([years_between(one, AT) for one in state["since"]]),
        coordinator=np.concatenate([np.arange(len(one)) == 0 for one in members]),
        rd_body=np.zeros(sum(map(len, members)), dtype=bool),
        home=np.full(len(members), COUNTRIES.index("LT")),
        indptr=np.concatenate([[0], np.cumsum([len(one) for one in rows])]),
        indices=np.concatenate(rows),
        weights=np.concatenate([state["ties"][i, one] for i, one in enumerate(rows)]),
        ties_known=np.ones(n, dtype=bool),
        linked=own,
        partner=own,
        ownership_known=np.ones(n, dtype=bool),
        group=np.array([GROUPS.index(kind) for kind in state["kind"]]),
        country=state["country"],
        yes=np.column_stack([yes[name] for name in FLAGS]),
        unknown=np.zeros((n, len(FLAGS)), dtype=bool),
    )


def _tables(state):
    """The same state as the tables of a register."""
    n, k = len(state["ties"]), len(state["members"])
    names, clusters = np.array([f"n{i:02}" for i in range(n)]), [f"C{c}" for c in range(k)]
    small, rd, exports, high = (np.where(flag, "yes", "no") for flag in state["flags"].T)
    firm = state["kind"] == "firm"
    size = np.where(firm, np.where(small == "yes", "small", "large"), None)
    organisations = {
        "organisation": names,
        "name": names,
        "country": np.array(COUNTRIES)[state["country"]],
        "kind": state["kind"],
        "size": size,
        "high_value": high,
    }
    spells = [
        (clusters[c], names[i], day, "coordinator" if place == 0 else "member")
        for c, (one, since) in enumerate(zip(state["members"], state["since"], strict=True))
        for place, (i, day) in enumerate(zip(one, since, strict=True))
    ]
    pairs = [(i, j, e) for i in range(n) for j in range(i) for e in range(state["ties"][i, j])]
    events = [(f"{i}-{j}-{e}", names[x], "2025-01-01") for i, j, e in pairs for x in (i, j)] + [("none", names[0], "2025-01-01")]
    owned = [(f"owner{o}", names[i], 0.8, "firm") for i, o in enumerate(state["owner"]) if o]
    sheet = {"cluster": clusters, "name": clusters, "country": "LT", "sectors": "62", "founded": "2014-01-01", "joint_since": state["joint"]}
    money = [(c, 2025, source, share) for c, own in zip(clusters, state["own"], strict=True) for source, share in (("members", own), ("state", 1 - own))]
    return {
        "clusters": pd.DataFrame(sheet | {"governance": state["governance"], "strategy": state["strategy"]}),
        "organisations": pd.DataFrame(organisations),
        "membership": pd.DataFrame(spells, columns=["cluster", "organisation", "from", "role"]),
        "ownership": pd.DataFrame(owned, columns=["owner", "owned", "share", "owner_kind"]),
        "cooperation": pd.DataFrame(events, columns=["event", "organisation", "start"]),
        "member_facts": pd.DataFrame({"organisation": names, "year": 2025, "rd_declared": rd, "exporter": exports}),
        "funding": pd.DataFrame(money, columns=["cluster", "year", "source", "share"]),
    }


@pytest.mark.parametrize("seed", range(8))
def test_a_state_has_the_levels_of_its_exported_tables(seed):
    state = _state(np.random.default_rng(seed))
    columns = {
        "governance": state["governance"],
        "strategy": state["strategy"],
        "joint_years": years_between(state["joint"], AT),
        "own_funds_share": state["own"],
    }
    register = Register._from_tables(_tables(state), quality())
    for name in ("lithuania", "generic"):
        rules = load_rules(name)
        if name == "generic":  # a size class of a firm counts against its owner group, which a simulation has in its flag already
            rules = replace(rules, criteria=tuple(replace(c, threshold=min(c.threshold, 6.0)) for c in rules.criteria))
        found = findings(snapshot_of(register, cooperation_of(register, None), AT, rules.settings), rules)
        assert levels(_arrays(state), rules, columns).tolist() == found.decision.low.tolist()
        assert len(set(found.decision.low.tolist())) > 1


def test_what_is_not_cheap_is_refused_by_name_and_all_at_once(twelve):
    rules = load_rules("lithuania")
    costly = {"D5": "density", "M5": "closeness"}
    rules = replace(rules, criteria=tuple(replace(c, indicator=costly[c.id], args={}) if c.id in costly else c for c in rules.criteria))
    with pytest.raises(DataError, match=r"'density', 'closeness' \(criteria D5, M5\)"):
        columns_needed(rules)
    with pytest.raises(DataError, match="not counted at every step"):
        plan_of(rules, ())


def test_what_is_not_known_counts_as_the_rules_say():
    state = _state(np.random.default_rng(3))
    rules = load_rules("lithuania")
    met = replace(rules, settings=replace(rules.settings, missing="met"))
    sure = {key: np.ones(9) for key in columns_needed(rules)} | {"joint_years": np.full(9, 20.0)}
    known, less = levels(_arrays(state), rules, sure), {key: sure[key] for key in sure if key != "governance"}
    assert (levels(_arrays(state), met, less) == known).all()
    assert (levels(_arrays(state), rules, less) == np.minimum(known, 1)).all()
    assert (known > 1).any()
