from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from dosimeter.model.scope import CountBudget, Pace, Touch
from dosimeter.scopefile.problem import Problems, ScopeProblem
from dosimeter.scopefile.rules import read_count, read_pace
from dosimeter.scopefile.schema import CountTable, PaceTable

PAGE = (Path(__file__).parents[3] / "docs" / "scope-file.md").read_text(encoding="utf-8")

_ROW = re.compile(r"^\| `(\w+)` \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", re.MULTILINE)


def section(title: str) -> str:
    """The text under a heading of the page."""
    return PAGE.partition(f": `{title}`\n")[2].partition("\n## ")[0]


def table(title: str) -> dict[str, tuple[float, float, float]]:
    """The rows of a section: default, least and most of each key."""
    rows = _ROW.findall(section(title))
    return {key: (float(default), float(least), float(most)) for key, default, least, most in rows}


def is_refused(key: str, read: Callable[[Problems], object]) -> bool:
    """Whether the value of this key is said to be out of bounds."""
    problems = Problems(Path("scope.toml"))
    read(problems)
    try:
        problems.settle()
    except ScopeProblem as refused:
        return any(one.key == key and "out of bounds" in one.says for one in refused.all)
    return False


def count(key: str, value: float) -> bool:
    values = CountTable().model_dump() | {key: value}
    return is_refused(f"count.{key}", lambda found: read_count(CountTable.model_construct(**values), found))


def pace(key: str, value: float) -> bool:
    values = PaceTable().model_dump() | {key: value}
    return is_refused(f"pace.{key}", lambda found: read_pace(PaceTable.model_construct(**values), (), found))


def test_the_page_names_every_touch() -> None:
    """The words of the scope file, in their order."""
    words = re.findall(r"^\| `(\w+)` \|", section("authorisation.touch"), re.MULTILINE)
    assert words == [touch.word for touch in Touch]


def test_the_page_names_the_budget_of_a_census_with_its_limits() -> None:
    """Defaults are those of the model, and the limits are the last values that are accepted."""
    written = table("[count]")
    assert written.keys() == {one.name for one in fields(CountBudget)}
    for key, (default, least, most) in written.items():
        assert getattr(CountBudget(), key) == default
        assert not count(key, least), key
        assert not count(key, most), key
        assert count(key, least - 0.01), key
        assert count(key, most + 1), key


def test_the_page_names_the_pace_with_its_limits() -> None:
    """The same for the manners, of networks that are not loopback."""
    written = table("[pace]")
    assert written.keys() == {one.name for one in fields(Pace)} - {"hours"}
    for key, (default, least, most) in written.items():
        assert getattr(Pace(), key) == default
        assert not pace(key, least), key
        assert not pace(key, most), key
        assert pace(key, least - 0.0001), key
        assert pace(key, most + 1), key
