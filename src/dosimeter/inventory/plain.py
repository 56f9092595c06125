"""A plain list: one target a line, ``#`` begins a comment (as nmap, masscan and zmap read them)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dosimeter.inventory.entry import parse_target
from dosimeter.inventory.found import Found
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.source import ByteSource

_SCREEN: Final = re.compile(
    r"\s*(?:Discovered open port |Nmap scan report for |Starting (?:Nmap|masscan) "
    r"|Timestamp: \d|Host: \S+ \()"
)
"""How the lines of nmap's and masscan's screens and of their ``-oG`` begin."""


def read_plain(source: ByteSource) -> Iterator[Found]:
    """The targets of a plain list; nmap's several targets a line are read too.

    Raises:
        InventoryProblem: a line is not a target.
    """
    for number, line in source.lines():
        if _SCREEN.match(line):
            says = (
                "this is what a scanner prints for people to read or to grep; give what nmap writes with "
                "-oX, masscan with -oJ, -oL or -oX"
            )
            raise InventoryProblem(source.name, number, says)
        for entry in line.partition("#")[0].split():
            if "," in entry or ";" in entry:
                says = "this is a table without a header; let its first line name the columns, as in: ip,port"
                raise InventoryProblem(source.name, number, says)
            yield Found(parse_target(entry, source.name, number))
