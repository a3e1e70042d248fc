"""Data quality: what was read, repaired and left out, how much of it, and which figures it touches."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import sparse

from innovnet.graph._tables import QUALITY_COLUMNS
from innovnet.report._exhibit import Column
from innovnet.report._format import count, number, percent, signed
from innovnet.report._measure import Programme
from innovnet.report._names import country_name
from innovnet.report._time import whole_year
from innovnet.report._words import listing

COLUMNS = {
    "item": Column("What"),
    "place": Column("Where", definition="File, or table of the programme."),
    "count": Column("How many", "", "Number of rows, organisations or projects concerned.", "≥ 0"),
    "action": Column("What was done", definition="kept (as it is, with the consequence named), dropped (left out), repaired, or read."),
    "examples": Column("Remarks and examples", missing="nothing to add"),
    "figures": Column("Figures it touches", definition="Names of files in the folder figures; all: every figure.", missing="none"),
}


_Row = tuple[str, str, int, str, str]  # item, place, count, action, examples

_ATTRIBUTES = {"type": "type", "sme": "SME flag", "country": "country", "region": "region code", "field": "science field"}
_TYPED = "time, partners, ranking, ego, bridgers, mixing, network"
_TOUCHES = (  # what an item is about -> the figures that use it; the first that fits counts
    (r"nuts|region", "chance, bridgers, flows, map"),
    (r"coordinates|geolocation", "peers, map"),
    (r"countr", "peers, ego, chance, bridgers, flows, network, map"),
    (r"\bsme\b", "time, peers"),
    (r"without type|activitytype|known type", _TYPED),
    (r"\bfield", "chance, bridgers, mixing, network"),
    (r"contribution|amounts", "concentration, peers"),
    (r"signature|incomplete|without a start", "time"),
    (r"repeated|rows left out|projects left out|largest|other programmes|other roles", "all"),
    (r"one (?:member|organisation)|without a partner", "partners, ranking"),
    (r"of name|shortname|of city|a name", "ranking, ego, bridgers, network"),
)
_SAME = (  # notes of the reader that a row with more in it, or the same one from elsewhere, replaces
    r"organisations without an? (?:country|known type|SME flag|partner|region)",
    r"projects with one organisation",
)
_ORDER = ("kept", "dropped", "repaired", "read")
#: NUTS 2 codes that one of the versions of 2021 and 2024 has and the other has not, where a country's regions were cut anew
_ONLY_2021, _ONLY_2024 = {"NL31", "NL33", "PT16", "PT17", "PT18"}, {"NL35", "NL36", "PT19", "PT1A", "PT1B", "PT1C", "PT1D"}


def quality_table(programme: Programme) -> pd.DataFrame:
    """What the organisations lack and what the largest project does, then the notes of the reader and of the projection: kept, left out, repaired, read."""
    own = pd.DataFrame(
        [*_missing(programme), *_alone(programme), *_vintages(programme), *_incomplete(programme), *_largest(programme)], columns=QUALITY_COLUMNS
    )
    noted = [part for part in (programme.affiliation.quality, programme.network.quality) if len(part)]
    read = pd.concat(noted, ignore_index=True) if noted else own.head(0)
    read = read[~read["item"].str.fullmatch("|".join(_SAME)).astype(bool)]
    read = read.assign(order=[_ORDER.index(action) for action in read["action"]]).sort_values("order", kind="stable").drop(columns="order")
    several = read["item"].str.contains("several values").astype(bool)
    read["examples"] = read["examples"].where(
        ~several, "the most frequent value is taken, of equally frequent ones that of the latest project; " + read["examples"]
    )
    table = pd.concat([own, read], ignore_index=True).drop_duplicates(["item", "place"]).reset_index(drop=True)
    return table.assign(figures=[_touched(item) for item in table["item"]])


def quality_words(programme: Programme) -> str:
    """The gap that matters most and what the largest project does, in two sentences."""
    actors, total = programme.actors, float(programme.actors["joint_work"].sum())
    gaps = {column: actors[column].isna().to_numpy() for column in _ATTRIBUTES if actors[column].notna().any()}
    sentences = []
    if gaps and total:
        held = {column: float(actors["joint_work"].to_numpy()[gone].sum()) / total for column, gone in gaps.items()}
        worst = max(held, key=lambda column: held[column])
        if held[worst] >= 0.0005:
            first = listing(actors[gaps[worst]].nlargest(3, "joint_work")["display"].to_list())
            named = f"the {'largest of them is' if gaps[worst].sum() == 1 else 'largest of them are'} {first}"
            sentences.append(f"{percent(held[worst], 1)} of all joint work is of organisations without a known {_ATTRIBUTES[worst]}; {named}.")
        else:
            who = "nearly all organisations" if any(gone.any() for gone in gaps.values()) else "every organisation"
            sentences.append(f"The {listing([_ATTRIBUTES[column] for column in gaps])} of {who} {'is' if len(gaps) == 1 else 'are'} known.")
    alone = _through_largest(programme)
    if alone is not None and programme.network.n_ties:
        sentences.append(f"{percent(alone / programme.network.n_ties, 1)} of all ties exist through the largest project alone.")
    return " ".join(sentences)


def _touched(item: str) -> str:
    return next((figures for words, figures in _TOUCHES if re.search(words, item.lower())), "")


def _missing(programme: Programme) -> Iterator[_Row]:
    actors, inside = programme.actors, programme.scope
    for column, label in _ATTRIBUTES.items():
        gone = actors[column].isna().to_numpy()
        if gone.all():
            yield (f"organisations without {label}", "actors", len(gone), "kept", "it is not given for any organisation")
        elif gone.any():
            text = _held(programme, gone, np.ones(len(gone), dtype=bool))
            if programme.country and (gone & inside).any():
                text += f"; in {programme.place} {number(int((gone & inside).sum()))}, {_held(programme, gone & inside, inside)}"
            yield (f"organisations without {label}", "actors", int(gone.sum()), "kept", text)


def _held(programme: Programme, gone: np.ndarray, among: np.ndarray) -> str:
    work = programme.actors["joint_work"].to_numpy(dtype=np.float64)
    share = float(work[gone].sum() / work[among].sum()) if work[among].sum() else 0.0
    largest = programme.actors[gone].nlargest(3, "joint_work")["display"]
    return f"{_at_least(gone.sum() / among.sum())} of organisations with {_at_least(share)} of joint work; largest: {', '.join(largest)}"


def _at_least(share: float) -> str:
    return percent(share, 1) if share >= 0.0005 or share == 0 else f"less than {percent(0.001, 1)}"


def _alone(programme: Programme) -> Iterator[_Row]:
    alone = int((programme.actors["partners"] == 0).sum())
    if alone:
        yield ("organisations without a partner", "actors", alone, "kept", "they count as organisations and have no ties")


def _vintages(programme: Programme) -> Iterator[_Row]:
    """Regions by the version of NUTS they belong to, as far as codes tell."""
    regions = programme.actors["region"].dropna()
    old, new = regions[regions.isin(_ONLY_2021)], regions[regions.isin(_ONLY_2024)]
    if len(old) and len(new):
        text = f"{', '.join(sorted(set(old)))} of NUTS 2021 stand beside their successors of NUTS 2024, each as a region of its own"
        yield ("organisations with a region code of an older NUTS version", "actors", len(old), "kept", text)
    if (british := int(regions.str.startswith("UK").sum())) and len(new):
        yield ("organisations with a NUTS code of the United Kingdom", "actors", british, "kept", "NUTS 2021, the last version that has them")


def _incomplete(programme: Programme) -> Iterator[_Row]:
    events = programme.affiliation._events
    column = next((name for name in ("signed", "start") if name in events.columns and events[name].notna().any()), None)
    if column is None or whole_year(dates := events[column].dropna()):
        return
    last = dates.max()
    n = int((dates.dt.year == last.year).sum())
    yield (
        f"projects of {last.year}, an incomplete year",
        "events",
        n,
        "kept",
        f"the dates end on {last:%Y-%m-%d}; hollow and dashed in the figure, not in any change",
    )


def _through_largest(programme: Programme) -> int | None:
    """Number of ties that exist through the largest project alone."""
    sizes = programme.affiliation.sizes
    if not len(sizes) or sizes.max() < 3:
        return None
    incidence = programme.affiliation.incidence
    members = incidence[:, [int(np.argmax(sizes.to_numpy()))]].nonzero()[0]
    shared = sparse.csr_array(incidence[members] @ incidence[members].T)
    return (int((shared.data == 1).sum()) - int((shared.diagonal() == 1).sum())) // 2


def _largest(programme: Programme) -> Iterator[_Row]:
    only = _through_largest(programme)
    if only is None:
        return
    sizes, n, ties = programme.affiliation.sizes, programme.network.n_actors, programme.network.n_ties
    top = int(np.argmax(sizes.to_numpy()))
    events = programme.affiliation._events
    name = events["name"].iloc[top] if "name" in events.columns and pd.notna(events["name"].iloc[top]) else sizes.index[top]
    means = f"{number(2 * (ties - only) / n, 1)} instead of {number(2 * ties / n, 1)} partners on average"
    text = f"{name}: {number(only)} of {count(ties, 'tie')} exist through it alone; without it {signed(-100 * only / ties)}\u202f% ties, {means}"
    inside = programme.affiliation.incidence[:, [top]].toarray().ravel().astype(bool) & programme.scope
    if programme.country:
        text += f"; {count(int(inside.sum()), 'member')} in {country_name(programme.country)}"
    yield ("members of the largest project", "events", int(sizes.iloc[top]), "kept", text)
