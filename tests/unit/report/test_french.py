"""A report in French says nothing in English: table, page and PDF of surveys of every kind.

The survey of the lab is kept beside this file as a store; whatever else may happen to an endpoint is made up
of any facts. The language is strict: a sentence without a translation is an error.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosimeter.model.attempt import Attempt
from dosimeter.model.scope import Touch
from dosimeter.model.survey import EndpointRecord, SurveyHeader, SurveyState
from dosimeter.model.target import Endpoint, Service
from dosimeter.report.document import Document, build_document
from dosimeter.report.html import write_html
from dosimeter.report.language import ENGLISH, Language, language_of
from dosimeter.report.pdf import write_pdf
from dosimeter.report.study import Edition
from dosimeter.report.terminal import write_table
from dosimeter.usecases.judging import judge_all
from dosimeter.usecases.surveys import opened
from tests.property import test_exposure_judge as dicom
from tests.property import test_web_judge as web
from tests.unit.report import counted, doors, samples

FRENCH = language_of("fr", is_strict=True)
LAB = Path(__file__).with_name("lab_survey.sqlite.gz")
VERY_WIDE: Final = 4_000

ENGLISH_WORDS: Final = re.compile(
    r"\b(?:the|of|and|is|are|not|was|were|with|by|no|an|to|that|this|which|from|has|have|it|its|for|anybody)\b",
    re.IGNORECASE,
)
"""Words that hold an English sentence together; French has hardly two of them in a line."""


class Nodes(HTMLParser):
    """The texts of a page that are neither code nor marked as English."""

    _VOID: Final = frozenset({"meta", "br", "hr", "img", "link", "input", "col", "wbr"})
    _QUIET: Final = frozenset({"script", "style", "code", "kbd", "pre", "samp"})

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What is inside a quiet element is quiet too; what people are told of an element is text."""
        given_ = dict(attrs)
        quiet = self._is_quiet or tag in self._QUIET or (tag != "html" and given_.get("lang") == "en")
        if tag not in self._VOID:
            self._open.append((tag, quiet))
        if not quiet:
            self.texts += [given_[name] or "" for name in ("title", "aria-label", "alt") if name in given_]

    def handle_endtag(self, tag: str) -> None:
        """Elements that need no end tag end with the one around them."""
        if any(each == tag for each, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep what is to be read."""
        if data.strip() and not self._is_quiet:
            self.texts.append(data.strip())

    @property
    def _is_quiet(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def in_english(texts: Iterable[str]) -> list[str]:
    """The texts that hold an English sentence: two of its words at the least."""
    return [text for text in texts if len(ENGLISH_WORDS.findall(text)) > 1]


def table(document: Document, language: Language, width: int = VERY_WIDE) -> str:
    """The whole table, every reason and remedy too."""
    out = io.StringIO()
    write_table(document, out, language, width=width, detail=True)
    return out.getvalue()


def page(document: Document, language: Language) -> str:
    """The page."""
    out = io.StringIO()
    write_html(document, out, language)
    return out.getvalue()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The document of the lab's survey, judged by the rules of today: 36 endpoints of every kind."""
    path = tmp_path_factory.mktemp("lab") / "store.sqlite"
    path.write_bytes(gzip.decompress(LAB.read_bytes()))
    with opened(f"sqlite:///{path}") as store:
        survey = store.find("last")
        header = replace(store.header(survey), authorised_by="l'hôpital", reference="A-1")
        return build_document(header, list(judge_all(store.records(survey))))


def test_the_table_of_the_lab_is_french(lab: Document) -> None:
    """Summary, ladder, archives, reasons, remedies, what failed, what was not tested."""
    french = table(lab, FRENCH)

    assert in_english(french.splitlines()) == []
    assert "répondent à n" in french
    assert len(in_english(table(lab, ENGLISH).splitlines())) > 100


def test_the_page_of_the_lab_is_french(lab: Document) -> None:
    """Every text, and what a screen reader is told, unless it is code or marked as English."""
    french = Nodes(page(lab, FRENCH))

    assert in_english(french.texts) == []
    assert len(french.texts) > 500
    assert len(in_english(Nodes(page(lab, ENGLISH)).texts)) > 100


def test_the_pdf_of_the_lab_is_french(lab: Document) -> None:
    """Read back from the file, line by line."""
    out = io.BytesIO()
    write_pdf(lab, out, FRENCH)
    with pypdfium2.PdfDocument(out.getvalue()) as read:
        lines = [line for sheet in read for line in sheet.get_textpage().get_text_range().splitlines()]

    assert in_english(lines) == []
    assert len(lines) > 300


def test_the_edition_to_be_shared_is_french(lab: Document) -> None:
    """Its notes on what is left out too."""
    shared = build_document(lab.header, [*lab.archives, *lab.neighbours], Edition.SHAREABLE)

    assert in_english(Nodes(page(shared, FRENCH)).texts) == []
    assert in_english(table(shared, FRENCH).splitlines()) == []


@pytest.mark.parametrize("width", [60, 80, 104, 120, 200])
def test_no_line_of_the_french_table_is_wider_than_the_terminal(lab: Document, width: int) -> None:
    """French words are longer; the table bends and does not break."""
    assert max(map(len, table(lab, FRENCH, width).splitlines())) <= width


def test_no_word_of_the_french_table_is_cut(lab: Document) -> None:
    """Where the wide table has no room for French words, properties stand together."""
    assert "\N{HORIZONTAL ELLIPSIS}" not in table(lab, FRENCH, 120).split("127.20.0.1:8042  consultable")[0]


def test_a_terminal_gets_spaces_that_it_can_show(lab: Document) -> None:
    """The spaces of French typography hold lines together, and are plain ones in the end."""
    french = table(lab, FRENCH, 100)

    assert "27 236" in french
    assert not set(french) & {"\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"}


@pytest.mark.parametrize(
    "document",
    [samples.document(), counted.document(), doors.document(), build_document(samples.HEADER, [])],
    ids=["every rung", "counted", "doors", "nothing found"],
)
def test_the_documents_of_the_tests_have_no_gap(document: Document) -> None:
    """Their verdicts are made up and English; all else has a translation, or this would raise."""
    assert table(document, FRENCH)
    assert page(document, FRENCH)


@pytest.mark.parametrize("touch", list(Touch))
@pytest.mark.parametrize("state", list(SurveyState))
def test_what_was_not_tested_is_told_in_french(touch: Touch, state: SurveyState) -> None:
    """Of surveys that went no further than they were allowed, or ended early."""
    header = replace(samples.HEADER, touch=touch, state=state, authorised_by="X", reference="Y")
    for endpoints in ([], samples.every_rung(), [samples.spared(), samples.spared("local", 104)]):
        document = build_document(header, endpoints)
        said = (*document.summary.sentences, document.summary.headline, *document.not_tested)
        words = (*said, *(each.label for each in document.key_figures), *map(str, document.stakes))
        assert words
        assert in_english(FRENCH.text(each) for each in said) == []


def header_of(touch: Touch) -> SurveyHeader:
    """That of a survey whose scope is French."""
    return replace(samples.HEADER, touch=touch, authorised_by="X", reference="Y")


MOMENT: Final = datetime(2026, 11, 24, tzinfo=UTC)


@settings(max_examples=60)
@given(
    st.lists(dicom.records, min_size=1, max_size=4),
    st.lists(st.tuples(web.records, web.services), max_size=4),
    st.sampled_from(Touch),
)
def test_whatever_was_seen_is_told_in_french(
    dicom_records: list[tuple[Attempt, ...]],
    web_records: list[tuple[tuple[Attempt, ...], Service]],
    touch: Touch,
) -> None:
    """Any facts of any endpoints, judged, counted and joined: each sentence of it has a translation."""
    asked = [(record, Service.DICOM) for record in dicom_records] + web_records
    records = [
        EndpointRecord(
            Endpoint(f"10.0.{number // 2}.1", 104 + number, service=service), record, MOMENT, MOMENT
        )
        for number, (record, service) in enumerate(asked)
    ]
    document = build_document(header_of(touch), list(judge_all(records)))

    assert in_english(table(document, FRENCH).splitlines()) == []


@pytest.mark.parametrize(
    ("title", "french"),
    [
        ("Do not let an AE title alone open the archive", "Ne pas laisser un AE Title ouvrir à lui seul"),
        ("Refuse storage from strangers", "Refuser le stockage"),
        ("Encrypt the traffic", "Chiffrer les échanges"),
        ("Demand a client certificate", "Exiger un certificat client"),
        ("Bring TLS to the current profile", "Mettre TLS au profil actuel"),
        ("Renew the certificate", "Renouveler le certificat"),
    ],
)
def test_a_remedy_has_the_title_of_what_it_does(title: str, french: str) -> None:
    """Not that of its neighbour in the catalogue."""
    assert language_of("fr").text(title).startswith(french)
