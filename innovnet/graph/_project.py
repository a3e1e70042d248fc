"""From memberships to ties: every counting scheme in one compiled pass."""

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy import sparse

from innovnet._check import check_choice, check_whole, some
from innovnet._kernel import kernel
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.graph._tables import freeze, quality

if TYPE_CHECKING:
    from innovnet.graph._affiliation import Affiliation

Weighting = Literal["count", "newman", "leydesdorff_park", "batagelj", "salton", "jaccard", "association", "inclusion"]
Structure = Literal["clique", "star"]
_PAIR_LIMIT = 200_000_000

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]


@kernel
def count_partners(event_ptr: Ints, events: Ids, actor_ptr: Ints, actors: Ids, used: npt.NDArray[np.bool_]) -> Ints:
    """Number of distinct partners of each actor."""
    n = len(event_ptr) - 1
    seen = np.full(n, n, dtype=np.uint32)
    ends = np.zeros(n + 1, dtype=np.int64)
    for i in range(n):
        seen[i] = i
        found = 0
        for e in range(event_ptr[i], event_ptr[i + 1]):
            p = events[e]
            if used[p]:
                for a in range(actor_ptr[p], actor_ptr[p + 1]):
                    j = actors[a]
                    if seen[j] != i:
                        seen[j] = i
                        found += 1
        ends[i + 1] = ends[i] + found
    return ends


@kernel
def fill_ties(
    event_ptr: Ints, events: Ids, actor_ptr: Ints, actors: Ids, used: npt.NDArray[np.bool_], value: Floats, ends: Ints
) -> tuple[npt.NDArray[np.int32], Floats]:
    """Columns and weights of the projection. Row i is written into the columns of its partners, so each row comes out sorted: the result is symmetric."""
    n = len(event_ptr) - 1
    place = ends[:-1].copy()
    indices = np.empty(ends[n], dtype=np.int32)
    weights = np.empty(ends[n], dtype=np.float64)
    total = np.zeros(n, dtype=np.float64)
    partners = np.empty(n, dtype=np.uint32)
    seen = np.full(n, n, dtype=np.uint32)
    for i in range(n):
        seen[i] = i
        found = 0
        for e in range(event_ptr[i], event_ptr[i + 1]):
            p = events[e]
            if used[p]:
                v = value[p]
                for a in range(actor_ptr[p], actor_ptr[p + 1]):
                    j = actors[a]
                    if seen[j] != i:
                        seen[j] = i
                        total[j] = v
                        partners[found] = j
                        found += 1
                    else:
                        total[j] += v
        for k in range(found):
            j = partners[k]
            indices[place[j]] = i
            weights[place[j]] = total[j]
            place[j] += 1
    return indices, weights


def _event_values(sizes: Ints, weighting: Weighting) -> Floats:
    """What one event of each size adds to a tie of two of its members."""
    n = sizes.astype(np.float64)
    n[sizes < 2] = 2.0  # such events make no tie
    match weighting:
        case "newman":
            return 1.0 / (n - 1.0)
        case "leydesdorff_park":
            return 2.0 / (n * (n - 1.0))
        case "batagelj":
            return 1.0 / n**2
        case _:
            return np.ones(len(n))


def _normalised(matrix: sparse.csr_array, events_of: Floats, weighting: Weighting) -> None:
    """Divide counts of shared events by the numbers of events of both actors, in place."""
    own = np.repeat(events_of, np.diff(matrix.indptr))
    other = events_of[matrix.indices]
    shared = matrix.data
    match weighting:
        case "salton":
            matrix.data = shared / np.sqrt(own * other)
        case "jaccard":
            matrix.data = shared / (own + other - shared)
        case "association":
            matrix.data = shared / (own * other)
        case "inclusion":
            matrix.data = shared / np.minimum(own, other)


def _leads(affiliation: "Affiliation") -> sparse.csr_array:
    """Actors × events, 1 for coordinators."""
    rows = affiliation._positions
    if "role" not in rows.columns:
        msg = (
            "structure=\"star\" ties members to the coordinator of their event, but the participations have no column 'role'. Name it in from_frame(role=...)."
        )
        raise DataError(msg)
    lead = rows[(rows["role"] == "coordinator").to_numpy(dtype=bool)].drop_duplicates(["actor", "event"])
    if lead.empty and len(rows):
        msg = f'structure="star" ties members to those whose role is "coordinator", and nobody has it; the roles are {some(rows["role"].dropna().unique())}. Rename the one that is meant.'
        raise DataError(msg)
    return sparse.csr_array((np.ones(len(lead)), (lead["actor"].to_numpy(), lead["event"].to_numpy())), shape=affiliation.incidence.shape)


def _star(led: sparse.csr_array, incidence: sparse.csr_array, used: npt.NDArray[np.bool_], value: Floats) -> sparse.csr_array:
    worth = sparse.diags_array(np.where(used, value, 0.0))
    both = led @ worth @ incidence.T.astype(np.float64)
    pairs_of_coordinators = led @ worth @ led.T  # tied from both sides: count once
    matrix = sparse.csr_array(both + both.T - pairs_of_coordinators)
    matrix.setdiag(0.0)
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def _check_pairs(affiliation: "Affiliation", pairs: np.int64) -> None:
    if pairs > _PAIR_LIMIT:
        largest = affiliation.sizes.nlargest(3)
        named = some([f"{event} ({size:,} members)" for event, size in largest.items()])
        msg = f"the projection would have up to {pairs:,} ties; the largest events are {named}. Leave the largest out with max_size=, or use structure='star'."
        raise DataError(msg)


def projected(affiliation: "Affiliation", weighting: Weighting, structure: Structure, max_size: int | None) -> Network:
    """The work of :meth:`Affiliation.project`."""
    check_choice(weighting, get_args(Weighting), "weighting")
    check_choice(structure, get_args(Structure), "structure")
    if max_size is not None:
        check_whole(max_size, "max_size", 1)
    links = affiliation.memberships
    sizes = np.diff(links.actor_ptr)
    led = _leads(affiliation) if structure == "star" else None
    leads = sizes if led is None else np.asarray(led.sum(axis=0), dtype=np.int64)
    used = (sizes > 1) & (sizes <= (np.inf if max_size is None else max_size))
    _check_pairs(affiliation, (leads[used] * (2 * sizes[used] - leads[used] - 1) // 2).sum())
    value = _event_values(sizes, weighting)
    if led is not None:
        matrix = _star(led, affiliation.incidence, used, value)
    else:
        (used, value) = freeze(used, value)
        (ends,) = freeze(count_partners(*links, used))
        indices, weights = fill_ties(*links, used, value, ends)
        n = affiliation.n_actors
        matrix = sparse.csr_array((weights, indices, ends.astype(np.int32 if len(indices) < 2**31 else np.int64)), shape=(n, n), copy=False)
        matrix.has_canonical_format = True
    _normalised(matrix, np.diff(links.event_ptr).astype(np.float64), weighting)
    rows = [("events with one member", "projection", int((sizes == 1).sum()), "kept", "they make no tie")]
    if led is not None:
        rows.append(("events without a coordinator", "projection", int((leads[used] == 0).sum()), "kept", "they make no tie"))
    if max_size is not None:
        rows.append((f"events with more than {max_size} members", "projection", int((sizes > max_size).sum()), "dropped", "max_size"))
    noted = quality([row for row in rows if row[2]])
    behind = affiliation if structure == "clique" and (used | (sizes < 2)).all() else None  # else the ties do not follow from the memberships alone
    return Network._from_csr(affiliation._actors, matrix, affiliation=behind, weighting=weighting, noted=noted)
