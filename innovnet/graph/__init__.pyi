from ._affiliation import Affiliation as Affiliation
from ._affiliation import Memberships as Memberships
from ._generate import toy as toy
from ._network import Arcs as Arcs
from ._network import Network as Network
