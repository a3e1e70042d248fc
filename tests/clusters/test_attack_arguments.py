"""Arguments of every wrong kind: an error that says what to give, never one of another library."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.clusters import Register
from innovnet.errors import DataError

CLUSTERS = pd.DataFrame({"cluster": ["K"], "name": "x", "country": "LT", "sectors": "62", "founded": "2020-01-01"})
FUNDING = pd.DataFrame({"cluster": ["K"], "year": 2024, "source": "state"})


@pytest.fixture(scope="module")
def register():
    return inn.clusters.example()


def members(**columns):
    return pd.DataFrame({"cluster": "K", "organisation": list("abcde"), "from": "2021-01-01", "role": ["coordinator", *["member"] * 4]} | columns)


@pytest.mark.parametrize("at", [10**30, "\ud800", 1, "0001-01-01", "9999-12-31", 9999, 1899, pd.NaT, "2025-02-30", True, [2025]])
def test_a_day_that_cannot_be(register, at):
    with pytest.raises(DataError, match=r"is no date and no year|outside the years 1900 to 2200|a date is missing"):
        inn.clusters.indicators(register, at=at, cohesion_null=False)
    with pytest.raises(DataError):
        inn.clusters.assess(register, rules="generic", at=at)
    with pytest.raises(DataError):
        inn.clusters.detect(inn.example(), at=at, seed=0)


@pytest.mark.parametrize("window", [10**30, 101, 2025, 0, 1.5, "3"])
def test_a_window_that_cannot_be(register, window):
    with pytest.raises(DataError, match="window="):
        inn.clusters.indicators(register, at=2025, window=window, cohesion_null=False)
    with pytest.raises(DataError, match="window="):
        inn.clusters.detect(inn.example(), at=2025, window=window, seed=0)


def test_the_widest_window_and_the_first_and_last_years(register):
    for at in (1900, 2200):
        assert isinstance(inn.clusters.indicators(register, at=at, window=100, cohesion_null=False), pd.DataFrame)


@pytest.mark.parametrize("resolutions", [True, 3.5, None, object(), "12"])
def test_resolutions_that_are_no_numbers(resolutions):
    if resolutions is not None:
        with pytest.raises(DataError, match="resolutions="):
            inn.clusters.detect(inn.example(), at=2025, resolutions=resolutions, seed=0)


@pytest.mark.parametrize("affiliation", [True, "x", 3, pd.DataFrame()])
def test_cooperation_data_of_another_kind(register, affiliation):
    with pytest.raises(DataError, match="takes Affiliation"):
        inn.clusters.cooperation(register, affiliation)


@pytest.mark.parametrize("path", [None, 3, b"x", [], "\ud800", "a\0b", "x" * 300, "x" * 300 + ".xlsx"])
def test_a_path_that_is_none(path):
    with pytest.raises(DataError, match="is no path"):
        inn.clusters.read_register(path)
    with pytest.raises(DataError, match="is no path"):
        inn.clusters.write_template(path)


def test_all_cells_that_no_sheet_could_hold_are_told_at_once():
    odd = members(stage=[[1], {}, b"x", len, np.array([1])], organisation=["a", "b", "c", ("d", 1), object()])
    with pytest.raises(DataError, match="neither text nor number") as error:
        Register.from_frames(CLUSTERS.assign(name=[{1}]), odd)
    assert [(fault.place, fault.row, fault.column) for fault in error.value.faults] == [
        ("clusters", "0", "name"),
        *(("membership", row, "organisation") for row in "34"),
        *(("membership", row, "stage") for row in "01234"),
    ]


def test_a_moment_with_a_time_zone_is_no_day():
    with pytest.raises(DataError, match="neither text") as error:
        Register.from_frames(CLUSTERS, members(**{"from": pd.Timestamp("2021-01-01 23:30", tz="UTC")}))
    assert "time zone" in error.value.faults[0].problem
    assert len(error.value.faults) == 5


@pytest.mark.filterwarnings("ignore::innovnet.errors.DataWarning")
@pytest.mark.parametrize(
    ("amount", "read"), [(Decimal("10.5"), 10.5), (Decimal(7), 7.0), (np.float32(0.5), 0.5), (np.int8(3), 3.0), (10**15, 1e15), ("1e15", 1e15)]
)
def test_numbers_of_other_libraries(amount, read):
    register = Register.from_frames(CLUSTERS, members(), funding=FUNDING.assign(amount_eur=pd.Series([amount], dtype=object)))
    assert register.funding["amount_eur"].tolist() == [read]


@pytest.mark.parametrize("amount", [10**16, 1e308, 10**400, float("inf"), Decimal("Infinity"), Decimal("1e400"), 1j, "1e309"])
def test_numbers_that_are_too_large(amount):
    with pytest.raises(DataError, match=r"E05|neither text"):
        Register.from_frames(CLUSTERS, members(), funding=FUNDING.assign(amount_eur=pd.Series([amount], dtype=object)))


@pytest.mark.parametrize("score", [1e308, -1e16, "1e300"])
def test_facts_that_are_too_large(score):
    with pytest.raises(DataError, match="E05"):
        Register.from_frames(CLUSTERS, members(), facts=pd.DataFrame({"cluster": ["K"], "year": 2024, "score": [score]}))


@pytest.mark.filterwarnings("ignore::innovnet.errors.DataWarning")
@pytest.mark.parametrize("day", [np.datetime64("2022-03-01"), np.datetime64("2022-03-01T12", "ns"), dt.date(2022, 3, 1), pd.Timestamp("2022-03-01")])
def test_days_of_other_libraries(day):
    days = pd.Series([day, *["2021-01-01"] * 4], dtype=object)
    assert Register.from_frames(CLUSTERS, members(**{"from": days})).membership["from"].iloc[0] == pd.Timestamp("2022-03-01")
