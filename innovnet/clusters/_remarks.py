"""What deserves a look in a register without faults (W01 to W14)."""

import numpy as np
import pandas as pd

from innovnet.clusters._draft import EVER, NEVER, among
from innovnet.clusters._duplicates import likely_same
from innovnet.clusters._faults import SHOWN, Report, names
from innovnet.clusters._owners import owner_groups
from innovnet.clusters._register import Register
from innovnet.clusters._remarks_years import missing_years
from innovnet.clusters._rules import Settings
from innovnet.clusters._sheets import SIZES
from innovnet.clusters._time import DAY, back
from innovnet.graph._classify import size_class

_FEWEST = 5
#: Events of so many participants make cliques that are no cooperation of a cluster.
_LARGE = 30
_WINDOW = 3


def remarks(register: Register, report: Report) -> None:
    """Count all remarks; those on members are for each cluster's last day in the register."""
    members = last_members(register)
    pairs = likely_same(register.organisations)
    told = [f"{_named(register, a)} and {_named(register, b)} are probably one organisation ({why})" for a, b, why in pairs.head(SHOWN).itertuples(index=False)]
    report.remark("W01", "organisations", len(pairs), told)
    _sizes_of_clusters(register, members, report)
    _roles(register, members, report)
    _employees(register, report)
    _gaps(register, members, report)
    missing_years(register, report)
    _unconnected(register, report)
    undated = register.ownership["from"].isna() & register.ownership["to"].isna()
    report.remark("W13", "ownership", int(undated.sum()), register.ownership.loc[undated, "owner"] + " owns " + register.ownership.loc[undated, "owned"])
    _large_events(register, report)


def last_days(register: Register) -> pd.Series:
    """The last day of each cluster in the register: of its life, or else the latest day that is named or year that has facts, today at most."""
    clusters, membership, today = register.clusters, register.membership, pd.Timestamp.today().normalize()
    years = pd.concat([register.facts["year"], register.member_facts["year"], register.funding["year"]])
    ends = membership["to"] + DAY if membership["to"].isna().any() else membership["to"]  # where others go on, who has left is not there any more
    named = pd.concat([clusters["founded"], clusters["dissolved"], membership["from"], ends])
    known = [day for day in (named.max(), pd.Timestamp(years.max(), 12, 31) if len(years) else pd.NaT) if pd.notna(day)]
    latest = min(max(known, default=today), today)
    return clusters["dissolved"].where(clusters["dissolved"] < latest, latest)[~(clusters["founded"] > latest)]


def last_members(register: Register) -> pd.DataFrame:
    """Rows of membership that hold on the last day of their cluster: cluster, organisation, role, counted, day, and the country and kind of the organisation."""
    days = last_days(register)
    table = register.membership[["cluster", "organisation", "from", "to", "role"]]
    table = table.assign(day=days.reindex(table["cluster"]).to_numpy(), counted=among(table["role"], Settings().count_roles))
    table = table[table["day"].notna() & ~(table["from"] > table["day"]) & ~(table["to"] < table["day"])]
    return table.drop(columns=["from", "to"]).join(register.organisations, on="organisation").reset_index(drop=True)


def _named(register: Register, organisation: str) -> str:
    return f"{register.organisations['name'][organisation]} ({organisation})"


def _sizes_of_clusters(register: Register, members: pd.DataFrame, report: Report) -> None:
    days, counted = last_days(register), members[members["counted"]]
    sizes = counted.groupby("cluster")["organisation"].nunique().reindex(days.index, fill_value=0)
    small = sizes[sizes < _FEWEST]
    examples = []
    for cluster in map(str, small.index[:SHOWN]):
        who = names(sorted(set(counted.loc[counted["cluster"] == cluster, "organisation"]))) or "nobody"
        examples.append(f"cluster {cluster} has {small[cluster]} members on {days[cluster]:%Y-%m-%d}, fewer than {_FEWEST}: {who}. It gets no level")
    report.remark("W02", "membership", len(small), examples)
    led = set(members.loc[members["role"] == "coordinator", "cluster"])
    leaderless = [cluster for cluster in days.index if cluster not in led]
    report.remark(
        "W03", "membership", len(leaderless), [f"cluster {c} on {days[c]:%Y-%m-%d}: coordinator indicators are not known" for c in leaderless[:SHOWN]]
    )
    facilitated = members[(members["role"] == "facilitator") & ~members["cluster"].isin(led)]
    words = "; if it coordinates give it that role, else it counts in no indicator of members"
    report.remark(
        "W04",
        "membership",
        facilitated["cluster"].nunique(),
        [f"cluster {c} has no coordinator, but the facilitator {o}{words}" for c, o in _two(facilitated.drop_duplicates("cluster"))],
    )


