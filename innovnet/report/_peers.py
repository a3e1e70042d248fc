"""Peers: the country of the report among all countries, so that its numbers can be judged."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from innovnet.metrics import degree, strength
from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number
from innovnet.report._names import country_name
from innovnet.report._peers_plot import INDICATORS, plot_peers
from innovnet.report._words import capital, listing, ordinal, source, the

if TYPE_CHECKING:
    from innovnet.report._measure import Programme

ENOUGH = 30  #: participations from which a country is a peer
FEWEST = 5  #: countries from which they are compared
NEIGHBOURS = 3
RANK_WEIGHT = 0.4  #: of a rank among the findings: the first and the last place are as far as a share is from one 40 points away

_COLUMNS = {
    "country": Column("Code", "id", "Country as Eurostat writes it."),
    "name": Column("Country"),
    "participations": Column("Participations", "", "Pairs of an organisation and a project.", "≥ 1"),
    "organisations": Column("Organisations", "", "Organisations that take part.", "≥ 1"),
    "contribution_eur": Column("EU contribution", "EUR", "Sum over participations.", missing="no amount is given"),
    "sme_share": Column("SME share", "share", "SMEs, of the organisations whose SME flag is known.", "0 to 1", "no flag is known"),
    "coordinated_share": Column("Coordinated", "share", "Coordinated projects per participation.", "0 to 1"),
    "median_partners": Column("Median partners", "", "Half of its organisations have at most so many.", "≥ 0"),
    "abroad_share": Column(
        "Joint work abroad", "share", "Joint work with organisations of other countries, of all with a known country.", "0 to 1", "no joint work"
    ),
    "reported": Column("Reported", "", "yes: the country of this report."),
    "neighbour": Column(
        "Labelled", "", "yes: one of the three countries whose organisations are nearest (median coordinates; without coordinates, nearest in participations)."
    ),
    "indicator": Column("Indicator"),
    "value": Column("Value", "", "In this country."),
    "rank": Column("Rank", "", "1 is the largest value; equal ones share the better rank.", "≥ 1"),
    "countries": Column("Countries", "", "With a known value.", "≥ 1"),
    "median": Column("Median country", "", "Median over the countries."),
}


def _abroad(programme: "Programme", codes: pd.Series) -> pd.Series:
    """Share of the joint work of each country's organisations that is with other countries."""
    rows = np.flatnonzero(codes.notna())
    place, labels = pd.factorize(codes.iloc[rows])
    groups = sparse.csr_array((np.ones(len(rows)), (rows, place)), shape=(len(codes), len(labels)))
    work = (groups.T @ (programme.network.adjacency() @ groups)).toarray()
    total = work.sum(axis=1)
    return pd.Series(1 - work.diagonal() / np.where(total > 0, total, np.nan), index=labels)


def _neighbours(actors: pd.DataFrame, table: pd.DataFrame, home: str) -> list[str]:
    """The countries nearest to the reported one by the median place of their organisations; without coordinates, by participations."""
    others = table.index[~table["reported"]]
    if {"lat", "lon"} <= set(actors.columns):
        middle = actors.groupby("country")[["lat", "lon"]].median().reindex([home, *others])
        lat, lon = np.radians(middle.to_numpy(dtype=np.float64)).T
        half = np.sin((lat - lat[0]) / 2) ** 2 + np.cos(lat) * np.cos(lat[0]) * np.sin((lon - lon[0]) / 2) ** 2  # grows with the distance on the sphere
        far = pd.Series(half[1:], index=others).dropna()
        if len(far) >= NEIGHBOURS:
            return far.nsmallest(NEIGHBOURS).index.to_list()
    size = np.log(table["participations"])
    return (size - size[home]).abs().loc[others].nsmallest(NEIGHBOURS).index.to_list()


def peers_table(programme: "Programme") -> pd.DataFrame:
    """What the first screen says, for each country with at least 30 participations: the reported one first, then the three that are labelled."""
    actors = programme.actors
    known = actors[actors["country"].notna() & (actors["participations"] > 0)]
    by = known.assign(sme=known["sme"].astype("Float64")).groupby("country")
    table = pd.DataFrame({"participations": by["participations"].sum(), "organisations": by.size()})
    table["contribution_eur"] = by["contribution_eur"].sum(min_count=1)
    table["sme_share"] = by["sme"].mean().astype("float64")
    table["coordinated_share"] = by["coordinated"].sum() / table["participations"]
    table["median_partners"] = by["partners"].median()
    table["abroad_share"] = _abroad(programme, actors["country"]).reindex(table.index)
    table["reported"] = table.index == programme.country
    table = table[(table["participations"] >= ENOUGH) | table["reported"]]
    home = programme.country
    table["neighbour"] = table.index.isin(_neighbours(actors, table, home)) if home is not None and home in table.index else False
    table = table.sort_values(["reported", "neighbour", "participations"], ascending=False, kind="stable").rename_axis("country").reset_index()
    return table.assign(name=table["country"].map(country_name))[["country", "name", "participations", *INDICATORS, "reported", "neighbour"]]


def ranks_table(table: pd.DataFrame) -> pd.DataFrame:
    """The reported country's value, rank and the median country for each indicator that differs between countries."""
    rows = []
    home = table["reported"].to_numpy()
    for name in INDICATORS:
        values = table[name].astype("float64")
        value = values[home].iloc[0] if home.any() else np.nan
        if pd.notna(value) and values.max() > values.min():
            rows.append((name, float(value), int((values > value).sum()) + 1, int(values.notna().sum()), float(values.median())))
    return pd.DataFrame(rows, columns=["indicator", "value", "rank", "countries", "median"])


