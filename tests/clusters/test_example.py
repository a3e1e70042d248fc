import os
import subprocess
import sys

import pandas as pd
import pytest

import innovnet as inn
from innovnet.clusters import Register, assess, example, monitor
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._sheets import COOPERATION_KINDS, SHEETS
from innovnet.errors import DataError, DataWarning

FIRST_PRINT = "e980726d623ce0734da9651a3eea2ae5c33051285af85b345616bfd43d2f2bed"


@pytest.fixture(scope="module")
def register():
    return example()


@pytest.fixture(scope="module")
def history(register):
    return monitor(register, inn.example(), rules="lithuania", years=range(2016, 2026)).panel.set_index(["cluster", "year"])


def test_the_same_everywhere(register):
    said = set()
    for number in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": number, "INNOVNET_THREADS": number}
        script = "import innovnet as inn; print(inn.clusters.example().fingerprint)"
        said.add(subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True).stdout.strip())
    assert said == {register.fingerprint}
    assert register.fingerprint == FIRST_PRINT  # on every machine
    assert example(1).fingerprint != register.fingerprint


def test_the_tables_have_something_to_show(register):
    assert register.clusters["country"].value_counts().to_dict() == {"LT": 13, "LV": 1}
    assert register.clusters["founded"].dt.year.between(2012, 2023).all()
    assert register.clusters["dissolved"].notna().sum() == 1
    for name in SHEETS:
        assert len(register._tables[name])
    roles = register.membership.groupby("role")["cluster"].nunique()
    assert roles.drop("coordinator").to_dict() == {"facilitator": 1, "foreign_member": 2, "member": 14, "rd_body": 8}
    without = register.clusters.index.difference(register.membership.loc[register.membership["role"] == "coordinator", "cluster"])
    assert without.tolist() == ["C11"]
    several = register.membership.groupby("organisation")["cluster"].agg(lambda names: "+".join(sorted(set(names))))
    assert (several == "C01+C04").sum() == 2
    assert set(register.cooperation["kind"]) == set(COOPERATION_KINDS)
    assert register.cooperation["start"].dt.year.agg(["min", "max"]).tolist() == [2013, 2025]
    assert "synthetic data" in register.quality["item"].tolist()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_promised_of_levels(seed):
    levels = assess(example(seed), inn.example(seed=seed), rules="lithuania", at=2025, robustness=False).levels
    assert set(levels["rank_low"]) == {0, 1, 2, 3, 4}
    assert levels.index[levels["rank_low"] < levels["rank_high"]].tolist() == ["C03", "C13"]
    assert levels.loc["C10", "rank_high"] == 0
    assert levels.loc["C01", ["rank_low", "rank_high"]].tolist() == [4, 4]


def test_one_criterion_short(register):
    short = assess(register, inn.example(), rules="lithuania", at=2025, robustness=False).missing
    needed = short[short["group"].isin(["needed", "data", "time"])].groupby("cluster")["criterion"].agg(list)
    assert needed["C02"] == ["M3"]
    assert needed["C05"] == ["D3"]


def test_independence_is_less_than_it_looks(register):
    assessed = assess(register, inn.example(), rules="lithuania", at=2025, robustness=False)
    values = assessed.indicators["value"]
    assert values["C09", "members"] == 7
    assert values["C09", "members_independent"] == 4
    assert assessed.levels.loc["C09", "level_high"] == "emerging"


def test_levels_rise_and_fall(history):
    rank = history["rank"].astype("int64")
    change = rank.xs(2025, level="year") - rank.xs(2018, level="year")
    assert change[["C01", "C03", "C04", "C06"]].tolist() == [1, 1, 1, -2]
    assert rank["C06"].is_monotonic_decreasing


def test_without_the_programme_too(register):
    levels = assess(register, rules="lithuania", at=2025, robustness=False).levels
    assert set(levels["rank_low"]) == {0, 1, 2, 3, 4}
    assert (levels["rank_low"] < levels["rank_high"]).sum() == 1


@pytest.mark.parametrize("seed", range(3))
def test_members_are_actors_of_the_programme_of_the_seed(seed):
    register, programme = example(seed), inn.example(seed=seed)
    stated = register.organisations["actor"]
    known = register.organisations[stated.notna() & (stated != "none")]
    assert len(known) > 20
    actors = programme.actors.loc[known["actor"]]
    assert actors["name"].tolist() == known["name"].tolist()
    assert actors["country"].tolist() == known["country"].tolist()
    assert known["actor"].is_unique
    others = register.organisations.loc[stated.isna() | (stated == "none"), "name"]
    assert others.is_unique
    assert not others.isin(programme.actors["name"]).any()
    assert cooperation_of(register, programme).unmatched.equals(stated.index[stated.isna()])


def test_events_are_joint_and_of_those_present(register):
    events = register.cooperation
    assert (events.groupby("event")["organisation"].nunique() >= 2).all()
    assert not events.duplicated(["event", "organisation"]).any()
    spells = register.membership.merge(events, on="organisation")
    inside = (spells["from"] <= spells["start"]) & ~(spells["to"] < spells["start"])
    counts = spells[inside].groupby(["event", "cluster"])["organisation"].nunique()
    assert counts.groupby("event").max().reindex(events["event"].unique()).ge(2).all()


def test_money_and_shares_add_up(register):
    owned = register.ownership
    days = pd.to_datetime(["2012-06-30", "2018-06-30", "2021-06-30", "2025-12-31"])
    for day in days:
        held = owned[(owned["from"] <= day) & ~(owned["to"] < day)].groupby("owned")["share"].sum()
        assert (held.between(0.01, 1.0001)).all()
    facts = register.member_facts
    assert not (facts["export_eur"] > facts["turnover_eur"]).any()
    paid = register.funding.groupby(["cluster", "year"])["source"].nunique()
    assert (paid == 5).all()


def test_a_seed_that_is_none():
    with pytest.raises(DataError, match="seed=-1"):
        example(-1)


def test_it_passes_the_checks_of_a_workbook(register):
    with pytest.warns(DataWarning, match="W02"):
        checked = Register.from_frames(**register._tables)
    assert checked.fingerprint == register.fingerprint
    noted = checked.quality
    remarks = noted.loc[noted["item"].str.match(r"W\d\d"), "item"].str[:3]
    assert set(remarks) == {"W02", "W03", "W10", "W11"}  # what is meant to be missing
