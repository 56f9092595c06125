from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_tree import ROOT, AnyFunction

FILES = sorted(path for path in (ROOT / "tests").rglob("*.py"))
LEFT_OUT = {"skip", "skipif", "importorskip", "xfail"}


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in FILES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_every_test_opens_with_one_sentence_of_behaviour() -> None:
    """Read alone, the first lines of the tests say what the program does."""
    silent = []
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, AnyFunction) and node.name.startswith("test_"):
                said = (ast.get_docstring(node) or "").partition("\n\n")[0]
                if not said.endswith((".", "?", "!")):
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert silent == []


def test_no_test_is_left_out() -> None:
    """A missing server or an unfinished part is a failure, never a skipped test."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}"
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in LEFT_OUT and "pytest" in ast.unparse(node)
    ]
    assert found == []


def test_every_test_file_is_collected() -> None:
    """A file that holds tests has a name that pytest collects."""
    missed = [
        str(path.relative_to(ROOT))
        for path, tree in _trees()
        if any(isinstance(node, AnyFunction) and node.name.startswith("test_") for node in tree.body)
        and not path.name.startswith("test_")
    ]
    assert missed == []
