from __future__ import annotations

from pathlib import Path

from dosimeter.cli.probes import page
from dosimeter.probes._declare import discover

PAGE = Path(__file__).parents[2] / "docs" / "probes.md"


def test_the_page_of_probes_is_what_the_declarations_say() -> None:
    """docs/probes.md is made from the declarations; `dosimeter probes --markdown` makes it again."""
    assert PAGE.read_text() == "\n".join(page(discover())) + "\n"
