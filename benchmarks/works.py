"""What is measured, each beside what a user would pick instead."""

import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import igraph
import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

import innovnet as inn
from innovnet import metrics
from innovnet.clusters._counts import cluster_arrays, counts
from innovnet.clusters._counts_kernel import FLAGS, ClusterArrays
from innovnet.graph._classify import known_code

COLUMNS = {
    "organization.csv": [
        "projectID",
        "organisationID",
        "name",
        "shortName",
        "SME",
        "activityType",
        "city",
        "country",
        "nutsCode",
        "geolocation",
        "role",
        "ecContribution",
        "vatNumber",
    ],
    "project.csv": [
        "id",
        "acronym",
        "title",
        "startDate",
        "endDate",
        "totalCost",
        "ecMaxContribution",
        "legalBasis",
        "topics",
        "ecSignatureDate",
        "frameworkProgramme",
        "fundingScheme",
    ],
    "legalBasis.csv": ["projectID", "legalBasis", "uniqueProgrammePart"],
    "topics.csv": ["projectID", "topic"],
    "euroSciVoc.csv": ["projectID", "euroSciVocPath"],
}


@dataclass(frozen=True)
class Work:
    """One line of the table."""

    name: str
    ours: Callable[[], Any]
    peer: Callable[[], Any] | None = None
    peer_name: str = ""
    share: float = 1.0  #: the part of the work that the peer does (sampled); its time is divided by it


def read_with_pandas(path: Any) -> dict[str, pd.DataFrame]:
    """The needed columns of all members, as text where they are codes."""
    with zipfile.ZipFile(path) as archive:
        return {member: pd.read_csv(archive.open(member), sep=";", usecols=columns, dtype="str", keep_default_na=False) for member, columns in COLUMNS.items()}


def project_with_scipy(actors: np.ndarray, events: np.ndarray) -> sparse.csr_array:
    """B @ B.T without its diagonal, rows sorted."""
    incidence = sparse.csr_array((np.ones(len(actors), dtype=np.int64), (actors, events)))
    incidence.sum_duplicates()
    incidence.data[:] = 1
    matrix = sparse.csr_array(incidence @ incidence.T)
    matrix.setdiag(0)
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def reading(path: Any) -> list[Work]:
    """Reading and projecting a CORDIS zip."""

    def peer() -> sparse.csr_array:
        table = read_with_pandas(path)["organization.csv"]
        return project_with_scipy(pd.factorize(table["organisationID"])[0], pd.factorize(table["projectID"])[0])

    return [Work("read CORDIS and project", lambda: inn.read_cordis(path).project(), peer, "pandas + scipy")]


def brokerage_loop(graph: nx.Graph, group: dict[str, str], actors: list[str]) -> dict[str, list[int]]:
    """Gould-Fernandez roles by the double loop over partners."""
    found = {}
    for v in actors:
        roles = [0, 0, 0, 0]
        partners = list(graph[v])
        for k, a in enumerate(partners):
            near = graph[a]
            for b in partners[k + 1 :]:
                if b not in near:
                    same, own_a, own_b = group[a] == group[b], group[a] == group[v], group[b] == group[v]
                    roles[0 if same and own_a else 1 if same else 2 if own_a or own_b else 3] += 1
        found[v] = roles
    return found


