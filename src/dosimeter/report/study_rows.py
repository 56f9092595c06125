"""The rows and tables of the study as they are shown, from what was added up."""

from __future__ import annotations

from typing import Final

from dosimeter.model.message import say
from dosimeter.report.adding import Sum
from dosimeter.report.study import Amount, FunnelStep, GroupedBy, Grouping, StudyRow
from dosimeter.report.study_keys import NOT_KNOWN
from dosimeter.report.study_tally import Line, StudyFigures, Table

TITLES: Final = {
    GroupedBy.COUNTRY: say("By country of registration"),
    GroupedBy.OPERATOR: say("By network operator"),
    GroupedBy.SECTOR: say("By sector"),
    GroupedBy.OWNER: say("By owner"),
    GroupedBy.PRODUCT: say("By product"),
    GroupedBy.PROTECTION: say("By protection"),
    GroupedBy.TLS_PROFILE: say("By TLS profile"),
}

_ANNOUNCED: Final = say("A product is what an archive announces or shows: anybody can copy it.")
_SEVERAL_ROWS: Final = say(
    "An archive is in the row of each protection that was seen at work on it: the rows add up to more than "
    "all archives."
)
_SILENT: Final = say("Hosts that kept silent are counted as studied in the row of their place.")

_OF_PLACES: Final = frozenset({GroupedBy.COUNTRY, GroupedBy.OPERATOR, GroupedBy.SECTOR, GroupedBy.OWNER})

_NOTES: Final = {
    GroupedBy.PRODUCT: (_ANNOUNCED,),
    GroupedBy.PROTECTION: (_SEVERAL_ROWS,),
}


def amount_of(total: Sum) -> Amount:
    """What was counted with its kind; what is claimed, and what was not counted, beside it."""
    return Amount(total.counted, total.claimed, total.claims, total.unknown)


def row_of(key: str, label: str, line: Line) -> StudyRow:
    """One line as it is shown."""
    return StudyRow(
        key=key,
        label=label,
        studied=line.studied,
        archives=line.archives,
        queryable=line.queryable,
        retrievable=line.retrievable,
        browsable=line.browsable,
        patients=amount_of(line.patients),
        studies=amount_of(line.studies),
        linked=amount_of(line.linked),
        downloadable=amount_of(line.downloadable),
    )


def groupings_of(figures: StudyFigures) -> tuple[Grouping, ...]:
    """Every table of which anything is known, in the order of `GroupedBy`."""
    return tuple(
        Grouping(
            by=by,
            title=TITLES[by],
            rows=tuple(
                row_of(key, label_of(by, key, table.names[key]), table.lines[key]) for key in in_order(table)
            ),
            notes=notes_of(by, figures),
        )
        for by, table in figures.tables.items()
        if any(table.lines)
    )


def in_order(table: Table) -> list[str]:
    """The keys: most archives that answer anybody first, then most archives; the unknown one last.

    No amount decides the order: where amounts are withheld, it must not tell of them.
    """

    def order(key: str) -> tuple[bool, int, int, int, str]:
        line = table.lines[key]
        return key == NOT_KNOWN.key, -line.queryable, -line.archives, -line.studied, key

    return sorted(table.lines, key=order)


def funnel_of(figures: StudyFigures, speaking: tuple[int, int]) -> tuple[FunnelStep, ...]:
    """The five steps; ``speaking`` is how many spoke DICOM, without decoys and with them."""
    whole, everything = figures.whole, figures.everything
    of_studied, of_queryable = say("of those studied"), say("of those that answer anybody")

    def share(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    return (
        FunnelStep(
            key="studied",
            label=say("studied"),
            says=say(
                "Distinct archives, each once however many doors it has, and hosts that took a connection on "
                "a DICOM port and did not say what they are. What refuses the connection, is something else "
                "or was not asked is not studied."
            ),
            study_word=say("studied"),
            number=whole.studied,
            with_decoys=everything.studied,
            share=None,
        ),
        FunnelStep(
            key="speaks_dicom",
            label=say("speak DICOM"),
            says=say("Archives that answered in DICOM or DICOMweb, be it to refuse."),
            study_word=None,
            number=speaking[0],
            with_decoys=speaking[1],
            share=share(speaking[0], whole.studied),
            share_of=of_studied,
        ),
        FunnelStep(
            key="queryable",
            label=say("answer anybody"),
            says=say(
                "Archives that answered a stranger: a null query, a null retrieve, or a request of a plain "
                "web browser with no login."
            ),
            study_word=say("accessible"),
            number=whole.queryable,
            with_decoys=everything.queryable,
            share=share(whole.queryable, whole.studied),
            share_of=of_studied,
        ),
        FunnelStep(
            key="retrievable",
            label=say("let anybody fetch images"),
            says=say("Archives that answer anybody, and answered a stranger's null retrieve."),
            study_word=say("downloadable"),
            number=whole.retrievable,
            with_decoys=everything.retrievable,
            share=share(whole.retrievable, whole.queryable),
            share_of=of_queryable,
        ),
        FunnelStep(
            key="browsable",
            label=say("open to any web browser"),
            says=say("Archives whose patients or images answer to a plain web browser, with no login."),
            study_word=say("without any protection"),
            number=whole.browsable,
            with_decoys=everything.browsable,
            share=share(whole.browsable, whole.queryable),
            share_of=of_queryable,
        ),
    )


def label_of(by: GroupedBy, key: str, name: str) -> str:
    """What a row is called; a country by its name in English."""
    if by is not GroupedBy.COUNTRY or not key:
        return name
    from dosimeter.report.language import language_of

    return language_of("en").country(key)


def notes_of(by: GroupedBy, figures: StudyFigures) -> tuple[str, ...]:
    """What a reader of the table must know."""
    notes = _NOTES.get(by, ())
    if by in _OF_PLACES and figures.hosts_silent:
        return (*notes, _SILENT)
    return notes