def peers_exhibit(programme: "Programme") -> Exhibit:
    """The country of the report among its peers."""
    table = peers_table(programme)
    ranks = ranks_table(table)
    tables = {"peers": table, "peers_ranks": ranks}
    missing = _missing(programme, table, ranks)
    if missing:
        return Exhibit("peers", "takes-part", "Countries cannot be compared here", tables, _COLUMNS, prose=missing)
    return Exhibit(
        "peers",
        "takes-part",
        headline(ranks, programme.place),
        tables,
        _COLUMNS,
        prose=_prose(ranks),
        lead=f"{capital(programme.place)} among all countries with at least {ENOUGH} participations.",
        caption=_caption(programme, table),
        reading=_reading(table, ranks, programme.place),
        alt=_alt(ranks, programme.place),
        draw=drawing(plot_peers, table, ranks=ranks),
        findings=_findings(ranks),
        methods=(degree, strength),
    )


def _missing(programme: "Programme", table: pd.DataFrame, ranks: pd.DataFrame) -> str:
    if programme.country is None:
        return "A report on the whole programme has no country to compare: peers belong to a report on one country."
    if programme.extract_of is not None:
        return f"The data hold only projects with a member in {the(country_name(programme.extract_of))}: of other countries they show a part, so nothing can be compared."
    if not table["reported"].any():
        return f"No organisation in {programme.place} takes part in a project, so there is nothing to compare."
    if len(table) < FEWEST or ranks.empty:
        return f"{count(len(table), 'country', 'countries')} with at least {ENOUGH} participations {'is' if len(table) == 1 else 'are'} too few to compare."
    return ""


def _standing(ranks: pd.DataFrame) -> pd.Series:
    """0 for the first place, 1 for the last."""
    return (ranks["rank"] - 1) / (ranks["countries"] - 1).clip(lower=1)


def headline(ranks: pd.DataFrame, place: str) -> str:
    """The indicators in which the country stands highest and lowest."""
    standing = _standing(ranks)
    high, low = ranks.iloc[int(standing.argmin())], ranks.iloc[int(standing.argmax())]
    place = capital(place)
    first = f"{place} ranks {ordinal(high['rank'])} of {number(high['countries'])} in {INDICATORS[high['indicator']].words}"
    both = f"{first} and {ordinal(low['rank'])} in {INDICATORS[low['indicator']].words}"
    same = high["indicator"] == low["indicator"] or standing.min() == standing.max()
    return next((text for text in ((first,) if same else (both, first)) if len(text) <= 75), f"{place} among {number(high['countries'])} countries"[:75])


def _against(row: pd.Series) -> str:
    text = INDICATORS[row["indicator"]].text
    return f"{text(row['value'])} against {text(row['median'])} in the median country"


def _prose(ranks: pd.DataFrame) -> str:
    chosen = ranks[[INDICATORS[name].phrase != "" for name in ranks["indicator"]]].tail(3)
    parts = []
    for k, (_index, row) in enumerate(chosen.iterrows()):
        show = INDICATORS[row["indicator"]]
        parts.append(f"{show.phrase.format(show.text(row['value']))} ({'median country ' if k == 0 else ''}{show.text(row['median'])})")
    text = listing(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _caption(programme: "Programme", table: pd.DataFrame) -> str:
    named = [f"{code} {name}" for code, name in table.loc[table["neighbour"], ["country", "name"]].itertuples(index=False)]
    coordinates = {"lat", "lon"} <= set(programme.actors.columns)
    parts = ["Each thin line is a country, first place the largest value."]
    if named:
        parts.append(f"Labelled: {listing(named)}, {'whose organisations are nearest' if coordinates else 'nearest in participations'}.")
    own = table.loc[table["reported"], "participations"].iloc[0]
    if own < ENOUGH:
        parts.append(f"{capital(programme.place)} itself has {count(int(own), 'participation')}.")
    unknown = int(programme.actors["country"].isna().sum())
    if unknown:
        parts.append(f"{count(unknown, 'organisation')} without a country {'is' if unknown == 1 else 'are'} left out.")
    return " ".join([*parts, f"n = {count(len(table), 'country', 'countries')}.", source(programme)])


def _reading(table: pd.DataFrame, ranks: pd.DataFrame, place: str) -> str:
    row = ranks.iloc[0]
    show = INDICATORS[row["indicator"]]
    text = f"{show.name}: {place} (dot) has {show.text(row['value'])}, which is place {number(row['rank'])} of {number(row['countries'])} countries"
    near = table[table["neighbour"]]
    return f"{text}; {the(near['name'].iloc[0])} has {show.text(near[row['indicator']].iloc[0])}." if len(near) else f"{text}."


def _alt(ranks: pd.DataFrame, place: str) -> str:
    values = "; ".join(f"{INDICATORS[row['indicator']].name}: {_against(row)}" for _k, row in ranks.head(3).iterrows())
    return f"{headline(ranks, place)}. {values}. All values are in the table below."


def _findings(ranks: pd.DataFrame) -> tuple[Finding, ...]:
    note = f"countries with at least {ENOUGH} participations; all organisations, no sampling error"
    return tuple(
        Finding(
            f"rank_{row['indicator']}",
            ordinal(row["rank"]),
            f"of {number(row['countries'])} countries in {INDICATORS[row['indicator']].words}: {_against(row)}.",
            note,
            "peers",
            distance=RANK_WEIGHT * abs(2 * far - 1),
        )
        for (_k, row), far in zip(ranks.iterrows(), _standing(ranks), strict=True)
    )
