"""``dosimeter lab``: synthetic archives on loopback, to learn and to test with."""

from __future__ import annotations

import shlex
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer

_LOOK_SECONDS: Final = 0.1

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Synthetic archives on this machine's loopback, one for each verdict and trap. "
    "Every patient in them is invented.",
)


@app.command("up", help="Start every archive, write a scope file for them and wait for Ctrl-C.")
def up(  # noqa: D103 - the help text says it
    output_dir: Annotated[
        Path,
        typer.Option(
            "--output-dir", metavar="DIR", help="Where the scope file and the list of targets are written."
        ),
    ] = Path("dosimeter-lab"),
) -> None:
    from dosimeter.usecases.run_lab import LAB_BLOCKS, lab_lines, running_lab

    with running_lab(output_dir, LAB_BLOCKS) as lab:
        for line in lab_lines(lab.archives):
            typer.echo(line)
        typer.echo("")
        typer.echo(shlex.join(("dosimeter", "survey", "--scope", str(lab.scope), "-l", str(lab.targets))))
        wait_for_interrupt("The archives are listening")


@app.command("list", help="List the archives and the verdict each should get; nothing is started.")
def list_archives() -> None:  # noqa: D103 - the help text says it
    from dosimeter.usecases.run_lab import lab_lines

    for line in lab_lines():
        typer.echo(line)


@app.command(
    "fleet",
    help="Start a whole study's worth of synthetic archives (greenbone-2019: 2,300 at 127.64.0.0/10), write "
    "a scope, a list of targets, a table of owners and the truth, and wait for Ctrl-C.",
)
def fleet(  # noqa: D103 - the help text says it
    name: Annotated[str, typer.Argument(metavar="FLEET", help="greenbone-2019")],
    scale: Annotated[
        int, typer.Option("--scale", metavar="N", help="One archive in N, and an N-th of every figure.")
    ] = 1,
    output_dir: Annotated[
        Path, typer.Option("--output-dir", metavar="DIR", help="Where the files are written.")
    ] = Path("dosimeter-fleet"),
) -> None:
    from dosimeter.usecases.run_fleet import running_fleet

    with running_fleet(name, output_dir, scale) as started:
        survey = ("dosimeter", "survey", "--scope", str(started.scope), "-l", str(started.targets))
        typer.echo(shlex.join((*survey, "--owners", str(started.owners), "--touch", "count")))
        typer.echo(f"The truth, which the survey is not shown: {started.truth}")
        wait_for_interrupt(f"{len(started.members):,} archives are listening")


def wait_for_interrupt(what: str) -> None:
    """Say so, and return at the first Ctrl-C or SIGTERM."""
    heard: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        heard.append(number)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        typer.echo(f"{what}; Ctrl-C ends them.", err=True)
        # Looked at, not waited for: a signal that comes just before the thread blocks wakes nobody, and a
        # lock that its handler needs may be held by the very thread it interrupts.
        while not heard:
            time.sleep(_LOOK_SECONDS)
    finally:
        for number, disposition in before.items():
            signal.signal(number, disposition)
