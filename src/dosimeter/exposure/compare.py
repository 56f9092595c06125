"""What became of an archive between two surveys, both judged by the rules of today.

Whoever asks more finds more: in the review of sixty days after the study of 2019 part of the growth was
better detection. So a change is told apart by what it rests on: on doors that were asked both times the
network changed; what only one survey asked tells nothing about the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dosimeter.model.verdict import Exposure, Severity

_LADDER: Final = tuple(Exposure)
_OPEN: Final = frozenset({Exposure.QUERYABLE, Exposure.RETRIEVABLE, Exposure.BROWSABLE})
_OF_TITLES: Final = Exposure.NAME_GATED


class Change(StrEnum):
    """What became of an archive, gravest first."""

    NEW = "new"
    """There was no archive, now there is one."""
    WORSE = "worse"
    """It stands on a higher rung, or on the same one with a graver finding."""
    UNKNOWN = "unknown"
    """One of the two surveys could not tell, or did not ask: never counted as closed."""
    UNCHANGED = "unchanged"
    BETTER = "better"
    """It stands on a lower rung, and is still as open to anybody, or as closed, as it was."""
    CLOSED = "closed"
    """It was open to anybody and is not, or it is no longer there."""


_GRAVER: Final = frozenset({Change.NEW, Change.WORSE})


class Because(StrEnum):
    """What a change rests on."""

    NETWORK = "network"
    """The same doors answered otherwise."""
    METHOD = "method"
    """One of the surveys asked what the other did not: other doors, other titles, a higher touch."""
    NOTHING = "nothing"
    """Nothing changed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One door as a survey found it. ``is_archive``: an archive, or the guard of one, is there.

    ``proves`` says whether the survey's touch allowed to put the null query; ``titles`` stands for the AE
    titles that were tried, "" for none: two that are equal are the same titles.
    """

    exposure: Exposure
    severity: Severity
    is_archive: bool
    proves: bool = True
    titles: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of one archive, and what that rests on."""

    change: Change
    because: Because


def compare(old: Mapping[str, Standing], new: Mapping[str, Standing]) -> Compared | None:
    """Two surveys of one archive, each as its doors that were asked, by address and port.

    None where neither found an archive.
    """
    if not any(door.is_archive for door in (*old.values(), *new.values())):
        return None
    whole = _change(_highest(old.values()), _highest(new.values()))
    both = [
        authority for authority in new if authority in old and _asked_alike(old[authority], new[authority])
    ]
    network = (
        _change(_highest(old[each] for each in both), _highest(new[each] for each in both)) if both else None
    )
    if not old:
        return Compared(Change.NEW, Because.METHOD)
    if not new or (not both and whole is not Change.NEW):
        return Compared(Change.UNKNOWN, Because.METHOD)
    if network not in {None, Change.UNCHANGED}:
        return Compared(network or Change.UNCHANGED, Because.NETWORK)
    if whole not in {None, Change.UNCHANGED}:
        return Compared(whole if whole in _GRAVER else Change.UNKNOWN, Because.METHOD)
    return Compared(Change.UNCHANGED, Because.NOTHING)


def is_open(exposure: Exposure) -> bool:
    """Whether a stranger reads something."""
    return exposure in _OPEN


def _asked_alike(old: Standing, new: Standing) -> bool:
    """Whether a difference between the two can only come from the door itself."""
    if not (old.is_archive and new.is_archive):
        return True
    if old.exposure is new.exposure is Exposure.GUARDED:
        return True  # Refused before any question that a touch could forbid.
    if old.proves != new.proves:
        return False
    return old.titles == new.titles or _OF_TITLES not in {old.exposure, new.exposure}


def _highest(doors: Iterable[Standing]) -> Standing | None:
    """The door that decides: an archive's before others, the highest rung, the gravest finding."""
    return max(doors, key=_height, default=None)


def _height(door: Standing) -> tuple[bool, int, int]:
    return door.is_archive, _LADDER.index(door.exposure), door.severity


def _change(old: Standing | None, new: Standing | None) -> Change | None:
    if old is None or new is None:
        return None
    if not old.is_archive and not new.is_archive:
        return None
    if Exposure.INCONCLUSIVE in {old.exposure, new.exposure}:
        return Change.UNKNOWN
    if not old.is_archive:
        return Change.NEW
    if not new.is_archive or (is_open(old.exposure) and not is_open(new.exposure)):
        return Change.CLOSED
    before, now = _height(old), _height(new)
    if before == now:
        return Change.UNCHANGED
    return Change.WORSE if now > before else Change.BETTER
