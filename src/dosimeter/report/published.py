"""Figures of published studies, and those of a survey that are defined alike, side by side.

Published ratios were put side by side before, and each had counted something else: an accepted association
is not a query that was answered. Here a figure has a key that says what was counted, and stands beside ours
only where the keys are equal. ``data/published.json`` has them all, docs/schema/published.v1.json its form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from dosimeter.model.census import Exact, Unknown
from dosimeter.model.message import say
from dosimeter.report.study import (
    Amount,
    GroupedBy,
    PublishedComparison,
    PublishedFigure,
    Study,
    StudyRow,
    Unit,
    Withheld,
)


def published_figures() -> tuple[PublishedFigure, ...]:
    """Every figure of the data file, in its order."""
    text = (files("dosimeter.report") / "data" / "published.json").read_text(encoding="utf-8")
    return tuple(
        PublishedFigure(
            study=each["study"],
            year=each["year"],
            key=each["key"],
            definition=_SAID.get(each["definition"], each["definition"]),
            value=each["value"],
            published=each["published"],
            source=each["source"],
            region=each["region"],
            unit=Unit(each["unit"]),
            floor=each["floor"],
        )
        for each in json.loads(text)["figures"]
    )


def published_for(study: Study, *, proved: bool = True) -> tuple[PublishedComparison, ...]:
    """What this survey and published studies counted alike: each region's own figures, then shares of all.

    Numbers of the whole world stand beside those of a survey that found archives in several countries
    alone: a hospital is not to be measured by the world. Where a survey did not ask who is answered
    (not ``proved``), archives studied are all that it has beside them: what was not asked is no 0.
    """
    figures: dict[tuple[str, str], list[PublishedFigure]] = {}
    for figure in published_figures():
        figures.setdefault((figure.key, figure.region), []).append(figure)
    return tuple(
        PublishedComparison(each.key, each.label, each.here, tuple(published), each.region, each.unit)
        for each in _own_figures(study)
        if (proved or each.key == _STUDIED) and (published := figures.get((each.key, each.region)))
    )


_SAID: Final = {
    str(definition): definition
    for definition in (
        say(
            "Archives that were looked at: systems listed by device search engines as imaging archives, "
            "distinct."
        ),
        say("Archives that answered anybody with a free viewer or a web browser."),
        say(
            "Archives of these that gave patients' data to a plain web viewer over HTTP, with no protection "
            "at all."
        ),
        say("Studies (called data records) of archives that answered anybody. Not people."),
        say("People in archives that answered anybody."),
        say("Images linked to the studies of archives that answered anybody."),
        say("Images of these that could be downloaded by anybody."),
        say("Countries in which an archive answered anybody."),
        say("Archives that answered anybody, as a part of those studied: computed from 590 of 2,300."),
        say(
            "Archives open to a plain web browser, as a part of those that answered anybody: computed from "
            "39 of 590."
        ),
        say("Images that could be downloaded, as a part of those linked: computed from 400 of 737 million."),
    )
}
"""The definitions that stand beside figures of a survey, as messages: a report says them in its language."""


@dataclass(frozen=True, slots=True)
class _Own:
    key: str
    label: str
    here: Amount | float
    region: str = ""
    unit: Unit = Unit.COUNT


_STUDIED: Final = "archives.studied"

_OF_A_ROW: Final[tuple[tuple[str, str, Callable[[StudyRow], Amount]], ...]] = (
    (_STUDIED, say("archives studied"), lambda row: _number(row.studied)),
    ("archives.queryable", say("archives that answer anybody"), lambda row: _number(row.queryable)),
    ("archives.browsable", say("archives open to any web browser"), lambda row: _number(row.browsable)),
    ("patients.linked", say("people in archives that answer anybody"), lambda row: row.patients),
    ("studies.linked", say("studies in archives that answer anybody"), lambda row: row.studies),
    ("images.linked", say("images linked to these studies"), lambda row: row.linked),
    ("images.downloadable", say("images that anybody can fetch"), lambda row: row.downloadable),
)
_SEVERAL: Final = 2


def _own_figures(study: Study) -> Iterator[_Own]:
    table = study.grouped(GroupedBy.COUNTRY)
    countries = [row for row in table.rows if row.key] if table is not None else []
    if len(countries) >= _SEVERAL:
        yield from _of_row(study.whole, "")
        yield _Own(
            "countries.queryable",
            say("countries with an archive that answers anybody"),
            _number(sum(row.queryable > 0 for row in countries)),
        )
    yield from _shares(study.whole)
    for row in countries:
        yield from _of_row(row, row.key)


def _of_row(row: StudyRow, region: str) -> Iterator[_Own]:
    for key, label, value in _OF_A_ROW:
        here = value(row)
        if _says_something(here):
            yield _Own(key, label, here, region)


def _number(number: int) -> Amount:
    return Amount(Exact(number))


def _says_something(amount: Amount) -> bool:
    if isinstance(amount.cell, Unknown):
        return amount.claims > 0
    return not isinstance(amount.cell, Withheld)


def _wholly_counted(amount: Amount) -> int | None:
    """The number, if no archive claims a part of it and every one was counted: no other has a share."""
    if amount.claims or amount.uncounted or not isinstance(amount.cell, Exact):
        return None
    return amount.cell.value


def _shares(whole: StudyRow) -> Iterator[_Own]:
    if whole.studied:
        yield _Own(
            "share.queryable_of_studied",
            say("of the archives studied, those that answer anybody"),
            whole.queryable / whole.studied,
            unit=Unit.SHARE,
        )
    if whole.queryable:
        yield _Own(
            "share.browsable_of_queryable",
            say("of the archives that answer anybody, those open to any web browser"),
            whole.browsable / whole.queryable,
            unit=Unit.SHARE,
        )
    linked, downloadable = _wholly_counted(whole.linked), _wholly_counted(whole.downloadable)
    if linked and downloadable is not None:
        yield _Own(
            "share.downloadable_of_linked",
            say("of the images linked, those that anybody can fetch"),
            downloadable / linked,
            unit=Unit.SHARE,
        )
