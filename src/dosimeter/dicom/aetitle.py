"""Application entity titles (PS3.5 Table 6.2-1, AE)."""

from __future__ import annotations

from typing import Final

from dosimeter.dicom.errors import LocalProtocolError

MAX_AE_TITLE: Final = 16


def parse_ae_title(text: str) -> str:
    """The title without the spaces around it, which mean nothing.

    Raises:
        LocalProtocolError: it is empty or only spaces, longer than 16 characters, or holds a backslash
            or a character that is not printable ASCII.
    """
    title = text.strip(" ")
    if not title:
        raise LocalProtocolError("an AE title may not be empty or only spaces")
    if len(title) > MAX_AE_TITLE:
        raise LocalProtocolError(
            f"an AE title has at most {MAX_AE_TITLE} characters, this one has {len(title)}"
        )
    if not (title.isascii() and title.isprintable()) or "\\" in title:
        raise LocalProtocolError("an AE title is printable ASCII without a backslash")
    return title
