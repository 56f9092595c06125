"""The language of a command: what ``--lang`` says, else the environment, else English."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from dosimeter.report.language import Language

VARIABLE: Final = "DOSIMETER_LANG"

_LOCALE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where POSIX keeps the language of messages; the first that is set and not empty decides."""


def chosen_language(option: str | None) -> Language:
    """``option`` is the word of ``--lang``, None where it was not given.

    A word that a person wrote for us must be one we speak. The locale of the machine may be of any
    language; where we do not speak it, the report is in English.

    Raises:
        typer.BadParameter: ``--lang``, or ``DOSIMETER_LANG``, names a language we do not have.
    """
    from dosimeter.report.language import language_of

    if option is not None:
        return _asked_for(option, "--lang")
    if wanted := os.environ.get(VARIABLE):
        return _asked_for(wanted, VARIABLE)
    return language_of(_code_of_locale())


def _asked_for(word: str, hint: str) -> Language:
    from dosimeter.report.language import LANGUAGES, language_of

    code = word.lower()
    if code not in LANGUAGES:
        raise typer.BadParameter(f"{word} is none of {', '.join(LANGUAGES)}", param_hint=hint)
    return language_of(code)


def _code_of_locale() -> str:
    """``fr`` of ``fr_FR.UTF-8``, ``fr_CA`` and ``fr``; ``en`` of whatever is no language of ours."""
    from dosimeter.report.language import LANGUAGES

    locale = next(filter(None, map(os.environ.get, _LOCALE_VARIABLES)), "")
    code = locale.partition(".")[0].partition("@")[0].partition("_")[0].lower()
    return code if code in LANGUAGES else "en"
