"""Facts, funding and events: what belongs together fits together (E17 to E20)."""

import numpy as np
import pandas as pd

from innovnet.clusters._draft import Draft, Drafts, Mask, among, places, said

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
    share, amount, source = (table[column].to_numpy(dtype=kind) for column, kind in (("share", float), ("amount_eur", float), ("source", object)))
    for positions in _suspect(table, draft.faulty):
        cluster, year = table["cluster"].iloc[positions[0]], table["year"].iloc[positions[0]]
        start, where = f"funding of {cluster} in {year}", f"rows {draft.numbers(positions)}"
        shares, amounts = ~np.isnan(share[positions]), ~np.isnan(amount[positions])
        again = [k for n, k in enumerate(positions) if isinstance(source[k], str) and source[k] in [source[j] for j in positions[:n]]]
        if again:
            rows = draft.numbers(k for k in positions if source[k] == source[again[0]])
            draft.fault("E17", again[0], "source", f"{start}: source {source[again[0]]!r} stands twice (rows {rows})", "Add them up.", also=positions)
        if shares.any() and amounts.any():
            problem = f"{start}: shares and amounts are mixed ({where})"
            draft.fault("E17", positions[-1], "share", problem, "Give one of the two.", value="", also=positions)
        elif shares.all() and abs(share[positions].sum() - 1) > _SLACK and not draft.faulty[positions].any():
            problem = f"{start}: shares add up to {share[positions].sum():.4g} (must be 1 ± {_SLACK:g}; {where})"
            draft.fault("E17", positions[-1], "share", problem, "Correct them, or add the source that is missing.", also=positions)
    broken = table.loc[draft.faulty, ["cluster", "year"]].drop_duplicates()
    draft.faulty |= pd.MultiIndex.from_frame(table[["cluster", "year"]]).isin(pd.MultiIndex.from_frame(broken))


def _suspect(table: pd.DataFrame, faulty: Mask) -> list[list[int]]:
    """The rows of each year of a cluster that one look at all of them cannot clear."""
    known = table.assign(faulty=faulty)[table["cluster"].notna() & (table["year"] != 0)]
    year = known.groupby(["cluster", "year"], sort=False).ngroup()
    years = known.groupby(year)
    told = years.agg(
        rows=("year", "size"),
        shares=("share", "count"),
        amounts=("amount_eur", "count"),
        sources=("source", "nunique"),
        total=("share", "sum"),
        faulty=("faulty", "any"),
    )
    in_amounts = (told["amounts"] == told["rows"]) & (told["shares"] == 0)
    in_shares = (told["shares"] == told["rows"]) & (told["amounts"] == 0) & ((told["total"] - 1).abs() <= _SLACK)
    told_already = told["faulty"] & ((told["shares"] == 0) | (told["amounts"] == 0))
    clear = (told["rows"] == told["sources"]) & (in_amounts | in_shares | told_already)
    unclear = year[year.isin(told.index[~clear])]
    return [[int(k) for k in unclear.index[places_of]] for places_of in unclear.groupby(unclear, sort=False).indices.values()]


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
