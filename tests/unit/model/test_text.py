from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosimeter.model.text import MAX_NAME_TEXT, plain_name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Orange S.A.", "Orange S.A."),
        ("CHU de Besançon", "CHU de Besançon"),
        ("Besanc\u0327on", "Besançon"),
        ("東京大学病院", "東京大学病院"),
        ("  two\n words\t\u00a0here ", "two words here"),
        ("\x1b[31mred\x1b[0m", "?[31mred?[0m"),
        ("a\u202eb\u200bc\ue000d\x00", "a?b?c?d?"),
        ("\ud800", "?"),
        ("", ""),
        ("x" * 65, "x" * 64),
    ],
)
def test_a_name_stays_readable_and_does_nothing(raw: str, shown: str) -> None:
    """Letters of any script stay; what acts or hides is a question mark; spaces are one; 64 at most."""
    assert plain_name(raw) == shown


@given(st.text(max_size=200))
def test_any_text_becomes_a_name_that_can_be_shown(raw: str) -> None:
    """One printable line, never longer than 64, and cleaning it again changes nothing."""
    name = plain_name(raw)
    assert name.isprintable()
    assert len(name) <= MAX_NAME_TEXT
    assert plain_name(name) == name
