"""The rungs of the ladder with their numbers, and the numbers that stand large on the first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.model.message import many
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import LADDER, OPEN_TO_ANYBODY
from dosimeter.report.figures import Figures, Totals
from dosimeter.report.words import EXPOSURE_PLAINLY, EXPOSURE_SAYS, EXPOSURE_WORD, STUDY_WORD

JUDGED: Final = LADDER[LADDER.index(Exposure.GUARDED) :]
"""The rungs on which an archive stands of which something was proved."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder. ``tested`` is false where no question of this survey could prove it.

    ``number`` is of archives, each once however many doors it has; on the rungs below ``guarded`` also of
    endpoints that are none.
    """

    exposure: Exposure
    word: str
    plainly: str
    says: str
    study_word: str | None
    number: int
    without_decoys: int
    tested: bool


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number that stands large on the first page; None where it was not asked for."""

    label: str
    value: int | None
    without_decoys: int | None
    alarming: bool


def ladder_of(header: SurveyHeader, totals: Totals) -> tuple[Rung, ...]:
    """Every rung, lowest first, with its count."""
    return tuple(
        Rung(
            exposure=exposure,
            word=EXPOSURE_WORD[exposure],
            plainly=EXPOSURE_PLAINLY[exposure],
            says=EXPOSURE_SAYS[exposure],
            study_word=STUDY_WORD.get(exposure),
            number=_number(totals.with_decoys, exposure),
            without_decoys=_number(totals.without_decoys, exposure),
            tested=_number(totals.with_decoys, exposure) > 0 or _was_tested(exposure, header, totals),
        )
        for exposure in LADDER
    )


def key_figures_of(header: SurveyHeader, totals: Totals) -> tuple[KeyFigure, ...]:
    """The six numbers that somebody asks for first."""
    everything, believed = totals.with_decoys, totals.without_decoys
    asked = everything.asked > 0 or everything.endpoints == 0
    proved = asked and header.touch >= Touch.PROVE

    def figure(label: str, value: int, rest: int, *, known: bool = True, alarming: bool = True) -> KeyFigure:
        return KeyFigure(
            label,
            value if known else None,
            rest if known else None,
            alarming=alarming and known and value > 0,
        )

    unknown = Exposure.INCONCLUSIVE
    browsable = Exposure.BROWSABLE
    opened = everything.archives_on(browsable)
    looked = _was_tested(browsable, header, totals) or opened > 0
    return (
        figure(
            many("archive found", "archives found", everything.archives),
            everything.archives,
            believed.archives,
            alarming=False,
        ),
        figure(
            many("answers anybody", "answer anybody", everything.open_to_anybody if proved else 2),
            everything.open_to_anybody,
            believed.open_to_anybody,
            known=proved,
        ),
        figure(
            many("opens to any web browser", "open to any web browser", opened if looked else 2),
            opened,
            believed.archives_on(browsable),
            known=looked,
        ),
        figure(
            many(
                "lets anybody fetch images", "let anybody fetch images", everything.fetching if proved else 2
            ),
            everything.fetching,
            believed.fetching,
            known=proved,
        ),
        figure(
            many(
                "takes images from anybody",
                "take images from anybody",
                everything.accepts_writes if asked else 2,
            ),
            everything.accepts_writes,
            believed.accepts_writes,
            known=asked,
        ),
        figure(
            many(
                "answers worklist queries",
                "answer worklist queries",
                everything.worklist if proved else 2,
            ),
            everything.worklist,
            believed.worklist,
            known=proved,
        ),
        figure(
            many("not judged", "not judged", everything.on(unknown)),
            everything.on(unknown),
            believed.on(unknown),
            alarming=False,
        ),
    )


def _number(figures: Figures, exposure: Exposure) -> int:
    """A login wall is guarded and no archive: it stands on no rung."""
    return figures.archives_on(exposure) if exposure in JUDGED else figures.on(exposure)


def _was_tested(exposure: Exposure, header: SurveyHeader, totals: Totals) -> bool:
    everything = totals.with_decoys
    if everything.endpoints and not everything.asked:
        return False
    if exposure is Exposure.BROWSABLE:
        return totals.web_asked > 0 and header.touch >= Touch.PROVE
    if exposure is Exposure.NAME_GATED:
        return totals.tried_titles > 0
    return exposure not in OPEN_TO_ANYBODY or header.touch >= Touch.PROVE
