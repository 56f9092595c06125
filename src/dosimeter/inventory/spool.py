"""Keeps what inventories say until the survey has a place for it, in bounded memory.

An inventory can be read once, and the store has no survey before all of it was read. What does not fit
into memory goes into a temporary file, which has no name and ends with the process; the store merges what
is said of one endpoint more than once.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from dosimeter.model.place import Sighting
from dosimeter.net.address import parse_address
from dosimeter.net.gate import ScopeGate
from dosimeter.net.ranges import position

IN_MEMORY: Final = 1 << 20
"""Bytes of the temporary file that need no disk."""


class SightingSpool:
    """The sightings of endpoints inside a scope, in the order they were read."""

    def __init__(self, gate: ScopeGate, ports: tuple[int, ...]) -> None:
        """``gate`` and ``ports`` say what is inside."""
        self._allowed = gate.allowed
        self._excluded = gate.excluded
        self._ports = frozenset(ports)
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115 - closed by close()

    def __enter__(self) -> Self:
        """Nothing to do."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget all."""
        self.close()

    def close(self) -> None:
        """Forget all; the temporary file is gone."""
        self._file.close()

    def add(self, sighting: Sighting) -> None:
        """Keep a sighting if its endpoint is inside the scope."""
        place = position(parse_address(sighting.address))
        if place not in self._allowed or place in self._excluded:
            return
        if sighting.port is not None and sighting.port not in self._ports:
            return
        self._file.write(_written(sighting))

    def __iter__(self) -> Iterator[Sighting]:
        """All that was kept, in the order it was read; one endpoint may come more than once."""
        self._file.seek(0)
        yield from map(_read, self._file)


def _written(sighting: Sighting) -> str:
    return (
        json.dumps(
            [
                sighting.address,
                sighting.port,
                sighting.sources,
                sighting.first_seen and sighting.first_seen.isoformat(),
                sighting.last_seen and sighting.last_seen.isoformat(),
                sighting.country,
                sighting.asn,
                sighting.operator,
            ]
        )
        + "\n"
    )


def _read(line: str) -> Sighting:
    address, port, sources, first, last, country, asn, operator = json.loads(line)
    return Sighting(
        address,
        port,
        tuple(sources),
        first and datetime.fromisoformat(first),
        last and datetime.fromisoformat(last),
        country,
        asn,
        operator,
    )
