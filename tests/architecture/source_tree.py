"""The source as syntax trees, and what the budgets measure of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGE = SRC / "dosimeter"

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef

_BROAD = {"Exception", "BaseException"}


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the source: its dotted name, its path and its tree."""

    name: str
    path: Path
    lines: int
    tree: ast.Module

    @property
    def place(self) -> str:
        """The path as a reader of the repository writes it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def is_package(self) -> bool:
        """Whether this is an ``__init__.py``."""
        return self.path.name == "__init__.py"


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method, its lines without its docstring, and whether it is typed throughout."""

    place: str
    lines: int
    is_typed: bool


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package."""
    return tuple(parse(path) for path in sorted(PACKAGE.rglob("*.py")))


def parse(path: Path) -> Module:
    """Read one file."""
    text = path.read_text(encoding="utf-8")
    parts = path.relative_to(SRC).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, text.count("\n"), ast.parse(text, filename=str(path)))


def functions(module: Module) -> Iterator[Function]:
    """Measure every function of a module, nested ones too."""
    for node in ast.walk(module.tree):
        if isinstance(node, AnyFunction):
            yield Function(f"{module.place}:{node.lineno} {node.name}", _lines(node), _is_typed(node))


def broad_excepts(module: Module) -> Iterator[str]:
    """The places that swallow everything, by a handler or by ``suppress``.

    A handler that only puts things away and ends in a bare ``raise`` swallows nothing.
    """
    for node in ast.walk(module.tree):
        if _catches_everything(node):
            yield f"{module.place}:{node.lineno}"


def cycles(imports: dict[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other in a ring."""
    reached = {name: _reach(name, imports) for name in imports}
    rings = {frozenset(other for other in reached[name] if name in reached[other]) for name in imports}
    return sorted(sorted(ring) for ring in rings if ring)


def imports() -> dict[str, set[str]]:
    """For every module, the modules of this package it imports, at the top or inside functions."""
    known = {module.name for module in modules()}
    return {module.name: set(_imported(module.tree)) & known - {module.name} for module in modules()}


def _catches_everything(node: ast.AST) -> TypeGuard[ast.ExceptHandler | ast.Call]:
    if isinstance(node, ast.ExceptHandler):
        return node.type is None or bool(_names(node.type) & _BROAD)
    if isinstance(node, ast.Call) and "suppress" in _names(node.func):
        return any(_names(argument) & _BROAD for argument in node.args)
    return False


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _reach(start: str, imports: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(imports[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(imports[name])
    return seen


def _lines(node: AnyFunction) -> int:
    total = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node, clean=False) is None:
        return total
    docstring = node.body[0]
    return total - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def _is_typed(node: AnyFunction) -> bool:
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    given += [star for star in (node.args.vararg, node.args.kwarg) if star]
    untyped = [argument.arg for argument in given if argument.annotation is None]
    return node.returns is not None and not set(untyped) - {"self", "cls"}


def _names(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} | {
        part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)
    }
