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
