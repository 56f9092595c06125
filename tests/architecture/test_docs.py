from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import PACKAGE, ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DECISIONS = ROOT / "docs" / "adr"

_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_to_what_exists(page: Path) -> None:
    """Every link inside the repository leads somewhere."""
    links = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_decision_is_in_the_index_under_its_own_title() -> None:
    """The index of docs/adr and the first line of each page say the same."""
    rows = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \| (.+) \|$", _text(DECISIONS / "README.md"), re.MULTILINE)
    pages = sorted(DECISIONS.glob("[0-9]*.md"))
    titles = [_text(page).splitlines()[0] for page in pages]
    assert [name for _, name, _ in rows] == [page.name for page in pages]
    assert [f"# {number}. {title}" for number, _, title in rows] == titles


def test_a_decision_has_its_three_parts() -> None:
    """Context, decision, consequences, in this order."""
    for page in sorted(DECISIONS.glob("[0-9]*.md")):
        parts = re.findall(r"^\*\*(Context|Decision|Consequences)\.\*\*", _text(page), re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"], page.name


def test_the_design_names_every_package() -> None:
    """The layout of docs/design.md is the layout of the source."""
    named = set(re.findall(r"^\| `(\w+)/` \|", _text(ROOT / "docs" / "design.md"), re.MULTILINE))
    assert named == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def test_the_readme_says_every_rung_of_the_ladder() -> None:
    """What the code can conclude, the first page explains."""
    from dosimeter.model.verdict import Exposure

    named = re.findall(r"^\| `(\w+)` \|", _text(ROOT / "README.md"), re.MULTILINE)
    assert named == [rung.value for rung in Exposure]


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")
