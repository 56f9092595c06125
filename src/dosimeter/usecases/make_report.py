"""From stored facts to a report: the verdicts are computed now, by the rules of this version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import Attempt
from dosimeter.model.survey import EndpointRecord
from dosimeter.model.target import Service
from dosimeter.model.verdict import Severity
from dosimeter.report.archive import Archive, Findings, findings_of
from dosimeter.report.render import Format, render_survey
from dosimeter.usecases.destination import destination
from dosimeter.usecases.surveys import opened

_ATTEMPTS_KEPT: Final = 512
"""As many as the store keeps decoded."""


def make_report(
    store_url: str | None, survey: str, form: str, output: str | None, *, detail: bool = False
) -> Severity:
    """Write one report to a file, or to stdout; returns the severity of the worst finding.

    Raises:
        Problem: the store or the survey cannot be read, or the file cannot be written.
    """
    worst = Severity.INFO
    with opened(store_url) as store, destination(output) as out:
        survey_id = store.find(survey)

        def judged() -> Iterator[Archive]:
            nonlocal worst
            for each in judge_all(store.records(survey_id)):
                worst = max(worst, each.verdict.severity)
                yield each

        render_survey(store.header(survey_id), judged(), Format(form), out, detail=detail)
    return worst


def judge_all(records: Iterable[EndpointRecord]) -> Iterator[Archive]:
    """Every endpoint with its findings, one at a time."""
    memory = _Memory()
    for record in records:
        yield Archive(record.endpoint, memory.findings(record), record.began, record.ended)


class _Memory:
    """Judges once for all endpoints that answered alike: the store gives them the same attempts object.

    The attempts are kept beside their findings, because an id may be used again once its object is
    gone. Findings about TLS are not kept: the moment at which a certificate was seen decides whether
    it had expired.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[Attempt, ...], Service, Findings]] = {}

    def findings(self, record: EndpointRecord) -> Findings:
        attempts, service = record.attempts, record.endpoint.service
        known = self._known.get(id(attempts))
        if known is not None and known[1] is service:
            return known[2]
        findings = findings_of(attempts, judge(attempts, service=service, seen_at=record.ended))
        if findings.tls is None:
            if len(self._known) == _ATTEMPTS_KEPT:
                self._known.clear()
            self._known[id(attempts)] = (attempts, service, findings)
        return findings
