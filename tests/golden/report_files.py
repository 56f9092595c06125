"""The reports of three small surveys in every format, as they were when somebody last looked at them.

The second one was counted: every kind of count, an archive with two doors, a decoy. The third one has web
faces: three doors of one archive, a login wall, neighbours, a sampled archive.

After a change that is meant: ``python -m tests.golden.report_files`` writes them anew; then read the
difference.
"""

from __future__ import annotations

import io
from pathlib import Path

from dosimeter.report.document import Document, build_document
from dosimeter.report.render import Format, render
from tests.unit.report import counted, doors, samples

FOLDER = Path(__file__).parent / "report"

FORMS = {
    "table-80.txt": (Format.TABLE, 80, False),
    "table-120-detail.txt": (Format.TABLE, 120, True),
    "survey.jsonl": (Format.JSONL, None, False),
    "survey.json": (Format.JSON, None, False),
    "survey.csv": (Format.CSV, None, False),
    "survey.html": (Format.HTML, None, False),
}
FOLDERS = ("counted", "doors")
FILES = (*FORMS, *(f"{folder}/{name}" for folder in FOLDERS for name in FORMS))


def rendered(name: str) -> str:
    """One of the files, as the code writes it today."""
    folder, _, form = name.rpartition("/")
    format_, width, detail = FORMS[form]
    document = {"": _uncounted, "counted": counted.document, "doors": doors.document}[folder]()
    out = io.StringIO(newline="")
    render(document, format_, out, width=width, detail=detail)
    return out.getvalue()


def _uncounted() -> Document:
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
    return build_document(samples.HEADER, small)


if __name__ == "__main__":
    for folder in FOLDERS:
        (FOLDER / folder).mkdir(exist_ok=True)
    for name in FILES:
        (FOLDER / name).write_text(rendered(name), encoding="utf-8", newline="")
