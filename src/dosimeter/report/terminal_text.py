"""What the report on a terminal is drawn with: lines of text, styles, tables. Nothing is parsed as markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dosimeter.model.message import Message, say
from dosimeter.model.verdict import Exposure, Product, Severity
from dosimeter.report.language import Language
from dosimeter.report.plain import plain_text, spans, unbroken
from dosimeter.report.words import EXPOSURE_WORD, SEVERITY_WORD

STICKY: Final = "\ue000"
"""Stands for a no-break space while lines are broken, for rich breaks at those too. Of one column, and in no
text that has passed `plain_text`. What is printed in the end is a space that every terminal has."""

_NEVER_BREAKING: Final = re.compile("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")

LONGEST_IPV4: Final = 21
"""Columns of the longest IPv4 address and port: what can be copied stays in one line."""

CODE_STYLE: Final = "bold cyan"

EXPOSURE_STYLE: Final = {
    Exposure.UNREACHABLE: "dim",
    Exposure.NOT_DICOM: "dim",
    Exposure.INCONCLUSIVE: "magenta",
    Exposure.GUARDED: "green",
    Exposure.ASSOCIATES: "cyan",
    Exposure.NAME_GATED: "yellow",
    Exposure.QUERYABLE: "bold red",
    Exposure.RETRIEVABLE: "bold red",
    Exposure.BROWSABLE: "bold red",
}

SEVERITY_STYLE: Final = {
    Severity.INFO: "dim",
    Severity.LOW: "cyan",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "red",
    Severity.CRITICAL: "bold red",
}


def new_table() -> Table:
    """A table in the report's style."""
    return Table(box=box.SIMPLE_HEAD, header_style="bold", padding=(0, 1), pad_edge=False, show_edge=False)


def text_line(said: str, style: str = "") -> Text:
    """A text in its language, made harmless; what must not break at the end of a line does not."""
    return Text(_NEVER_BREAKING.sub(STICKY, unbroken(plain_text(said))), style)


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes lines in one language."""

    language: Language

    def line(self, text: str, style: str = "") -> Text:
        """A message, or text that is in no language."""
        return text_line(self.language.text(text), style)

    def number(self, number: int, style: str = "") -> Text:
        """A number as the language writes it."""
        return self.line(self.language.number(number), style)

    def marked(self, sentence: str) -> Text:
        """A sentence with what is to be typed exactly set apart."""
        text = Text()
        for span in spans(self.language.text(sentence)):
            said = plain_text(span.text)
            text.append(
                said if span.code else _NEVER_BREAKING.sub(STICKY, said), CODE_STYLE if span.code else ""
            )
        return text

    def exposure(self, exposure: Exposure) -> Text:
        """The word of a rung, in its colour."""
        return self.line(EXPOSURE_WORD[exposure], EXPOSURE_STYLE[exposure])

    def severity(self, severity: Severity) -> Text:
        """The word of a severity, in its colour."""
        return self.line(SEVERITY_WORD[severity], SEVERITY_STYLE[severity])


def indented(part: RenderableType) -> Padding:
    """Two columns in."""
    return Padding(part, (0, 0, 0, 2))


def item(mark: str, text: Text) -> RenderableType:
    """An entry of a list."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, width=2, justify="right")
    grid.add_column()
    grid.add_row(mark, text)
    return indented(grid)


def product_words(product: Product | None) -> Message:
    """Name and version, or that it is not known."""
    if product is None:
        return say("not known")
    name, version = str(product.name), product.version
    return say("{name} {version}", name=name, version=str(version)) if version else say("{only}", only=name)
