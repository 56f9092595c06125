"""The report of one small survey in every format, as it was when somebody last looked at it.

After a change that is meant: ``python -m tests.golden.report_files`` writes them anew; then read the
difference.
"""

from __future__ import annotations

import io
from pathlib import Path

from dosimeter.report.document import build_document
from dosimeter.report.render import Format, render
from tests.unit.report import samples

FOLDER = Path(__file__).parent / "report"

FILES = {
    "table-80.txt": (Format.TABLE, 80, False),
    "table-120-detail.txt": (Format.TABLE, 120, True),
    "survey.jsonl": (Format.JSONL, None, False),
    "survey.json": (Format.JSON, None, False),
    "survey.csv": (Format.CSV, None, False),
    "survey.html": (Format.HTML, None, False),
}


def rendered(name: str) -> str:
    """One of the files, as the code writes it today."""
    format_, width, detail = FILES[name]
    small = [
        samples.retrievable(),
        samples.queryable(),
        samples.decoy(),
        samples.guarded(),
        samples.busy(),
        samples.spared(),
        samples.unreachable(1),
        samples.unreachable(2),
    ]
    out = io.StringIO(newline="")
    render(build_document(samples.HEADER, small), format_, out, width=width, detail=detail)
    return out.getvalue()


if __name__ == "__main__":
    for name in FILES:
        (FOLDER / name).write_text(rendered(name), encoding="utf-8", newline="")
