"""Strata of organisations: who may stand for a member in a random group of the same make-up."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._check import check_choice
from innovnet.clusters._snapshot import Snapshot
from innovnet.errors import DataError
from innovnet.graph._classify import nace_section

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: A smaller stratum is merged.
LEAST = 5
NAMED = ("default", "composition")


class Strata(NamedTuple):
    """The stratum of each node; −1 for who is not drawn from."""

    code: Ints
    full: Mask  #: nodes whose stratum did not have to be merged


def strata_of(snapshot: Snapshot, strata: str | Sequence[object] | npt.NDArray) -> Strata:
    """Strata of all organisations whose ties are known.

    ``"default"``: country, kind and degree class ⌊log2(1 + degree)⌋ in the window; ``"composition"``: country, kind, NACE section and NUTS 2 region.
    Strata of fewer than five are merged: neighbouring degree classes first, or regions, then sections, then kinds, then countries; what is left over joins
    the largest stratum of the same kind (or country). Not known is a class of its own: actors that only the cooperation data know have no section, so that
    ``"composition"`` draws members with a section from the register alone. Or a label for each node, as it stands.
    """
    cooperation = snapshot.cooperation
    drawn_from = cooperation.known
    code, full = np.full(len(drawn_from), -1, dtype=np.int64), drawn_from.copy()
    if isinstance(strata, str):
        check_choice(strata, NAMED, "strata")
        columns = [column[drawn_from] for column in (_by_degree(snapshot) if strata == "default" else _by_composition(snapshot))]
        code[drawn_from], full[drawn_from] = merged(columns)
        return Strata(code, full)
    labels = np.asarray(strata)
    if labels.shape != drawn_from.shape:
        msg = f"strata has shape {labels.shape} for {len(drawn_from)} organisations. Give one label for each, or one of {', '.join(map(repr, NAMED))}."
        raise DataError(msg)
    code[drawn_from] = np.unique(labels[drawn_from], return_inverse=True)[1]
    return Strata(code, full)


def _by_degree(snapshot: Snapshot) -> list[Ints]:
    """Country, kind, and degree classes by fours, by twos and one by one: a class is merged with its neighbours first."""
    degree = np.diff(snapshot.window.network.arcs().indptr)
    classes = np.frexp(1.0 + degree)[1].astype(np.int64) - 1
    return [*(snapshot.cooperation.codes(column) for column in ("country", "group")), classes // 4, classes // 2, classes]


def _by_composition(snapshot: Snapshot) -> list[Ints]:
    codes = snapshot.cooperation.codes
    sections = [ord(nace_section(division) or "?") for division in snapshot.cooperation.labels("division")]
    return [codes("country"), codes("group"), np.array([*sections, -1], dtype=np.int64)[codes("division")], codes("nuts2")]


def merged(columns: Sequence[Ints]) -> tuple[Ints, Mask]:
    """Cells of some columns, coarse to fine, none smaller than ``LEAST`` if there are so many nodes; and whose cell was large enough of itself.

    Step by step the finest column is dropped: small cells that then are equal are put together, and what is still too small joins the largest cell within.
    """
    cell = _cells(columns)
    full = np.bincount(cell)[cell] >= LEAST
    label = np.where(full, cell, -1)
    for depth in reversed(range(len(columns))):
        left = label < 0
        within = _cells(columns[:depth]) if depth else np.zeros(len(cell), dtype=np.int64)
        together = left & (np.bincount(within[left], minlength=within.max(initial=0) + 1)[within] >= LEAST)
        label[together] = label.max(initial=-1) + 1 + within[together]
        rest = label < 0
        host = _largest(within[~rest], label[~rest], int(within.max(initial=0)) + 1)
        label[rest] = host[within[rest]]
    return np.unique(label, return_inverse=True)[1].astype(np.int64), full


def _largest(within: Ints, label: Ints, n: int) -> Ints:
    """The label of most nodes within each of n; −1 where there is none."""
    span = int(label.max(initial=0)) + 1
    key, size = np.unique(within * span + label, return_counts=True)
    order = np.lexsort((-key, size))  # the largest last, of equals the first
    found = np.full(n, -1, dtype=np.int64)
    found[key[order] // span] = key[order] % span
    return found


def _cells(columns: Sequence[Ints]) -> Ints:
    """A number for each combination of codes (from −1), in their order."""
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        code = np.unique(code * (column.max(initial=-1) + 2) + column + 1, return_inverse=True)[1]
    return code
