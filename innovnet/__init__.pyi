from . import errors as errors
from . import graph as graph
from . import metrics as metrics
from . import report as report
from .graph import Affiliation as Affiliation
from .graph import Network as Network
from .graph import toy as toy

__version__: str
