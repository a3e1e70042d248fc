"""What an indicator returns, as its annotation says it. The contract test reads these annotations."""

from typing import Annotated

import pandas as pd

ActorSeries = Annotated[pd.Series, "one value for each actor: index actor, in the order of the table of actors"]
ActorTable = Annotated[pd.DataFrame, "one row for each actor: index actor, in the order of the table of actors"]
TieSeries = Annotated[pd.Series, "one value for each tie: index (source, target), or (ego, alter) where the value is not symmetric"]
TieTable = Annotated[pd.DataFrame, "one row for each tie: index (source, target)"]
GroupSeries = Annotated[pd.Series, "one value for each group: index group, sorted"]
GroupTable = Annotated[pd.DataFrame, "one row for each group: index group, sorted"]
MixingTable = Annotated[pd.DataFrame, "groups × groups, both sorted"]
Number = Annotated[float, "one number for the network"]
Summary = Annotated[pd.Series, "named numbers for the network"]
TestTable = Annotated[pd.DataFrame, "columns observed expected sd z p_lower p_upper p; .attrs hold indicator, options, null, runs, seed, version"]
