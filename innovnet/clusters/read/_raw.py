"""A sheet as it stands in the file: cells of whatever kind, and the numbers that a person sees beside its rows."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import numpy as np
import numpy.typing as npt


class _Formula(Enum):
    UNSAVED = "a formula without a stored value"


#: What stands in a cell whose formula was never calculated and saved.
UNSAVED: Final = _Formula.UNSAVED


@dataclass(frozen=True, eq=False)
class Raw:
    """The cells of a sheet: text, whole numbers, floats, yes/no, dates, None where empty, ``UNSAVED``."""

    name: str  #: as it stands in the file
    header: list[str]  #: as it stands in the file, one for each column of the table
    table: npt.NDArray[Any]  #: rows × columns of objects, without rows that are wholly empty
    rows: npt.NDArray[np.int64]  #: the number of each row as a person sees it; the header is usually row 1
