"""Where a cluster's money comes from, over the last three years.

Where every year has amounts, the amounts of the years are added up. Where a year has shares only, every year counts the same, whatever its amount:
its shares are averaged with those of the others. A source without a row gave nothing; a row without a figure is not known.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._attributes import recent
from innovnet.clusters._sheets import FUNDING_SOURCES
from innovnet.clusters._snapshot import Snapshot
from innovnet.clusters._values import Mask, Values

Floats = npt.NDArray[np.float64]

#: Shares are rounded to so many decimals: a share of .3 in each of three years is .3, whatever the order of the sum.
DECIMALS = 12


def _share_of(*sources: str) -> Callable[[Snapshot], Values]:
    chosen = [FUNDING_SOURCES.index(source) for source in sources]

    def share(snapshot: Snapshot) -> Values:
        shares, unknown = _shares(snapshot)
        return Values.certain(shares[:, chosen].sum(axis=1).round(DECIMALS)).unless(unknown, 0.0, 1.0)

    return share


def funding_concentration(snapshot: Snapshot) -> Values:
    """Σ share² over the five sources."""
    shares, unknown = _shares(snapshot)
    return Values.certain((shares**2).sum(axis=1).round(DECIMALS)).unless(unknown, 1.0 / len(FUNDING_SOURCES), 1.0)


def funding_per_member(snapshot: Snapshot) -> Values:
    """All money of the three years / members. Known where every row has an amount."""
    table = _rows(snapshot)
    amount = table["amount_eur"].to_numpy(dtype=np.float64)
    total, rows, blank = (_per_cluster(snapshot, table, of)[snapshot.cluster] for of in (np.nan_to_num(amount), np.ones(len(table)), np.isnan(amount)))
    n = snapshot.members.counts
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(n > 0, total / n, np.nan)
    return Values.certain(found).unless(((rows == 0) | (blank > 0)) & (n > 0), np.nan_to_num(found))


def _rows(snapshot: Snapshot) -> pd.DataFrame:
    table = recent(snapshot, snapshot.register.funding)
    return table.assign(place=snapshot.register.clusters.index.get_indexer(pd.Index(table["cluster"])))


def _per_cluster(snapshot: Snapshot, table: pd.DataFrame, of: npt.ArrayLike) -> Floats:
    return np.bincount(table["place"], np.asarray(of, dtype=np.float64), minlength=snapshot.register.n_clusters).astype(np.float64)


def _shares(snapshot: Snapshot) -> tuple[Floats, Mask]:
    """Rows × sources, NaN where there was no money; and which rows are not known."""
    table = _rows(snapshot)
    by_amount = table["amount_eur"].notna()
    figure = table["amount_eur"].fillna(table["share"])
    pooled = by_amount.groupby(table["place"]).transform("all")
    total = figure.groupby([table["place"], table["year"]]).transform("sum")
    weight = figure.where(pooled, figure / total.where(total > 0))
    source = pd.Index(FUNDING_SOURCES).get_indexer(pd.Index(table["source"]))
    cell = table["place"].to_numpy() * len(FUNDING_SOURCES) + source
    n = snapshot.register.n_clusters
    sums = np.bincount(cell, weight.fillna(0.0), minlength=n * len(FUNDING_SOURCES)).reshape(n, len(FUNDING_SOURCES))
    rows, blank = (_per_cluster(snapshot, table, of) for of in (np.ones(len(table)), figure.isna()))
    with np.errstate(invalid="ignore"):
        shares = sums / sums.sum(axis=1, keepdims=True)
    return shares[snapshot.cluster], ((rows == 0) | (blank > 0))[snapshot.cluster]


own_funds_share: Callable[[Snapshot], Values] = _share_of("members")
public_share: Callable[[Snapshot], Values] = _share_of("state", "municipal", "eu")

FUNDING: Mapping[str, Callable[[Snapshot], Values]] = {
    "own_funds_share": own_funds_share,
    "public_share": public_share,
    "funding_concentration": funding_concentration,
    "funding_per_member": funding_per_member,
}
