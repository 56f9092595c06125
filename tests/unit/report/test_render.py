from __future__ import annotations

import io
import sys

import pytest

from dosimeter.cli.options import FormatWord
from dosimeter.model.problem import Problem
from dosimeter.report.render import BINARY, Format, render
from dosimeter.report.study import Edition
from tests.roundtrip import surveys

SECRETS = ("127.", "CHU", "Cabinet", "securite@", "DOSIMETER", "Claire Martin", "ISSO-2026")


def rendered(form: Format, edition: Edition = Edition.OWNER) -> bytes:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8", newline="")
    render(surveys.counted_survey(edition), form, out, width=120, detail=True)
    out.flush()
    out.detach()
    return raw.getvalue()


def test_the_words_of_the_command_line_are_the_formats() -> None:
    """None is missing on either side."""
    assert [each.value for each in FormatWord] == [each.value for each in Format]


@pytest.mark.parametrize("form", sorted(BINARY))
def test_a_missing_extra_is_told_with_the_command_that_brings_it(
    form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sees an ImportError; a package that is there and does not load is as good as none."""
    package = "typst" if form is Format.PDF else "pyarrow"
    monkeypatch.setitem(sys.modules, package, None)
    extra = "report" if form is Format.PDF else "parquet"
    with pytest.raises(Problem, match=rf"pip install 'dosimeter\[{extra}\]'"):
        render(surveys.counted_survey(), form, io.TextIOWrapper(io.BytesIO()))


@pytest.mark.parametrize("form", [each for each in Format if each not in BINARY and each is not Format.HTML])
def test_the_shareable_edition_names_nobody(form: Format) -> None:
    """No address, owner, contact, and not who asked."""
    text = rendered(form, Edition.SHAREABLE).decode()
    assert [each for each in SECRETS if each in text] == []


@pytest.mark.parametrize("form", sorted(Format))
def test_every_format_says_something(form: Format) -> None:
    """And the same each time it is asked."""
    assert len(rendered(form)) > 100
    assert rendered(form) == rendered(form)
