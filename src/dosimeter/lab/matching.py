"""Attribute matching of C-FIND (PS3.4 §C.2.2.2), and the answer that holds the requested keys alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from dosimeter.lab.attributes import UNKNOWN, VR_OF, Tag
from dosimeter.lab.dataset import Dataset

RANGE_VRS: Final = frozenset(("DA", "TM", "DT"))
WILDCARD_VRS: Final = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))

NEVER_MATCHED: Final = frozenset(
    (Tag.SPECIFIC_CHARACTER_SET, Tag.QUERY_RETRIEVE_LEVEL, Tag.TIMEZONE_OFFSET_FROM_UTC)
)
"""They say how to read the request, and are no keys (PS3.4 §C.4.1.1.3.1)."""


def matches(keys: Dataset, record: Dataset) -> bool:
    """Whether a record satisfies every key that it has; a key it lacks matches (optional keys)."""
    return all(
        _matches_one(tag, key, record[tag])
        for tag, key in keys.items()
        if tag not in NEVER_MATCHED and tag in record
    )


def answer_of(keys: Dataset, record: Dataset) -> Dataset:
    """The keys that were asked for, with the record's values; those it does not know are left out."""
    return {
        tag: _answer_one(key, record[tag])
        for tag, key in keys.items()
        if tag in record and tag not in NEVER_MATCHED
    }


def lacks_keys(keys: Dataset, record: Dataset) -> bool:
    """Whether a key is not supported, so that its pending status is 0xFF01 (PS3.4 §C.4.1.1.4)."""
    return any(tag not in record and tag not in NEVER_MATCHED for tag in keys)


def _matches_one(tag: int, key: str | tuple[Dataset, ...], value: str | tuple[Dataset, ...]) -> bool:
    if isinstance(key, tuple):
        if not key or not isinstance(value, tuple):
            return True
        return any(matches(key[0], item) for item in value)
    return isinstance(value, tuple) or matches_text(VR_OF.get(tag, UNKNOWN), key, value)


def _answer_one(
    key: str | tuple[Dataset, ...], value: str | tuple[Dataset, ...]
) -> str | tuple[Dataset, ...]:
    if isinstance(key, tuple) and key and key[0] and isinstance(value, tuple):
        return tuple(answer_of(key[0], item) for item in value if matches(key[0], item))
    return value


def matches_text(vr: str, key: str, value: str) -> bool:
    """Whether one value, or one of several parted by backslashes, satisfies a key."""
    if key == "" or (key == "*" and vr in WILDCARD_VRS):
        return True
    if vr == "UI":
        return not set(key.split("\\")).isdisjoint(value.split("\\"))
    values = value.split("\\")
    if vr in RANGE_VRS and "-" in key:
        first, _, last = key.partition("-")
        return any(_within(each, first.strip(), last.strip()) for each in values)
    if vr == "IS":
        return any(_as_number(each) == _as_number(key) for each in values)
    if vr in WILDCARD_VRS and ("*" in key or "?" in key):
        pattern = _pattern_of(key, ignores_case=vr == "PN")
        return any(pattern.fullmatch(each) is not None for each in values)
    if vr == "PN":
        return key.casefold() in (each.casefold() for each in values)
    return key in values


def _within(value: str, first: str, last: str) -> bool:
    """A range that is open at one end; a value that is absent is in none (PS3.4 §C.2.2.2.5)."""
    if not value:
        return False
    return (not first or value[: len(first)] >= first) and (not last or value[: len(last)] <= last)


def _as_number(text: str) -> int | str:
    stripped = text.strip()
    return int(stripped) if stripped.isdecimal() and stripped.isascii() else stripped


@lru_cache(maxsize=256)
def _pattern_of(key: str, *, ignores_case: bool) -> re.Pattern[str]:
    parts = ("[^\\\\]*" if part == "*" else "[^\\\\]" if part == "?" else re.escape(part) for part in key)
    return re.compile("".join(parts), re.IGNORECASE if ignores_case else 0)
