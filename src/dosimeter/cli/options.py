"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from dosimeter.model.verdict import Severity


class SeverityWord(StrEnum):
    """The words of `--fail-on`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def severity(self) -> Severity:
        """The severity the word names."""
        return Severity[self.name]


class FormatWord(StrEnum):
    """The words of `--format`."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"
    PARQUET = "parquet"
    DEFECTDOJO = "defectdojo"
    INTELMQ = "intelmq"
    PROMETHEUS = "prometheus"


class EditionWord(StrEnum):
    """The words of `--edition`."""

    OWNER = "owner"
    SHAREABLE = "shareable"


_Word = TypeVar("_Word", bound=StrEnum)


def word_of(words: type[_Word]) -> Callable[[str], _Word]:
    """The parser of an option: typer's own choice lets the words of a library stand before its message."""

    def read(text: str) -> _Word:
        try:
            return words(text)
        except ValueError:
            raise typer.BadParameter(f"{text} is none of {', '.join(words)}") from None

    return read


Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="DOSIMETER_STORE",
        metavar="URL",
        help="Where surveys are kept: sqlite:///FILE. Default: a file in your data folder.",
    ),
]
ReportFormat = Annotated[
    FormatWord,
    typer.Option(
        "--format",
        "-f",
        parser=word_of(FormatWord),
        metavar=f"<{'|'.join(FormatWord)}>",
        help="How the report is written.",
    ),
]
Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report there, not to stdout.")
]
Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="<en|fr>",
        help="The language of table, HTML and PDF. Default: that of the environment, else English.",
    ),
]
ReportEdition = Annotated[
    EditionWord,
    typer.Option(
        "--edition",
        parser=word_of(EditionWord),
        metavar=f"<{'|'.join(EditionWord)}>",
        help="For the owner, whole; or to be handed on: no address, no name, small numbers suppressed.",
    ),
]
GeoDb = Annotated[
    list[Path] | None,
    typer.Option(
        "--geo-db",
        metavar="FILE",
        help="A .mmdb file of your own for countries or operators; more than one: the first goes first.",
    ),
]
Owners = Annotated[
    Path | None,
    typer.Option(
        "--owners",
        metavar="FILE",
        help="Whose networks are: a CSV table with the columns network, organisation, sector, contact, "
        "country, asn, operator; all but the first two may be left out.",
    ),
]
Detail = Annotated[
    bool, typer.Option("--detail", help="In a table: every reason and remedy, archive by archive.")
]
FailOn = Annotated[
    SeverityWord | None,
    typer.Option(
        "--fail-on",
        parser=word_of(SeverityWord),
        metavar=f"<{'|'.join(SeverityWord)}>",
        help="End with exit code 3 if a finding is this severe or worse.",
    ),
]
