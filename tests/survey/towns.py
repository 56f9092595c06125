"""Towns of the lab's archives that a survey counts, and what is read of its records."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

from dosimeter.census.judge import judge_census
from dosimeter.lab.archive import Archive, Expected
from dosimeter.lab.generated import Shape
from dosimeter.lab.policy import Policy, Tempo
from dosimeter.lab.server import Lab
from dosimeter.model.attempt import Skipped
from dosimeter.model.census import Axis, Census, Cut, Things
from dosimeter.model.facts import CellCounted
from dosimeter.model.survey import EndpointRecord, SurveyState
from dosimeter.model.verdict import Exposure
from dosimeter.store.sqlite import open_store
from tests.survey.terminal import Terminal

SHAPE = Shape(150, first=date(2021, 1, 1))
WHOLE = {Cut.NOT, Cut.UNSHOWN}
SLOWLY = Tempo(first=12)
PLAIN = Policy(tempo=SLOWLY)
CAPPED = Policy(tempo=SLOWLY, most_rows=12)
"""It is cut into months and days: a month is one cell, and many questions."""


def archive(number: int, policy: Policy = PLAIN, seed: int = 0) -> Archive:
    """One of the town, with holdings of its own unless a seed is said."""
    return Archive(
        name=f"town {number}",
        address=f"127.0.31.{number}",
        imitates="an archive that is counted",
        expected=Expected(Exposure.QUERYABLE),
        policy=policy,
        port=0,
        seed=seed or number,
        shape=SHAPE,
    )


class Town:
    """Archives that listen, and the scope and the list that name them."""

    def __init__(self, terminal: Terminal, lab: Lab) -> None:
        self.terminal = terminal
        self.places = lab.endpoints
        self.ledgers = lab.ledgers
        named = [SimpleNamespace(address=address, port=port) for address, port in lab.endpoints]
        self.scope = terminal.scope(*named, touch="count", pace={"answer_seconds": 5, "host_seconds": 30})
        self.list = terminal.folder / "town.txt"
        self.list.write_text("".join(f"{address}:{port}\n" for address, port in lab.endpoints))

    def start(self, store: str) -> subprocess.Popen[str]:
        """Begin to survey it."""
        return self.terminal.start(
            *("survey", "--scope", self.scope, "-l", self.list, "--store", self.store(store), "-f", "json")
        )

    def resume(self, store: str) -> None:
        """Go on with the survey, to its end."""
        said = self.terminal.run(*("survey", "resume", "last", "--store", self.store(store), "-f", "json"))
        assert said.code == 0, said.err

    def store(self, name: str) -> str:
        """A store of that name."""
        return f"sqlite:///{self.terminal.folder / name}.sqlite"

    def kept(self, name: str) -> dict[str, EndpointRecord]:
        """The records of the newest survey in it, by address."""
        with open_store(self.store(name)) as store:
            return {record.endpoint.address: record for record in store.records(store.find("last"))}

    def state(self, name: str) -> SurveyState:
        """How the newest survey in it ended."""
        with open_store(self.store(name)) as store:
            return store.header(store.find("last")).state


@contextmanager
def town(terminal: Terminal, *archives: Archive) -> Iterator[Town]:
    """The archives, listening."""
    with Lab(archives) as lab:
        yield Town(terminal, lab)


def cells_of(record: EndpointRecord) -> tuple[CellCounted, ...]:
    """What was counted, in the order in which it was kept."""
    last = record.attempts[-1]
    assert last.probe == "count"
    assert not isinstance(last, Skipped)
    return tuple(fact for fact in last.facts if isinstance(fact, CellCounted))


def census_of(record: EndpointRecord) -> Census:
    """The numbers of a record."""
    last = record.attempts[-1]
    assert not isinstance(last, Skipped)
    return judge_census(last.facts)


def years(record: EndpointRecord) -> dict[str, int]:
    """Studies by the cells of dates, as kept last."""
    return {
        cell.cell: cell.distinct
        for cell in cells_of(record)
        if cell.axis is Axis.DATES and cell.things is Things.STUDIES and cell.cut in WHOLE
    }


def value(census: Census) -> int:
    """How many studies, however that is known."""
    assert census.counts.studies.kind != "unknown"
    return census.counts.studies.value
