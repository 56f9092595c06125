"""Draws docs/images/demo.svg: what `dosimeter demo` prints on a terminal of 100 columns.

    python3 dev.py run docs/images/demo.py

The picture is one file with no remote font, so that a page that shows it asks nobody for anything.
"""

from __future__ import annotations

import os
import pty
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

COLUMNS: Final = 100
LAST_LINE: Final = "Other "
"""The picture ends above the table of endpoints that are no archive."""

PICTURE: Final = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


def main() -> None:
    """Run the demonstration on a terminal of our own and draw what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        printed = _printed([sys.executable, "-m", "dosimeter", "demo", "--output-dir", folder])
    lines = printed.replace("\r", "").split("\n")
    end = next(index for index, line in enumerate(lines) if LAST_LINE in line)
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi("\n".join(lines[:end]).strip("\n")))
    picture = console.export_svg(title="python3 dev.py demo", code_format=PICTURE, unique_id="demo")
    Path(__file__).with_suffix(".svg").write_text(picture, encoding="utf-8")


def _printed(command: list[str]) -> str:
    """What a command prints on a terminal; its progress, on stderr, is left out."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ |= {"COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        os.execv(command[0], command)  # noqa: S606 - our own program, no shell
    pieces = []
    while True:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:
            piece = b""  # Linux says so when the other end of a terminal is closed.
        if not piece:
            break
        pieces.append(piece)
    os.waitpid(child, 0)
    return b"".join(pieces).decode()


main()
