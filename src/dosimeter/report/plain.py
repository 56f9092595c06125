"""The last wall before a page, a terminal or a sheet: no character that acts, only characters that show."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_JSON_KEY: Final = re.compile(
    r"""(
        "\w+" (?: :\ (?: "[^"]*" | -?\w+ | \[[^\]]*\] | \{[^{}]*\} ) )?
        | \{ "\w+" : [^{}]* \}
    )""",
    re.VERBOSE,
)
"""A quoted key, with its value if one follows; or a whole object."""

_ACTING: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Unicode categories that move the cursor, reorder text, hide in it, or mean nothing."""


def plain_text(text: str) -> str:
    r"""Every control, bidirectional, zero-width, private or unassigned character as ``\xNN``.

    ``ServerText`` has done this already for what a peer sent. It is done again here for everything,
    so that a report stays harmless even if some text got past that (hostile-peers rows 32 and 37).
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def unbroken(text: str) -> str:
    """``< 11`` with a no-break space, so that no line ends in the middle of it."""
    return text.replace("< 11", "<\N{NO-BREAK SPACE}11")


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _ACTING:
        return character
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 - the last code that two hexadecimal digits hold
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four digits


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence; ``code`` is true for what is to be typed exactly."""

    text: str
    code: bool


def spans(sentence: str) -> tuple[Span, ...]:
    """Split a remedy's sentence into words and what is to be typed exactly.

    Code is what stands between two backticks, and a key in the double quotes of JSON together with
    its value: ``"DicomCheckCalledAet": true``. A backtick without a partner stays what it is.
    """
    pieces = sentence.split("`")
    if len(pieces) % 2 == 0:
        last = pieces.pop()
        pieces[-1] += "`" + last
    found: list[Span] = []
    for place, piece in enumerate(pieces):
        if place % 2:
            found.append(Span(piece, code=True))
        else:
            found += (Span(part, at % 2 == 1) for at, part in enumerate(_JSON_KEY.split(piece)))
    return tuple(span for span in found if span.text)
