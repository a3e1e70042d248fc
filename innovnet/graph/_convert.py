"""To and from networkx and igraph. igraph is GPL and is imported only here and only when asked for."""

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innovnet._check import some
from innovnet.errors import DataError
from innovnet.graph._network import Network

if TYPE_CHECKING:
    import networkx as nx


def _plain(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Columns as Python values, None where missing."""
    return {str(name): values.astype(object).where(values.notna(), None).tolist() for name, values in table.items()}


def to_networkx(network: Network) -> "nx.Graph[Any]":
    """The network as a networkx Graph (DiGraph where directed): attributes of actors on nodes, weight and further columns on edges.

    Missing values become None. Where several ties join the same pair of actors the result is a MultiGraph. Cost: O(actors + ties).

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.to_networkx(inn.toy().project()).edges["a", "b"]
    {'weight': 2.0}
    """
    networkx = importlib.import_module("networkx")
    ties = network.ties
    parallel = bool(ties.duplicated(["source", "target"]).any())
    kind = {(False, False): "Graph", (True, False): "DiGraph", (False, True): "MultiGraph", (True, True): "MultiDiGraph"}[network.directed, parallel]
    graph = getattr(networkx, kind)()
    attributes = _plain(network.actors)
    graph.add_nodes_from(
        (actor, dict(zip(attributes, row, strict=True))) for actor, row in zip(network.actors.index, _rows(attributes, network.n_actors), strict=True)
    )
    columns = _plain(ties.drop(columns=["source", "target"]))
    data = (dict(zip(columns, row, strict=True)) for row in _rows(columns, len(ties)))
    graph.add_edges_from(zip(ties["source"], ties["target"], data, strict=True))
    return graph


def _rows(columns: dict[str, list[Any]], n: int) -> Any:
    return zip(*columns.values(), strict=True) if columns else iter([()] * n)


def from_networkx(graph: "nx.Graph[Any]", *, weight: str = "weight") -> Network:
    """A networkx graph as a network: attributes of nodes become columns of actors, attributes of edges columns of ties.

    Parameters
    ----------
    graph
        Graph, DiGraph, MultiGraph or MultiDiGraph; its nodes are all text or all whole numbers.
    weight
        Edge attribute that is the strength of the tie; where no edge has it, every tie has weight 1.

    Raises
    ------
    DataError
        Some edges have the weight and others do not; nodes of mixed kind.

    Examples
    --------
    >>> import networkx as nx, innovnet as inn
    >>> inn.from_networkx(nx.karate_club_graph()).n_ties
    78
    """
    nodes = list(graph.nodes)
    actors = pd.DataFrame([dict(graph.nodes[node]) for node in nodes], index=pd.Index(nodes, name="actor"))
    rows = [(source, target, dict(data)) for source, target, data in graph.edges(data=True)]
    ties = pd.DataFrame([data for _, _, data in rows])
    ties.insert(0, "source", pd.Series([s for s, _, _ in rows], dtype=actors.index.dtype))
    ties.insert(1, "target", pd.Series([t for _, t, _ in rows], dtype=actors.index.dtype))
    lacking = [(s, t) for s, t, data in rows if weight not in data]
    if lacking and len(lacking) < len(rows):
        msg = f"{len(lacking)} of {len(rows)} edges have no attribute {weight!r}: {some(lacking)}. Give it to all of them or to none."
        raise DataError(msg)
    return Network.from_frames(actors, ties, weight=weight if not lacking and rows else "weight", directed=graph.is_directed())


def to_igraph(network: Network) -> Any:
    """The network as an igraph Graph: identifiers in the vertex attribute ``name``, weight and further columns on edges.

    A column ``name`` of actors becomes the vertex attribute ``label``. Cost: O(actors + ties). igraph is GPL-licensed and imported on this call.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.to_igraph(inn.toy().project()).ecount()
    19
    """
    igraph = importlib.import_module("igraph")
    table = network._tie_table
    pairs = np.column_stack([table["source"].to_numpy(), table["target"].to_numpy()])
    graph = igraph.Graph(n=network.n_actors, edges=pairs, directed=network.directed)
    for name, values in _plain(network.actors.rename(columns={"name": "label"})).items():
        graph.vs[name] = values
    graph.vs["name"] = network.actors.index.tolist()
    for name, values in _plain(table.drop(columns=["source", "target"])).items():
        graph.es[name] = values
    return graph


def from_igraph(graph: Any, *, weight: str = "weight") -> Network:
    """An igraph graph as a network: the vertex attribute ``name`` (else the vertex number) identifies, ``label`` becomes the column ``name``.

    Raises
    ------
    DataError
        Vertex names that occur twice, weights that are no numbers of at least 0.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.from_igraph(inn.to_igraph(inn.toy().project())).n_ties
    19
    """
    attributes = {name: graph.vs[name] for name in graph.vs.attributes()}
    ids = attributes.pop("name", list(range(graph.vcount())))
    if "label" in attributes:
        attributes["name"] = attributes.pop("label")
    actors = pd.DataFrame(attributes, index=pd.Index(ids, name="actor"))
    pairs = np.array(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    ties = pd.DataFrame({name: graph.es[name] for name in graph.es.attributes()}, index=range(len(pairs)))
    ties.insert(0, "source", actors.index.take(pairs[:, 0]))
    ties.insert(1, "target", actors.index.take(pairs[:, 1]))
    return Network.from_frames(actors, ties, weight=weight if weight in ties.columns else "weight", directed=graph.is_directed())
