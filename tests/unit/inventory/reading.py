"""Reads an inventory from memory, for the tests of each format."""

from __future__ import annotations

import io
from pathlib import Path

from dosimeter.inventory.found import Found
from dosimeter.inventory.read import read_inventory
from dosimeter.inventory.tally import Tally, Why
from dosimeter.model.target import Service

Place = tuple[str, int | None, Service | None]


def read(content: bytes | str) -> tuple[list[Found], Tally]:
    """The entries of an inventory, and what its reader left out."""
    tally = Tally("scan")
    raw = content.encode() if isinstance(content, str) else content
    return list(read_inventory(Path("-"), tally, io.BytesIO(raw))), tally


def places(content: bytes | str) -> list[Place]:
    """The endpoints of an inventory."""
    return [(one.target.host, one.target.port, one.target.service) for one in read(content)[0]]


def left_out(content: bytes | str) -> dict[Why, int]:
    """How many records were left out for which reason."""
    tally = read(content)[1]
    return {why: tally.count(why) for why in Why if tally.count(why)}
