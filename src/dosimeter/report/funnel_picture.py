"""The study's funnel as a picture: one band a step, as wide as its number. Numbers alone, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dosimeter.model.message import many
from dosimeter.report.language import Language
from dosimeter.report.study import FunnelStep

FUNNEL_ROOM: Final = 1000
"""The width of the widest band, in units of its view box."""


@dataclass(frozen=True, slots=True)
class FunnelBand:
    """One step: ``x`` and ``width`` of its band, and of its hollow ends, the suspected decoys.

    ``share`` says of what it is, "" of the first; ``decoys`` says how many more with decoys, "" if none.
    """

    key: str
    label: str
    says: str
    study_word: str
    number: str
    share: str
    decoys: str
    x: int
    width: int
    outer_x: int
    outer_width: int


def draw_funnel(funnel: Sequence[FunnelStep], language: Language) -> tuple[FunnelBand, ...]:
    """Place every step; a step that holds anything is seen."""
    most = max((step.with_decoys for step in funnel), default=0) or 1
    return tuple(_band(step, most, language) for step in funnel)


def _band(step: FunnelStep, most: int, language: Language) -> FunnelBand:
    width, outer = (_width(number, most) for number in (step.number, step.with_decoys))
    share = ""
    if step.share is not None:
        share = f"{language.share(step.share)} {language.text(step.share_of)}"
    more = step.with_decoys - step.number
    decoys = many("and {number} suspected decoy", "and {number} suspected decoys", more) if more else ""
    return FunnelBand(
        key=step.key,
        label=language.text(step.label),
        says=language.text(step.says),
        study_word=language.text(step.study_word) if step.study_word else "",
        number=language.number(step.number),
        share=share,
        decoys=language.text(decoys),
        x=(FUNNEL_ROOM - width) // 2,
        width=width,
        outer_x=(FUNNEL_ROOM - outer) // 2,
        outer_width=outer,
    )


def _width(number: int, most: int) -> int:
    return max(4, number * FUNNEL_ROOM // most) if number else 0
