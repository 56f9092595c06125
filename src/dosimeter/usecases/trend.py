"""Earlier surveys under the same authorisation, as the points of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dosimeter.exposure.compare import is_open
from dosimeter.model.survey import SurveyState
from dosimeter.report.trend_picture import TrendPoint

if TYPE_CHECKING:
    from dosimeter.store.sqlite import SqliteStore

SURVEYS_SHOWN: Final = 24
"""The last so many: two years of one a month."""


def trend_of(store: SqliteStore, survey_id: str) -> tuple[TrendPoint, ...]:
    """This survey and the completed ones before it under the same scope file, or the same reference.

    Each as its first report told it, so that a line is no work; whoever wants to know whether the rules or
    the network moved it asks for a comparison. A survey that was never reported is no point.

    Raises:
        StoreProblem: the store cannot be read.
    """
    this = store.header(survey_id)
    points = []
    for header in store.headers():
        alike = this.scope_sha256 == header.scope_sha256 or this.reference == header.reference
        if not alike or header.started > this.started or header.state is not SurveyState.COMPLETED:
            continue
        told = tuple(store.judgements(header.id))
        if told:
            queryable = sum(is_open(each.exposure) for each in told)
            points.append(TrendPoint(header.started.date(), len(told), queryable))
        if len(points) == SURVEYS_SHOWN:
            break
    return tuple(reversed(points))
