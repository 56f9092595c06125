"""HTTP to one endpoint, the questions that can be asked and how an answer is given.

The line they are asked on is `dosimeter.net.web_line`, which loads httpx2 and h11; this module does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_BODY_BYTES: Final = 65_536
"""What is read of a body, decoded: a description or a front page fits."""

MAX_PATH: Final = 2_048
"""Characters of a path with its query."""


class Method(StrEnum):
    """What can be asked. There is no PUT, DELETE or PATCH, and no POST that carries something."""

    GET = "GET"
    OPTIONS = "OPTIONS"
    POST_NOTHING = "POST"
    """The one body that exists: a multipart/related of application/dicom with no part (PS3.18 §10.5)."""


@dataclass(frozen=True, slots=True)
class WebRequest:
    """One question. ``most`` is how many bytes of the decoded body are read.

    ``shown`` is the path as the audit log has it: of one that a server led to, none of the server's text.

    Raises:
        ValueError: `is_path` says no to ``path``.
    """

    path: str
    method: Method = Method.GET
    accept: str = "*/*"
    most: int = MAX_BODY_BYTES
    shown: str | None = None

    def __post_init__(self) -> None:
        if not is_path(self.path):
            raise ValueError("not the path of a request")

    @property
    def line(self) -> str:
        """Method and path, for the audit log."""
        return f"{self.method.value} {self.shown or self.path}"


@dataclass(frozen=True, slots=True)
class WebResponse:
    """One answer. Names of headers are in lower case; values are the peer's text, not to be printed.

    ``is_cut``: the body went on past what is read of it, or was compressed so that it could not be read.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_cut: bool
    milliseconds: int

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in lower case."""
        return next((value for one, value in self.headers if one == name), None)

    def all_of(self, name: str) -> tuple[str, ...]:
        """Every value of a header, its name in lower case."""
        return tuple(value for one, value in self.headers if one == name)


def is_path(text: str) -> bool:
    """Whether a text can be the path of a request: visible ASCII, a slash first, no fragment.

    For paths that somebody else wrote, such as a DICOMweb root in a viewer's configuration.
    """
    visible = text.isascii() and text.isprintable() and " " not in text
    return visible and text.startswith("/") and "#" not in text and len(text) <= MAX_PATH
