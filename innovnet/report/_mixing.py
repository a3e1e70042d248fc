"""Figure 7: which types of organisation, and which fields, work with each other more than their shares give."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.metrics import mixing_matrix
from innovnet.metrics._joint_work import by_shares, joint_work
from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent
from innovnet.report._measure import Programme
from innovnet.report._mixing_plot import plot_mixing
from innovnet.report._tokens import TYPES
from innovnet.report._words import kind_of, listing, source
from innovnet.report._worlds import Worlds, codes_of

PARTITIONS = {"type": ("type of organisation", "types of organisation"), "field": ("science field", "science fields")}
FEWEST = 5.0  #: expected joint work (projects) below which a ratio is not told
MOST_GROUPS = 12
TOO_FEW = "Too little joint work to compare types or fields"
_TAKES = f"A matrix takes three types or fields and at least {FEWEST:.0f} expected projects in a cell; these data do not give them."
TABLE = ["partition", "group", "partner_group", "joint_work", "expected", "ratio", "group_share"]
COLUMNS = {
    "partition": Column("Partition", definition="type: type of organisation; field: science field, derived from the projects."),
    "group": Column("Group", definition="Group of the organisation; in a report on a country, of the domestic organisation."),
    "partner_group": Column("Partner's group"),
    "joint_work": Column("Joint work", "projects", "Each project counts 1 for each member, shared equally over its partners."),
    "expected": Column("Expected", "projects", "Joint work that the shares of both groups alone would give."),
    "ratio": Column("Ratio", "", "Joint work divided by the expected.", "0 and more", f"less than {FEWEST:.0f} expected"),
    "group_share": Column("Share of the group", "share", "The group's part of all joint work counted.", "0-1"),
}


def mixing_table(programme: Programme, worlds: Worlds | None = None) -> pd.DataFrame:
    """Joint work between groups beside what their shares alone give, for types and for fields.

    The expectation of types is the product of both groups' shares of joint work. Science fields are derived from the projects, so that members of
    one project tend to have its field: the expectation is multiplied by what random worlds, with fields derived anew, have beyond the product. Without
    random worlds a derived partition is left out. One row for each pair where the report is on all organisations; in a report on a country rows are
    groups of domestic organisations. Groups come by their share, largest first.
    """
    parts = []
    for partition in PARTITIONS:
        derived = partition in programme.affiliation.derived
        codes, labels = codes_of(programme, partition)
        if len(labels) < 2 or len(labels) > MOST_GROUPS or (derived and worlds is None):
            continue
        work = joint_work(programme.affiliation, codes, len(labels), programme.scope)
        expected = by_shares(work)
        if derived and worlds is not None:
            expected = expected * worlds.excess[partition].loc[labels, labels].to_numpy()
        parts.append(_long(partition, labels, work, expected, square=programme.country is not None))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=TABLE)


def _long(partition: str, labels: pd.Index, work: npt.NDArray[np.float64], expected: npt.NDArray[np.float64], *, square: bool) -> pd.DataFrame:
    total = work.sum()
    sizes = work.sum(axis=1)
    order = np.lexsort((np.arange(len(labels)), -sizes))
    rows = []
    for at, g in enumerate(order):
        if not sizes[g]:
            continue
        for h in order if square else order[: at + 1]:
            known = expected[g, h] >= FEWEST
            ratio = work[g, h] / expected[g, h] if known else math.nan
            share = sizes[g] / total if total else math.nan
            rows.append((partition, labels[g], labels[h], work[g, h], expected[g, h], ratio, share))
    return pd.DataFrame(rows, columns=TABLE)


def mixing_exhibit(programme: Programme, worlds: Worlds | None = None) -> Exhibit:
    """The figure with its words."""
    table = mixing_table(programme, worlds)
    known = table[table["ratio"].notna()]
    sizes = {partition: found["group"].nunique() for partition, found in known.groupby("partition", sort=False)}
    told = set(zip(known["partition"], known["group"], strict=True)) | set(zip(known["partition"], known["partner_group"], strict=True))
    both = [(p, g) in told and (p, h) in told for p, g, h in table[["partition", "group", "partner_group"]].itertuples(index=False)]
    whole, table = table, table.loc[np.array(both, dtype=bool)]
    if max(sizes.values(), default=0) < 3:
        headline, prose = _without_matrix(whole, programme.place)
        return Exhibit("mixing", "bridges", headline, {"mixing": whole}, COLUMNS, prose=prose)
    headline = _headline(known, programme.place)
    sentences = [_sentence(found, str(partition), programme.place) for partition, found in known.groupby("partition", sort=False)]
    return Exhibit(
        key="mixing",
        section="bridges",
        headline=headline,
        tables={"mixing": whole},
        columns=COLUMNS,
        prose=" ".join(sentences),
        lead="Joint work between groups as a multiple of what their shares alone would give.",
        caption=_caption(programme, worlds, table, whole),
        reading=_reading(known, programme),
        alt=f"{headline}. {' '.join(sentences)}",
        draw=drawing(plot_mixing, table, place=programme.place),
        findings=_findings(known, programme),
        methods=(mixing_matrix,),
    )


def _own(known: pd.DataFrame) -> pd.Series:
    """The ratio of every group with itself."""
    own = known[known["group"] == known["partner_group"]]
    return own.set_index("group")["ratio"]


def _headline(known: pd.DataFrame, place: str) -> str:
    favour = {str(p): _own(found).round(1) > 1.0 for p, found in known.groupby("partition", sort=False)}
    favour = {partition: more for partition, more in favour.items() if len(more)}
    if not favour:
        return TOO_FEW
    if all(more.all() for more in favour.values()):
        return _placed(f"Like works with like, {' and '.join(f'by {PARTITIONS[partition][0]}' for partition in favour)}", place)
    partition, more = next(iter(favour.items()))
    one, many = PARTITIONS[partition]
    if not more.any():
        return f"No {one} favours its own kind"
    if more.all():
        return _placed(f"Like works with like, by {one}", place)
    return f"{number(int(more.sum()))} of {number(len(more))} {many} {'favours its' if more.sum() == 1 else 'favour their'} own kind"


def _placed(text: str, place: str) -> str:
    """With the country in front, where that fits."""
    longer = f"In {place}, {text[:1].lower()}{text[1:]}"
    return longer if place and len(longer) <= 75 else text


def _name(partition: str, group: str) -> str:
    """A group in running text."""
    return kind_of(group, plural=True) if partition == "type" and group in TYPES else group


def _pair(row: pd.Series, place: str) -> str:
    group, partner = (_name(row["partition"], row[column]) for column in ("group", "partner_group"))
    return f"{group} in {place} and {partner} anywhere" if place else f"{partner} and {group}"


def _times(row: pd.Series) -> str:
    return f"{number(row['ratio'], 2)} times"


def _across(known: pd.DataFrame) -> pd.DataFrame:
    """Pairs of different groups by their ratio; the rest called "other" only where there is nothing else."""
    across = known[known["group"] != known["partner_group"]].sort_values("ratio", kind="stable")
    named = across[(across["group"] != "other") & (across["partner_group"] != "other")]
    return across if named.empty else named


def _without_matrix(whole: pd.DataFrame, place: str) -> tuple[str, str]:
    """Headline and prose instead of the figure: two groups are one number, of more there is too little joint work."""
    for partition, found in whole.groupby("partition", sort=False):
        pair = found[(found["group"] != found["partner_group"]) & found["ratio"].notna()]
        if found["group"].nunique() == 2 and len(pair):
            row, many = pair.iloc[0], PARTITIONS[str(partition)][1]
            return f"Two {many} are one number", f"Joint work of {_pair(row, place)} is {_times(row)} what their shares alone would give."
    return TOO_FEW, _TAKES


def _sentence(known: pd.DataFrame, partition: str, place: str) -> str:
    """The pairs of different groups with the highest and the lowest ratio."""
    across, many = _across(known), PARTITIONS[partition][1]
    if across.empty:
        return f"There is too little joint work across {many} to tell."
    low, high = across.iloc[0], across.iloc[-1]
    apart = ' apart from "other"' if (known["group"] == "other").any() and "other" not in {high["group"], high["partner_group"]} else ""
    if len(across) == 1:
        return f"Joint work of {_pair(high, place)} is {_times(high)} what their shares would give."
    closest = f"Of pairs of different {many}{apart}, {_pair(high, place)} work together most for their shares ({_times(high)} what these would give)"
    return f"{closest}, {_pair(low, place)} least ({_times(low)})."


def _reading(known: pd.DataFrame, programme: Programme) -> str:
    row = known.iloc[0]
    group, partner = (_name(row["partition"], row[column]) for column in ("group", "partner_group"))
    place = f" in {programme.place}" if programme.country else ""
    held = f"{group}{place} hold {percent(row['group_share'])} of the joint work"
    if group == partner and not place:
        return f"{held[:1].upper()}{held[1:]}; with each other it is {_times(row)} what that share alone would give."
    anywhere = " anywhere" if place else ""
    return f"{held[:1].upper()}{held[1:]}; with {partner}{anywhere} it is {_times(row)} what the shares of both alone would give."


def _caption(programme: Programme, worlds: Worlds | None, table: pd.DataFrame, whole: pd.DataFrame) -> str:
    shown, scope = table["partition"].unique(), programme.scope
    partners = programme.actors["partners"].to_numpy() > 0
    parts = []
    if programme.country:
        parts.append(f"Rows: organisations in {programme.place}; columns: their partners, anywhere.")
    gone = {partition: int((partners & scope & programme.actors[partition].isna().to_numpy()).sum()) for partition in shown}
    if any(gone.values()):
        known = [f"{number(n)} without a known {PARTITIONS[partition][0]}" for partition, n in gone.items() if n]
        parts.append(f"Left out, of organisations with partners: {listing(known)}.")
    if table["ratio"].isna().any():
        parts.append(f"Hatched: fewer than {FEWEST:.0f} expected projects.")
    few = [_name(str(p), str(g)) for p, g in dict.fromkeys(zip(whole["partition"], whole["group"], strict=True)) if g not in set(table["group"])]
    if few:
        parts.append(f"Not drawn, too little joint work: {listing(few)}.")
    parts.append(f"n = {count(int((partners & scope).sum()), 'organisation')} with partners.")
    if "field" in shown and worlds is not None and "field" in worlds.excess:
        parts.append(
            "Fields are the most frequent EuroSciVoc top level of an organisation's projects, so members of a project tend to share one: the expectation "
            f"includes what {count(worlds.runs, 'random world')} ({worlds.shuffle}, fields derived anew) have for that reason."
        )
    elif "field" in programme.affiliation.derived and worlds is None and programme.actors["field"].notna().any():
        parts.append("Fields are not shown: they are derived from the projects and could only be compared with random worlds.")
    return " ".join([*parts, source(programme)])


def _findings(known: pd.DataFrame, programme: Programme) -> tuple[Finding, ...]:
    """Universities and companies, where both are known."""
    pair = known[(known["partition"] == "type") & known["group"].isin(["university", "firm"]) & known["partner_group"].isin(["university", "firm"])]
    pair = pair[pair["group"] != pair["partner_group"]]
    if pair.empty:
        return ()
    row = pair.iloc[0]
    place = f" in {programme.place}" if programme.country else ""
    who = f"universities{place} with companies" if not place or row["group"] == "university" else f"companies{place} with universities"
    sentence = f"is the joint work of {who}, compared with what their shares alone would give."
    value = f"{number(row['ratio'], 2)}×"
    return (Finding("mixing", value, sentence, "all organisations, no sampling error", "mixing", distance=abs(math.log(max(row["ratio"], 0.01)))),)
