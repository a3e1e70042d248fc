"""Owner groups: firms that one owner controls count as one (Recommendation 2003/361/EC, Article 3)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

LINKED, PARTNER = 0.5, 0.25
#: Owners that never make partners (Article 3(2)); public authorities never link either.
_NO_PARTNERS = ("public", "person", "university", "venture", "institutional")


class Owners(NamedTuple):
    """The owner group of each of the register's organisations on a day."""

    linked: npt.NDArray[np.int64]  #: over 50 % or control
    partner: npt.NDArray[np.int64]  #: from 25 %
    listed: npt.NDArray[np.bool_]  #: it stands in a row of ownership, as owned or as owner


def owner_groups(ownership: pd.DataFrame, organisations: pd.Index, at: pd.Timestamp) -> Owners:
    """Components of the relation over organisations, owners outside the register included; numbers below the number of organisations and owners."""
    rows = ownership[~(ownership["from"] > at) & ~(ownership["to"] < at)]
    everyone = organisations.append(pd.Index(rows["owner"]).append(pd.Index(rows["owned"])).unique().difference(organisations))
    owner, owned = (everyone.get_indexer(pd.Index(rows[column])) for column in ("owner", "owned"))
    kind = rows["owner_kind"]
    acting = ~kind.isin(["public"]) & ((kind != "person") | rows["same_market"].fillna(False).astype(bool))
    linked = acting & (rows["control"].notna() | (rows["share"] > LINKED))
    partner = linked | (~kind.isin(_NO_PARTNERS) & (rows["share"] >= PARTNER))
    listed = np.isin(np.arange(len(organisations)), np.concatenate([owner, owned]))
    n = len(organisations)
    together, cautious = (_components(len(everyone), owner[mask], owned[mask])[:n] for mask in (linked.to_numpy(dtype=bool), partner.to_numpy(dtype=bool)))
    return Owners(together, cautious, listed)


def _components(n: int, one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    matrix = sparse.csr_array((np.ones(len(one)), (one, other)), shape=(n, n))
    return csgraph.connected_components(matrix, directed=False)[1].astype(np.int64)
