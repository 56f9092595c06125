"""From records to what a report shows of them. Endpoints that answered alike are judged once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from dosimeter.census.judge import judge_census
from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import COUNT_PROBE, Attempt, Skipped
from dosimeter.model.facts import EchoAnswered, Fact
from dosimeter.model.survey import EndpointRecord
from dosimeter.model.target import Service
from dosimeter.report.archive import Archive, Findings, findings_of

_ECHO_PROBE: Final = "dicom_echo"
_KEPT: Final = 1024


def judge_all(records: Iterable[EndpointRecord]) -> Iterator[Archive]:
    """Every endpoint with its findings, one at a time, in memory that does not grow with their number."""
    memory = _Memory()
    for record in records:
        yield Archive(record.endpoint, memory.findings(record), record.began, record.ended, record.same_as)


class _Memory:
    """The findings of answers that came before: archives of one product, and closed ports, are alike."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[Attempt, ...], Service], Findings] = {}
        self._untimed = lru_cache(maxsize=_KEPT)(_untimed)

    def findings(self, record: EndpointRecord) -> Findings:
        """What a judgement of this record alone says.

        Where TLS was seen nothing is remembered: whether a certificate had expired depends on the
        moment at which it was seen. Nor is a census: no two are alike, and one may hold thousands of facts.
        """
        if any(each.probe == COUNT_PROBE and not isinstance(each, Skipped) for each in record.attempts):
            return _judged(record.attempts, record)
        attempts = tuple(
            [self._untimed(each) if each.probe == _ECHO_PROBE else each for each in record.attempts]
        )
        service = record.endpoint.service
        known = self._known.get((attempts, service))
        if known is not None:
            return known
        findings = _judged(attempts, record)
        if findings.tls is None:
            if len(self._known) == _KEPT:
                self._known.clear()
            self._known[attempts, service] = findings
        return findings


def _judged(attempts: tuple[Attempt, ...], record: EndpointRecord) -> Findings:
    census = judge_census(
        fact
        for each in attempts
        if not isinstance(each, Skipped) and each.probe == COUNT_PROBE
        for fact in each.facts
    )
    verdict = judge(attempts, service=record.endpoint.service, seen_at=record.ended, census=census)
    return findings_of(attempts, verdict, census)


def _untimed(attempt: Attempt) -> Attempt:
    """The attempt without the milliseconds of its echo: no rule reads them, and no two echoes share them."""
    return (
        attempt
        if isinstance(attempt, Skipped)
        else replace(attempt, facts=tuple(map(_timeless, attempt.facts)))
    )


def _timeless(fact: Fact) -> Fact:
    return replace(fact, milliseconds=0) if isinstance(fact, EchoAnswered) else fact
