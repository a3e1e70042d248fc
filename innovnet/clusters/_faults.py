"""What the checks of a register find: faults (E) that stop, and remarks (W) that are repaired or only shown."""

import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from innovnet.clusters._sheets import SHEETS
from innovnet.errors import DataError, DataWarning, Fault
from innovnet.graph.read._findings import Action, Findings, OnError

#: What each code means, in the words of ``Register.quality``.
FAULTS: Mapping[str, str] = {
    "E01": "a sheet is missing",
    "E02": "a column is missing, stands twice or is unknown",
    "E03": "a required cell is empty",
    "E04": "no date",
    "E05": "no number, or a formula without a stored value",
    "E06": "not one of the allowed words",
    "E07": "an identifier stands in several rows",
    "E08": "the cluster is not in sheet clusters",
    "E09": "the organisation is not in sheet organisations",
    "E10": "ends before it starts",
    "E11": "an organisation is in a cluster twice at the same time",
    "E12": "a membership outside the cluster's life",
    "E13": "days of a cluster out of order",
    "E14": "two coordinators at the same time",
    "E15": "shares of ownership beyond 0 to 1",
    "E16": "ownership in a circle",
    "E17": "shares of funding do not fit together",
    "E18": "an amount below 0, or exports above turnover",
    "E19": "days of an event out of order, or different in its rows",
    "E20": "low, value and high out of order",
    "E21": "a year that cannot be",
    "E22": "an unknown code",
    "E23": "more member firms than firms",
    "E24": "the file cannot be read",
}
REMARKS: Mapping[str, str] = {
    "W01": "pairs of organisations that are probably one",
    "W02": "clusters with fewer than 5 members",
    "W03": "clusters without a coordinator",
    "W04": "clusters led by a facilitator, who counts in no indicator of members",
    "W05": "role foreign_member and country do not fit",
    "W06": "role rd_body, but the kind is firm",
    "W07": "size does not fit the employees",
    "W08": "memberships that touch were joined",
    "W09": "cells were cleaned: blanks, letters, double encoding, thousands, decimal commas",
    "W10": "members whose sector, region, size or ownership is not known",
    "W11": "facts are missing in years for which the sheet has others",
    "W12": "organisations in no cluster, no event and no row of ownership",
    "W13": "rows of ownership without dates are taken as always valid",
    "W14": "large events make many of a cluster's ties",
    "W15": "rows differ from the register before",
}
#: Examples of a remark.
SHOWN = 10


class SheetFault(Fault):
    """One thing wrong in a sheet, with its code."""

    code: str

    def __new__(cls, place: str, row: str, column: str, value: str, problem: str, remedy: str, code: str = "") -> Self:
        """As :class:`innovnet.errors.Fault`, and the code (E01 to E24)."""
        made = super().__new__(cls, place, row, column, value, problem, remedy)
        made.code = code
        return made

    def __str__(self) -> str:
        row, column = self.row and f" row {self.row}", self.column and f" [{self.column}]"
        return f"{self.place}{row}{column}: {self.value or '(empty)'}. {self.code} {self.problem}. {self.remedy}".strip()


@dataclass
class Report:
    """Everything that the checks found in one register, collected before anything is raised."""

    source: str
    faults: list[SheetFault] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    remarks: dict[str, int] = field(default_factory=dict)  #: code -> count
    fatal: bool = False  #: a fault that no row left out can mend

    def remark(self, code: str, place: str, count: int, examples: Iterable[object], action: Action = "kept") -> None:
        """Count a remark; each example is a sentence or a value."""
        if count:
            self.remarks[code] = self.remarks.get(code, 0) + int(count)
            self.findings.note(f"{code} {REMARKS[code]}", place, count, action, joined(list(examples), count, SHOWN))

    def settle(self, on_error: OnError) -> None:
        """Raise all faults as one error, or note the rows that were left out."""
        self.faults.sort(key=_place)
        if self.faults and (self.fatal or on_error == "raise"):
            raise DataError(self._summary(), self.faults)
        groups: dict[tuple[str, str], list[SheetFault]] = defaultdict(list)
        for fault in self.faults:
            groups[fault.code, fault.place].append(fault)
        for (code, place), found in groups.items():
            examples = [f"{f'row {fault.row}: ' if fault.row else ''}{fault.value or '(empty)'}" for fault in found]
            self.findings.note(f"left out: {code} {FAULTS[code]}", place, len(found), "dropped", joined(examples, len(found)))

    def _summary(self) -> str:
        codes = sorted({fault.code for fault in self.faults})
        n = len(self.faults)
        return f"{self.source}: {n:,} {'fault' if n == 1 else 'faults'} ({', '.join(codes)}). Nothing was read."

    def warn(self, stacklevel: int) -> None:
        """Warn once of all remarks."""
        if self.remarks:
            told = "; ".join(f"{code} {REMARKS[code]} ({count:,})" for code, count in sorted(self.remarks.items()))
            warnings.warn(f"{self.source}: {told}. They are in .quality with examples.", DataWarning, stacklevel=stacklevel + 1)


def joined(examples: Sequence[object], count: int, limit: int = 3) -> str:
    """Up to ``limit`` examples, and how many more there are."""
    shown = "; ".join(str(one) for one in examples[:limit])
    return shown + (f" and {count - limit:,} more" if len(examples) >= limit and count > limit else "")


def names(values: Iterable[object], limit: int = 5) -> str:
    """Values in a sentence, without quotation marks."""
    found = [str(value) for value in values]
    shown = ", ".join(found[:limit])
    return shown if len(found) <= limit else f"{shown} and {len(found) - limit:,} more"


_ORDER = {name: k for k, name in enumerate(SHEETS)}


def _place(fault: SheetFault) -> tuple[int, int, str]:
    number = fault.row.split(" ")[0]
    return _ORDER.get(fault.place, len(_ORDER)), int(number) if number.isdigit() else 0, fault.code
