"""What a reader finds wrong, and what it read, repaired, dropped or kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from innovnet._check import some
from innovnet.errors import DataError, Fault
from innovnet.graph._tables import quality

OnError = Literal["raise", "report"]
Action = Literal["read", "repaired", "dropped", "kept"]


@dataclass
class Findings:
    """Collected while reading: faults of rows, and rows of the table of quality."""

    rows: list[tuple[str, str, int, str, str]] = field(default_factory=list)

    def note(self, item: str, place: str, count: int, action: Action, examples: Iterable[object] | str = "") -> None:
        """Count something; a count of 0 is worth a row only for what was read."""
        if count or action == "read":
            self.rows.append((item, place, int(count), action, examples if isinstance(examples, str) else some(examples, 3)))

    def settle(self, source: object, faults: Sequence[Fault], on_error: OnError) -> None:
        """Raise all faults at once, or note them as rows left out."""
        if faults and on_error == "raise":
            msg = f"{source}: {len(faults):,} {'fault' if len(faults) == 1 else 'faults'}. Correct the file; or leave the rows out, counted, with on_error='report'."
            raise DataError(msg, faults)
        groups: dict[tuple[str, str, str], list[Fault]] = {}
        for fault in faults:
            groups.setdefault((fault.place, fault.column, fault.problem), []).append(fault)
        for (place, column, problem), found in groups.items():
            self.note(f"rows left out: {f'{column} ' if column else ''}{problem}", place, len(found), "dropped", _examples(found))

    def table(self) -> pd.DataFrame:
        """The table of quality."""
        return quality(self.rows)


def _examples(faults: Sequence[Fault]) -> str:
    shown = [f"line {fault.row}{f': {fault.value}' if fault.value else ''}" for fault in faults[:3]]
    return "; ".join(shown) + (f" and {len(faults) - 3} more" if len(faults) > 3 else "")
