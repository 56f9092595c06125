"""Draws docs/images/doors.svg: the doors of one archive, as the HTML report of the demonstration has them.

    python3 dev.py run docs/images/doors.py

The picture is cut out of the report that `dosimeter demo` writes, with the report's own style sheet.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

_STYLE: Final = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_PICTURE: Final = re.compile(r'<svg class="doors wide" viewBox="0 0 (\d+) (\d+)".*?</svg>', re.DOTALL)
_MARGIN: Final = 16
_FONT: Final = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'


def main() -> None:
    """Run the demonstration and keep the picture of the archive that has most doors."""
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "dosimeter", "demo", "--output-dir", folder)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        page = (Path(folder) / "report.html").read_text(encoding="utf-8")
    style = _STYLE.search(page)
    picture = max(_PICTURE.finditer(page), key=lambda found: found[0].count('class="leaf"'))
    if style is None:
        raise SystemExit("the report has no style sheet")
    width, height = (int(picture[group]) + 2 * _MARGIN for group in (1, 2))
    outer = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-_MARGIN} {-_MARGIN} {width} {height}"'
    sheet = f"{style[1]}\nsvg {{ font-family: {_FONT}; }}\nsvg svg {{ overflow: visible; }}"
    ground = f'<rect x="{-_MARGIN}" y="{-_MARGIN}" width="{width}" height="{height}" fill="#fff"/>'
    inner = picture[0].replace("<svg ", f'<svg width="{picture[1]}" height="{picture[2]}" ', 1)
    drawn = f'{outer} width="{width}" height="{height}"><style>{sheet}</style>{ground}{inner}</svg>\n'
    Path(__file__).with_suffix(".svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
