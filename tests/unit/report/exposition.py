"""Reads the text format of Prometheus, strictly, with nothing of our own code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})? (?P<value>[0-9.eE+-]+)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')

Labels = frozenset[tuple[str, str]]


@dataclass
class Family:
    """One metric: its type, its help, and its samples by their labels."""

    type: str
    help: str
    samples: dict[Labels, float] = field(default_factory=dict)


def parse(text: str) -> dict[str, Family]:
    """Every family; HELP and TYPE come first, samples of one family stand together, none comes twice."""
    found: dict[str, Family] = {}
    helps: dict[str, str] = {}
    current = ""
    assert text.endswith("\n")
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name, _, says = line.removeprefix("# HELP ").partition(" ")
            assert name not in helps
            helps[name] = says
        elif line.startswith("# TYPE "):
            current, _, kind = line.removeprefix("# TYPE ").partition(" ")
            found[current] = Family(kind, helps[current])
        else:
            sample = _SAMPLE.fullmatch(line)
            assert sample is not None, line
            assert sample["name"] == current
            labels = _labels(sample["labels"] or "")
            assert labels not in found[current].samples
            found[current].samples[labels] = float(sample["value"])
    return found


def _labels(text: str) -> Labels:
    at, found = 0, []
    while at < len(text):
        label = _LABEL.match(text, at)
        assert label is not None, text
        found.append((label[1], label[2].replace(r"\"", '"').replace("\\\\", "\\")))
        at = label.end()
    assert len({name for name, _ in found}) == len(found)
    return frozenset(found)
