"""Who the members are: owners, sectors, regions, long standing, coming and going; and what the table of clusters says."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._attributes import node_flags
from innovnet.clusters._snapshot import Members, Snapshot
from innovnet.clusters._time import back, years_between
from innovnet.clusters._values import Floats, Mask, Values, known_share

Ints = npt.NDArray[np.int64]


class Tally(NamedTuple):
    """How many of a row's members have each label that occurs there."""

    row: Ints
    times: Ints


def tally(members: Members, codes: Ints) -> Tally:
    """Members of each row by code, those below 0 left out."""
    known = codes >= 0
    span = codes.max(initial=0) + 1
    cells, count = np.unique(members.row[known] * span + codes[known], return_counts=True)
    return Tally(cells // span, count)


def largest_owner_share(snapshot: Snapshot) -> Values:
    """Members of the largest owner group / members, by the relation that the settings name. Of unknown owners: alone, or all with the largest group."""
    members, owners = snapshot.members, snapshot.owners
    unknown = ~owners.listed[members.node] & (snapshot.settings.unlisted_ownership == "unknown")
    groups: Ints = getattr(owners, snapshot.settings.independence)
    row, count = tally(members, np.where(unknown, -1, groups[members.node]))
    found = Values.shared(_largest(row, count, snapshot.rows), members.total(unknown), members.counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        return found._replace(low=np.maximum(found.low, np.where(members.counts, 1.0, np.nan) / members.counts))


def sme_share(snapshot: Snapshot) -> Values:
    """SMEs / firms; the point is that of the firms of known size. Whoever may be a firm may be an SME."""
    members, flags = snapshot.members, node_flags(snapshot)
    (firm, perhaps), (yes, unknown) = flags["firm"], flags["sme"]
    totals = (members.total(mask[members.node]) for mask in (yes, unknown | perhaps, firm | perhaps))
    return Values.shared(*totals)


def distinct(column: str) -> Callable[[Snapshot], Values]:
    """How many labels the members have; a member without one may add one or none."""

    def counted(snapshot: Snapshot) -> Values:
        members = snapshot.members
        codes = snapshot.cooperation.codes(column)[members.node]
        labels = np.bincount(tally(members, codes).row, minlength=snapshot.rows)
        found = Values.counted(labels, members.total(codes < 0), members.counts)
        return found._replace(low=np.maximum(found.low, members.counts > 0))

    return counted


def sector_diversity(snapshot: Snapshot) -> Values:
    """1 − Σp² over NACE divisions. Without a sector: all in the commonest one (low), each in one of its own (high)."""
    members, n = snapshot.members, snapshot.members.counts.astype(np.float64)
    codes = snapshot.cooperation.codes("division")[members.node]
    row, count = tally(members, codes)
    squares = np.bincount(row, count.astype(np.float64) ** 2, minlength=snapshot.rows)
    largest, unknown = _largest(row, count, snapshot.rows), members.total(codes < 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Values(
            1.0 - (squares - largest**2 + (largest + unknown) ** 2) / n**2,
            1.0 - squares / (n - unknown) ** 2,
            1.0 - (squares + unknown) / n**2,
            known_share(unknown, n),
        )


def _largest(row: Ints, count: Ints, rows: int) -> Floats:
    found = np.zeros(rows)
    np.maximum.at(found, row, count)
    return found


def shared_members(snapshot: Snapshot) -> Values:
    """Members that are members of another cluster of the day too."""
    _, everyone = snapshot.peers
    clusters = np.bincount(everyone.node, minlength=snapshot.cooperation.own)
    return Values.certain(snapshot.members.total(clusters[snapshot.members.node] > 1))


def age(snapshot: Snapshot) -> Values:
    """Years since the cluster was founded."""
    years = years_between(snapshot.of_cluster("founded"), snapshot.at)
    return Values.certain(years).unless(np.isnan(years))


def tenure_median(snapshot: Snapshot) -> Values:
    """Median of the present memberships. One of unknown start lasts from no time to as long as the cluster."""
    members = snapshot.members
    unknown = np.isnan(members.tenure)
    oldest = age(snapshot).high[members.row]
    low, high = (_median(members, np.where(unknown, far, members.tenure)) for far in (0.0, oldest))
    known = members.where(~unknown)
    return Values(low, _median(known, known.tenure), high, known_share(members.total(unknown), members.counts.astype(np.float64)))


def _median(members: Members, values: Floats) -> Floats:
    counts = members.counts
    ordered = np.append(values[np.lexsort((values, members.row))], np.nan)
    lower, upper = (np.where(counts, members.ptr[:-1] + k, len(values)) for k in ((counts - 1) // 2, counts // 2))
    return (ordered[lower] + ordered[upper]) / 2.0


def retention(snapshot: Snapshot) -> Values:
    """Members of a year ago who still are / members of a year ago; NaN where there were none."""
    stayed = _stayed(snapshot)
    with np.errstate(invalid="ignore"):
        return Values.certain(stayed / snapshot.before.counts)


def turnover(snapshot: Snapshot) -> Values:
    """(Entries + exits) / (members + members a year ago); NaN where the cluster is younger than a year: nobody entered it, it was founded."""
    now, before = snapshot.members.counts, snapshot.before.counts
    young = (snapshot.of_cluster("founded") > back(snapshot.at, 1)).to_numpy(dtype=bool)
    with np.errstate(invalid="ignore"):
        return Values.certain(np.where(young, np.nan, (now + before - 2.0 * _stayed(snapshot)) / (now + before)))


def _stayed(snapshot: Snapshot) -> Floats:
    now, before = snapshot.members, snapshot.before
    here, there = (members.row * snapshot.cooperation.own + members.node for members in (now, before))
    return before.total(np.isin(there, here))


def chain_coverage(snapshot: Snapshot) -> Values:
    """Stages with a member / stages declared. A member without a stage may cover one more; without declared stages nothing is known."""
    declared, members = _declared(snapshot), snapshot.members
    place = pd.DataFrame({"row": members.row, "cluster": snapshot.cluster[members.row], "node": members.node})
    place = place.merge(_stages(snapshot), on=["cluster", "node"], how="left")
    inside = pd.MultiIndex.from_frame(place[["cluster", "stage"]]).isin(declared)
    covered = np.bincount(place[inside].drop_duplicates(["row", "stage"])["row"], minlength=snapshot.rows)
    blank = place["stage"].isna().groupby([place["row"], place["node"]]).all()
    unknown = np.bincount(blank[blank].index.get_level_values(0), minlength=snapshot.rows)
    stages = np.bincount(declared.get_level_values(0), minlength=snapshot.register.n_clusters)[snapshot.cluster].astype(np.float64)
    counts = Values.counted(covered, unknown, members.counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = Values(counts.low / stages, counts.value / stages, np.minimum(counts.high, stages) / stages, counts.known)
    return found.unless(stages == 0, 0.0, 1.0)


def _declared(snapshot: Snapshot) -> pd.MultiIndex:
    """Cluster (position) and stage, for each stage that a cluster declares."""
    stages = snapshot.register.clusters["stages"].reset_index(drop=True).str.split(";").explode().astype("str").str.strip()
    stages = stages[stages.notna() & (stages != "")]
    return pd.MultiIndex.from_arrays([stages.index.to_numpy(dtype=np.int64), stages]).unique()


def _stages(snapshot: Snapshot) -> pd.DataFrame:
    """Cluster (position), node and stage of the memberships that hold on the day."""
    table, register = snapshot.register.membership, snapshot.register
    table = table[table["role"].isin(snapshot.settings.count_roles) & ~(table["from"] > snapshot.at) & ~(table["to"] < snapshot.at)]
    return pd.DataFrame(
        {
            "cluster": register.clusters.index.get_indexer(pd.Index(table["cluster"])),
            "node": register.organisations.index.get_indexer(pd.Index(table["organisation"])),
            "stage": table["stage"].str.strip().to_numpy(),
        }
    )


def governance(snapshot: Snapshot) -> Values:
    """Whether there is an approved governance structure."""
    flag = snapshot.of_cluster("governance")
    return _flag(flag.fillna(False).to_numpy(dtype=bool), flag.isna().to_numpy())


def strategy(snapshot: Snapshot) -> Values:
    """Whether a strategy is in force on the day. Its days alone say that there is one; without days it is in force whenever there is one."""
    flag, start, end = (snapshot.of_cluster(column) for column in ("strategy", "strategy_from", "strategy_to"))
    empty, dated = flag.isna().to_numpy(), (start.notna() | end.notna()).to_numpy()
    held = (~(start > snapshot.at) & ~(end < snapshot.at)).to_numpy()
    return _flag((flag.fillna(False).to_numpy(dtype=bool) | (empty & dated)) & held, empty & ~dated)


def _flag(yes: Mask, unknown: Mask) -> Values:
    return Values.certain(yes).unless(unknown, 0.0, 1.0)


MEMBERS: Mapping[str, Callable[[Snapshot], Values]] = {
    "largest_owner_share": largest_owner_share,
    "sme_share": sme_share,
    "sectors": distinct("division"),
    "sector_diversity": sector_diversity,
    "regions": distinct("nuts3"),
    "shared_members": shared_members,
    "age": age,
    "tenure_median": tenure_median,
    "retention": retention,
    "turnover": turnover,
    "chain_coverage": chain_coverage,
    "governance": governance,
    "strategy": strategy,
}
