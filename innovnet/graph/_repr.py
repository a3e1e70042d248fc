"""How a network and an affiliation show themselves, in a terminal and in a notebook."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from innovnet._text import escape

if TYPE_CHECKING:
    from innovnet.graph._affiliation import Affiliation
    from innovnet.graph._network import Network

_BAR = 240
_SHADES = (0.9, 0.7, 0.5, 0.35, 0.2)


def network_text(network: "Network") -> str:
    """The lines of ``repr(network)``."""
    kind = "directed" if network.directed else "undirected"
    return f"Network: {network.n_actors:,} actors, {network.n_ties:,} ties, {kind}, weight {network.weighting}\n  actors: {_columns(network.actors)}"


def affiliation_text(affiliation: "Affiliation") -> str:
    """The lines of ``repr(affiliation)``."""
    head = f"Affiliation: {affiliation.n_actors:,} actors, {affiliation.n_events:,} events, {affiliation.n_memberships:,} memberships"
    return f"{head}\n  actors: {_columns(affiliation.actors)}\n  events: {_columns(affiliation.events)}"


def network_html(network: "Network") -> str:
    """The HTML of a network in a notebook: size, cohesion, types, the strongest actors, what to do next."""
    matrix = network.adjacency()
    lines = [f"<b>{escape(network_text(network).splitlines()[0])}</b>"]
    if network.n_actors:
        partners = np.diff(matrix.indptr) + (np.diff(matrix.T.tocsr().indptr) if network.directed else 0)
        count, labels = csgraph.connected_components(matrix, directed=False)
        giant = np.bincount(labels).max() / network.n_actors
        lines += [
            f"{int((partners == 0).sum()):,} isolates · {count:,} components, the largest holds {giant:.0%}",
            f"mean degree {partners.mean():.1f}, median {np.median(partners):.0f}",
            _shares(network.actors),
            "strongest: " + ", ".join(escape(name) for name in _strongest(network, matrix.sum(axis=1))),
        ]
    lines += [f"actors: {escape(_columns(network.actors))}", f"fingerprint {network.fingerprint[:8]} · try inn.metrics.bridging_profile(network, groups=[...])"]
    return _paragraph(lines)


def affiliation_html(affiliation: "Affiliation") -> str:
    """The HTML of an affiliation in a notebook: size, the largest event, roles, completeness, what to do next."""
    lines = [f"<b>{escape(affiliation_text(affiliation).splitlines()[0])}</b>"]
    sizes = affiliation.sizes
    if len(sizes):
        largest = int(np.argmax(sizes.to_numpy()))
        name = affiliation.events["name"].iloc[largest] if "name" in affiliation.events else None
        name = sizes.index[largest] if pd.isna(name) or name == "" else name
        lines.append(f"{(sizes == 1).mean():.0%} of events have one member · largest: {escape(name)} ({sizes.max():,} members)")
    if "role" in affiliation.participations:
        roles = affiliation.participations["role"].value_counts()
        lines.append(" · ".join(f"{escape(role)} {count:,}" for role, count in roles.items()))
    known = [f"{name} {affiliation.actors[name].notna().mean():.0%}" for name in ("type", "region", "sme", "field") if name in affiliation.actors]
    if known and affiliation.n_actors:
        lines.append("known: " + " · ".join(known))
    lines += [
        f"actors: {escape(_columns(affiliation.actors))}",
        f"events: {escape(_columns(affiliation.events))}",
        f"{len(affiliation.quality)} notes in .quality · fingerprint {affiliation.fingerprint[:8]} · try affiliation.project(&quot;newman&quot;)",
    ]
    return _paragraph(lines)


def _columns(table: pd.DataFrame) -> str:
    names = [str(name) for name in table.columns]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "") if names else "no columns"


def _strongest(network: "Network", strength: np.ndarray) -> list[str]:
    top = np.argsort(-np.asarray(strength).ravel(), kind="stable")[:5]
    names = network.actors.get("short_name", network.actors.get("name", network.actors.index.to_series()))
    return [str(label) if pd.isna(name) or name == "" else str(name) for name, label in zip(names.iloc[top], network.actors.index[top], strict=True)]


def _shares(actors: pd.DataFrame) -> str:
    column = next((name for name in ("type", "sector") if name in actors), None)
    if column is None:
        return ""
    shares = actors[column].value_counts(normalize=True).head(len(_SHADES))
    left, blocks = 0.0, []
    for share, shade in zip(shares, _SHADES, strict=False):
        blocks.append(f'<rect x="{left:.1f}" width="{share * _BAR:.1f}" height="8" fill="currentColor" fill-opacity="{shade}"/>')
        left += share * _BAR
    words = " · ".join(f"{escape(name)} {share:.0%}" for name, share in shares.items())
    return f'<svg width="{_BAR}" height="8" role="img" aria-label="{words}">{"".join(blocks)}</svg> {words}'


def _paragraph(lines: Iterable[str]) -> str:
    return '<div style="line-height:1.5">' + "<br>".join(line for line in lines if line) + "</div>"
