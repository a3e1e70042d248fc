from ._model import Draw as Draw
from ._model import Model as Model
from ._population import population as population
