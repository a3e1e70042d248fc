"""What is known of the make-up of populations of firms, and what is assumed: a table with a source and a status on each row."""

from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import some
from innovnet.graph._points import points_of

Floats = npt.NDArray[np.float64]

FIRM = "firm"
TYPES = (FIRM, "university", "institute", "public", "other")
SIZES = ("micro", "small", "medium", "large")
#: Persons from which on a size class starts, and where the last one ends.
LEAST = (2.0, 10.0, 50.0, 250.0)
#: In the EU, but in no population of it: countries of the table that are not members.
_NOT_EU = ("CH", "NO")


class Share(NamedTuple):
    """Figures of one item: their classes in order, and where they come from."""

    item: str
    country: str  #: whose figures they are
    classes: tuple[str, ...]
    values: Floats
    sources: str  #: each source with the classes it is for
    known: bool  #: whether all of them were read in a source

    @property
    def parts(self) -> Floats:
        """The values as shares that sum to 1."""
        return np.asarray(self.values / self.values.sum())


@cache
def _table() -> pd.DataFrame:
    text = files("innovnet.simulate").joinpath("data", "shares.csv").read_text(encoding="utf-8")
    return pd.read_csv(StringIO(text), dtype={"year": "str"}, keep_default_na=False)


def _share(rows: pd.DataFrame) -> Share:
    first = rows.iloc[0]
    groups = rows.groupby(rows["source"].where(rows["year"] == "", rows["source"] + " (" + rows["year"] + ")"), sort=False)
    named = [(str(source), list(part["class"])) for source, part in groups]
    sources = "; ".join(source if len(named) == 1 else f"{source}: {some(classes, 3)}" for source, classes in named)
    return Share(
        first["item"], first["country"], tuple(rows["class"]), rows["value"].to_numpy(dtype=np.float64), sources, bool((rows["status"] == "text").all())
    )


@cache
def share(country: str, item: str) -> Share:
    """The figures of a country for an item; those of the EU where it has none of its own."""
    table = _table()
    rows = table[(table["item"] == item) & (table["country"] == country)]
    return _share(rows if len(rows) else table[(table["item"] == item) & (table["country"] == "EU")])


def constant(item: str, name: str) -> float:
    """A single figure of the EU."""
    found = share("EU", item)
    return float(found.values[found.classes.index(name)])


@cache
def countries() -> tuple[str, ...]:
    """Countries of which regions are known, sorted."""
    table = _table()
    return tuple(sorted(table.loc[table["item"] == "region", "country"].unique()))


@cache
def regions(country: str, letters: int = 0) -> Share:
    """Regions of a country with their residents: those of so many letters, else NUTS 3 where the table has them, else NUTS 2; of the EU its NUTS 2 regions."""
    table = _table()
    rows = table[table["item"] == "region"]
    rows = rows[~rows["country"].isin(_NOT_EU)] if country == "EU" else rows[rows["country"] == country]
    length = rows["class"].str.len()
    wanted = 4 if country == "EU" else letters if (length == letters).any() else length.max()
    return _share(rows[length == wanted])


@cache
def places(names: tuple[str, ...]) -> pd.DataFrame:
    """``lat`` and ``lon`` of regions: of those where nobody of the programme is, the largest town."""
    found = points_of(pd.Index(names))
    table = _table()
    for axis in ("lat", "lon"):
        told = table[table["item"] == axis].set_index("class")["value"]
        found.loc[found.index.isin(told.index), axis] = told.reindex(found.index[found.index.isin(told.index)])
    return found


def apportioned(total: int, parts: Floats) -> npt.NDArray[np.int64]:
    """Whole numbers that sum to ``total``, by largest remainder; of equal remainders the first class has the odd one."""
    exact = total * parts
    whole = np.floor(exact).astype(np.int64)
    odd = np.argsort(whole - exact, kind="stable")[: total - int(whole.sum())]
    whole[odd] += 1
    return whole


def sole_share(sizes: Share) -> float:
    """Share of firms without employees among all firms: the EU's, scaled by the country's share of micro firms."""
    return constant("sole", "") / 100 * float(sizes.parts[0] / share("EU", "size").parts[0])


def categorical(codes: npt.NDArray[np.integer], labels: tuple[str, ...]) -> Any:
    """A column of few different texts."""
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index(labels, dtype="str")))
