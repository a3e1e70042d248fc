from ._checkpoint import Checkpoint as Checkpoint
from ._checkpoint import read_checkpoint as read_checkpoint
from ._model import Draw as Draw
from ._model import Model as Model
from ._population import population as population
from ._run import branch as branch
from ._run import run as run
from ._trajectory import Trajectory as Trajectory
