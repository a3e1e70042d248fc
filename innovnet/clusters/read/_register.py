"""Read a register from its workbook."""

import os
from dataclasses import replace
from pathlib import Path
from typing import get_args

from innovnet._check import check_choice
from innovnet.clusters._changes import changes, counts_of
from innovnet.clusters._faults import Report
from innovnet.clusters._register import Register
from innovnet.clusters.read._checked import registered
from innovnet.clusters.read._layout import sheets_of
from innovnet.clusters.read._open import open_register
from innovnet.graph.read._findings import OnError


def read_register(path: str | os.PathLike[str], *, on_error: OnError = "raise", before: Register | str | os.PathLike[str] | None = None) -> Register:
    """Read a register of clusters from its workbook, or from a folder with one csv file for each sheet.

    Parameters
    ----------
    path
        The workbook (``.xlsx``) that ``innovnet clusters template`` writes, filled in, or the folder of csv files. Sheets, columns and words may be English or
        Lithuanian. Needed are the sheets clusters and membership; of organisations without a sheet only the identifier is known.
    on_error
        ``"raise"``: all faults in one error, and nothing is read. ``"report"``: faulty rows are left out, with what refers to them, and counted in ``quality``.
        Missing sheets and columns, merged cells and files that cannot be read
        are always an error.
    before
        An earlier register, or its workbook or folder: how many rows were added, removed and altered stands in ``quality``; :func:`changes` names them.

    Returns
    -------
    Register
        Nine frozen tables. Identifiers and codes are text whatever they look like; dates are days; money is in EUR; shares are 0 to 1; what is empty is missing.

    Raises
    ------
    DataError
        ``faults`` holds all of them: sheet, row as a person sees it, column, value, problem, remedy, and a ``code`` (E01 to E24).

    Warns
    -----
    DataWarning
        Once, where something deserves a look without being a fault (W01 to W15): pairs of organisations that are probably one, clusters of fewer than five
        members, and so on. Each is in ``quality`` with its count and examples.

    Notes
    -----
    Dates are 2024-03-31, 31.03.2024 or date cells; a year alone is its first day in columns of beginnings and its last in columns of ends; years of two digits
    are refused. Numbers have a point or a comma, "35 %" is 0.35. Blanks around text and text that was encoded twice are mended and counted. Of rows that
    contradict each other (E11, E14) ``"report"`` leaves out the one that starts later; of a year of funding, an event or a circle of ownership with a
    fault all rows. What is said of a cluster's members (W02 to W06, W10) is for its last day in the register: the day of its end, or the latest day
    of clusters and memberships or year with facts, today at most. Cost: O(rows log rows).

    Examples
    --------
    >>> import warnings
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import innovnet as inn
    >>> with TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
    ...     path = Path(folder) / "clusters.xlsx"
    ...     inn.clusters.write_template(path, register=inn.clusters.example())
    ...     register = inn.clusters.read_register(path)
    >>> register.n_clusters
    14
    >>> register.fingerprint == inn.clusters.example().fingerprint
    True
    """
    check_choice(on_error, get_args(OnError), "on_error")
    register, report = _read(path, on_error)
    if before is not None:
        earlier = before if isinstance(before, Register) else _read(before, on_error)[0]
        _compare(earlier, register, report)
        register = replace(register, _quality=report.findings.table())
    report.warn(stacklevel=2)
    return register


def _read(path: str | os.PathLike[str], on_error: OnError) -> tuple[Register, Report]:
    opened = open_register(path)
    report = Report(Path(path).name)
    raws = sheets_of(opened.sheets, report)
    report.faults += opened.faults
    return registered(raws, report, on_error, from_file=True), report


def _compare(before: Register, after: Register, report: Report) -> None:
    """W15."""
    added, removed, altered = counts_of(changes(before, after))
    told = f"{added:,} rows added, {removed:,} removed, {altered:,} altered: changes(before, register) names them"
    report.remark("W15", "workbook", added + removed + altered, [told])
