from ._degree import degree as degree
from ._degree import strength as strength
