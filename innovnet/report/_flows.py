"""Figure 8: which countries work with each other; in a report on a country, its regions with each other and with partner countries."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from innovnet.metrics import mixing_matrix
from innovnet.metrics._joint_work import joint_work
from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._flows_country import country_flows_exhibit
from innovnet.report._flows_plot import plot_flows
from innovnet.report._format import count, number, percent
from innovnet.report._matrix import times
from innovnet.report._measure import Programme
from innovnet.report._names import country_name
from innovnet.report._words import capital, source, the
from innovnet.report._worlds import codes_of

Floats = npt.NDArray[np.float64]

DRAWN = 30  #: groups with most joint work that are drawn, fewer where little is known of most pairs
KNOWN = 0.6  #: share of the pairs of drawn groups that must have a ratio
FEWEST, SURE = 1.0, 5.0  #: expected joint work (projects) from which a ratio is told, and from which it is named in a sentence
CLIP = 3.0  #: ratios beyond it, and below its inverse, count as it in the order of rows
COLUMNS = {
    "group": Column("Code", "id", "Country as Eurostat writes it, or region."),
    "name": Column("Country"),
    "partner_group": Column("Partner's code", "id"),
    "partner_name": Column("Partner"),
    "joint_work": Column("Joint work", "projects", "Each project counts 1 for each member, shared equally over its partners."),
    "expected": Column("Expected", "projects", "Joint work across borders that the totals of both would give if only they mattered."),
    "ratio": Column("Ratio", "", "Joint work divided by the expected.", "0 and more", f"less than {FEWEST:.0f} project expected"),
    "inside": Column("Joint work inside", "share", "Share of its joint work among its own organisations.", "0-1", "no joint work"),
    "organisations": Column("Organisations"),
}
_KINDS = {"country": ("country", "countries"), "region": ("region", "regions")}


class Flows(NamedTuple):
    """Pairs of groups and the groups themselves, those drawn, in the order of the figure."""

    partition: str
    pairs: pd.DataFrame  #: one row for each pair of drawn groups, most joint work first
    groups: pd.DataFrame  #: one row for each drawn group, in seriated order
    more: int  #: groups that are not drawn
    held: float  #: share of all joint work across borders that lies between drawn groups


def flows_table(programme: Programme, *, limit: int = DRAWN) -> Flows | None:
    """Joint work between the countries (regions, where there are not three countries) with most of it; None where there are not three of either.

    Expected is quasi-independence over all groups: joint work across borders if only its totals mattered, work inside a group left aside.
    """
    for partition in ("country", "region"):
        codes, labels = codes_of(programme, partition)
        work = joint_work(programme.affiliation, codes, len(labels), np.ones(len(codes), dtype=bool))
        across = work - np.diag(np.diag(work))
        totals = across.sum(axis=1)
        if (totals > 0).sum() < 3:
            continue
        expected = np.outer(*[_activity(totals)] * 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            relative = np.where(expected >= FEWEST, across / expected, np.nan)
        drawn = _drawn(totals, np.isfinite(relative), limit)
        if len(drawn) < 3:
            continue
        order = drawn[seriation(relative[np.ix_(drawn, drawn)])]
        names = np.array([country_name(g) if partition == "country" else g for g in labels], dtype=object)
        sizes = np.bincount(codes, minlength=len(labels) + 1)
        groups = pd.DataFrame({"group": labels[order], "name": names[order], "organisations": sizes[order], "joint_work": work.sum(axis=1)[order]})
        groups["inside"] = np.diag(work)[order] / work.sum(axis=1)[order]
        low, high = np.triu_indices(len(drawn), 1)
        a, b = drawn[low], drawn[high]
        pairs = pd.DataFrame({"group": labels[a], "name": names[a], "partner_group": labels[b], "partner_name": names[b], "joint_work": across[a, b]})
        pairs["expected"], pairs["ratio"] = expected[a, b], relative[a, b]
        pairs = pairs.sort_values("joint_work", ascending=False, kind="stable", ignore_index=True)
        held = float(across[np.ix_(drawn, drawn)].sum() / totals.sum())
        return Flows(partition, pairs, groups, int((totals > 0).sum()) - len(drawn), held)
    return None


def _drawn(totals: Floats, known: npt.NDArray[np.bool_], limit: int) -> npt.NDArray[np.int64]:
    """The groups with most joint work, as many as leave a ratio in most pairs."""
    order = np.argsort(-totals, kind="stable")[: min(limit, int((totals > 0).sum()))]
    for n in range(len(order), 2, -1):
        pairs = known[np.ix_(order[:n], order[:n])][np.triu_indices(n, 1)]
        if pairs.mean() >= KNOWN:
            return order[:n]
    return order[:0]


def _activity(totals: Floats) -> Floats:
    """Numbers x with xᵢ (Σx − xᵢ) = totals: their products are the expected work between two groups."""
    x = totals / math.sqrt(totals.sum())
    for _ in range(10_000):
        rest = x.sum() - x
        new = np.sqrt(x * np.divide(totals, rest, out=np.zeros_like(x), where=rest > 0))
        if np.allclose(new, x, rtol=1e-12, atol=0.0):
            break
        x = new
    return x


def seriation(relative: Floats) -> npt.NDArray[np.int64]:
    """An order that puts groups side by side that work together: average linkage on 1/(1 + ratio), optimal leaves, the larger end (the lower number) first."""
    if len(relative) < 3:
        return np.arange(len(relative))
    known = np.clip(np.nan_to_num(relative, nan=1.0), 1 / CLIP, CLIP)
    distance = 1.0 / (1.0 + known)
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0.0)
    order = leaves_list(linkage(squareform(distance), "average", optimal_ordering=True)).astype(np.int64)
    return order if order[0] < order[-1] else order[::-1]


def flows_exhibit(programme: Programme) -> Exhibit:
    """The figure with its words."""
    if programme.country is not None:
        return country_flows_exhibit(programme)
    flows = flows_table(programme)
    if flows is None:
        prose = "A matrix of countries or regions takes three of them with enough joint work across their borders; these data have fewer, or name none."
        return Exhibit("flows", "looks-like", "Too few countries to compare", {}, {}, prose=prose)
    one, many = _KINDS[flows.partition]
    sure = flows.pairs[flows.pairs["expected"] >= SURE].sort_values("ratio", ascending=False, kind="stable")
    columns, tables = {**COLUMNS, "name": Column(one.capitalize())}, {"flows": flows.pairs, "flows_inside": flows.groups}
    if sure.empty:
        prose = f"A ratio takes {SURE:.0f} expected projects of a pair; no pair of {many} has so many here."
        return Exhibit("flows", "looks-like", f"Too little joint work to compare pairs of {many}", tables, columns, prose=prose)
    headline, prose = _headline(sure, many), _prose(sure, flows)

    return Exhibit(
        key="flows",
        section="looks-like",
        headline=headline,
        tables=tables,
        columns=columns,
        prose=prose,
        lead=f"Joint work between {many} as a multiple of what their joint work across borders would give if only its totals mattered.",
        caption=_caption(programme, flows),
        slim=f"On this narrow page: the closest and the farthest pairs of those with {SURE:.0f} or more expected projects.",
        reading=_reading(flows),
        alt=f"{headline}. {prose}",
        draw=drawing(plot_flows, flows.pairs, groups=flows.groups),
        findings=_findings(sure, many),
        methods=(mixing_matrix,),
    )


def _headline(sure: pd.DataFrame, many: str) -> str:
    if sure["ratio"].iloc[0] < 1.25:
        return f"The {many} work with each other about as their totals give"
    for _, row in sure[sure["ratio"] >= 1.25].head(3).iterrows():
        text = capital(f"{_pair(row)} work together {times(row['ratio'])} as much as expected")
        if len(text) <= 75:
            return text
    return f"Some {many} work together {times(sure['ratio'].iloc[0])} as much as expected"


def _pair(row: pd.Series) -> str:
    return f"{the(row['name'])} and {the(row['partner_name'])}"


def _prose(sure: pd.DataFrame, flows: Flows) -> str:
    inside = flows.groups.sort_values("inside", ascending=False).iloc[0]
    home = f"{capital(the(inside['name']))} has most of its joint work inside: {percent(inside['inside'])}."
    if len(sure) < 3:
        return home
    near, far = sure.iloc[1], sure.iloc[-1]
    return f"Next are {_pair(near)} ({times(near['ratio'])}); farthest below what is expected are {_pair(far)} ({times(far['ratio'])}). {home}"


def _caption(programme: Programme, flows: Flows) -> str:
    many = _KINDS[flows.partition][1]
    gone = int((programme.actors[flows.partition].isna() & (programme.actors["partners"] > 0)).sum())
    parts = [f"Rows are ordered so that {many} that work together stand together; work inside each is left blank and shown as a bar."]
    if flows.more:
        one = flows.more == 1
        more = f"{number(flows.more)} more {_KINDS[flows.partition][0] if one else many} {'counts' if one else 'count'} in the totals"
        parts.append(f"Drawn: {number(len(flows.groups))} with most joint work across borders, {percent(flows.held)} of it is among them; {more}.")
    if gone:
        parts.append(f"Left out: {count(gone, 'organisation')} with partners but no known {_KINDS[flows.partition][0]}.")
    if flows.pairs["ratio"].isna().any():
        parts.append("Blank: less than one project expected.")
    if (flows.pairs["ratio"].notna() & (flows.pairs["expected"] < SURE)).any():
        parts.append(f"Where fewer than {SURE:.0f} projects are expected a ratio is uncertain and not named in the text.")
    if (flows.pairs["ratio"] == 0).any():
        parts.append("Dot: no joint work.")
    parts.append(f"n = {count(int(flows.groups['organisations'].sum()), 'organisation')}.")
    return " ".join([*parts, source(programme)])


def _reading(flows: Flows) -> str:
    """The topmost row of the figure that has a pair with enough expected, and that of its pairs with most joint work."""
    sure = flows.pairs[flows.pairs["expected"] >= SURE]
    first = next(row for _, row in flows.groups.iterrows() if sure[["group", "partner_group"]].eq(row["group"]).any(axis=None))
    row = sure[sure[["group", "partner_group"]].eq(first["group"]).any(axis=1)].iloc[0]
    share = f"share {times(row['ratio'])} as much joint work as the totals of both would give"
    return f"{capital(_pair(row))} {share}; {percent(first['inside'])} of the joint work of {the(first['name'])} is inside."


def _findings(sure: pd.DataFrame, many: str) -> tuple[Finding, ...]:
    if sure.empty or sure["ratio"].iloc[0] < 1.25:
        return ()
    best = sure.iloc[0]
    spread = np.average(np.abs(np.log(np.maximum(sure["ratio"], 1 / CLIP))), weights=sure["expected"])
    sentence = f"as much joint work as expected is what {_pair(best)} share, the closest pair of {many}."
    return (Finding("flows", times(best["ratio"]), sentence, "all organisations, no sampling error", "flows", distance=float(spread)),)
