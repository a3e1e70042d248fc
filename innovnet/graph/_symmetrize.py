"""From directed ties to undirected ones, never without being asked."""

from typing import Literal, get_args

from scipy import sparse

from innovnet._check import check_choice
from innovnet.errors import DataError
from innovnet.graph._network import Network, check_network
from innovnet.graph._tables import quality

Rule = Literal["sum", "maximum", "minimum", "mutual"]


def symmetrize(network: Network, *, rule: Rule = "sum") -> Network:
    """Cooperation without direction: who asks whom, or leads whom, becomes who works with whom.

    Parameters
    ----------
    network
        A directed network.
    rule
        The weight of a tie from the weights of both directions, one of which may be absent (0): their ``"sum"``, the ``"maximum"``, the
        ``"minimum"``, so that only mutual ties stay; ``"mutual"``, the sum of mutual ties, others do not stay.

    Returns
    -------
    Network
        Undirected, on the same actors, without ``affiliation``. Further columns of ties belong to a direction and are left out; they, and ties that do
        not stay, are counted in ``quality``.

    Raises
    ------
    DataError
        The network is undirected already.

    Notes
    -----
    Isolates stay. Cost: O(ties).

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> ties = pd.DataFrame({"source": ["a", "b", "b"], "target": ["b", "a", "c"], "weight": [1.0, 4.0, 2.0]})
    >>> asked = inn.Network.from_frames(pd.DataFrame({"actor": ["a", "b", "c"]}), ties, directed=True)
    >>> {rule: inn.symmetrize(asked, rule=rule).ties["weight"].tolist() for rule in ("sum", "maximum", "minimum", "mutual")}
    {'sum': [5.0, 2.0], 'maximum': [4.0, 2.0], 'minimum': [1.0], 'mutual': [5.0]}
    """
    check_network(network, "symmetrize()")
    check_choice(rule, get_args(Rule), "rule")
    if not network.directed:
        msg = "symmetrize() is for directed networks, and this one has no direction. Take it as it is."
        raise DataError(msg)
    there, back = network.adjacency(), sparse.csr_array(network.adjacency().T)
    match rule:
        case "sum":
            matrix = there + back
        case "maximum":
            matrix = there.maximum(back)
        case "minimum":
            matrix = there.minimum(back)
        case "mutual":
            matrix = (there + back) * ((there > 0) * (back > 0))
    undirected = sparse.csr_array(matrix)
    undirected.eliminate_zeros()
    kept = undirected.astype(bool).multiply(there.astype(bool)).nnz
    columns = [str(name) for name in network._tie_table if name not in ("source", "target", "weight")]
    rows = [
        ("ties in one direction only", "ties", network.n_ties - int(kept), "dropped", f"rule={rule!r}"),
        ("further columns of ties", "ties", len(columns), "dropped", ", ".join(columns)),
    ]
    return Network._from_csr(network._actors, undirected, weighting=network.weighting, noted=quality([row for row in rows if row[2]]))
