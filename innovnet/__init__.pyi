from . import clusters as clusters
from . import errors as errors
from . import graph as graph
from . import metrics as metrics
from . import report as report
from . import simulate as simulate
from ._cite import cite as cite
from .graph import Affiliation as Affiliation
from .graph import Network as Network
from .graph import aggregate as aggregate
from .graph import example as example
from .graph import from_igraph as from_igraph
from .graph import from_networkx as from_networkx
from .graph import read_cordis as read_cordis
from .graph import split as split
from .graph import symmetrize as symmetrize
from .graph import to_igraph as to_igraph
from .graph import to_networkx as to_networkx
from .graph import toy as toy
from .graph import windows as windows
from .report import write_cluster_report as write_cluster_report
from .report import write_report as write_report
from .report import write_simulation_report as write_simulation_report

__version__: str
