"""Text as the page can print it: in the language of the reader, harmless, and in glyphs that there are.

PDF/UA-1 allows no text without a glyph, and the fonts that typst brings have none for Chinese or an emoji.
Such a character is written as its code, as `plain_text` writes those that act.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from dosimeter.report.counts_json import Json
from dosimeter.report.language import Language
from dosimeter.report.plain import plain_text, spans, unbroken

_PRINTABLE: Final = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x2FF),
    (0x384, 0x38A),
    (0x38E, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x45F),
    (0x490, 0x4A3),
    (0x4AE, 0x4B1),
    (0x4D8, 0x4D9),
    (0x4E8, 0x4E9),
    (0x1E00, 0x1EFF),
    (0x2002, 0x200A),
    (0x2010, 0x2027),
    (0x202F, 0x2031),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2116, 0x2116),
    (0x2122, 0x2122),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
)
"""Ranges of code points that every font of ours prints, upright and bold: Latin, Greek, Cyrillic, signs."""

_STARTS: Final = tuple(start for start, _ in _PRINTABLE)
_ENDS: Final = tuple(end for _, end in _PRINTABLE)
_TWO_DIGITS: Final = 0xFF
_FOUR_DIGITS: Final = 0xFFFF


class Pen:
    """Writes everything that a page prints."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def text(self, text: str) -> str:
        """A message, or text from anywhere."""
        return printable(self.language.text(text))

    def number(self, number: int) -> str:
        """With the separators of the language."""
        return self.language.number(number)

    def marked(self, text: str) -> list[Json]:
        """A sentence with what is to be typed exactly set apart."""
        return [{"text": printable(span.text), "code": span.code} for span in spans(self.language.text(text))]


def printable(text: str) -> str:
    """The text with nothing in it that acts, or that no font can print."""
    safe = unbroken(plain_text(text))
    return safe if safe.isascii() else "".join(map(_glyph, safe))


def _glyph(character: str) -> str:
    code = ord(character)
    place = bisect_right(_STARTS, code) - 1
    if place >= 0 and code <= _ENDS[place]:
        return character
    if code <= _TWO_DIGITS:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _FOUR_DIGITS else f"\\U{code:08x}"
