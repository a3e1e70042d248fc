"""Figure 6: what the main go-betweens bridge, each beside its own random worlds."""

import pandas as pd

from innovnet.metrics import betweenness, e_i_index
from innovnet.report._bridgers_plot import PARTITIONS, SHOWN_NARROW, plot_bridgers
from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent, span
from innovnet.report._measure import Programme
from innovnet.report._names import _city
from innovnet.report._words import source
from innovnet.report._worlds import ACTIVE, Worlds, no_worlds

SHOWN, FEWEST = 12, 3
COLUMNS = {
    "actor": Column("Identifier", "id"),
    "display": Column("Organisation"),
    "country": Column("Country", "id"),
    "city": Column("City"),
    "type": Column("Type"),
    "participations": Column("Projects"),
    "betweenness_share": Column("Go-between", "share", "Share of the shortest paths between all other pairs of organisations that pass through it.", "0-1"),
    **{
        f"{name}_{partition}": Column(f"{label}, {partition}", "share", text, "0-1", f"the organisation has no {partition}")
        for partition in PARTITIONS
        for name, label, text in (
            ("observed", "Observed", f"Share of the organisation's joint work with another {partition}."),
            ("expected", "By chance", "Mean of its random worlds."),
            ("low", "From", "Smallest of its random worlds; from 40 runs on their 2.5 % point."),
            ("high", "To", "Largest of its random worlds; from 40 runs on their 97.5 % point."),
        )
    },
}
#: less than by chance, more than by chance
_DOES = {
    "country": ("work across borders less than by chance", "work across borders more than by chance"),
    "region": ("work across regions less than by chance", "work across regions more than by chance"),
    "type": ("keep to their own type more than by chance", "work across types more than by chance"),
    "field": ("keep to their own field more than by chance", "work across fields more than by chance"),
}
_ACROSS = {"country": "countries", "region": "regions", "type": "types of organisation", "field": "science fields"}
_IMPORTANCE = ("country", "type", "field", "region")


def bridgers_table(programme: Programme, worlds: Worlds, *, limit: int = SHOWN) -> pd.DataFrame:
    """The organisations of the report with the largest share of shortest paths, of those with ten projects or more, and their shares of joint work with others.

    For each partition: observed share with another group, mean and range of the same organisation in random worlds.
    """
    actors = programme.actors[programme.scope]
    ranked = actors[actors["participations"] >= ACTIVE].sort_values("betweenness_share", ascending=False, kind="stable").head(limit)
    table = ranked[["display", "country", "city", "type", "participations", "betweenness_share"]].rename_axis("actor").reset_index()
    table["city"] = table["city"].map(_city, na_action="ignore")
    known = set(worlds.active.index.get_level_values("partition"))
    for partition in PARTITIONS:
        if partition in known:
            own = worlds.active.loc[partition].reindex(ranked.index).add_suffix(f"_{partition}").reset_index(drop=True)
            table = pd.concat([table, own], axis=1)
    return table


def bridgers_exhibit(programme: Programme, worlds: Worlds | None) -> Exhibit:
    """The figure with its words."""
    if worlds is None:
        return Exhibit("bridgers", "bridges", "What go-betweens bridge is not compared", {}, {}, prose=no_worlds(programme, again=True))
    table = bridgers_table(programme, worlds)
    counts = _counts(table)
    if counts.empty or len(table) < FEWEST:
        prose = f"Organisations with {ACTIVE} or more projects: {number(len(table))}. A profile of a smaller one would tell of chance alone, and a comparison takes {FEWEST}."
        return Exhibit("bridgers", "bridges", "Too few projects for profiles of go-betweens", {}, {}, prose=prose)
    headline, prose = _headline(counts), _prose(counts)

    return Exhibit(
        key="bridgers",
        section="bridges",
        headline=headline,
        tables={"bridgers": table},
        columns={name: meaning for name, meaning in COLUMNS.items() if name in table.columns},
        prose=prose,
        lead="Share of an organisation's joint work with another country, region, type or field.",
        caption=_caption(programme, worlds, table),
        slim=f"On this narrow page: the first {number(SHOWN_NARROW)}." if len(table) > SHOWN_NARROW else "",
        reading=_reading(table, worlds),
        alt=f"{headline}. {prose}",
        draw=drawing(plot_bridgers, table, place="city" if programme.country else "country"),
        findings=_findings(counts, worlds, programme.place),
        methods=(betweenness, e_i_index),
    )


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    """For each partition: how many organisations are below, within and above their random worlds, and how many have a group."""
    rows = {}
    for partition in _IMPORTANCE:
        if f"observed_{partition}" not in table.columns:
            continue
        seen, low, high = (table[f"{name}_{partition}"] for name in ("observed", "low", "high"))
        known = seen.notna() & low.notna()
        if known.any():
            rows[partition] = {"less": int((known & (seen < low)).sum()), "more": int((known & (seen > high)).sum()), "known": int(known.sum())}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["less", "more", "known"])


