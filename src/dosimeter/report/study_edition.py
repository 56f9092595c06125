"""The editions of a study: whole for the owner, and with nothing of one archive to hand on (ADR 0024)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dosimeter.model.message import Message, say
from dosimeter.model.place import DataSource
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.figures import Figures, Totals
from dosimeter.report.holdings import Stakes
from dosimeter.report.study import WITHHELD, Amount, GroupedBy, Grouping, StudyRow
from dosimeter.report.study_keys import NOT_KNOWN, Named
from dosimeter.report.study_rows import TITLES, in_order, label_of, notes_of, row_of
from dosimeter.report.study_small import FEWEST_ARCHIVES, has_small_stakes, is_small, withheld_rows
from dosimeter.report.study_tally import Line, StudyFigures, Table

EDITION_NOTE: Final = say(
    "This edition may be handed on. It names no address, no archive and no owner, and leaves out the sheet "
    "of each archive. Amounts of 1 to 10 people, studies or images are not shown, nor what would tell them."
)

OTHERS: Final = Named("other", say("others, each with fewer than 3 archives or fewer than 3 open ones"))

_FOLDED: Final = say(
    "Rows with fewer than 3 archives, or with 1 or 2 open ones, are put together: by name they would tell "
    "whose they are."
)
_WITHHELD: Final = say("Amounts that are not shown are small, or would tell a small one by subtraction.")
_ALL_WITHHELD: Final = say("Amounts are not shown: one of 1 to 10 could be computed from the rest.")
_ONE_TABLE: Final = say(
    "In this edition people, studies and images are told by country alone: of two tables with amounts, one "
    "would tell what the other withholds."
)

_NAMING: Final = frozenset({GroupedBy.OPERATOR, GroupedBy.SECTOR})
"""Tables whose rows may name whose an archive is."""

_OWNERS_TABLE: Final = say("a table of owners")

_HIDDEN: Final = Amount(WITHHELD)


def without_amounts(row: StudyRow) -> StudyRow:
    """The row with its counts of archives alone."""
    return replace(row, patients=_HIDDEN, studies=_HIDDEN, linked=_HIDDEN, downloadable=_HIDDEN)


def whole_may_be_shown(figures: StudyFigures) -> bool:
    """Whether the sums over all archives may be shown in the shareable edition."""
    return not is_small(figures.whole)


def shareable_rows(
    figures: StudyFigures, whole: StudyRow, with_decoys: StudyRow
) -> tuple[StudyRow, StudyRow]:
    """The two rows of totals. What suspected decoys hold is their difference."""
    if not whole_may_be_shown(figures):
        return without_amounts(whole), without_amounts(with_decoys)
    if is_small(figures.decoys) or is_small(figures.everything):
        return whole, without_amounts(with_decoys)
    return whole, with_decoys


def shareable_groupings(figures: StudyFigures) -> tuple[Grouping, ...]:
    """Every table but the one by owner."""
    found = []
    for by, table in figures.tables.items():
        if by is GroupedBy.OWNER or not any(table.lines):
            continue
        folded = _folded(table) if by in _NAMING else table
        found.append(_grouping(by, folded, figures, was_folded=folded is not table))
    return tuple(found)


def shareable_sources(figures: StudyFigures) -> tuple[DataSource, ...]:
    """Where places come from, without the names of files that somebody keeps of owners."""
    found = (
        replace(source, name=_OWNERS_TABLE) if source in figures.owner_sources else source
        for source in figures.sources
    )
    return tuple(dict.fromkeys(found))


def shareable_header(header: SurveyHeader) -> SurveyHeader:
    """The header without the names in it."""
    return replace(header, authorised_by="", reference="")


def shareable_totals(totals: Totals) -> Totals:
    """The figures without what tells of one endpoint, and without sums where one is small."""
    errors = tuple(replace(line, examples=()) for line in totals.errors)
    safe = replace(totals, errors=errors, counting_cost=None)
    if not has_small_stakes(totals.without_decoys.stakes, totals.with_decoys.stakes):
        return safe
    return replace(
        safe, with_decoys=_unstaked(totals.with_decoys), without_decoys=_unstaked(totals.without_decoys)
    )


def _unstaked(figures: Figures) -> Figures:
    return replace(figures, stakes=Stakes())


def _grouping(by: GroupedBy, table: Table, figures: StudyFigures, *, was_folded: bool) -> Grouping:
    keys = in_order(table)
    rows = [row_of(key, label_of(by, key, table.names[key]), table.lines[key]) for key in keys]
    notes = [*notes_of(by, figures), *((_FOLDED,) if was_folded else ())]
    if by is not GroupedBy.COUNTRY:
        return Grouping(by, TITLES[by], tuple(map(without_amounts, rows)), (*notes, _ONE_TABLE))
    hidden = withheld_rows([table.lines[key] for key in keys])
    if hidden is None or not whole_may_be_shown(figures):
        return Grouping(by, TITLES[by], tuple(map(without_amounts, rows)), (*notes, _ALL_WITHHELD))
    shown = tuple(without_amounts(row) if place in hidden else row for place, row in enumerate(rows))
    return Grouping(by, TITLES[by], shown, (*notes, *_why(hidden)))


def _why(hidden: frozenset[int]) -> Sequence[Message]:
    return (_WITHHELD,) if hidden else ()


def _is_few(line: Line) -> bool:
    return max(line.archives, line.studied) < FEWEST_ARCHIVES or 0 < line.queryable < FEWEST_ARCHIVES


def _folded(table: Table) -> Table:
    """Rows that could name one owner as one row; the table itself if there are none."""
    few = [key for key, line in table.lines.items() if key != NOT_KNOWN.key and _is_few(line)]
    if not few:
        return table
    folded = Table(
        {key: line for key, line in table.lines.items() if key not in few},
        {key: name for key, name in table.names.items() if key not in few},
    )
    others = Line()
    for key in few:
        others.merge(table.lines[key])
    folded.lines[OTHERS.key], folded.names[OTHERS.key] = others, OTHERS.label
    return folded
