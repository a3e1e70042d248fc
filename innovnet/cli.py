"""The command line: ``innovnet demo``, ``innovnet report``, ``innovnet clusters`` and ``innovnet simulate``."""

import argparse
import re
import shlex
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

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

_SIMULATE = """Simulate what support for cooperation would change: a synthetic population of firms and
R&D bodies of a country, run twice with the same draws, with the support and without.
Writes a page (report.html), tables (CSV, Parquet, Excel) and a record with every
parameter, and prints the differences with their 95 % intervals. A simulation, not a
forecast: everything follows from assumptions that the page lists."""
_SIMULATE_EXAMPLE = """examples:
  innovnet simulate --country LT --policy matchmaking --budget 2000000 --firms 20000
  innovnet simulate --country LT --policy matchmaking --policy project-subsidy --mix --data cordis-HORIZONprojects-csv.zip"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="innovnet", description="Innovation networks: who works with whom, who bridges, and how far beyond chance.")
    parser.add_argument("--version", action="version", version=f"innovnet {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _report_parsers(commands)
    clusters = commands.add_parser("clusters", help="maturity levels of clusters: template, check, assess, monitor", description="Maturity levels of clusters.")
    _cluster_parsers(clusters.add_subparsers(dest="what", required=True, metavar="COMMAND"))
    _simulate_parser(commands)
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
        command.add_argument("--no-policies", action="store_true", help="leave out what support would change, a simulation")
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


def _simulate_parser(commands: Any) -> None:
    simulate = _command(commands, "simulate", "simulate what support would change, and write the page", _SIMULATE, _SIMULATE_EXAMPLE)
    add = simulate.add_argument
    add("--country", metavar="CODE", required=True, help="whose make-up the population has: Eurostat's code (LT, EL), or EU")
    add(
        "--policy",
        action="append",
        metavar="NAME",
        required=True,
        help="matchmaking, facilitation, project-subsidy, maturity-support, export-group or internationalisation; give it again for another",
    )
    add("--mix", action="store_true", help="besides each alone: all together, the budget shared equally")
    add("--budget", type=_amount, default=2_000_000.0, metavar="EUR", help="of each policy and year (default: 2000000)")
    add("--start", type=_from_one, default=1, metavar="YEAR", help="first year of support, counted from 1 (default: 1)")
    add("--end", type=_from_one, metavar="YEAR", help="last year of support (default: 5, or the last year)")
    add("--years", type=_from_one, default=10, metavar="N", help="years to simulate (default: 10)")
    add("--firms", type=_from_one, default=20_000, metavar="N", help="firms of the population (default: 20000; Lithuania has about 105000)")
    add("--runs", type=_from_two, default=40, metavar="N", help="pairs of runs (default: 40; with fewer the course is drawn run by run)")
    add("--burn-in", type=_from_zero, default=30, metavar="N", help="years without support before the first, so that the world is settled (default: 30)")
    add("--seed", type=_from_zero, default=0, metavar="N", help="seed of all draws (default: 0)")
    add("--assumptions", action="store_true", help="compute which assumptions decide the order of the policies; takes several times as long")
    add("--data", type=Path, metavar="PATH", help="cooperation data as CORDIS publishes it: its organisations of the country take the places of synthetic ones")
    _out(simulate, "innovnet-simulation")
    add("--quiet", action="store_true", help="show no progress")
    simulate.set_defaults(run=_simulate, parser=simulate)


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


def _amount(text: str) -> float:
    """Euro, 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        msg = f"{text!r} is no amount: give EUR a year, 0 or more"
        raise argparse.ArgumentTypeError(msg)
    return value


def _at_least(least: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or int(text) < least:
            msg = f"{text!r} is no whole number of at least {least}"
            raise argparse.ArgumentTypeError(msg)
        return int(text)

    return whole


_from_zero, _from_one, _from_two = map(_at_least, range(3))


def _span(text: str) -> list[int]:
    """Years from FIRST-LAST."""
    found = re.fullmatch(r"\s*(\d{4})\s*(?:[-–]\s*(\d{4})\s*)?", text)  # people type both dashes
    years = range(int(found[1]), int(found[2] or found[1]) + 1) if found else range(0)
    if not years:
        msg = f"{text!r} is no span of years: give the first and the last, as 2016-2025"
        raise argparse.ArgumentTypeError(msg)
    return list(years)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it was done, 1 when the input cannot be used, 2 when the command cannot be understood, 130 when it was interrupted."""
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
    from innovnet.report._folder import check_folder  # noqa: PLC0415
    from innovnet.report._simulation_run import simulable, small_simulation  # noqa: PLC0415

    check_folder(options.out)
    _compiling(options)
    affiliation, country = example(), options.country or "LT"
    policies = None if options.no_policies or not simulable(country) else small_simulation(affiliation, country, seed=options.seed, show=not options.quiet)
    return _written(write_report(affiliation, options.out, register=clusters(), policies=policies, images=False, **_common(options, command)))


def _report(options: argparse.Namespace, command: str) -> int:
    from innovnet.report import write_report  # noqa: PLC0415
    from innovnet.report._simulation_run import simulable  # noqa: PLC0415

    _compiling(options)
    policies: Literal["default"] | None = "default" if options.country and simulable(options.country) and not options.no_policies else None
    if options.country and policies is None and not (options.no_policies or options.quiet):
        print(f"What support would change is left out: no population of {options.country} can be made.", file=sys.stderr)
    return _written(
        write_report(options.data, options.out, register=options.register, policies=policies, on_error=options.on_error, **_common(options, command))
    )


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


def _scenarios(options: argparse.Namespace) -> Mapping[str, Any]:
    """The models to compare; wrong input is an error before anything is computed."""
    from innovnet.report._folder import check_folder  # noqa: PLC0415
    from innovnet.report._simulation_run import check_country, check_policies, scenarios_of  # noqa: PLC0415

    end = min(5, options.years) if options.end is None else options.end
    if end > options.years or options.start > options.years:
        msg = f"support from year {options.start} to {end}, but the last year is {options.years}. Give more --years."
        raise DataError(msg)
    check_country(options.country)
    check_policies(options.policy, options.country)
    check_folder(options.out)
    return scenarios_of(options.policy, budget=options.budget, start=options.start, end=end, mix=options.mix)


def _simulate(options: argparse.Namespace, command: str) -> int:
    from innovnet.graph import read_cordis  # noqa: PLC0415
    from innovnet.report._policy_effects import summary_lines  # noqa: PLC0415
    from innovnet.report._provenance import Clock, inputs_of  # noqa: PLC0415
    from innovnet.report._simulation_report import write_simulation  # noqa: PLC0415
    from innovnet.report._simulation_run import simulated, world_of  # noqa: PLC0415

    try:
        scenarios = _scenarios(options)
    except DataError as error:
        options.parser.error(_told(error))
    _compiling(options)
    clock, bars = Clock(show=not options.quiet), False if options.quiet else None
    with clock.step("population"):
        affiliation = None if options.data is None else read_cordis(options.data)
        world = world_of(options.country, options.firms, options.seed, affiliation)
    simulation = simulated(
        world,
        scenarios,
        years=options.years,
        runs=options.runs,
        seed=options.seed,
        burn_in=options.burn_in,
        assumption_runs=options.runs if options.assumptions else 0,
        clock=clock,
        bars=bars,
    )
    inputs = [] if options.data is None else inputs_of(options.data)
    page = write_simulation(simulation, options.out, clock, command=command, inputs=inputs, images=True)
    print("\n".join(summary_lines(simulation)))
    return _written(page)
