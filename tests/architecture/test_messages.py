"""No text is printed in English where another language was asked for: a missing translation fails here."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.catalog import Message as Entry

from dosimeter.model.message import fields_of
from dosimeter.report.language import LANGUAGES
from tests.architecture.messages import (
    TEMPLATES,
    entries,
    forms_of,
    not_literal,
    obsolete,
    said,
    said_in,
    said_in_file,
    translations_of,
    words_in_file,
)
from tests.architecture.source_tree import ROOT, Module

CODES = [code for code in LANGUAGES if code != "en"]
_PRINTED = "\N{RIGHT SINGLE QUOTATION MARK}"
"""Set by the code, and in some catalogues already."""
FORMS = {"fr": 2}
"""How many forms of a number each language has."""


@pytest.mark.parametrize("code", CODES)
def test_every_text_is_translated(code: str) -> None:
    """Of modules and of files of Jinja2, singular and plural."""
    known = {forms_of(entry) for _, entry in entries(code)}
    missing = {each.forms: each.place for each in said() if each.forms not in known}
    assert not missing, "\n".join(f"{place}: {forms}" for forms, place in missing.items())


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_translated_that_nobody_says(code: str) -> None:
    """A text that is gone is gone from the catalogues."""
    used = {each.forms for each in said()}
    unused = [(name, forms_of(entry)) for name, entry in entries(code) if forms_of(entry) not in used]
    assert not unused, "\n".join(map(str, unused))
    assert obsolete(code) == ()


@pytest.mark.parametrize("code", CODES)
def test_every_translation_is_whole(code: str) -> None:
    """None is empty or doubtful, and a number has all its forms."""
    for name, entry in entries(code):
        forms = translations_of(entry)
        assert not entry.fuzzy, (name, entry.id)
        assert all(forms), (name, entry.id)
        assert len(forms) == (1 if isinstance(entry.id, str) else FORMS[code]), (name, entry.id)


@pytest.mark.parametrize("code", CODES)
def test_every_translation_has_the_fields_of_its_text(code: str) -> None:
    """A field that is left out hides a number, one that nobody fills breaks the report."""
    wrong = [
        (name, english, form)
        for name, entry in entries(code)
        for english in forms_of(entry)
        for form in translations_of(entry)
        if _fields(entry, english) != _fields(entry, form)
    ]
    assert not wrong, "\n".join(map(str, wrong))


def _fields(entry: Entry, text: str) -> frozenset[str]:
    """The number itself may be left out of one of two forms: ``the archive``, ``the {number} archives``."""
    return fields_of(text) - (frozenset() if isinstance(entry.id, str) else {"number"})


@pytest.mark.parametrize("code", CODES)
def test_what_is_to_be_typed_is_not_translated(code: str) -> None:
    """Commands, keys and file names stand between backticks, and stay as they are."""
    for name, entry in entries(code):
        for english in forms_of(entry):
            for form in translations_of(entry):
                assert set(english.split("`")[1::2]) <= set(form.split("`")[1::2]), (name, english)


@pytest.mark.parametrize("code", CODES)
def test_one_text_has_one_translation(code: str) -> None:
    """Two catalogues that disagree would have it decided by the names of their files."""
    translations = defaultdict(set)
    for name, entry in entries(code):
        printed = tuple(
            form.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for form in translations_of(entry)
        )
        translations[forms_of(entry)].add(printed)
        assert entry.context is None, (name, entry.id)
    assert [each for each in translations.items() if len(each[1]) > 1] == []


def test_every_text_is_a_literal() -> None:
    """One that is put together is found by nobody, and has no translation."""
    assert not_literal() == ()


NAMES = {"dosimeter", "TLS", "AS"}
"""What is called the same in every language."""


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_a_page_has_no_words_of_its_own(path: Path) -> None:
    """All it prints goes through a filter, but for names."""
    assert set(words_in_file(path.read_text(encoding="utf-8"))) <= NAMES


def test_the_gate_reads_what_a_page_prints() -> None:
    """Text and what is read out; no markup, no command, no script, nothing that is put in."""
    source = (
        '<p class="big" title="A hint">Text {{ "More"|t }} <code>a command</code></p><script>let x</script>'
    )
    assert words_in_file(source) == ["hint", "Text"]


@pytest.mark.parametrize(
    ("source", "found", "others"),
    [
        ('say("{n} left", n=1)', [("{n} left",)], 0),
        ('many("one", "more", 3)', [("one", "more")], 0),
        ('Template("a {b}").filled({"b": 1})', [("a {b}",)], 0),
        ('say("a " "b")', [("a b",)], 0),
        ('say(f"{1} left")', [], 1),
        ('say("a" + "b")', [], 1),
        ("many('one', other, 2)", [], 1),
        ('other("text")', [], 0),
    ],
)
def test_the_gate_reads_the_source(source: str, found: list[tuple[str, ...]], others: int) -> None:
    """Whatever makes a message is seen, and what is no literal is told."""
    module = Module(
        "sample",
        ROOT / "sample.py",
        2,
        ast.parse(f"from dosimeter.model.message import Template, many, say\n{source}"),
    )
    texts, places = said_in(module)
    assert [each.forms for each in texts] == found
    assert len(places) == others


def test_the_gate_reads_files_of_jinja2() -> None:
    """Both sides of a choice, and no text that is put together."""
    source = '{{ ("One"|t) if x else ("Two" if y else "Three")|t }}{{ each.says|t }}{{ ("a" ~ b)|t }}'
    texts, places = said_in_file(source, "page.j2")
    assert sorted(each.forms for each in texts) == [("One",), ("Three",), ("Two",)]
    assert places == ["page.j2:1"]
