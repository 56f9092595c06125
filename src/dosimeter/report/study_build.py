"""The study of one survey, from its figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.archive import Archive
from dosimeter.report.figures import Totals
from dosimeter.report.published import published_for
from dosimeter.report.study import Edition, Study
from dosimeter.report.study_director import director_page_of
from dosimeter.report.study_edition import (
    EDITION_NOTE,
    shareable_groupings,
    shareable_rows,
    shareable_sources,
    whole_may_be_shown,
)
from dosimeter.report.study_method import method_of
from dosimeter.report.study_rows import funnel_of, groupings_of, row_of
from dosimeter.report.study_tally import StudyFigures


def study_of(
    header: SurveyHeader,
    totals: Totals,
    figures: StudyFigures,
    archives: Sequence[Archive] = (),
    edition: Edition = Edition.OWNER,
) -> Study:
    """The whole study. ``archives`` tell the owner since when, and which commands prove a remedy.

    Without them, as in an edition that names none, the whole scope is surveyed again for that.
    """
    is_whole = edition is Edition.OWNER
    whole = row_of("", say("all archives"), figures.whole)
    with_decoys = row_of("", say("with suspected decoys"), figures.everything)
    if not is_whole:
        whole, with_decoys = shareable_rows(figures, whole, with_decoys)
    study = Study(
        edition=edition,
        director=director_page_of(
            header,
            totals,
            figures,
            archives,
            names_archives=is_whole,
            tells_sums=is_whole or whole_may_be_shown(figures),
            tells_parts=is_whole,
        ),
        funnel=funnel_of(figures, (totals.without_decoys.speaking, totals.with_decoys.speaking)),
        whole=whole,
        with_decoys=with_decoys,
        decoys=totals.suspected_decoys,
        groupings=groupings_of(figures) if is_whole else shareable_groupings(figures),
        findings=figures.findings.findings,
        attributes=figures.findings.attributes,
        published=(),
        method=method_of(header, figures),
        sources=figures.sources if is_whole else shareable_sources(figures),
        edition_note="" if is_whole else EDITION_NOTE,
    )
    return replace(study, published=published_for(study, proved=header.touch >= Touch.PROVE))
