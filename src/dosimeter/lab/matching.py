"""Attribute matching of C-FIND (PS3.4 §C.2.2.2), and the answer that holds the requested keys alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, TypeAlias

from dosimeter.lab.attributes import UNKNOWN, VR_OF, Tag
from dosimeter.lab.dataset import Dataset
from dosimeter.lab.policy import Matching, OddDates, UidWildcards

RANGE_VRS: Final = frozenset(("DA", "TM", "DT"))
WILDCARD_VRS: Final = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))

NEVER_MATCHED: Final = frozenset(
    (Tag.SPECIFIC_CHARACTER_SET, Tag.QUERY_RETRIEVE_LEVEL, Tag.TIMEZONE_OFFSET_FROM_UTC)
)
"""They say how to read the request, and are no keys (PS3.4 §C.4.1.1.3.1)."""

AS_THE_STANDARD: Final = Matching()

_DATE_LENGTH: Final = 8
_LONGEST_IS: Final = 12
_NOTHING_MORE: Final = "000000.000000"
"""What is added to a time that is not told to the last digit; of a date the point sorts before any day."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Universal matching (PS3.4 §C.2.2.2.3)."""

    def accepts(self, value: str) -> bool:  # noqa: ARG002 - every value
        """Whether one value satisfies it."""
        return True


@dataclass(frozen=True, slots=True)
class OneOf:
    """Single value matching and lists of UIDs (§C.2.2.2.1, §C.2.2.2.2); none of them: nothing."""

    values: frozenset[str]

    def accepts(self, value: str) -> bool:
        """Whether one value satisfies it."""
        return value in self.values


@dataclass(frozen=True, slots=True)
class Begins:
    """A wildcard at the end and nowhere else."""

    prefix: str

    def accepts(self, value: str) -> bool:
        """Whether one value satisfies it."""
        return value.startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Wildcard matching (§C.2.2.2.4)."""

    pattern: re.Pattern[str]

    def accepts(self, value: str) -> bool:
        """Whether one value satisfies it."""
        return self.pattern.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Number:
    """An IS, whose text may have leading zeros and spaces."""

    value: int | str

    def accepts(self, value: str) -> bool:
        """Whether one value satisfies it."""
        return _as_number(value) == self.value


@dataclass(frozen=True, slots=True)
class Span:
    """Range matching (§C.2.2.2.5), open where an end is empty. A value that is absent is in none.

    A value or an end that is less precise than the other is compared as far as both go, unless they are
    compared ``as_text``.
    """

    first: str
    last: str
    with_absent: bool = False
    as_text: bool = False

    def accepts(self, value: str) -> bool:
        """Whether one value satisfies it."""
        if not value:
            return self.with_absent
        plain = value if self.as_text else plain_moment(value)
        return self.at_first(plain) >= self.first and (not self.last or self.at_last(plain) <= self.last)

    def at_first(self, value: str) -> str:
        """A value as it is compared with the beginning."""
        return value if self.as_text else _clipped(value, self.first)

    def at_last(self, value: str) -> str:
        """A value as it is compared with the end."""
        return value if self.as_text else _clipped(value, self.last)


Wanted: TypeAlias = Everything | OneOf | Begins | Pattern | Number | Span
"""What a key asks for."""

EVERYTHING: Final = Everything()
NOTHING: Final = OneOf(frozenset())


def plain_moment(value: str) -> str:
    """A DA or TM without the marks that ACR-NEMA put between its parts (PS3.5 §6.2)."""
    if ":" in value:
        return value.replace(":", "")
    return value.replace(".", "") if value[4:5] == value[7:8] == "." else value


def _clipped(value: str, end: str) -> str:
    """A DA or TM as precise as the end of a range that it is compared with."""
    return (value + _NOTHING_MORE[len(value) :])[: len(end)]


def matches(keys: Dataset, record: Dataset, matching: Matching = AS_THE_STANDARD) -> bool:
    """Whether a record satisfies every key that it has; a key it lacks matches (optional keys)."""
    return all(
        _matches_one(tag, key, record[tag], matching)
        for tag, key in keys.items()
        if tag in record and is_matched(tag, matching)
    )


def is_matched(tag: int, matching: Matching) -> bool:
    """Whether a key of this tag selects at all."""
    return tag not in NEVER_MATCHED and tag not in matching.ignored


def answer_of(keys: Dataset, record: Dataset, matching: Matching = AS_THE_STANDARD) -> Dataset:
    """The keys that were asked for, with the record's values; those it does not know are left out."""
    return {
        tag: _answer_one(key, record[tag], matching)
        for tag, key in keys.items()
        if tag in record and tag not in NEVER_MATCHED
    }


