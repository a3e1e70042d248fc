"""From sheets as they stand to a register: cells, faults, what is left out or filled in, remarks."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from innovnet.clusters._check_keys import OF_CLUSTERS, OF_ORGANISATIONS, check_keys
from innovnet.clusters._check_membership import check_membership
from innovnet.clusters._check_ownership import check_ownership
from innovnet.clusters._check_population import check_population
from innovnet.clusters._check_yearly import check_yearly
from innovnet.clusters._draft import NEVER, Drafts, among
from innovnet.clusters._faults import Report
from innovnet.clusters._register import Register
from innovnet.clusters._remarks import remarks
from innovnet.clusters._sheets import SHEETS
from innovnet.clusters._spells import joined_spells
from innovnet.clusters.read._layout import drafts_of
from innovnet.clusters.read._raw import Raw
from innovnet.graph._tables import quality
from innovnet.graph.read._findings import OnError

#: Columns that the workbook requires and that a table in memory may lack: they are unknown then, or follow from others.
LENIENT: Mapping[str, tuple[str, ...]] = {
    "clusters": tuple(field.name for field in SHEETS["clusters"].fields if field.name != "cluster"),
    "organisations": tuple(field.name for field in SHEETS["organisations"].fields if field.name != "organisation"),
    "membership": ("from", "role"),
}
_NEVER = pd.Timestamp(NEVER)


def registered(raws: Mapping[str, Raw], report: Report, on_error: OnError, *, from_file: bool) -> Register:
    """The register of the sheets; all their faults in one error, or left out and counted."""
    drafts = drafts_of(raws, report, lenient={} if from_file else LENIENT, from_file=from_file)
    _unreadable(drafts, raws, report)
    for check in (check_keys, check_membership, check_ownership, check_yearly, check_population):
        check(drafts)
    report.settle(on_error)
    _follow(drafts, report)
    tables = {name: draft.usable() for name, draft in drafts.items()}
    if not drafts["organisations"].given:
        tables["organisations"] = _implied(tables, report)
    if not from_file:
        _filled(tables, report)
    tables["membership"] = _joined(tables["membership"], report)
    register = Register._from_tables(tables, quality())
    remarks(register, report)
    return replace(register, _quality=report.findings.table())


def _unreadable(drafts: Drafts, raws: Mapping[str, Raw], report: Report) -> None:
    """Rows in which the file itself is at fault, a torn line or a cell with an error, cannot be used; nor can a file whose fault has no row (E24)."""
    named = {raw.name: name for name, raw in raws.items()}
    for fault in report.faults:
        if fault.code == "E24":
            report.fatal |= not fault.row or fault.place not in named
            if fault.row.isdigit() and fault.place in named:
                draft = drafts[named[fault.place]]
                draft.faulty |= draft.rows == int(fault.row)


def _follow(drafts: Drafts, report: Report) -> None:
    """Leave out what refers to clusters and organisations that were left out."""
    references = [(sheet, "cluster", "clusters", "cluster") for sheet in OF_CLUSTERS]
    references += [(sheet, column, "organisations", "organisation") for sheet, column in OF_ORGANISATIONS]
    for sheet, column, home, key in references:
        draft, before = drafts[sheet], drafts[sheet].faulty.copy()
        known = drafts[home].usable()[key]
        while drafts[home].given:
            holdings = draft.table.loc[~draft.faulty, "owner"] if column == "owned" else known[:0]  # known by what they own, as long as that stays
            lost = ~draft.faulty & ~among(draft.table[column], pd.concat([known, holdings]))
            if not lost.any():
                break
            draft.faulty |= lost
        gone = draft.faulty & ~before
        report.findings.note(f"left out: their {key} was left out", sheet, int(gone.sum()), "dropped", draft.table.loc[gone, column].unique())


def _implied(tables: Mapping[str, pd.DataFrame], report: Report) -> pd.DataFrame:
    """A row for each organisation that is named, of which nothing else is known."""
    named = pd.concat([tables[sheet][column] for sheet, column in OF_ORGANISATIONS])
    ids = np.sort(named.unique())
    words = "organisations of which only the identifier is known, for there is no table of them"
    report.findings.note(words, "organisations", len(ids), "kept", ids)
    return pd.DataFrame({"organisation": ids, "name": ids})


def _filled(tables: dict[str, pd.DataFrame], report: Report) -> None:
    """What tables in memory may lack: names are identifiers then, roles member; the rest is unknown, and counted."""
    for sheet, columns in LENIENT.items():
        table, key = tables[sheet], SHEETS[sheet].fields[0].name
        follows = {"name": table[key], "role": "member"}
        for one in SHEETS[sheet].fields:
            if one.name not in columns or not one.required:
                continue
            empty = table[one.name].isna() if one.name in table else pd.Series(True, index=table.index)
            if one.name in follows:
                words = f"{one.name} filled in: {'identifiers' if one.name == 'name' else 'member'}"
                table[one.name] = table[one.name].where(~empty, follows[one.name])
                report.findings.note(words, sheet, int(empty.sum()), "repaired")
            else:
                report.findings.note(f"{one.name} not known", sheet, int(empty.sum()), "kept", table.loc[empty, key].head(3))


def _joined(table: pd.DataFrame, report: Report) -> pd.DataFrame:
    """Spells of one organisation in one cluster in one role and stage that touch are one."""
    rows = table[table["from"].notna()]
    group = rows.groupby(["cluster", "organisation", "role", "stage"], sort=False, dropna=False).ngroup().to_numpy().astype(np.int64)
    begin, end = rows["from"], rows["to"].fillna(_NEVER)
    spell = joined_spells(group, begin.to_numpy().astype("M8[D]"), end.to_numpy().astype("M8[D]"))
    again = pd.Series(spell, index=rows.index).duplicated()
    if not again.any():
        return table
    last = end.groupby(spell).transform("max")
    whole = rows.assign(**{"from": begin.groupby(spell).transform("min"), "to": last.where(last < _NEVER)})
    told = (rows.loc[again, "organisation"] + " in " + rows.loc[again, "cluster"]).unique()
    report.remark("W08", "membership", int(again.sum()), told, "repaired")
    return pd.concat([table[table["from"].isna()], whole[~again]]).sort_index().reset_index(drop=True)
