"""What becomes of levels: each sentence of the sheet against an assessment of its own."""

import itertools
import warnings

import pandas as pd
import pytest

import innovnet as inn
from innovnet.clusters._assess import findings
from innovnet.clusters._measure import measure
from innovnet.clusters._snapshot import snapshot_of
from innovnet.report._cluster_later import _carried


def at_the_end_of(register, year):
    return inn.clusters.assess(register, rules="lithuania", at=year, robustness=False).levels


@pytest.fixture(scope="module")
def carried(twelve):
    """The register of twelve with the facts of its last year entered again for the next two, the last that a register may have today."""
    frames = twelve.frames()
    for name in ("member_facts", "funding"):
        table = frames[name]
        latest = table[table["year"] == table["year"].max()]
        frames[name] = pd.concat([table, *(latest.assign(year=latest["year"] + k) for k in (1, 2))], ignore_index=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", inn.errors.DataWarning)
        return inn.clusters.Register.from_frames(**frames)


@pytest.mark.parametrize("years", [1, 2])
def test_the_years_to_come_are_those_of_a_register_to_which_the_facts_are_entered_again(of_twelve, carried, years):
    after = of_twelve.field.after
    after = after[after["at"] == pd.Timestamp(2025 + years, 12, 31)].set_index("cluster")
    levels = at_the_end_of(carried, 2025 + years)
    assert after["exists"].all()
    assert after["rank_low"].to_dict() == levels["rank_low"].to_dict()
    assert after["level_low"].to_dict() == levels["level_low"].to_dict()


def test_without_new_facts_nothing_is_worse_for_their_lack(of_twelve):
    """K10 is mature by facts of its members and by its own funds of 2025; they are not missed before they can be there."""
    later = of_twelve.field.after.set_index("cluster").loc["K10"]
    assert later["rank_low"].to_list()[0] == of_twelve.assessment.levels["rank_low"]["K10"]
    assert at_the_end_of(of_twelve.assessment.register, 2028)["rank_low"]["K10"] <= later["rank_low"].to_list()[-1]


@pytest.mark.filterwarnings("ignore::innovnet.errors.DataWarning")
def test_a_year_that_is_entered_counts_as_it_is(twelve):
    frames = twelve.frames()
    money = pd.DataFrame({"cluster": "K10", "year": 2026, "source": ["members", "state"], "share": [0.0, 1.0]})
    frames["funding"] = pd.concat([frames["funding"], money], ignore_index=True)
    register = inn.clusters.Register.from_frames(**frames)
    snapshot = inn.report.field_of(inn.clusters.assess(register, rules="lithuania", at=2025, robustness=False)).snapshot
    for years, share in ((1, 0.8 / 3), (2, 0.8 / 3)):  # two years of .4 and one of nothing, which is the latest for good
        later = snapshot_of(_carried(register, 2025, years), snapshot.cooperation, pd.Timestamp(2025 + years, 12, 31), snapshot.settings)
        found = measure(later, ["own_funds_share"])["own_funds_share"].value[later.ids.get_loc("K10")]
        assert found == pytest.approx(share)


def test_who_has_to_leave(of_twelve):
    """Every set that is said to lower a level does, no other of its size, and by the criteria that are named."""
    assessment, found = of_twelve.assessment, of_twelve.field.leaving
    assert set(found.loc[found["cluster"] == "K11", "organisations"]) == {"q0", "q1"}
    assert not found["cluster"].isin(assessment.levels.index[~assessment.levels["exits"].isin([1, 2]).fillna(False)]).any()
    row, snapshot = of_twelve.field.row("K09"), of_twelve.field.snapshot
    ids = snapshot.cooperation.nodes["node"].to_numpy()
    pairs = list(itertools.combinations(of_twelve.field.members("K09").tolist(), 2))
    lower = set()
    for pair in pairs:
        levels = findings(snapshot.without([row], [list(pair)]), assessment.rules).decision
        if levels.low[0] < assessment.levels["rank_low"]["K09"]:
            lower.add("; ".join(sorted(ids[list(pair)])))
    mine = found[found["cluster"] == "K09"]
    assert set(mine["organisations"]) == lower
    assert not mine["every"].any()
    assert len(lower) < len(pairs)
    assert found.loc[found["cluster"] == "K06", "every"].all()
    assert set(found.loc[found["cluster"] == "K11", "lost"]) == {"D8"}


def test_nothing_is_said_of_exits_that_were_not_looked_for(of_twelve):
    quick = inn.clusters.assess(of_twelve.assessment.register, rules="lithuania", at=2025, robustness=False)
    sentences = inn.report.cluster_sheet(quick, None, "K09").parts["firm"].sentences
    assert not any("exit" in one for one in sentences)
    assert sentences[0].startswith("Weakest criterion: D2")
