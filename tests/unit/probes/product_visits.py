"""A visit of product probes to a stand-in over real sockets, without the survey around it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from dosimeter.model.census import Things
from dosimeter.model.facts import Fact
from dosimeter.model.target import Service
from dosimeter.model.web import ProductCounted, WebAnswered
from dosimeter.net.loop import Loop
from dosimeter.probes._declare import NotAsked, Probe, Visit
from tests.peers.standins.serve import Site, StandIn
from tests.unit.net.driving import Caller, authorisation, drive
from tests.unit.probes.visiting import STRANGER

T = TypeVar("T")

ABSURD: Final = (-1, "1_000", "1e9", True, None, 1.5, b"1e999", b"9" * 5_000, 10**10)
"""Counters that are none: negative, grouped, scientific, a truth value, nothing, a fraction, endless."""


def look(
    standin: StandIn, *probes: Probe, seen: tuple[Fact, ...] = (), is_lenient: bool = False
) -> tuple[Fact, ...]:
    """The facts of all probes, one after the other; a lenient look goes on where one does not apply."""
    scope = authorisation(standin.port)

    async def work(loop: Loop) -> tuple[Fact, ...]:
        caller = Caller(loop, scope)
        web = caller.web_line(standin.port, standin.address)
        line = caller.line(standin.port, standin.address, Service.WEB)
        visit = Visit(line, scope, STRANGER, seen, web=web)
        found: tuple[Fact, ...] = ()
        try:
            for probe in probes:
                visit.heard = []
                try:
                    facts = await probe.run(visit)
                except NotAsked:
                    if not is_lenient:
                        raise
                    continue
                visit.seen += facts
                found += facts
            await web.hang_up()
        finally:
            web.drop("the test is over")
        return found

    return drive(work)


def visit(site: Site, *probes: Probe, seen: tuple[Fact, ...] = ()) -> tuple[tuple[Fact, ...], list[str]]:
    """The facts, and what was asked."""
    with StandIn(site) as standin:
        return look(standin, *probes, seen=seen), standin.asked


def declines(site: Site, probe: Probe, seen: tuple[Fact, ...] = ()) -> str:
    """Why a probe asks nothing; it fails if it does ask."""
    with StandIn(site) as standin:
        try:
            look(standin, probe, seen=seen)
        except NotAsked as why:
            assert standin.asked == []
            return str(why)
    raise AssertionError("it asked")


def answers(facts: Iterable[Fact], asked: str) -> list[WebAnswered]:
    """The answers to one question."""
    return [fact for fact in facts if isinstance(fact, WebAnswered) and fact.asked == asked]


def answer(facts: Iterable[Fact], asked: str) -> WebAnswered:
    """The answer to a question that was asked once."""
    (one,) = answers(facts, asked)
    return one


def only(facts: Iterable[Fact], kind: type[T]) -> T:
    """The one fact of a kind."""
    (one,) = [fact for fact in facts if isinstance(fact, kind)]
    return one


def counted(facts: Iterable[Fact]) -> dict[Things, int | None]:
    """Every counter that was read."""
    return {
        counter.things: counter.value
        for fact in facts
        if isinstance(fact, ProductCounted)
        for counter in fact.counters
    }


def specified(facts: Iterable[Fact]) -> list[str]:
    """The questions that were answered as specified."""
    return [fact.asked for fact in facts if isinstance(fact, WebAnswered) and fact.as_specified]
