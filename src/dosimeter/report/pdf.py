"""The report on paper: a tagged PDF/UA-1, set by typst.

Everything that is printed is handed to the template as JSON and is never read as its markup. The template
reads no file and no package, and its root is an empty folder. Fonts are those that typst brings, whatever
the machine has, so the pages are the same everywhere.
"""

from __future__ import annotations

import json
from datetime import UTC
from importlib.resources import files
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO, cast

from dosimeter.report.language import Language
from dosimeter.report.pdf_pages import pages_of
from dosimeter.report.pdf_text import Pen

if TYPE_CHECKING:
    from dosimeter.report.document import Document


def write_pdf(document: Document, out: BinaryIO, language: Language) -> None:
    """Set the pages and write them.

    Raises:
        OSError: ``out`` cannot be written.
    """
    import typst

    template = (files("dosimeter.report") / "typst" / "report.typ").read_bytes()
    report = json.dumps(pages_of(document, Pen(language)), ensure_ascii=False, allow_nan=False)
    moment = document.header.completed or document.header.started
    with TemporaryDirectory() as empty:
        compiler = typst.Compiler(
            root=empty,
            ignore_system_fonts=True,
            sys_inputs={"report": report},
            package_path=empty,
            package_cache_path=empty,
        )
        pages = compiler.compile(
            template,
            format="pdf",
            pdf_standards="ua-1",
            timestamp=moment.astimezone(UTC).replace(microsecond=0),
        )
    out.write(cast("bytes", pages))
