"""The command line: ``innovnet demo``, ``innovnet report`` and ``innovnet clusters``."""

import argparse
import re
import shlex
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from innovnet import __version__
from innovnet.errors import DataError, DataWarning, InnovnetWarning, MissingExtraError

_WHAT = """Write a report: one HTML page with its figures, its tables (CSV, Parquet, Excel)
and a record of where every number comes from. An earlier report in the folder is
replaced once the new one is complete; a folder with other files is refused."""
_EXAMPLE = """example:
  innovnet report cordis-HORIZONprojects-csv.zip --country LT --out lithuania

Horizon Europe: https://cordis.europa.eu/data/cordis-HORIZONprojects-csv.zip"""
_TEMPLATE = """Write the empty register of clusters, to be filled in: a workbook (a name that ends
with .xlsx) with explanations and lists to choose from, or a folder of csv files (any
other name). What was filled in is never overwritten."""
_TEMPLATE_EXAMPLE = """examples:
  innovnet clusters template register.xlsx --language lt
  innovnet clusters template english.xlsx --from register.xlsx"""
_CHECK = """Read a register of clusters and print everything that is wrong in it, each fault with
its sheet, row, column and remedy (the exit code is 1 then), or else what deserves a
look without being a fault (0)."""
_CHECK_EXAMPLE = """example:
  innovnet clusters check register.xlsx"""
_ASSESS = """Write the report on the clusters of a register: which levels they have on a day by
stated rules, what is missing for the next one, how firm they are. A page on all of
them (report.html), a sheet for each (sheets/), one workbook (clusters.xlsx), all
tables (CSV, Parquet), and a record that holds the text of the rules. An earlier
report in the folder is replaced once the new one is complete."""
_ASSESS_EXAMPLE = """example:
  innovnet clusters assess register.xlsx --data cordis-HORIZONprojects-csv.zip --rules lithuania --at 2025-12-31 --out clusters"""
