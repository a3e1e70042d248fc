"""Attributes of actors that are derived from their events, and therefore anew in every window and every random world."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

SEPARATOR = "; "


class Categories(NamedTuple):
    """Which categories each event belongs to."""

    source: str  #: column of the table of events; a cell holds one category or several, separated by "; "
    labels: pd.Index  #: sorted
    matrix: sparse.csr_array  #: events × categories, 0/1


def categories(events: pd.DataFrame, source: str) -> Categories:
    """The categories of the events of a table."""
    cells, texts = pd.factorize(events[source])  # each distinct cell is split once; a missing one has the last row of the matrix, an empty one
    named = pd.Series(texts).str.split(SEPARATOR, regex=False).explode().str.strip()
    named = named[named != ""]
    codes, labels = pd.factorize(named, sort=True)
    matrix = sparse.csr_array((np.ones(len(codes), dtype=np.int64), (named.index.to_numpy(), codes)), shape=(len(texts) + 1, len(labels)))
    matrix.data[:] = 1
    return Categories(source, pd.Index(labels), matrix[cells])


def dominant(incidence: sparse.csr_array, found: Categories) -> pd.Series:
    """Each actor's most frequent category over its events; of equally frequent ones the category of fewest events; missing where it has none."""
    counts = (incidence @ found.matrix).toarray()
    events = np.asarray(found.matrix.sum(axis=0)).ravel()
    order = np.lexsort((np.arange(len(events)), events))  # rarest first: argmax takes the first of equals
    best = order[np.argmax(counts[:, order], axis=1)] if len(order) else np.zeros(len(counts), dtype=np.int64)
    named = pd.Series(found.labels.take(best) if len(order) else [None] * len(counts), dtype="str")
    return named.where(counts.max(axis=1, initial=0) > 0)
