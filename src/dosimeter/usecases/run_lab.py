"""Start the lab's archives and write down what a survey of them needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dosimeter.lab.archive import Archive
from dosimeter.lab.archives import lab_archives
from dosimeter.lab.authorise import scope_text, targets_text
from dosimeter.lab.listener import AddressTaken
from dosimeter.lab.server import Lab
from dosimeter.model.problem import Problem

LAB_BLOCKS: Final = (0,)
"""``dosimeter lab up`` is always at 127.20.0.x, so that its addresses can be relied on."""


@dataclass(frozen=True, slots=True)
class RunningLab:
    """Archives that listen, the scope file that allows to ask them, and the list of them."""

    archives: tuple[Archive, ...]
    folder: Path
    scope: Path
    targets: Path


@contextmanager
def running_lab(folder: Path, blocks: Iterable[int]) -> Iterator[RunningLab]:
    """The lab at 127.20.``block``.x, in the first block whose addresses are free, until ``with`` ends.

    Raises:
        Problem: the addresses cannot be bound, or the folder cannot be written to.
    """
    with ExitStack() as stack:
        archives = _start(stack, blocks)
        scope, targets = folder / "lab-scope.toml", folder / "lab-targets.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            scope.write_text(scope_text(archives, datetime.now(UTC)), encoding="utf-8")
            targets.write_text(targets_text(archives), encoding="utf-8")
        except OSError as error:
            raise Problem(
                f"cannot write to {folder}: {error.strerror}; name a folder with --output-dir"
            ) from None
        yield RunningLab(archives, folder, scope, targets)


def lab_lines(archives: tuple[Archive, ...] | None = None) -> list[str]:
    """The lab as a table: where, what is imitated, the verdict a survey should give."""
    rows = [
        (port.endpoint.authority, archive.name, port.expected.says, port.says)
        for archive in archives or lab_archives()
        for port in archive.ports
    ]
    head = ("ADDRESS", "NAME", "VERDICT", "IMITATES")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(3)]
    return [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]))
        for row in (head, *rows)
    ]


def _start(stack: ExitStack, blocks: Iterable[int]) -> tuple[Archive, ...]:
    taken = AddressTaken("no block of addresses was given")
    for block in blocks:
        archives = lab_archives(block)
        try:
            stack.enter_context(Lab(archives))
        except AddressTaken as problem:
            taken = problem
        else:
            return archives
    raise taken
