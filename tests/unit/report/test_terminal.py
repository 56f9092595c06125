from __future__ import annotations

import io
from dataclasses import replace

import pytest

from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Confidence, Product
from dosimeter.report.document import build_document
from dosimeter.report.study import Edition
from dosimeter.report.terminal import write_table
from tests.unit.report import counted, samples


class _Terminal(io.StringIO):
    """Claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def printed(*, width: int = 120, detail: bool = False) -> str:
    """The sample survey as plain text."""
    out = io.StringIO()
    write_table(samples.document(), out, width=width, detail=detail)
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 104, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """At every width, each line fits and none ends in blanks."""
    for line in printed(width=width, detail=True).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


@pytest.mark.parametrize("width", [80, 120])
def test_each_archive_stands_in_the_table_with_its_words(width: int) -> None:
    """Address, exposure and severity are on one line at 80 columns as at 120."""
    text = printed(width=width)

    for words in (
        ("127.20.0.8:4242", "retrievable", "critical", "Orthanc"),
        ("127.20.0.9:11112", "queryable", "high", "dicompot"),
        ("[2001:db8::4]:104", "guarded", "info"),
    ):
        line = next(line for line in text.splitlines() if line.startswith(words[0]))
        assert all(word in line for word in words)


def test_detail_gives_reasons_remedies_and_failures() -> None:
    """With detail, each archive says why, how to close it, how to prove it, and what failed."""
    text = printed(detail=True)

    assert "critical: A stranger's null retrieve was answered. [get; null_retrieve#0]" in text
    assert '1. In orthanc.json set "DicomAlwaysAllowFind": false and "DicomAlwaysAllowGet": false.' in text
    assert text.count("=> To prove it: dosimeter survey --scope scope.toml 127.20.0.8:4242") == 1
    assert "! C" not in text.split("127.20.0.8:4242 (pacs-test.example)")[1].split("127.20.0.7:2762")[0]
    assert "! association as a stranger: busy: It said that a local limit is exceeded." in text
    assert "TLSv1.3; TLS_AES_256_GCM_SHA384; client certificate asked for, and went on without" in text
    assert "(C-MOVE): that is never asked for." in text


def test_pipe_gets_no_escape_sequence() -> None:
    """What is not a terminal gets plain text."""
    assert "\x1b" not in printed(detail=True)


def test_terminal_gets_colour_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colour is for terminals, and NO_COLOR turns it off."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = _Terminal()
    write_table(samples.document(), coloured, width=100)
    monkeypatch.setenv("NO_COLOR", "1")
    plain = _Terminal()
    write_table(samples.document(), plain, width=100)

    assert "\x1b[1;31m" in coloured.getvalue()
    assert "\x1b[1;31m" not in plain.getvalue()
    assert "31m" not in plain.getvalue()


def test_long_lists_are_cut_with_their_number() -> None:
    """A thousand closed ports take a line, and say how many they are."""
    document = build_document(samples.HEADER, [samples.unreachable(number) for number in range(1000)])
    out = io.StringIO()
    write_table(document, out, width=120)

    assert "and 992 more" in " ".join(out.getvalue().split())
    assert len(out.getvalue().splitlines()) < 40


@pytest.mark.parametrize("width", [80, 104])
def test_studies_and_images_have_columns_of_their_own(width: int) -> None:
    """A number needs no noun, and is not wrapped away among other things that were seen."""
    out = io.StringIO()
    write_table(counted.document(), out, width=width)
    lines = {
        line.split()[0]: line.split() for line in out.getvalue().splitlines() if line.startswith("127.30")
    }

    assert lines["127.30.0.3:104"][3:5] == ["~41k", "-"]
    assert lines["127.30.0.1:104"][3:5] == ["12,430", "731,225"]
    assert lines["127.30.0.6:104"][3:7] == ["≥", "120", "≥", "340"]


def test_the_longest_address_and_large_numbers_leave_words_whole_at_80_columns() -> None:
    """No word is cut into letters."""
    decoy = replace(counted.decoy(), endpoint=Endpoint("127.123.123.123", 11112))
    out = io.StringIO()
    write_table(counted.document(decoy), out, width=80)

    line = next(line for line in out.getvalue().splitlines() if line.startswith("127.123"))
    assert line.split() == [
        "127.123.123.123:11112",
        "retrievable",
        "critical",
        "1,000,000",
        "says",
        "9M",
        "decoy:",
    ]


@pytest.mark.parametrize("width", range(60, 130))
def test_fewer_than_eleven_is_never_broken_over_lines(width: int) -> None:
    """Whatever the width, and what is printed is a plain space."""
    out = io.StringIO()
    write_table(counted.document(), out, width=width, detail=True)

    assert not [line for line in out.getvalue().splitlines() if line.endswith("<")]
    assert "< 11" in out.getvalue()
    assert "\ue000" not in out.getvalue()


def test_a_private_character_of_a_server_is_escaped() -> None:
    """It cannot pass for the one that stands for a no-break space."""
    out = io.StringIO()
    said = replace(samples.retrievable().verdict, product=Product("a\ue000b", None, Confidence.ANNOUNCED))
    write_table(
        build_document(samples.HEADER, [samples.judged(Endpoint("127.20.0.8", 104), said)]), out, width=120
    )

    assert "a\\ue000b" in out.getvalue()


def test_an_edition_that_names_nobody_leaves_the_authorisation_out() -> None:
    """No empty brackets stand where a name would."""
    out = io.StringIO()
    write_table(build_document(samples.HEADER, samples.every_rung(), Edition.SHAREABLE), out, width=120)
    assert "Authorised by" not in out.getvalue()
    assert "Scope " in out.getvalue()
