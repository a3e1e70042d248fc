"""To and from networkx and igraph. igraph is GPL and is imported only here and only when asked for."""

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innovnet._check import check_kind, some
from innovnet.errors import DataError
from innovnet.graph._network import Network

if TYPE_CHECKING:
    import networkx as nx

_REMEDY = "An affiliation becomes one with affiliation.project()."


def _plain(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Columns as Python values, None where missing."""
    return {str(name): values.astype(object).where(values.notna(), None).tolist() for name, values in table.items()}


def to_networkx(network: Network) -> "nx.Graph[Any]":
    """The network as a networkx Graph (DiGraph where directed): attributes of actors on nodes, weight and further columns on edges.

    A missing value is left out, so that networkx can write the graph (GraphML, GEXF). Where several ties join the same pair of actors the result is a MultiGraph. Cost: O(actors + ties).

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.to_networkx(inn.toy().project()).edges["a", "b"]
    {'weight': 2.0}
    """
    check_kind(network, Network, "to_networkx()", _REMEDY)
    networkx = importlib.import_module("networkx")
    ties = network.ties
    parallel = bool(ties.duplicated(["source", "target"]).any())
    kind = {(False, False): "Graph", (True, False): "DiGraph", (False, True): "MultiGraph", (True, True): "MultiDiGraph"}[network.directed, parallel]
    graph = getattr(networkx, kind)()
    graph.add_nodes_from(zip(network.actors.index, _rows(network.actors), strict=True))
    graph.add_edges_from(zip(ties["source"], ties["target"], _rows(ties.drop(columns=["source", "target"])), strict=True))
    return graph


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Each row as what is known in it."""
    columns = _plain(table)
    rows = zip(*columns.values(), strict=True) if columns else [()] * len(table)
    return ({name: value for name, value in zip(columns, row, strict=True) if value is not None} for row in rows)


def from_networkx(graph: "nx.Graph[Any]", *, weight: str | None = "weight") -> Network:
    """A networkx graph as a network: attributes of nodes become columns of actors, attributes of edges columns of ties.

    Parameters
    ----------
    graph
        Graph, DiGraph, MultiGraph or MultiDiGraph; its nodes are all text or all whole numbers.
    weight
        Edge attribute that is the strength of the tie. ``None``, or no edge has an attribute ``weight``: every tie has weight 1.

    Raises
    ------
    DataError
        Some edges have the weight and others do not; nodes of mixed kind; an attribute ``actor``, ``source`` or ``target``.

    Examples
    --------
    >>> import networkx as nx, innovnet as inn
    >>> inn.from_networkx(nx.karate_club_graph()).n_ties
    78
    """
    check_kind(graph, importlib.import_module("networkx").Graph, "from_networkx()", "Give it a graph of networkx.")
    nodes = list(graph.nodes)
    actors = _attributes([dict(graph.nodes[node]) for node in nodes], ("actor",), "nodes")
    actors.insert(0, "actor", pd.Series(nodes, dtype=object))
    rows = [(source, target, dict(data)) for source, target, data in graph.edges(data=True)]
    ties = _attributes([data for _, _, data in rows], ("source", "target"), "edges")
    ties.insert(0, "source", pd.Series([s for s, _, _ in rows], dtype=actors["actor"].dtype))
    ties.insert(1, "target", pd.Series([t for _, t, _ in rows], dtype=actors["actor"].dtype))
    lacking = [(s, t) for s, t, data in rows if weight not in data]
    if lacking and len(lacking) < len(rows) and weight is not None:
        msg = f"{len(lacking)} of {len(rows)} edges have no attribute {weight!r}: {some(lacking)}. Give it to all of them or to none."
        raise DataError(msg)
    return Network.from_frames(actors, ties, weight=weight if rows else None, directed=graph.is_directed())


def _attributes(values: Any, taken: tuple[str, ...], what: str) -> pd.DataFrame:
    """A table of the attributes of nodes or edges, none of which has a name that the identifiers take."""
    try:
        table = pd.DataFrame(values)
    except UnicodeEncodeError as error:  # half a character
        msg = f"{what} have an attribute that is no text: {error}. Remove it."
        raise DataError(msg) from error
    found = [name for name in taken if name in table.columns]
    if found:
        msg = f"{what} have the attribute {some(found)}, as the table of the network has. Rename it."
        raise DataError(msg)
    return table


def to_igraph(network: Network) -> Any:
    """The network as an igraph Graph: identifiers in the vertex attribute ``name``, weight and further columns on edges.

    A column ``name`` of actors becomes the vertex attribute ``label``; a network with both columns is a DataError. Cost: O(actors + ties). igraph is GPL-licensed and imported on this call.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.to_igraph(inn.toy().project()).ecount()
    19
    """
    check_kind(network, Network, "to_igraph()", _REMEDY)
    igraph = importlib.import_module("igraph")
    if {"name", "label"} <= set(network.actors.columns):
        msg = "the actors table has both a column 'name' and a column 'label', and in igraph the name is the label. Rename one of them."
        raise DataError(msg)
    table = network._tie_table
    pairs = np.column_stack([table["source"].to_numpy(), table["target"].to_numpy()])
    graph = igraph.Graph(n=network.n_actors, edges=pairs, directed=network.directed)
    for name, values in _plain(network.actors.rename(columns={"name": "label"})).items():
        graph.vs[name] = values
    graph.vs["name"] = network.actors.index.tolist()
    for name, values in _plain(table.drop(columns=["source", "target"])).items():
        graph.es[name] = values
    return graph


def from_igraph(graph: Any, *, weight: str | None = "weight") -> Network:
    """An igraph graph as a network: the vertex attribute ``name`` (else the vertex number) identifies, ``label`` becomes the column ``name``.

    Parameters
    ----------
    graph
        An igraph Graph.
    weight
        Edge attribute that is the strength of the tie. ``None``, or no attribute ``weight``: every tie has weight 1.

    Raises
    ------
    DataError
        Vertex names that occur twice, weights that are negative or no numbers; an attribute ``actor``, ``source`` or ``target``.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.from_igraph(inn.to_igraph(inn.toy().project())).n_ties
    19
    """
    check_kind(graph, importlib.import_module("igraph").Graph, "from_igraph()", "Give it a graph of igraph.")
    attributes = {name: graph.vs[name] for name in graph.vs.attributes()}
    ids = attributes.pop("name", list(range(graph.vcount())))
    if "label" in attributes:
        attributes["name"] = attributes.pop("label")
    actors = _attributes(attributes, ("actor",), "vertices").reindex(range(graph.vcount()))
    actors.insert(0, "actor", pd.Series(ids, dtype=object))
    ends = np.array(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    ties = _attributes({name: graph.es[name] for name in graph.es.attributes()}, ("source", "target"), "edges").reindex(range(len(ends)))
    ties.insert(0, "source", actors["actor"].take(ends[:, 0]).array)
    ties.insert(1, "target", actors["actor"].take(ends[:, 1]).array)
    return Network.from_frames(actors, ties, weight=weight, directed=graph.is_directed())
