"""From actors to regions, sectors, countries: cooperation between groups, with that inside them kept apart."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_kind, some
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._groups import Grouped, Groups, Missing, grouped
from innovnet.graph._network import Network
from innovnet.graph._tables import quality

_OWN = ("actors", "internal")


def aggregate(network_or_affiliation: Network | Affiliation, *, groups: Groups, missing: Missing = "error") -> Network:
    """The network of the groups: how strongly regions, sectors or countries cooperate with each other and inside themselves.

    The weight of a tie between groups g and h is the sum of w over all ties between an actor of g and an actor of h.

    Parameters
    ----------
    network_or_affiliation
        A network; or an affiliation, which is projected with weighting ``"count"`` first.
    groups
        A column of actors, or a Series on the actors: one group for each.
    missing
        What becomes of actors without a group: ``"error"``; ``"drop"``, they and their ties are left out; ``"category"``, they form the group
        ``"(missing)"``.

    Returns
    -------
    Network
        Its actors are the groups, sorted; directed if the network is. The table of actors has the columns ``actors`` (number of actors of the
        group) and ``internal`` (weight of the ties inside the group, each tie once), and those columns of the original that are constant
        within every group, ``groups`` itself among them.

    Raises
    ------
    DataError
        An actor without a group; a table of actors that already has a column ``actors`` or ``internal``.

    Notes
    -----
    Nothing is lost: the weights of the ties and ``internal`` add up to the weight of the original network. Further columns of ties are not
    carried over. Columns of actors that vary within a group are named in ``quality``. Cost: O(ties).

    Examples
    --------
    >>> import innovnet as inn
    >>> regions = inn.aggregate(inn.toy(), groups="region")
    >>> regions.actors[["actors", "internal", "country"]]
           actors  internal country
    actor
    R1          3       5.0      LT
    R2          3       1.0      LT
    R3          3       4.0      LV
    R4          3       2.0      EE
    >>> float(regions.adjacency()[0, 1])
    2.0
    """
    network = network_or_affiliation.project() if isinstance(network_or_affiliation, Affiliation) else network_or_affiliation
    check_kind(network, Network, "aggregate()", "Give a network, or an affiliation.")
    taken = [column for column in _OWN if column in network._actors.columns]
    if taken:
        msg = (
            f"the actors table already has the column {some(taken)}, as the result of aggregate() has. Aggregate the original network by the coarser groups; "
            "if the column is your own, rename it."
        )
        raise DataError(msg)
    parts = grouped(network, groups, missing)
    matrix, internal, inside = _sums(parts)
    carried, left = _constant(parts)
    labels = parts.labels if pd.api.types.is_integer_dtype(parts.labels.dtype) else parts.labels.astype("str")
    table = pd.concat([pd.DataFrame({"actors": parts.sizes, "internal": internal}), carried], axis=1).set_axis(labels.rename("actor"))
    rows = [
        ("actors without a group", "actors", int((~parts.kept).sum()), "dropped", f"missing={missing!r}"),
        ("ties inside groups", "ties", inside, "kept", "their weight is in actors.internal"),
        ("columns that vary within a group", "actors", len(left), "dropped", ", ".join(left)),
    ]
    noted = quality([row for row in rows if row[2]])
    return Network._from_csr(table, matrix, directed=network.directed, weighting=network.weighting, noted=noted)


def _sums(parts: Grouped) -> tuple[sparse.csr_array, npt.NDArray[np.float64], int]:
    """Weights between groups, weight inside each group, and the number of ties inside groups."""
    directed, n = parts.network.directed, len(parts.labels)
    matrix = parts.network.adjacency()
    ties = (matrix if directed else sparse.triu(matrix)).tocoo()
    codes = parts.codes.astype(np.int64)
    start, end, weights = codes[ties.row], codes[ties.col], ties.data
    inside = start == end
    internal = np.bincount(start[inside], weights[inside], minlength=n).astype(np.float64)
    if not directed:
        start, end = np.minimum(start, end), np.maximum(start, end)
    between = sparse.csr_array((weights[~inside], (start[~inside], end[~inside])), shape=(n, n))
    between.sum_duplicates()
    return between if directed else sparse.csr_array(between + between.T), internal, int(inside.sum())


def _constant(parts: Grouped) -> tuple[pd.DataFrame, list[str]]:
    """The columns of actors with one value (or none at all) in every group, in the order of the groups; and the names of the others."""
    actors = parts.network._actors
    codes = pd.Index(parts.codes.astype(np.int64))
    held = actors.set_axis(codes)
    first = held[~codes.duplicated()].sort_index()
    constant = [c for c in held if held[c].groupby(level=0).nunique(dropna=False).le(1).all()]
    left = [str(c) for c in held if c not in constant]
    return first[constant].reset_index(drop=True), left