def _two(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(table[["cluster", "organisation"]].head(SHOWN).itertuples(index=False, name=None))


def _roles(register: Register, members: pd.DataFrame, report: Report) -> None:
    home = members["cluster"].map(dict(register.clusters["country"])).astype("str")
    abroad, known = members["country"] != home, members["country"].notna() & home.notna()
    one = members[known & ~abroad & (members["role"] == "foreign_member")]
    other = members[known & abroad & (members["role"] == "member")]
    examples = [f"{o} is a foreign_member of {c}, but is in its country" for c, o in _two(one)]
    examples += [f"{o} is a member of {c}, but is in another country" for c, o in _two(other)]
    report.remark("W05", "membership", len(one) + len(other), [f"{example}; the country decides" for example in examples])
    firms = members[(members["role"] == "rd_body") & (members["kind"] == "firm")]
    report.remark("W06", "membership", len(firms), [f"{o} in {c}; the role decides for members_research: check" for c, o in _two(firms)])


def _employees(register: Register, report: Report) -> None:
    """A firm is at least as large as its own employees, and those of its owner group, make it."""
    table = register.organisations
    group = pd.Series(owner_groups(register.ownership, table.index, last_days(register).max()).linked, index=table.index)
    total = table["employees"].fillna(0).astype("int64").groupby(group).transform("sum")
    rank = {size: k for k, size in enumerate(SIZES)}
    least = {number: rank[size_class(number)] for number in {*table["employees"].dropna(), *total}}
    stated = table["size"].map(rank).astype("float64")
    own = table["employees"].map(least, na_action="ignore").astype("float64").fillna(-1)
    alone = table[stated < own]
    grouped = table[(stated < total.map(least).astype("float64")) & ~(stated < own) & (group.groupby(group).transform("size") > 1)]
    examples = [f"{name} is {size}, but has {employees:,} employees" for name, size, employees in _three(alone, alone["employees"])]
    examples += [f"{name} is {size}, but its owner group has {employees:,} employees" for name, size, employees in _three(grouped, total[grouped.index])]
    report.remark("W07", "organisations", len(alone) + len(grouped), examples)


def _three(table: pd.DataFrame, employees: pd.Series) -> list[tuple[str, str, int]]:
    return [(str(name), size, int(number)) for name, size, number in zip(table.index[:SHOWN], table["size"].head(SHOWN), employees.head(SHOWN), strict=True)]


def _gaps(register: Register, members: pd.DataFrame, report: Report) -> None:
    """Criteria on what is not known of members are unknown."""
    counted = members[members["counted"]].drop_duplicates("organisation")
    for column, words in (("nace", "sector"), ("nuts3", "region")):
        rows = counted[counted[column].isna()]
        report.remark("W10", "organisations", len(rows), [f"{words} of {name}" for name in rows["organisation"].head(SHOWN)])
    rows = counted[(counted["kind"] == "firm") & counted["size"].isna()]
    report.remark("W10", "organisations", len(rows), [f"size of {name}" for name in rows["organisation"].head(SHOWN)])
    rows = counted[~among(counted["organisation"], pd.concat([register.ownership["owner"], register.ownership["owned"]]))]
    report.remark("W10", "ownership", len(rows), [f"{name} has no row and is taken as independent" for name in rows["organisation"].head(SHOWN)])


def _unconnected(register: Register, report: Report) -> None:
    named = [register.membership["organisation"], register.cooperation["organisation"], register.ownership["owner"], register.ownership["owned"]]
    idle = register.organisations.index.difference(pd.Index(pd.concat(named).unique()), sort=False)
    report.remark("W12", "organisations", len(idle), idle[:SHOWN])


def _large_events(register: Register, report: Report) -> None:
    """Events of many participants, and how much of the ties of a cluster rests on each."""
    sheet = register.cooperation
    size = sheet.groupby("event")["organisation"].nunique()
    examples, large = [], size.index[size >= _LARGE]
    for event in large:
        told = [f"{share:.0%} of the internal ties of {cluster}" for cluster, share in _shares(register, event)]
        examples.append(f"event {event} has {size[event]} participants{'; ties from it are ' + names(told, 3) if told else ''}")
    report.remark("W14", "cooperation", len(large), examples)


def _shares(register: Register, event: str) -> list[tuple[str, float]]:
    """For each cluster that an event ties: its share of the pairs of members with a joint event in the three years up to its last day."""
    sheet, membership = register.cooperation, register.membership
    last = sheet["end"].fillna(sheet["start"]).to_numpy().astype("M8[D]")
    day = last[(sheet["event"] == event).to_numpy()].max()
    begin, end = (membership[column].to_numpy().astype("M8[D]") for column in ("from", "to"))
    holds = (np.where(np.isnat(begin), EVER, begin) <= day) & (day <= np.where(np.isnat(end), NEVER, end))
    present = membership[holds & among(membership["role"], Settings().count_roles)]
    within = sheet[(sheet["start"].to_numpy().astype("M8[D]") <= day) & (last > np.datetime64(back(pd.Timestamp(day), _WINDOW), "D"))]
    taking = set(sheet.loc[sheet["event"] == event, "organisation"])
    found = []
    for cluster, rows in present[present["organisation"].isin(taking)].groupby("cluster"):
        own = set(present.loc[present["cluster"] == cluster, "organisation"])
        ties = {pair for _, group in within[within["organisation"].isin(own)].groupby("event")["organisation"] for pair in _pairs(group)}
        of_event = set(_pairs(rows["organisation"]))
        if of_event:
            found.append((str(cluster), len(of_event) / len(ties)))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _pairs(organisations: pd.Series) -> list[tuple[str, str]]:
    everyone = sorted(set(organisations))
    return [(a, b) for k, a in enumerate(everyone) for b in everyone[k + 1 :]]
