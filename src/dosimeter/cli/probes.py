"""``dosimeter probes``: what would be asked of an archive, question by question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dosimeter.probes._declare import Probe

HELP = "List every question that can be asked: what it asks, how far it goes, where it is defined."


def run(
    markdown: Annotated[bool, typer.Option("--markdown", help="As the page docs/probes.md.")] = False,
) -> None:
    """Print the probes in the order in which they are asked."""
    from dosimeter.probes._declare import discover

    for line in page(discover()) if markdown else blocks(discover()):
        typer.echo(line)


def blocks(probes: tuple[Probe, ...]) -> Iterator[str]:
    """A block of lines per probe, for a terminal."""
    for probe in probes:
        yield probe.name
        yield f"  asks       {probe.asks}"
        yield f"  touch      {probe.touch.word}"
        yield f"  uses       {_connection(probe)}"
        yield f"  asked of   {', '.join(sorted(service.value for service in probe.services))}"
        yield f"  reference  {probe.reference}"


def page(probes: tuple[Probe, ...]) -> Iterator[str]:
    """The page docs/probes.md, which a test compares with this."""
    yield "# Every question that dosimeter can ask"
    yield ""
    yield "Made by `dosimeter probes --markdown`, in the order of asking."
    yield "A stranger's whole verdict takes two associations; that of a web port at most 48 requests, on one"
    yield "connection if the server keeps it open."
    yield ""
    yield "| probe | asks | touch | uses | reference |"
    yield "|---|---|---|---|---|"
    for probe in probes:
        cells = (f"`{probe.name}`", probe.asks, probe.touch.word, _connection(probe), probe.reference)
        yield f"| {' | '.join(cells)} |"


def _connection(probe: Probe) -> str:
    from dosimeter.model.target import ON_DICOM
    from dosimeter.probes._declare import Rides

    if probe.rides is Rides.WEB:
        return "the HTTP connection"
    on_dicom = probe.services & ON_DICOM
    if probe.rides is Rides.OWN:
        return "its own association" if on_dicom else "its own connection"
    return "the stranger's association"
