"""The study of one survey, from its figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dosimeter.model.message import say
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.archive import Archive
from dosimeter.report.figures import Totals
from dosimeter.report.study import Edition, Study
from dosimeter.report.study_director import director_page_of
from dosimeter.report.study_rows import funnel_of, groupings_of, row_of


def study_of(
    header: SurveyHeader,
    totals: Totals,
    archives: Sequence[Archive] = (),
    edition: Edition = Edition.OWNER,
) -> Study:
    """The whole study. ``archives`` are for the commands that prove a remedy, and may be left out."""
    figures = totals.study
    speaking = totals.without_decoys.speaking, totals.with_decoys.speaking
    return Study(
        edition=edition,
        director=director_page_of(header, totals, archives),
        funnel=funnel_of(figures, speaking),
        whole=row_of("", say("all archives"), figures.whole),
        with_decoys=row_of("", say("with suspected decoys"), figures.everything),
        decoys=totals.suspected_decoys,
        groupings=groupings_of(figures),
        findings=figures.findings.findings,
        attributes=figures.findings.attributes,
        published=(),
        method=(),
        sources=figures.sources,
    )