def indicators(affiliation: inn.Affiliation, sample: int) -> list[Work]:
    """Projection and every indicator; ``sample`` actors or sources stand for all where the peer takes minutes."""
    network = affiliation.project("newman")
    graph = inn.to_igraph(network)
    names, n = network.actors.index, network.n_actors
    sources = np.sort(np.random.default_rng(0).choice(n, min(sample, n), replace=False)).tolist()
    part = len(sources) / n
    rows = affiliation._positions
    column = "country"
    group = network.actors[column].fillna("(missing)")
    codes = pd.factorize(group)[0]
    slow = nx.Graph()
    slow.add_nodes_from(names)
    slow.add_edges_from(network.ties[["source", "target"]].itertuples(index=False, name=None))
    few = [names[k] for k in sources]
    pairs = metrics.degree(network).pow(2)
    wedges = float(pairs[few].sum() / pairs.sum())  # a loop over pairs of partners: its time goes with the pairs
    given: dict[str, Any] = {"groups": column, "missing": "category"}
    regions = inn.aggregate(network, **given)
    directed = igraph.Graph(n=n + affiliation.n_events, edges=np.column_stack([rows["actor"], rows["event"] + n]), directed=True).simplify()
    weights = graph.es["weight"]

    def shares() -> pd.Series:
        ties = network.ties
        both = pd.concat([ties, ties.rename(columns={"source": "target", "target": "source"})])
        both["group"] = both["target"].map(group)
        table = both.groupby(["source", "group"], observed=True)["weight"].sum()
        return 1 - (table / table.groupby(level=0).transform("sum")).pow(2).groupby(level=0).sum()

    def inside_and_outside() -> pd.DataFrame:
        ties = network.ties
        ties["a"], ties["b"] = ties["source"].map(group), ties["target"].map(group)
        return ties.assign(inside=ties["a"] == ties["b"]).groupby(["a", "inside"])["weight"].agg(["size", "sum"]).unstack()  # noqa: PD010

    def backbone() -> pd.DataFrame:
        ties = network.ties
        both = pd.concat([ties, ties.rename(columns={"source": "target", "target": "source"})])
        at = both.groupby("source")["weight"].agg(["sum", "size"])
        return ties.assign(
            **{f"alpha_{end}": (1 - ties["weight"] / ties[end].map(at["sum"])) ** (ties[end].map(at["size"]) - 1) for end in ("source", "target")}
        )

    return [
        Work("project", affiliation.project, lambda: project_with_scipy(rows["actor"].to_numpy(), rows["event"].to_numpy()), "scipy B @ B.T"),
        Work(
            "degree, strength",
            lambda: (metrics.degree(network), metrics.strength(network)),
            lambda: (graph.degree(), graph.strength(weights="weight")),
            "igraph",
        ),
        Work(
            "components, core number",
            lambda: (metrics.components(network), metrics.core_number(network)),
            lambda: (graph.components(), graph.coreness()),
            "igraph",
        ),
        Work(
            "local clustering, transitivity",
            lambda: (metrics.local_clustering(network), metrics.transitivity(network)),
            lambda: (graph.transitivity_local_undirected(), graph.transitivity_undirected()),
            "igraph",
        ),
        Work("betweenness, exact", lambda: metrics.betweenness(network), lambda: graph.betweenness(sources=sources), "igraph", part),
        Work(
            "harmonic and closeness, exact",
            lambda: (metrics.harmonic(network), metrics.closeness(network)),
            lambda: (graph.harmonic_centrality(sources), graph.closeness(sources)),
            "igraph",
            part,
        ),
        Work(
            "constraint, effective size, efficiency, hierarchy",
            lambda: metrics.structural_holes(network),
            lambda: graph.constraint(weights=weights),
            "igraph, constraint alone",
        ),
        Work(
            "brokerage by country",
            lambda: metrics.brokerage(network, **given),
            lambda: brokerage_loop(slow, group.to_dict(), few),
            "networkx loop",
            wedges,
        ),
        Work(
            "assortativity, mixing matrix",
            lambda: (metrics.assortativity(network, **given), metrics.mixing_matrix(network, counting="ties", **given)),
            lambda: (graph.assortativity_nominal(codes, directed=False), inside_and_outside()),
            "igraph + pandas",
        ),
        Work(
            "E-I index with exact test",
            lambda: (metrics.e_i_index(network, **given), metrics.e_i_summary(network, **given)),
            inside_and_outside,
            "pandas, index alone",
        ),
        Work("participation coefficient", lambda: metrics.participation_coefficient(network, **given), shares, "pandas"),
        Work(
            "regional profile, bridging",
            lambda: (metrics.regional_profile(network, **given), metrics.regional_bridging(regions), metrics.observed_bridging(network, **given)),
            inside_and_outside,
            "pandas, tie counts alone",
        ),
        Work("modularity", lambda: metrics.modularity(network, **given), lambda: graph.modularity(codes, weights=weights), "igraph"),
        Work("disparity", lambda: metrics.disparity(network), backbone, "pandas"),
        Work(
            "random affiliation, 5 trials a membership",
            lambda: next(metrics.fixed_degree_samples(affiliation, runs=1, seed=0)),
            lambda: directed.rewire(n=5 * affiliation.n_memberships),
            "igraph",
        ),
    ]


LEVEL_KEYS = [
    *("members", "members_independent", "members_research", "members_foreign", "members_sme", "members_rd", "members_exporting", "members_high_value"),
    *("ties", "ties_repeated", "ties_out", "ties_firm_research", "members_connected", "largest", "largest_without_coordinator", "largest_without_any"),
    *("foreign_reach", "member_kinds", "has_coordinator", "members_core(k=2)", "members_core(k=3)", "members_tenured(years=3)", "members_tenured(years=5)"),
]


