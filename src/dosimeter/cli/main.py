"""The commands, and the last boundary: no traceback ever reaches a user."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from io import TextIOWrapper

import typer

from dosimeter import __version__
from dosimeter.cli import compare, demo, lab, probes, report, scope, survey
from dosimeter.cli.exits import EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_USAGE
from dosimeter.cli.fault import describe
from dosimeter.model.problem import Problem

app = typer.Typer(
    name="dosimeter",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Measures how exposed medical imaging archives are, inside a written authorisation, "
    "without touching a patient's data. Results go to stdout, everything else to stderr.",
    epilog="Exit codes: 0 done, 1 failure, 2 usage (a refused scope is one), 3 findings at or above "
    "--fail-on, 4 ended early, 130 interrupted.",
)
app.command("demo", help=demo.HELP)(demo.run)
app.add_typer(survey.app, name="survey")
app.command("report", help=report.HELP)(report.run)
app.command("compare", help=compare.HELP)(compare.run)
app.add_typer(scope.app, name="scope")
app.add_typer(lab.app, name="lab")
app.command("probes", help=probes.HELP)(probes.run)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dosimeter {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    """Options of the program itself."""


def with_verb(arguments: list[str]) -> list[str]:
    """``survey TARGET`` is ``survey run TARGET``: the verb that people use needs no word."""
    if len(arguments) > 1 and arguments[0] == "survey" and arguments[1] not in survey.WORDS:
        return ["survey", "run", *arguments[1:]]
    return arguments


def main() -> None:
    """Run the command line; every way out has a documented exit code."""
    _open_closed_streams()
    _fit_encodings()
    code = _run()
    gc.freeze()  # The process ends: the collector need not look at a hundred thousand objects once more.
    sys.exit(code)


def _open_closed_streams() -> None:
    """Started with a stream closed (``>&-``) Python has none, and the next file takes its place."""
    streams = vars(sys)
    for name in ("stdout", "stderr"):
        if streams[name] is None:
            streams[name] = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the end


def _fit_encodings() -> None:
    """Results are UTF-8 whatever the locale, as in a file; a terminal is sent what it can show."""
    if isinstance(sys.stdout, TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="replace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")


def _run() -> int:
    try:
        code = _command()
        sys.stdout.flush()
    except Problem as problem:
        sys.stderr.write(f"dosimeter: {problem}\n")
        return EXIT_USAGE
    except KeyboardInterrupt:
        sys.stderr.write("dosimeter: interrupted\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our results has read enough: `dosimeter report last | head`.
        _drop_results()
        return EXIT_FAILURE
    except Exception as fault:
        sys.stderr.write(f"dosimeter: {describe(fault)}\n")
        _drop_results()
        return EXIT_FAILURE
    return code


def _command() -> int:
    try:
        app(args=with_verb(sys.argv[1:]), prog_name="dosimeter")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else EXIT_FAILURE
    return 0


def _drop_results() -> None:
    """Stdout cannot be written: what waits for it must not be tried again as the interpreter ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
