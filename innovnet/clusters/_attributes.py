"""What an organisation is: firm, research, SME, with R&D, exporting, of high value added. Each is yes, no or not known."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._snapshot import Snapshot

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Flag = tuple[Mask, Mask]  # certainly so; perhaps so

#: Employees from which a firm is large (Recommendation 2003/361/EC, Annex, Article 2).
LARGE = 250
#: Yearly facts count for so many years.
YEARS = 3


def node_flags(snapshot: Snapshot) -> Mapping[str, Flag]:
    """What each node of the cooperation is, as (yes, unknown): firm, research, sme, rd, exporting, high_value.

    Kind is known of whoever has one. Of actors outside the register nothing else is known; but who is no firm is no SME.

    sme
        A firm of size micro, small or medium; without a size, by its employees. No SME where somebody of its owner group is large, or where the
        employees of the group that are known reach 250.
    rd, exporting
        Over the last three years up to the day: yes if any year says so; unknown if there is no row, or an empty cell and no yes; else no: years
        without a row are not held against rows that say no. R&D counts as declared, an amount alone is no declaration. An exporter has the mark or
        an amount above 0.
    """
    return snapshot.once("node_flags", lambda: _flags(snapshot))


def _flags(snapshot: Snapshot) -> Mapping[str, Flag]:
    firm, research = (_kind(snapshot, group) for group in ("firm", "research"))
    facts = recent(snapshot, snapshot.register.member_facts)
    exported = (facts["exporter"].fillna(False) | (facts["export_eur"] > 0)).mask(facts["exporter"].isna() & facts["export_eur"].isna())
    high = snapshot.register.organisations["high_value"]
    return {
        "firm": firm,
        "research": research,
        "sme": _sme(snapshot, firm),
        "rd": _within_years(snapshot, facts, facts["rd_declared"]),
        "exporting": _within_years(snapshot, facts, exported),
        "high_value": _over_nodes(snapshot, high.fillna(False).to_numpy(dtype=bool), high.isna().to_numpy()),
    }


def recent(snapshot: Snapshot, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last three years up to the day, a running year included."""
    year = snapshot.at.year
    return table[(table["year"] > year - YEARS) & (table["year"] <= year)]


def _kind(snapshot: Snapshot, group: str) -> Flag:
    codes, labels = snapshot.cooperation.codes("group"), snapshot.cooperation.labels("group")
    return (codes >= 0) & (codes == labels.get_indexer(pd.Index([group]))[0]), codes < 0


def _over_nodes(snapshot: Snapshot, yes: Mask, unknown: Mask) -> Flag:
    """A flag of the register's organisations as one of all nodes."""
    further = len(snapshot.cooperation.nodes) - snapshot.cooperation.own
    return np.concatenate([yes, np.zeros(further, dtype=bool)]), np.concatenate([unknown, np.ones(further, dtype=bool)])


def _sme(snapshot: Snapshot, firm: Flag) -> Flag:
    organisations, group = snapshot.register.organisations, snapshot.owners.linked
    size = organisations["size"]
    employees = organisations["employees"].to_numpy(dtype=np.float64, na_value=np.nan)
    sized = size.notna().to_numpy()
    small = np.where(sized, size.isin(["micro", "small", "medium"]).to_numpy(), employees < LARGE)
    known = sized | ~np.isnan(employees)
    people, large = (np.bincount(group, weights)[group] for weights in (np.nan_to_num(employees), (size == "large").to_numpy(dtype=np.float64)))
    within = (people < LARGE) & (large == 0)
    yes, unknown = _over_nodes(snapshot, small & known & within, ~known & within)
    return firm[0] & yes, (firm[0] & unknown) | (firm[1] & (yes | unknown))


def _within_years(snapshot: Snapshot, facts: pd.DataFrame, flag: pd.Series) -> Flag:
    """Whether any of the rows of an organisation says yes."""
    n = snapshot.cooperation.own
    place = snapshot.register.organisations.index.get_indexer(pd.Index(facts["organisation"]))
    yes, empty, rows = (
        np.bincount(place[mask], minlength=n) > 0 for mask in (flag.fillna(False).to_numpy(dtype=bool), flag.isna().to_numpy(), np.ones(len(place), dtype=bool))
    )
    return _over_nodes(snapshot, yes, ~yes & (empty | ~rows))
