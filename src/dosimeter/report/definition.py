"""A word of the report and what it means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """A word of the report and what it means."""

    word: str
    means: str
