"""Numbers that say how they are known (DESIGN §3, counting)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Exact:
    """Counted to the end."""

    value: int
    kind: Literal["exact"] = "exact"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Counted until a budget or a limit of the server cut it."""

    value: int
    kind: Literal["at_least"] = "at_least"


@dataclass(frozen=True, slots=True)
class Estimated:
    """Sampled: the 95 % interval is ``low`` to ``high``."""

    value: int
    low: int
    high: int
    kind: Literal["estimated"] = "estimated"


@dataclass(frozen=True, slots=True)
class Claimed:
    """The server's own counter."""

    value: int
    kind: Literal["claimed"] = "claimed"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not counted."""

    kind: Literal["unknown"] = "unknown"


Count = Exact | AtLeast | Estimated | Claimed | Unknown


@dataclass(frozen=True, slots=True)
class Counts:
    """Four different numbers: a row is not a study, a study is not a patient."""

    patients: Count = field(default_factory=Unknown)
    studies: Count = field(default_factory=Unknown)
    series: Count = field(default_factory=Unknown)
    instances: Count = field(default_factory=Unknown)
