"""What the reader of one file left out, counted by reason."""

from __future__ import annotations

from collections import Counter
from enum import Enum, auto

from dosimeter.model.message import Message, many, say


class Why(Enum):
    """Why an entry of an inventory is not a target."""

    NOT_JSON = auto()
    NO_OBJECT = auto()
    UNKNOWN_SHAPE = auto()
    TOO_LONG = auto()
    NO_ADDRESS = auto()
    NO_PORT = auto()
    NOT_TCP = auto()
    NOT_OPEN = auto()


class Tally:
    """Counts for one file, with the line where each reason was met first.

    Only numbers are kept: nothing of what was left out can reach a message.
    """

    def __init__(self, file: str) -> None:
        """``file`` is its name in messages."""
        self.file = file
        self._counts: Counter[Why] = Counter()
        self._first: dict[Why, int] = {}

    def leave_out(self, why: Why, line: int) -> None:
        """One entry, which begins in this line, is no target."""
        self._counts[why] += 1
        self._first.setdefault(why, line)

    def count(self, why: Why) -> int:
        """How many entries were left out for this reason."""
        return self._counts[why]

    @property
    def total(self) -> int:
        """How many entries were left out."""
        return self._counts.total()

    @property
    def sentences(self) -> tuple[Message, ...]:
        """One sentence for each reason, in the order of the reasons."""
        return tuple([self._sentence(why) for why in Why if self._counts[why]])

    def _sentence(self, why: Why) -> Message:
        return say(
            "{sentence} The first is in line {line}.",
            sentence=_sentence(why, self._counts[why], self.file),
            line=str(self._first[why]),
        )


def _sentence(why: Why, number: int, file: str) -> Message:
    match why:
        case Why.NOT_JSON:
            return many(
                "{number} record of {file} is not valid JSON: left out.",
                "{number} records of {file} are not valid JSON: left out.",
                number,
                file=file,
            )
        case Why.NO_OBJECT:
            return many(
                "{number} entry of {file} is not a record: left out.",
                "{number} entries of {file} are not records: left out.",
                number,
                file=file,
            )
        case Why.UNKNOWN_SHAPE:
            return many(
                "{number} record of {file} is not shaped as any known tool writes it: left out.",
                "{number} records of {file} are not shaped as any known tool writes them: left out.",
                number,
                file=file,
            )
        case Why.TOO_LONG:
            return many(
                "{number} record of {file} is longer than can be read: left out.",
                "{number} records of {file} are longer than can be read: left out.",
                number,
                file=file,
            )
        case _:
            return _of_endpoints(why, number, file)


def _of_endpoints(why: Why, number: int, file: str) -> Message:
    match why:
        case Why.NO_ADDRESS:
            return many(
                "{number} record of {file} names no address that can be used: left out.",
                "{number} records of {file} name no address that can be used: left out.",
                number,
                file=file,
            )
        case Why.NO_PORT:
            return many(
                "{number} record of {file} has a port that is not a number from 1 to 65535: left out.",
                "{number} records of {file} have a port that is not a number from 1 to 65535: left out.",
                number,
                file=file,
            )
        case Why.NOT_TCP:
            return many(
                "{number} record of {file} is not about TCP: left out.",
                "{number} records of {file} are not about TCP: left out.",
                number,
                file=file,
            )
        case _:
            return many(
                "{number} record of {file} is about a port that was not open: left out.",
                "{number} records of {file} are about ports that were not open: left out.",
                number,
                file=file,
            )
