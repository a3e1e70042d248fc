"""How a network and an affiliation show themselves."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from innovnet.graph._affiliation import Affiliation
    from innovnet.graph._network import Network


def network_text(network: "Network") -> str:
    """The lines of ``repr(network)``."""
    kind = "directed" if network.directed else "undirected"
    return f"Network: {network.n_actors:,} actors, {network.n_ties:,} ties, {kind}, weight {network.weighting}"


def affiliation_text(affiliation: "Affiliation") -> str:
    """The lines of ``repr(affiliation)``."""
    return f"Affiliation: {affiliation.n_actors:,} actors, {affiliation.n_events:,} events, {affiliation.n_memberships:,} memberships"


def network_html(network: "Network") -> str:
    """The HTML of a network in a notebook."""
    return f"<p>{network_text(network)}</p>"


def affiliation_html(affiliation: "Affiliation") -> str:
    """The HTML of an affiliation in a notebook."""
    return f"<p>{affiliation_text(affiliation)}</p>"
