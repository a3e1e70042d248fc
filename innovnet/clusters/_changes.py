"""What changed between two registers, row by row."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest

import numpy as np
import pandas as pd

from innovnet._check import check_kind
from innovnet.clusters._draft import said
from innovnet.clusters._register import Register
from innovnet.clusters._sheets import SHEETS

#: Columns by which rows of sheets without a key are recognised.
_RECOGNISED: Mapping[str, tuple[str, ...]] = {
    "membership": ("cluster", "organisation"),
    "ownership": ("owner", "owned"),
    "cooperation": ("event", "organisation"),
}
COLUMNS = ["sheet", "row", "change", "column", "before", "after"]


def changes(before: Register, after: Register) -> pd.DataFrame:
    """What was added to a register, removed from it, or altered in it: what an agency reads before it takes over a new workbook.

    Rows are recognised by their key: cluster, organisation, cluster and year, and so on; memberships by cluster and organisation, ownership by owner and
    owned, cooperation by event and organisation, several of them in order of time. The order of rows does not matter.

    Parameters
    ----------
    before, after
        The register as it was and as it is.

    Returns
    -------
    DataFrame
        Columns sheet, row (its key), change (added, removed, altered), column, before, after, as text. An altered row has a line for each cell that
        differs; an added or removed one has a single line, whose column is empty, with its cells. Sorted by sheet and row.

    Notes
    -----
    Cost: O(rows log rows).

    Examples
    --------
    >>> import innovnet as inn
    >>> register = inn.clusters.example()
    >>> inn.clusters.changes(register, register).empty
    True
    """
    for register in (before, after):
        check_kind(register, Register, "changes()", "Make one with read_register() or Register.from_frames().")
    rows = [row for name in SHEETS for row in _of_sheet(name, _flat(before, name), _flat(after, name))]
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


def counts_of(table: pd.DataFrame) -> tuple[int, int, int]:
    """Rows added, removed and altered."""
    rows = table.drop_duplicates(["sheet", "row", "change"])["change"] if len(table) else table["change"]
    added, removed = (int((table["change"] == what).sum()) for what in ("added", "removed"))
    return added, removed, int((rows == "altered").sum())


def _flat(register: Register, name: str) -> pd.DataFrame:
    table = register._tables[name]
    table = table.reset_index() if table.index.name else table
    return pd.DataFrame({column: table[column].map(said, na_action=None).astype("str") for column in table.columns}, columns=table.columns)


def _of_sheet(name: str, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    key = list(SHEETS[name].key or _RECOGNISED[name])
    columns = list(dict.fromkeys([*after.columns, *before.columns]))
    one, other = (table.reindex(columns=columns, fill_value="") for table in (before, after))
    one, other = _without_equal(one, other, columns)
    groups = [dict(list(table.sort_values(columns).groupby(key))) for table in (one, other)]
    for found in sorted({*groups[0], *groups[1]}):
        row = ", ".join(map(str, found))
        olds, news = (group[found].to_dict("records") if found in group else [] for group in groups)
        for old, new in zip_longest(olds, news):
            if old is None or new is None:
                cells = "; ".join(f"{column} {text}" for column, text in (old or new).items() if text and column not in key)
                yield name, row, "added" if old is None else "removed", "", "" if old is None else cells, cells if old is None else ""
            else:
                yield from ((name, row, "altered", column, old[column], new[column]) for column in columns if old[column] != new[column])


def _without_equal(one: pd.DataFrame, other: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that the other table has not: of several equal ones as many as are beyond its own."""
    numbered = [table.assign(copy=table.groupby(columns).cumcount() if len(table) else np.zeros(0, dtype=np.int64)) for table in (one, other)]
    ids = [pd.MultiIndex.from_frame(table) for table in numbered]
    return one[~ids[0].isin(ids[1])], other[~ids[1].isin(ids[0])]
