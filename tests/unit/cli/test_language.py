"""The language of a command."""

from __future__ import annotations

import pytest
import typer

from dosimeter.cli.language import chosen_language

VARIABLES = ("DOSIMETER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose environment names no language."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_without_a_word_anywhere_it_is_english() -> None:
    """Nothing said, nothing set: English."""
    assert chosen_language(None).code == "en"


def test_the_option_decides_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was typed last counts."""
    monkeypatch.setenv("DOSIMETER_LANG", "fr")

    assert chosen_language("en").code == "en"


def test_our_variable_decides_over_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting for dosimeter outranks the one of the machine."""
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    monkeypatch.setenv("DOSIMETER_LANG", "EN")

    assert chosen_language(None).code == "en"


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        ("fr_FR.UTF-8", "fr"),
        ("fr_CA", "fr"),
        ("fr", "fr"),
        ("fr_BE@euro", "fr"),
        ("en_GB.UTF-8", "en"),
        ("C", "en"),
        ("C.UTF-8", "en"),
        ("de_DE.UTF-8", "en"),
        ("fry_NL", "en"),
    ],
)
def test_a_locale_is_french_or_english(locale: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that speaks what we do not speak gets English."""
    monkeypatch.setenv("LANG", locale)

    assert chosen_language(None).code == code


def test_the_first_variable_that_is_set_and_not_empty_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """As POSIX has it: LC_ALL, then LC_MESSAGES, then LANG."""
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LC_MESSAGES", "fr_FR.UTF-8")
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    assert chosen_language(None).code == "fr"


@pytest.mark.parametrize(("option", "variable"), [("de", None), (None, "de")])
def test_a_language_that_we_do_not_have_is_refused(
    option: str | None, variable: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked for a language by name learns which ones there are."""
    if variable is not None:
        monkeypatch.setenv("DOSIMETER_LANG", variable)

    with pytest.raises(typer.BadParameter, match="de is none of en, fr"):
        chosen_language(option)
