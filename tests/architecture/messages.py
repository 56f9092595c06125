"""Every text of our own that can be said in another language, as the source has it; and the catalogues."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from tests.architecture.source_tree import PACKAGE, ROOT, Module, modules

MESSAGES = "dosimeter.model.message"
TEMPLATES = PACKAGE / "report" / "templates"
CATALOGUES = PACKAGE / "report" / "locales"

_TAKES = {"say": 1, "many": 2, "Template": 2}
"""How many templates each of these takes, before anything else."""
_FILTERS = {"t", "css"}
"""The filters of the Jinja2 files that say a text in the language of the page."""
_SAYS_WHAT_A_FILE_SAYS = {"src/dosimeter/report/page.py"}
"""The filters themselves: their texts stand in the files."""


@dataclass(frozen=True, slots=True)
class Said:
    """One or two forms of a text, and where they stand."""

    forms: tuple[str, ...]
    place: str


@cache
def said() -> tuple[Said, ...]:
    """All there is, in modules and in files of Jinja2."""
    found: list[Said] = []
    for module in modules():
        found += said_in(module)[0]
    for path in sorted(TEMPLATES.glob("*.j2")):
        found += said_in_file(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())[0]
    return tuple(found)


@cache
def not_literal() -> tuple[str, ...]:
    """Where a text is made of others, so that nobody can find it."""
    places: list[str] = []
    for module in modules():
        if module.name != MESSAGES and module.place not in _SAYS_WHAT_A_FILE_SAYS:
            places += said_in(module)[1]
    for path in sorted(TEMPLATES.glob("*.j2")):
        places += said_in_file(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())[1]
    return tuple(places)


def said_in(module: Module) -> tuple[list[Said], list[str]]:
    """The texts of a module, and the places of those that are no literals."""
    makers = _makers(module)
    found: list[Said] = []
    others: list[str] = []
    for node in ast.walk(module.tree):
        name = _maker(node, makers)
        if name is None or not isinstance(node, ast.Call):
            continue
        place = f"{module.place}:{node.lineno}"
        forms = _forms(node, name)
        if forms is None:
            others.append(place)
        elif forms != ("",):
            found.append(Said(forms, place))
    return found, others


def said_in_file(source: str, place: str) -> tuple[list[Said], list[str]]:
    """As `said_in`, of a file of Jinja2: what goes through a filter, if it begins as a text there."""
    found: list[Said] = []
    others: list[str] = []
    for node in Environment(autoescape=True).parse(source).find_all(nodes.Filter):
        if node.name not in _FILTERS or node.node is None:
            continue
        for text in _choices(node.node):
            if isinstance(text, nodes.Const) and isinstance(text.value, str):
                found.append(Said((text.value,), f"{place}:{node.lineno}"))
            elif isinstance(text, (nodes.Concat, nodes.Add, nodes.Mod)):
                others.append(f"{place}:{node.lineno}")
    return found, others


def words_in_file(source: str) -> list[str]:
    """What a file of Jinja2 prints as it stands: between its tags, and in attributes that are read out."""
    reader = _Reader()
    for output in Environment(autoescape=True, trim_blocks=True).parse(source).find_all(nodes.Output):
        for node in output.nodes:
            reader.feed(node.data if isinstance(node, nodes.TemplateData) else _VALUE)
    return reader.found


_VALUE = "\N{SECTION SIGN}"
"""Stands for what is put in."""
_READ_OUT = {"alt", "aria-description", "aria-label", "data-label", "placeholder", "title"}
_AS_IT_IS = {"code", "script", "style"}
"""Commands and keys are typed in English everywhere."""
_WORD = re.compile(r"[A-Za-z]{2,}")


class _Reader(HTMLParser):
    """Collects what people read of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._raw = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Attributes that a screen reader says."""
        self._raw += tag in _AS_IT_IS
        self.found += [
            word for name, value in attrs if name in _READ_OUT for word in _WORD.findall(value or "")
        ]

    def handle_endtag(self, tag: str) -> None:
        """Out of a command or a script again."""
        self._raw -= tag in _AS_IT_IS

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._raw:
            self.found += _WORD.findall(data)


@cache
def entries(code: str) -> tuple[tuple[str, Entry], ...]:
    """Every entry of every catalogue of a language, with the name of its file."""
    return tuple(
        (path.name, entry) for path in sorted((CATALOGUES / code).glob("*.po")) for entry in _read(path, code)
    )


@cache
def obsolete(code: str) -> tuple[str, ...]:
    """What the catalogues keep of texts that were said once."""
    found: list[str] = []
    for path in sorted((CATALOGUES / code).glob("*.po")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [f"{path.name}:{number}" for number, line in enumerate(lines, 1) if line.startswith("#~")]
    return tuple(found)


def forms_of(entry: Entry) -> tuple[str, ...]:
    """The English of an entry: one form, or two."""
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def translations_of(entry: Entry) -> tuple[str, ...]:
    """What an entry says in its language."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _read(path: Path, code: str) -> Iterator[Entry]:
    with path.open("rb") as stream:
        yield from (entry for entry in read_po(stream, locale=code, abort_invalid=True) if entry.id)


def _makers(module: Module) -> dict[str, str]:
    """The names by which this module calls what makes messages."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == MESSAGES
        for alias in node.names
        if alias.name in _TAKES
    } or ({name: name for name in _TAKES} if module.name == MESSAGES else {})


def _maker(node: ast.AST, makers: dict[str, str]) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.attr if node.func.value.id == "message" and node.func.attr in _TAKES else None
    return makers.get(node.func.id) if isinstance(node.func, ast.Name) else None


def _forms(call: ast.Call, name: str) -> tuple[str, ...] | None:
    texts = call.args[: _TAKES[name]]
    if name == "many" and len(texts) < _TAKES[name]:
        return None
    forms = [each.value for each in texts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return tuple(forms) if forms and len(forms) == len(texts) else None


def _choices(node: nodes.Expr) -> Iterable[nodes.Expr]:
    if isinstance(node, nodes.CondExpr):
        yield from _choices(node.expr1)
        if node.expr2 is not None:
            yield from _choices(node.expr2)
    else:
        yield node
