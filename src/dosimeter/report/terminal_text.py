"""What the report on a terminal is drawn with: lines of text, styles, tables. Nothing is parsed as markup."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dosimeter.model.verdict import Exposure, Product, Severity
from dosimeter.report.plain import Span, plain_text, unbroken
from dosimeter.report.words import EXPOSURE_WORD

STICKY: Final = "\ue000"
"""Stands for a no-break space while lines are broken, for rich breaks at those too. Of one column, and in no
text that has passed `plain_text`."""

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


def text_line(text: str, style: str = "") -> Text:
    """A text, made harmless, whose small cells do not break."""
    return Text(unbroken(plain_text(text)).replace("\N{NO-BREAK SPACE}", STICKY), style)


def marked(pieces: tuple[Span, ...]) -> Text:
    """A sentence with what is to be typed exactly set apart."""
    marked = Text()
    for span in pieces:
        marked.append(plain_text(span.text), CODE_STYLE if span.code else "")
    return marked


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


def exposure_text(exposure: Exposure) -> Text:
    """The word of a rung, in its colour."""
    return text_line(EXPOSURE_WORD[exposure], EXPOSURE_STYLE[exposure])


def severity_text(severity: Severity) -> Text:
    """The word of a severity, in its colour."""
    return text_line(severity.word, SEVERITY_STYLE[severity])


def product_words(product: Product | None) -> str:
    """Name and version, or that it is not known."""
    if product is None:
        return "not known"
    return f"{product.name} {product.version}" if product.version else product.name
