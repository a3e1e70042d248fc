"""The command line: ``innovnet demo`` and ``innovnet report``."""

import argparse
import shlex
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from innovnet import __version__
from innovnet.errors import DataError, InnovnetWarning, MissingExtraError

_WHAT = """Write a report: one HTML page with its figures, its tables (CSV, Parquet, Excel)
and a record of where every number comes from. An earlier report in the folder is
replaced once the new one is complete; a folder with other files is refused."""
_EXAMPLE = """example:
  innovnet report cordis-HORIZONprojects-csv.zip --country LT --out lithuania

Horizon Europe: https://cordis.europa.eu/data/cordis-HORIZONprojects-csv.zip"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="innovnet", description="Innovation networks: who works with whom, who bridges, and how far beyond chance.")
    parser.add_argument("--version", action="version", version=f"innovnet {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    raw = argparse.RawDescriptionHelpFormatter
    demo = commands.add_parser("demo", help="write the report of the embedded example programme", description=_WHAT, formatter_class=raw)
    report = commands.add_parser("report", help="write the report of a CORDIS programme", description=_WHAT, epilog=_EXAMPLE, formatter_class=raw)
    report.add_argument("data", type=Path, metavar="PATH", help="the zip as CORDIS publishes it, or the folder that it was unpacked into")
    for command, folder in ((demo, "innovnet-demo"), (report, "innovnet-report")):
        command.add_argument("--out", type=Path, default=Path(folder), metavar="FOLDER", help=f"folder of the report (default: {folder})")
        command.add_argument(
            "--country", metavar="CODE", help="report on the organisations of one country within the whole programme; Eurostat's code (LT, EL, UK)"
        )
        command.add_argument("--runs", type=int, default=20, metavar="N", help="random worlds of each chance model (default: 20); no p-value is below 2/(N+1)")
        command.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random worlds (default: 0)")
        command.add_argument("--quiet", action="store_true", help="show no progress")
    report.add_argument(
        "--on-error", choices=("raise", "report"), default="raise", help="faulty rows: stop and list them (default), or leave them out and count them"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it was done, 1 when the input cannot be used, 130 when it was interrupted."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser().parse_args(given)
    warnings.simplefilter("default", InnovnetWarning)
    try:
        page = _run(options, shlex.join(["innovnet", *given]))
    except (DataError, MissingExtraError) as error:
        print(f"innovnet: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"innovnet: {error.filename or options.out}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninnovnet: interrupted; an earlier report is as it was", file=sys.stderr)
        return 130
    print(f"Report: {page.resolve()}")
    return 0


def _run(options: argparse.Namespace, command: str) -> Path:
    from innovnet._kernel import compiled_before  # noqa: PLC0415
    from innovnet.report import write_report  # noqa: PLC0415

    if not options.quiet and not compiled_before():
        print("The first run compiles the numerical kernels; this takes up to a minute, once.", file=sys.stderr)
    common = {"country": options.country, "runs": options.runs, "seed": options.seed, "progress": not options.quiet, "command": command}
    if options.command == "demo":
        from innovnet.graph import example  # noqa: PLC0415

        return write_report(example(), options.out, images=False, **common)
    return write_report(options.data, options.out, on_error=options.on_error, **common)
