from ._assessment import Assessment as Assessment
from ._catalogue import CATALOGUE as CATALOGUE
from ._catalogue import Indicator as Indicator
from ._example import example as example
from ._register import Register as Register
from ._rules import Criterion as Criterion
from ._rules import Rules as Rules
