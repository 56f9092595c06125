"""``dosimeter probes``: what would be asked of an archive, question by question."""

from __future__ import annotations

import typer

HELP = "List every question that can be asked: what it asks, how far it goes, where it is defined."


def run() -> None:
    """Print one block per probe, in the order in which they are asked."""
    from dosimeter.probes._declare import discover

    for probe in discover():
        typer.echo(f"{probe.name}")
        typer.echo(f"  asks       {probe.asks}")
        typer.echo(f"  touch      {probe.touch.word}")
        typer.echo(
            f"  uses       {'the' if probe.rides.value != 'own' else 'its'} {probe.rides.value} association"
        )
        typer.echo(f"  reference  {probe.reference}")