_MONITOR = """Follow the clusters of a register over years: the same report as `innovnet clusters
assess` on the last day of the last year, without the sheets of single clusters. What
monitoring adds is in the tables panel (level by the data and assigned, for each
cluster and year), transitions, entries, exits and warnings, as CSV, Parquet and
worksheets. Levels follow from year to year, so begin with the year in which the
first cluster was founded where they are to be followed from their start."""
_MONITOR_EXAMPLE = """example:
  innovnet clusters monitor register.xlsx --years 2016-2025 --out monitoring"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="innovnet", description="Innovation networks: who works with whom, who bridges, and how far beyond chance.")
    parser.add_argument("--version", action="version", version=f"innovnet {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _report_parsers(commands)
    clusters = commands.add_parser("clusters", help="maturity levels of clusters: template, check, assess, monitor", description="Maturity levels of clusters.")
    _cluster_parsers(clusters.add_subparsers(dest="what", required=True, metavar="COMMAND"))
    return parser


def _report_parsers(commands: Any) -> None:
    demo = _command(commands, "demo", "write the report of the embedded example programme and of its clusters", _WHAT)
    report = _command(commands, "report", "write the report of a CORDIS programme", _WHAT, _EXAMPLE)
    report.add_argument("data", type=Path, metavar="PATH", help="the zip as CORDIS publishes it, or the folder that it was unpacked into")
    for command, folder, run in ((demo, "innovnet-demo", _demo), (report, "innovnet-report", _report)):
        _out(command, folder)
        command.add_argument(
            "--country", metavar="CODE", help="report on the organisations of one country within the whole programme; Eurostat's code (LT, EL, UK)"
        )
        command.add_argument("--runs", type=int, default=20, metavar="N", help="random worlds of each chance model (default: 20); no p-value is below 2/(N+1)")
        command.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random worlds (default: 0)")
        command.add_argument("--quiet", action="store_true", help="show no progress")
        command.set_defaults(run=run)
    report.add_argument(
        "--register",
        type=Path,
        metavar="REGISTER",
        help="a register of clusters (workbook, or folder of csv files): its report is written into the folder clusters of the report; "
        "other rules and days than the usual ones: innovnet clusters assess",
    )
    _on_error(report)


def _cluster_parsers(commands: Any) -> None:
    template = _command(commands, "template", "write the empty register, to be filled in", _TEMPLATE, _TEMPLATE_EXAMPLE)
    template.add_argument("path", type=Path, metavar="PATH", help="where to write it: NAME.xlsx, or the name of a folder")
    template.add_argument("--language", choices=("en", "lt"), default="en", help="of sheets, columns and notes (default: en); both are read")
    template.add_argument("--from", dest="register", type=Path, metavar="REGISTER", help="fill it with the rows of this register")
    template.set_defaults(run=_template)
    check = _command(commands, "check", "read a register and list everything that is wrong in it", _CHECK, _CHECK_EXAMPLE)
    assess = _command(commands, "assess", "write the report on clusters on a day", _ASSESS, _ASSESS_EXAMPLE)
    monitor = _command(commands, "monitor", "write the report on clusters over years", _MONITOR, _MONITOR_EXAMPLE)
    for command, run in ((check, _check), (assess, _assess), (monitor, _assess)):
        command.add_argument("register", type=Path, metavar="REGISTER", help="the workbook that was filled in, or the folder of csv files")
        command.set_defaults(run=run)
    for command in (assess, monitor):
        command.add_argument(
            "--data", type=Path, metavar="PATH", help="cooperation data as CORDIS publishes it (zip or folder); without it the register's own sheet"
        )
        command.add_argument("--rules", default="lithuania", metavar="NAME|FILE", help="lithuania (default), ecei, generic, or a TOML file")
        _on_error(command)
        command.add_argument("--quiet", action="store_true", help="show no progress")
    assess.add_argument("--at", metavar="DAY", help="the day, as 2025-12-31 (default: the end of the newest year that has ended and of which there are data)")
    assess.add_argument("--years", type=_span, metavar="FIRST-LAST", help="years to follow, as 2016-2025 (default: ten years up to the day)")
    _out(assess, "innovnet-clusters")
    monitor.add_argument("--years", type=_span, metavar="FIRST-LAST", required=True, help="years to follow, each on its last day, as 2016-2025")
    _out(monitor, "innovnet-monitoring")
    monitor.set_defaults(at=None, sheets=())
    assess.set_defaults(sheets=None)


def _command(commands: Any, name: str, brief: str, description: str, example: str | None = None) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name, help=brief, description=description, epilog=example, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    return made


def _out(command: argparse.ArgumentParser, folder: str) -> None:
    command.add_argument("--out", type=Path, default=Path(folder), metavar="FOLDER", help=f"folder of the report (default: {folder})")


def _on_error(command: argparse.ArgumentParser) -> None:
    text = "faulty rows: stop and list them (default), or leave them out and count them"
    command.add_argument("--on-error", choices=("raise", "report"), default="raise", help=text)


def _span(text: str) -> list[int]:
    """Years from FIRST-LAST."""
    found = re.fullmatch(r"\s*(\d{4})\s*(?:[-–]\s*(\d{4})\s*)?", text)  # people type both dashes
    years = range(int(found[1]), int(found[2] or found[1]) + 1) if found else range(0)
    if not years:
        msg = f"{text!r} is no span of years: give the first and the last, as 2016-2025"
        raise argparse.ArgumentTypeError(msg)
    return list(years)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it was done, 1 when the input cannot be used, 130 when it was interrupted."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser().parse_args(given)
    run: Callable[[argparse.Namespace, str], int] = options.run
    try:
        with warnings.catch_warnings(record=True) as noted:
            warnings.simplefilter("default", InnovnetWarning)
            done = run(options, shlex.join(["innovnet", *given]))
    except DataError as error:
        print(f"innovnet: {_told(error)}", file=sys.stderr)
    except MissingExtraError as error:
        print(f"innovnet: {error}", file=sys.stderr)
    except OSError as error:
        print(f"innovnet: {error.filename or getattr(options, 'out', '')}: {error.strerror or error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\ninnovnet: interrupted; an earlier report is as it was", file=sys.stderr)
        return 130
    else:
        for one in noted:
            print(f"innovnet: {_remark(one.message)}", file=sys.stderr)
        return done
    return 1


def _told(error: DataError) -> str:
    """The error with its first faults, and how many more there are."""
    lines = [error.summary, *(f"  {fault}" for fault in error.faults[: error.shown])]
    if len(error.faults) > error.shown:
        lines.append(f"  ... and {len(error.faults) - error.shown:,} more")
    return "\n".join(lines)


def _remark(warning: Warning | str) -> str:
    """A warning without the line of code that gave it; what a register holds is told by a command."""
    text, found, _rest = str(warning).partition(". They are in .quality")
    return f"{text}. `innovnet clusters check` tells which." if found else text


def _compiling(options: argparse.Namespace) -> None:
    from innovnet._kernel import compiled_before  # noqa: PLC0415

    if not options.quiet and not compiled_before():
        print("The first run compiles the numerical kernels; this takes up to a minute, once.", file=sys.stderr)


def _written(page: Path) -> int:
    print(f"Report: {page.resolve()}")
    return 0


def _common(options: argparse.Namespace, command: str) -> Mapping[str, Any]:
    return {"country": options.country, "runs": options.runs, "seed": options.seed, "progress": not options.quiet, "command": command}


def _demo(options: argparse.Namespace, command: str) -> int:
    from innovnet.clusters import example as clusters  # noqa: PLC0415
    from innovnet.graph import example  # noqa: PLC0415
    from innovnet.report import write_report  # noqa: PLC0415

    _compiling(options)
    return _written(write_report(example(), options.out, register=clusters(), images=False, **_common(options, command)))


def _report(options: argparse.Namespace, command: str) -> int:
    from innovnet.report import write_report  # noqa: PLC0415

    _compiling(options)
    return _written(write_report(options.data, options.out, register=options.register, on_error=options.on_error, **_common(options, command)))


def _template(options: argparse.Namespace, _command: str) -> int:
    from innovnet.clusters import read_register, write_template  # noqa: PLC0415

    if options.register is not None and options.path.exists():
        msg = f"{options.path} exists already: a register would take its place. Give another name, or remove it first."
        raise DataError(msg)
    register = None if options.register is None else read_register(options.register)
    write_template(options.path, language=options.language, register=register)
    print(f"{'Template' if register is None else 'Register'}: {options.path.resolve()}")
    return 0


def _check(options: argparse.Namespace, _command: str) -> int:
    from innovnet.clusters import read_register  # noqa: PLC0415

    warnings.simplefilter("ignore", DataWarning)  # all of it is printed below
    try:
        register = read_register(options.register)
    except DataError as error:
        print("\n".join([error.summary, *map(str, error.faults)]))
        return 1
    print(f"{register}\nNo fault was found.")
    noted = register.quality[register.quality["action"] != "read"]
    for row in noted.to_dict("records"):
        examples = f": {row['examples']}" if row["examples"] else ""
        print(f"{row['place']}: {row['item']} ({row['count']:,}, {row['action']}){examples}")
    return 0


def _assess(options: argparse.Namespace, command: str) -> int:
    from innovnet.report import write_cluster_report  # noqa: PLC0415

    _compiling(options)
    page = write_cluster_report(
        options.register,
        options.out,
        affiliation=options.data,
        rules=options.rules,
        at=options.at,
        years=options.years,
        sheets=options.sheets,
        on_error=options.on_error,
        progress=not options.quiet,
        command=command,
    )
    return _written(page)
