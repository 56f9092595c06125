"""From stored facts to a report: the verdicts are computed now, by the rules of this version."""

from __future__ import annotations

from collections.abc import Iterator

from dosimeter.model.verdict import Severity
from dosimeter.report.archive import Archive
from dosimeter.report.render import Format, render_survey
from dosimeter.usecases.destination import destination
from dosimeter.usecases.judging import judge_all
from dosimeter.usecases.surveys import opened


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
