"""What counting cost an archive, or all archives of a survey, as coarse as a report tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dosimeter.model.facts import CensusEnded, Fact
from dosimeter.model.message import Message, many, say

_TENTH_OF_A_MEGABYTE = 100_000


@dataclass(frozen=True, slots=True)
class CountingCost:
    """What the counting asked of an archive; ``received`` is in bytes.

    How many rows came is not told: with the sums beside it, a small part could be computed from it. For
    the same reason bytes and time are only ever shown rounded up.
    """

    questions: int = 0
    received: int = 0
    associations: int = 0
    milliseconds: int = 0

    def __add__(self, other: CountingCost) -> CountingCost:
        """Both together."""
        return CountingCost(
            self.questions + other.questions,
            self.received + other.received,
            self.associations + other.associations,
            self.milliseconds + other.milliseconds,
        )

    def times(self, archives: int) -> CountingCost:
        """That of several archives which cost the same."""
        return CountingCost(
            self.questions * archives,
            self.received * archives,
            self.associations * archives,
            self.milliseconds * archives,
        )

    @property
    def megabytes(self) -> float:
        """What was received, in 10^6 bytes, rounded up to a tenth."""
        return max(1, -(-self.received // _TENTH_OF_A_MEGABYTE)) / 10

    @property
    def seconds(self) -> int:
        """The time that its answers took, rounded up."""
        return max(1, -(-self.milliseconds // 1000))

    @property
    def says(self) -> Message:
        """``112 queries, 0.3 MB and 2 s over 1 association``."""
        return say(
            "{queries}, {megabytes} MB and {seconds} s over {associations}",
            queries=many("{number} query", "{number} queries", self.questions),
            megabytes=self.megabytes,
            seconds=self.seconds,
            associations=many("{number} association", "{number} associations", self.associations),
        )


def cost_of(facts: Iterable[Fact]) -> CountingCost | None:
    """Of the census of the studies and of the worklist's together; None where none came to its end."""
    cost = None
    for fact in facts:
        if isinstance(fact, CensusEnded):
            one = CountingCost(fact.questions, fact.received, fact.associations, fact.milliseconds)
            cost = one if cost is None else cost + one
    return cost
