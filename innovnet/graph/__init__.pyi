from ._affiliation import Affiliation as Affiliation
from ._affiliation import Memberships as Memberships
from ._aggregate import aggregate as aggregate
from ._generate import toy as toy
from ._network import Arcs as Arcs
from ._network import Network as Network
from ._window import split as split
from ._window import windows as windows