def _of(k: int, n: int) -> str:
    return f"All {number(n)}" if k == n > 1 else f"{number(k)} of {number(n)}"


def _headline(counts: pd.DataFrame) -> str:
    partition, (less, more, known) = counts.index[0], counts.iloc[0]
    if 2 * max(less, more) > known:
        return f"{_of(max(less, more), known)} main go-betweens {_DOES[partition][more > less]}"
    return f"Main go-betweens work across {_ACROSS[partition]} about as by chance"


def _prose(counts: pd.DataFrame) -> str:
    """How many of them are below and beyond chance in the partitions that the headline leaves out."""
    rest = counts.iloc[1:] if len(counts) > 1 else counts
    first, known = rest.iloc[0], rest["known"].iloc[0]
    verbs = ("stays" if first["less"] == 1 else "stay", "goes" if first["more"] == 1 else "go")
    head = f"Across {_ACROSS[str(rest.index[0])]} {number(first['less'])} of {number(known)} {verbs[0]} below chance and {number(first['more'])} {verbs[1]} beyond it"
    parts = [f"across {_ACROSS[str(partition)]} {number(row['less'])} below, {number(row['more'])} beyond" for partition, row in rest.iloc[1:].iterrows()]
    return "; ".join([head, *parts]) + "."


def _caption(programme: Programme, worlds: Worlds, table: pd.DataFrame) -> str:
    scope = programme.actors[programme.scope]
    eligible = int((scope["participations"] >= ACTIVE).sum())
    where = f" in {programme.place}" if programme.country else ""
    n = number(len(table))
    most = f"The {n} organisations{where} that most shortest paths between others pass through, of {number(eligible)}"
    shown = most if eligible > len(table) else f"All {n} organisations{where}"
    parts = [
        f"{shown} with {ACTIVE} or more projects.",
        f"Bar: {worlds.interval} ({worlds.shuffle}); {worlds.floor}. Filled dot: outside the bar; hollow: inside.",
        f"Not ranked: {number(len(scope) - eligible)} with fewer projects.",
    ]
    if "observed_field" in table.columns and "field" in programme.affiliation.derived:
        parts.append("Fields are derived anew in every random world.")
    if table.filter(like="observed_").isna().to_numpy().any():
        parts.append("Where an organisation has no region code, type or field, that is written.")
    return " ".join([*parts, source(programme)])


def _reading(table: pd.DataFrame, worlds: Worlds) -> str:
    row = table.iloc[0]
    for partition in _IMPORTANCE:
        seen = row.get(f"observed_{partition}")
        if seen is not None and pd.notna(seen):
            low, high = row[f"low_{partition}"], row[f"high_{partition}"]
            verdict = "more than by chance" if seen > high else "less than by chance" if seen < low else "as by chance"
            head = f"{row['display']} has {percent(seen, 1)} of its joint work with another {partition}"
            return f"{head}; in random worlds it would be {span(low, high, share=True)}: {verdict}."
    return f"Dots beside bars tell how far an organisation is from its {count(worlds.runs, 'random world')}."


def _findings(counts: pd.DataFrame, worlds: Worlds, place: str) -> tuple[Finding, ...]:
    partition, (less, more, known) = counts.index[0], counts.iloc[0]
    if known < 3 or 2 * max(less, more) <= known:
        return ()
    sentence = f"main go-betweens{f' in {place}' if place else ''} {_DOES[partition][more > less]}."
    note = f"each beside its own {count(worlds.runs, 'random world')}, {worlds.shuffle}"
    return (Finding("bridgers", f"{number(max(less, more))} of {number(known)}", sentence, note, "bridgers", distance=abs(less - more) / known),)
