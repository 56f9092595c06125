"""What a report says, as text, in whichever format: of a PDF the words on its pages, of Parquet its cells."""

from __future__ import annotations

import io

import pypdfium2
from pyarrow import parquet

from dosimeter.report.document import Document
from dosimeter.report.language import ENGLISH, Language
from dosimeter.report.render import BINARY, Format, render


def printed(document: Document, form: Format, language: Language = ENGLISH) -> str:
    """All of it, with every detail."""
    if form not in BINARY:
        text = io.StringIO(newline="")
        render(document, form, text, language, width=200, detail=True)
        return text.getvalue()
    raw = binary(document, form, language)
    if form is Format.PDF:
        return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(raw))
    return str(parquet.read_table(io.BytesIO(raw)).to_pylist())


def binary(document: Document, form: Format, language: Language = ENGLISH) -> bytes:
    """The bytes of a format that is no text."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw)
    render(document, form, out, language)
    out.detach()
    return raw.getvalue()
