"""Which studies of a stock a query asks for: a range of numbers, and places within blocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from dosimeter.lab.attributes import Tag
from dosimeter.lab.fleet.pattern import BLOCK
from dosimeter.lab.fleet.writing import ending_of, person_of, study_of

if TYPE_CHECKING:
    from dosimeter.lab.dataset import Dataset
    from dosimeter.lab.fleet.stock import Stock

ALL_PLACES: Final = frozenset(range(BLOCK))
_DATE_LENGTH: Final = 8
_TIME_LENGTHS: Final = (2, 4, 6)


@dataclass(frozen=True, slots=True)
class Selection:
    """Studies from ``begin`` to before ``end``, of each block those at the ``places``."""

    begin: int
    end: int
    places: frozenset[int]

    @property
    def is_empty(self) -> bool:
        """Whether there are none, as far as is seen at once."""
        return self.begin >= self.end or not self.places


NOTHING: Final = Selection(0, 0, frozenset())


class NotUnderstood(Exception):
    """A key has a form that no archive of the fleet knows: it is answered with 0xC000."""


def select(stock: Stock, keys: Dataset) -> Selection:
    """The studies that match the keys of the levels of patients and studies (PS3.4 C.2.2.2).

    Raises:
        NotUnderstood: a range is not closed, a date is none, or a wildcard stands elsewhere than first.
    """
    begin, end, places = 0, stock.studies, ALL_PLACES
    if uid := _text(keys, Tag.STUDY_INSTANCE_UID):
        study = study_of(stock.number, uid)
        if study is None or study >= end:
            return NOTHING
        begin, end, places = study, study + 1, places & {study % BLOCK}
    if dates := _text(keys, Tag.STUDY_DATE):
        first, last = _dates(dates)
        begin = max(begin, stock.before(first))
        end = min(end, stock.dated if last is None else stock.before(last))
    if times := _text(keys, Tag.STUDY_TIME):
        places &= stock.pattern.in_seconds(*_seconds(times))
    if modality := _text(keys, Tag.MODALITIES_IN_STUDY):
        places &= {place for place in places if stock.pattern.modalities[place] == modality}
    if patient := _text(keys, Tag.PATIENT_ID):
        return _of_patient(stock, patient, Selection(begin, end, places))
    return Selection(begin, end, places)


def _of_patient(stock: Stock, wanted: str, among: Selection) -> Selection:
    each = stock.studies_each
    if wanted.startswith("*"):
        ending = wanted[1:]
        if "*" in ending or "?" in ending:
            raise NotUnderstood
        if not ending:
            return among
        ends = {place for place in among.places if _ends(stock, place, ending)}
        return Selection(among.begin, among.end, frozenset(ends))
    if "*" in wanted or "?" in wanted:
        raise NotUnderstood
    found = person_of(stock.number, wanted)
    if found is None or found[1] * each >= BLOCK:
        return NOTHING
    block, person = found
    first = block * BLOCK + person * each
    begin, end = max(among.begin, first), min(among.end, first + each)
    return Selection(begin, end, among.places)


def _ends(stock: Stock, place: int, ending: str) -> bool:
    return ending_of(place // stock.studies_each).endswith(ending)


def _text(keys: Dataset, tag: int) -> str:
    value = keys.get(tag, "")
    return value if isinstance(value, str) and value != "*" else ""


def _dates(text: str) -> tuple[date, date | None]:
    """From the first day to before the second; a single day is a range."""
    first, dash, last = text.partition("-")
    if not dash:
        last = first
    if len(first) != _DATE_LENGTH or len(last) != _DATE_LENGTH:
        raise NotUnderstood
    return _date(first), _next_day(_date(last))


def _date(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise NotUnderstood from None


def _next_day(day: date) -> date | None:
    return None if day == date.max else date.fromordinal(day.toordinal() + 1)


def _seconds(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    if not dash:
        raise NotUnderstood
    return _second(first, late=False), _second(last, late=True)


def _second(text: str, *, late: bool) -> int:
    """A moment to the second; one that is written short is the first of what it may mean, or the last."""
    digits = text.partition(".")[0]
    if not digits.isdecimal() or len(digits) not in _TIME_LENGTHS:
        raise NotUnderstood
    filled = digits + ("235959" if late else "000000")[len(digits) :]
    return 3600 * int(filled[:2]) + 60 * int(filled[2:4]) + int(filled[4:])