def made_clusters(clusters: int, members: int = 15, ties: int = 50, organisations: int = 5) -> ClusterArrays:
    """Clusters of ``members`` on average, whose members are near each other; so many ties and organisations for each of them; half of the ties are short."""
    draw = np.random.default_rng(0)
    n = organisations * clusters
    drawn = 12 * members // 10  # a tenth and more are drawn twice
    home = np.repeat(draw.integers(0, n, clusters), drawn)
    pair = np.unique(np.repeat(np.arange(clusters), drawn) * n + (home + draw.integers(0, 3 * members, len(home))) % n)
    start = draw.integers(0, n, ties * clusters)
    end = np.where(draw.random(len(start)) < 0.5, (start + draw.integers(1, 2 * members, len(start))) % n, draw.integers(0, n, len(start)))
    other = start != end
    matrix = sparse.csr_array((np.ones(other.sum()), (start[other], end[other])), shape=(n, n))
    matrix = sparse.csr_array(matrix + matrix.T)
    matrix.sort_indices()
    ptr = np.searchsorted(pair, np.arange(clusters + 1) * n)
    yes = draw.random((n, len(FLAGS))) < 0.3
    return cluster_arrays(
        ptr=ptr,
        member=pair % n,
        tenure=draw.integers(0, 10, len(pair)),
        coordinator=np.isin(np.arange(len(pair)), ptr[:-1]),
        rd_body=np.zeros(len(pair)),
        home=np.zeros(clusters),
        indptr=matrix.indptr,
        indices=matrix.indices,
        weights=matrix.data,
        ties_known=np.ones(n),
        linked=np.arange(n) // 2,
        partner=np.arange(n) // 3,
        ownership_known=np.ones(n),
        group=draw.integers(0, 5, n),
        country=draw.choice(3, n, p=[0.8, 0.1, 0.1]),
        yes=yes,
        unknown=~yes & (draw.random(yes.shape) < 0.05),
    )


def levels(clusters: int, sample: int) -> list[Work]:
    """All that levels count, for every cluster of one step of a simulation; igraph takes the ties, parts and cores of a sample."""
    arrays = made_clusters(clusters)
    ties = np.column_stack([np.repeat(np.arange(len(arrays.indptr) - 1), np.diff(arrays.indptr)), arrays.indices])
    graph = igraph.Graph(n=len(arrays.indptr) - 1, edges=ties[ties[:, 0] < ties[:, 1]])

    def peer() -> list[tuple[int, int, int]]:
        found = []
        for r in range(min(sample, clusters)):
            part = graph.induced_subgraph(arrays.member[arrays.ptr[r] : arrays.ptr[r + 1]].tolist())
            left = [part.subgraph([v for v in range(part.vcount()) if v != u]).components().giant().vcount() for u in part.articulation_points()]
            found.append((part.ecount(), min(left, default=part.vcount()), sum(c >= 2 for c in part.coreness())))
        return found

    name = f"counts for levels: {clusters:,} clusters, {len(arrays.member):,} members, {graph.ecount():,} ties"
    return [Work(name, lambda: counts(arrays, LEVEL_KEYS), peer, "igraph, ties, parts, cores alone", min(sample, clusters) / clusters)]


def made_register(affiliation: inn.Affiliation, clusters: int) -> inn.clusters.Register:
    """Clusters of 5 to 39 organisations of a programme, drawn at random."""
    draw = np.random.default_rng(0)
    sizes = draw.integers(5, 40, clusters)
    ids = affiliation.actors.index[np.concatenate([draw.choice(affiliation.n_actors, size, replace=False) for size in sizes])]
    names = [f"C{k:04}" for k in range(clusters)]
    membership = pd.DataFrame({"cluster": np.repeat(names, sizes), "organisation": ids, "from": "2013-01-01", "role": "member"})
    actors = affiliation.actors.loc[ids.unique()]
    kinds = actors["type"].map({"university": "education", "institute": "research"}).fillna(actors["type"]).fillna("other")
    known = actors["country"].where(actors["country"].map(lambda code: known_code("country", code), na_action="ignore").fillna(False), "LT")
    organisations = pd.DataFrame({"name": actors["name"], "country": known, "kind": kinds}).rename_axis("organisation").reset_index()
    table = pd.DataFrame({"cluster": names, "name": names, "country": "LT", "sectors": "26", "founded": "2012-01-01"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", inn.errors.DataWarning)  # no ownership, no facts, no coordinator: not what is measured
        return inn.clusters.Register.from_frames(table, membership, organisations=organisations)


def cluster_years(affiliation: inn.Affiliation, clusters: int) -> list[Work]:
    """All indicators of clusters, the null of cohesion included, on ten days; each day has its own window of five years."""
    register = made_register(affiliation, clusters)
    days = pd.date_range("2023-09-30", "2025-12-31", freq="QE")
    name = f"{clusters * len(days):,} cluster-years, all indicators and the null of cohesion"
    return [Work(name, lambda: [inn.clusters.indicators(register, affiliation, at=day, window=5) for day in days])]
