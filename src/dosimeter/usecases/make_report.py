"""From stored facts to a report: the verdicts are computed now, by the rules of this version."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from dosimeter.exposure.classify import judge
from dosimeter.model.problem import Problem
from dosimeter.model.verdict import Severity
from dosimeter.report.document import JudgedEndpoint
from dosimeter.report.render import Format, render_survey
from dosimeter.store.sqlite import SqliteStore
from dosimeter.usecases.surveys import opened


def make_report(
    store_url: str | None, survey: str, form: str, output: str | None, *, detail: bool = False
) -> Severity:
    """Write one report to a file, or to stdout; returns the severity of the worst finding.

    Raises:
        Problem: the store or the survey cannot be read, or the file cannot be written.
    """
    worst = Severity.INFO
    with opened(store_url) as store, _destination(output) as out:
        survey_id = store.find(survey)

        def judged() -> Iterator[JudgedEndpoint]:
            nonlocal worst
            for each in judge_all(store, survey_id):
                worst = max(worst, each.verdict.severity)
                yield each

        render_survey(store.header(survey_id), judged(), Format(form), out, detail=detail)
    return worst


def judge_all(store: SqliteStore, survey_id: str) -> Iterator[JudgedEndpoint]:
    """Every endpoint of a survey with its verdict, one at a time."""
    for record in store.records(survey_id):
        yield JudgedEndpoint(record, judge(record.attempts, endpoint=record.endpoint, seen_at=record.ended))


@contextmanager
def _destination(output: str | None) -> Iterator[TextIO]:
    """Stdout, or a file that appears whole or not at all."""
    if output is None or output == "-":
        yield sys.stdout
        return
    path = Path(output)
    try:
        descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Problem(f"cannot write the report to {path}: {error.strerror}; name another file") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            yield out
        Path(scratch).replace(path)
    except OSError as error:
        Path(scratch).unlink(missing_ok=True)
        raise Problem(
            f"cannot write the report to {path}: {error.strerror}; the survey is stored, "
            "`dosimeter report` writes it elsewhere"
        ) from None
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
