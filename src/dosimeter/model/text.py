"""Text that a peer sent or that a third party wrote, made harmless before anything else sees it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

MAX_SERVER_TEXT: Final = 64
"""Characters kept: the longest identifier of DICOM is a UID, and that has 64 (PS3.5 §9.1)."""

MAX_NAME_TEXT: Final = 64
"""Characters kept of a name that an inventory, a database or a table gives."""

_FIRST_PRINTABLE: Final = 0x20
_LAST_PRINTABLE: Final = 0x7E


@dataclass(frozen=True, slots=True)
class ServerText:
    r"""What a peer called itself: printable ASCII, at most 64 characters, everything else escaped.

    Everything a server says is hostile text (DESIGN §4): control characters, terminal escapes and
    bidirectional overrides become ``\xNN`` or ``\uNNNN``. Build it with :meth:`of`; the
    constructor refuses text that is not already clean.

    Raises:
        ValueError: the text is longer than 64 characters or holds a character outside 0x20-0x7E.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > MAX_SERVER_TEXT or not _is_clean(self.text):
            raise ValueError("ServerText is built with ServerText.of()")

    def __str__(self) -> str:
        return self.text

    @classmethod
    def of(cls, raw: bytes | str) -> ServerText:
        """Clean what a peer sent. Never fails; padding (spaces and NULs at the ends) is dropped."""
        decoded = raw.decode("latin-1") if isinstance(raw, bytes) else raw
        kept = decoded.strip(" \0")[:MAX_SERVER_TEXT]
        if not _is_clean(kept):
            kept = "".join(map(_escape, kept))[:MAX_SERVER_TEXT]
        return cls(kept)


def plain_name(raw: str) -> str:
    """A name as a third party wrote it, on one line, at most 64 characters; letters of any script stay.

    Spaces of every kind become one space; what is not shown (controls, bidirectional marks, zero-width
    and private characters) becomes a question mark, so that nobody hides in it. Never fails; the result
    may be empty.
    """
    if len(raw) <= MAX_NAME_TEXT and raw.isascii() and raw.isprintable():
        return " ".join(raw.split())
    # What is cut away is not looked at: a name of a megabyte costs no more than a long one.
    composed = unicodedata.normalize("NFC", " ".join(raw[: 16 * MAX_NAME_TEXT].split()))
    shown = "".join([each if each.isprintable() else "?" for each in composed[:MAX_NAME_TEXT]])
    return shown.strip()


def _is_clean(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _escape(character: str) -> str:
    code = ord(character)
    if _FIRST_PRINTABLE <= code <= _LAST_PRINTABLE:
        return character
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004
