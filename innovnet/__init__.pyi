from . import errors as errors
from . import graph as graph
from . import metrics as metrics
from . import report as report
from .graph import Affiliation as Affiliation
from .graph import Network as Network
from .graph import aggregate as aggregate
from .graph import split as split
from .graph import toy as toy
from .graph import windows as windows

__version__: str
