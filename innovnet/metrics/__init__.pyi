from ._cohesion import components as components
from ._cohesion import core_number as core_number
from ._cohesion import density as density
from ._cohesion import largest_component as largest_component
from ._degree import degree as degree
from ._degree import strength as strength
