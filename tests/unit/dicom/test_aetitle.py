from __future__ import annotations

import pytest

from dosimeter.dicom.aetitle import parse_ae_title
from dosimeter.dicom.errors import LocalProtocolError


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("DOSIMETER", "DOSIMETER"),
        ("  ARCHIVE  ", "ARCHIVE"),
        ("ANY SCP", "ANY SCP"),
        ("A", "A"),
        ("SIXTEEN_CHARS_OK", "SIXTEEN_CHARS_OK"),
        ("               A                ", "A"),
    ],
)
def test_a_title_is_kept_without_the_spaces_around_it(text: str, title: str) -> None:
    """Spaces at the ends mean nothing, spaces inside do (PS3.5 Table 6.2-1)."""
    assert parse_ae_title(text) == title


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " " * 16,
        "SEVENTEEN_CHARS_X",
        "BACK\\SLASH",
        "TAB\tTAB",
        "NUL\0",
        "ESC\x1b[1m",
        "MÜNSTER",
        "DEL\x7f",
    ],
)
def test_what_is_no_title_is_refused(text: str) -> None:
    """Empty, too long, a backslash, a control character, another repertoire: our own mistake."""
    with pytest.raises(LocalProtocolError, match="AE title"):
        parse_ae_title(text)
