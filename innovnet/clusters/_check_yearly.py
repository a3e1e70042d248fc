"""Facts, funding and events: what belongs together fits together (E17 to E20)."""

import numpy as np
import pandas as pd

from innovnet.clusters._draft import Draft, Drafts, among, places, said

_SLACK = 0.005


def check_yearly(drafts: Drafts) -> None:
    """E17, the second half of E18, E19, E20."""
    _funding(drafts["funding"])
    _exports(drafts["member_facts"])
    _events(drafts["cooperation"])
    _ranges(drafts["facts"])


def _funding(draft: Draft) -> None:
    """A cluster's year is told in shares that make a whole, or in amounts; one row for each source. A year with a fault is left out whole."""
    table = draft.table
    for position in places(table["amount_eur"].isna() & table["share"].isna() & ~draft.faulty):
        draft.fault("E03", position, "amount_eur", "neither an amount nor a share is given", "Fill one of them.", value="")
    for rows in _suspect(table):
        cluster, year = rows[["cluster", "year"]].iloc[0]
        positions = [int(k) for k in rows.index]
        share, amount = rows["share"].notna(), rows["amount_eur"].notna()
        twice = rows["source"].dropna()
        twice = twice[twice.duplicated()]
        start = f"funding of {cluster} in {year}"
        if len(twice):
            where = draft.numbers(int(k) for k in rows.index[rows["source"] == twice.iloc[0]])
            draft.fault("E17", int(twice.index[0]), "source", f"{start}: source {twice.iloc[0]!r} stands twice (rows {where})", "Add them up.", also=positions)
        if share.any() and amount.any():
            draft.fault(
                "E17",
                positions[-1],
                "share",
                f"{start}: shares and amounts are mixed (rows {draft.numbers(positions)})",
                "Give one of the two.",
                value="",
                also=positions,
            )
        elif share.all() and abs(rows["share"].sum() - 1) > _SLACK and not draft.faulty[positions].any():
            problem = f"{start}: shares add up to {rows['share'].sum():.4g} (must be 1 ± {_SLACK:g}; rows {draft.numbers(positions)})"
            draft.fault("E17", positions[-1], "share", problem, "Correct them, or add the source that is missing.", also=positions)
    broken = table.loc[draft.faulty, ["cluster", "year"]].drop_duplicates()
    draft.faulty |= pd.MultiIndex.from_frame(table[["cluster", "year"]]).isin(pd.MultiIndex.from_frame(broken))


def _suspect(table: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows of each year of a cluster that one look at all of them cannot clear."""
    known = table[table["cluster"].notna() & (table["year"] != 0)]
    year = known.groupby(["cluster", "year"], sort=False).ngroup()
    years = known.groupby(year)
    told = years.agg(rows=("year", "size"), shares=("share", "count"), amounts=("amount_eur", "count"), sources=("source", "nunique"), total=("share", "sum"))
    in_amounts = (told["amounts"] == told["rows"]) & (told["shares"] == 0)
    in_shares = (told["shares"] == told["rows"]) & (told["amounts"] == 0) & ((told["total"] - 1).abs() <= _SLACK)
    clear = (told["rows"] == told["sources"]) & (in_amounts | in_shares)
    return [rows for _, rows in known[year.isin(told.index[~clear])].groupby(year, sort=False)]


def _exports(draft: Draft) -> None:
    table = draft.table
    for position in places(table["export_eur"] > table["turnover_eur"]):
        export, turnover = (said(table[column].iloc[position]) for column in ("export_eur", "turnover_eur"))
        draft.fault("E18", position, "export_eur", f"export {export} over turnover {turnover}", "Correct one of them; both are in EUR.")


def _events(draft: Draft) -> None:
    """All rows of an event have its days. An event with a fault in its days is left out whole."""
    table, begin, end = draft.table, draft.days("start"), draft.days("end")
    late = places(end < begin)
    for position in late:
        problem = f"event {said(table['event'].iloc[position])} ends ({end[position]}) before it starts ({begin[position]})"
        draft.fault("E19", position, "end", problem, "Swapped?")
    days = pd.DataFrame({"event": table["event"], "start": begin.astype("M8[us]"), "end": end.astype("M8[us]")})
    kinds = days[~draft.faulty | np.isin(np.arange(len(days)), late)].drop_duplicates()
    repeated = kinds[kinds["event"].notna() & kinds.duplicated("event", keep=False)]
    for event, rows in repeated.groupby("event", sort=False):
        spans = ", ".join(f"{said(start)} to {said(stop) or 'no end'} (row {draft.row(int(k))})" for k, start, stop in rows[["start", "end"]].itertuples())
        draft.fault("E19", int(rows.index[1]), "start", f"event {event} has rows with different dates: {spans}", "Give all its rows the same days.")
    broken = {*repeated["event"], *table["event"].iloc[late]}
    draft.faulty |= among(table["event"], broken)


def _ranges(draft: Draft) -> None:
    table = draft.table
    for name in [column for column in table.columns if f"{column}_low" in table or f"{column}_high" in table]:
        low, value, high = (table[column] if column in table else pd.Series(np.nan, index=table.index) for column in (f"{name}_low", name, f"{name}_high"))
        low, value, high = (one.astype("float64") for one in (low, value, high))
        for position in places((low > value) | (value > high) | (low > high)):
            said_all = [said(one.iloc[position]) or "(empty)" for one in (low, value, high)]
            problem = f"low {said_all[0]}, value {said_all[1]}, high {said_all[2]} are not in order"
            draft.fault("E20", position, name, problem, "Correct them.")