def lacks_keys(keys: Dataset, record: Dataset) -> bool:
    """Whether a key is not supported, so that its pending status is 0xFF01 (PS3.4 §C.4.1.1.4)."""
    return any(tag not in record and tag not in NEVER_MATCHED for tag in keys)


def matches_text(vr: str, key: str, value: str, matching: Matching = AS_THE_STANDARD) -> bool:
    """Whether one value, or one of several parted by backslashes, satisfies a key."""
    return satisfies(wanted(vr, key, matching), value)


def satisfies(sought: Wanted, value: str) -> bool:
    """Whether one value, or one of several parted by backslashes, is what a key asks for."""
    return any(sought.accepts(each) for each in value.split("\\"))


@lru_cache(maxsize=1024)
def wanted(vr: str, key: str, matching: Matching = AS_THE_STANDARD) -> Wanted:
    """What a key of this VR asks for."""
    if key == "" or (key == "*" and vr in WILDCARD_VRS and matching.wildcards):
        return EVERYTHING
    if vr == "UI":
        return _wanted_uid(key, matching)
    if vr in RANGE_VRS:
        return _wanted_moment(vr, key, matching)
    if vr == "IS":
        return Number(_as_number(key))
    ignores_case = vr == "PN" or matching.ignores_case
    if vr in WILDCARD_VRS and matching.wildcards and ("*" in key or "?" in key):
        return Pattern(_pattern_of(key, ignores_case=ignores_case))
    if ignores_case:
        return Pattern(re.compile(re.escape(key), re.IGNORECASE))
    return OneOf(frozenset((key,)))


def _wanted_uid(key: str, matching: Matching) -> Wanted:
    if matching.uid_wildcards is UidWildcards.LITERAL or not ("*" in key or "?" in key):
        return OneOf(frozenset(key.split("\\")))
    if key.endswith("*") and "*" not in key[:-1] and "?" not in key:
        return Begins(key[:-1])
    return Pattern(_pattern_of(key, ignores_case=False))


def _wanted_moment(vr: str, key: str, matching: Matching) -> Wanted:
    first, hyphen, last = (part.strip() for part in key.partition("-"))
    if vr == "DA" and matching.odd_dates is not OddDates.COMPARED and not (_exists(first) and _exists(last)):
        return NOTHING if matching.odd_dates is OddDates.NOTHING else EVERYTHING
    if not hyphen:
        return OneOf(frozenset((first,)))
    if not last and matching.after_finds_nothing:
        return NOTHING
    with_absent = not first and matching.before_finds_undated
    return Span(first, last, with_absent=with_absent, as_text=matching.as_text)


def _exists(text: str) -> bool:
    """Whether a date is in the calendar; an end that is left open is no odd one."""
    if len(text) != _DATE_LENGTH:
        return not text
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _matches_one(
    tag: int, key: str | tuple[Dataset, ...], value: str | tuple[Dataset, ...], matching: Matching
) -> bool:
    if isinstance(key, tuple):
        if not key or not isinstance(value, tuple):
            return True
        return any(matches(key[0], item, matching) for item in value)
    return isinstance(value, tuple) or matches_text(VR_OF.get(tag, UNKNOWN), key, value, matching)


def _answer_one(
    key: str | tuple[Dataset, ...], value: str | tuple[Dataset, ...], matching: Matching
) -> str | tuple[Dataset, ...]:
    if isinstance(key, tuple) and key and key[0] and isinstance(value, tuple):
        items = (item for item in value if matches(key[0], item, matching))
        return tuple(answer_of(key[0], item, matching) for item in items)
    return value


def _as_number(text: str) -> int | str:
    stripped = text.strip()
    is_number = stripped.isdecimal() and stripped.isascii() and len(stripped) <= _LONGEST_IS
    return int(stripped) if is_number else stripped


def _pattern_of(key: str, *, ignores_case: bool) -> re.Pattern[str]:
    parts = ("[^\\\\]*" if part == "*" else "[^\\\\]" if part == "?" else re.escape(part) for part in key)
    return re.compile("".join(parts), re.IGNORECASE if ignores_case else 0)
