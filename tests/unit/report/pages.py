"""Reads an HTML report back: its tags in order, its text, and the cells of its tables."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """Every tag with its attributes, every text, and each table row that has an id."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.rows: dict[str, list[str]] = {}
        self._row: list[str] | None = None
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag, and begin a row or a cell."""
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            name = dict(attrs).get("id")
            self._row = self.rows.setdefault(name, []) if name else None
        elif tag in {"td", "th"} and self._row is not None:
            self._row.append("")

    def handle_data(self, data: str) -> None:
        """Keep the text, in its cell too."""
        self.texts.append(data)
        if self._row:
            self._row[-1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        """End a row."""
        if tag == "tr":
            self._row = None
