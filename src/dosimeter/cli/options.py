"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

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


Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="DOSIMETER_STORE",
        metavar="URL",
        help="Where surveys are kept: sqlite:///FILE. Default: a file in your data folder.",
    ),
]
ReportFormat = Annotated[FormatWord, typer.Option("--format", "-f", help="How the report is written.")]
Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report there, not to stdout.")
]
Detail = Annotated[
    bool, typer.Option("--detail", help="In a table: every reason and remedy, archive by archive.")
]
FailOn = Annotated[
    SeverityWord | None,
    typer.Option("--fail-on", help="End with exit code 3 if a finding is this severe or worse."),
]
