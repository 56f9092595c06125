from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source_tree import AnyFunction, modules

AVOIDED = {
    "attack", "attacker", "exploit", "victim", "loot", "hacker", "pwned",
    "manager", "helper", "helpers", "util", "utils", "misc", "handler",
}  # fmt: skip
FORBIDDEN_SERVICES = re.compile(
    r"c_?(store|move)|n_?(get|set|create|delete|action|event_report)(_?rq)?", re.IGNORECASE
)

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words(name: str) -> set[str]:
    """The words of a name in any case style: ``FileHTTPReader`` is file, http and reader."""
    return {word.lower() for word in _WORD.findall(name)}


def defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name that a module gives to something, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | AnyFunction):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def test_no_name_is_one_that_the_design_avoids() -> None:
    """Names come from the standard and the ladder; none says attack, manager or misc."""
    found = [
        f"{module.place}:{line} {name}"
        for module in modules()
        for name, line in (*defined(module.tree), (module.path.stem, 1))
        if words(name) & AVOIDED
    ]
    assert found == []


def test_nothing_is_named_after_a_service_that_moves_or_changes_data() -> None:
    """C-STORE, C-MOVE and the N-services have no name in the source: they cannot be asked for."""
    found = [
        f"{module.place}:{line} {name}"
        for module in modules()
        for name, line in defined(module.tree)
        if FORBIDDEN_SERVICES.fullmatch(name.strip("_"))
    ]
    assert found == []


def test_a_name_is_split_into_its_words() -> None:
    """The measure itself reads snake case, camel case and initials, and no word inside another."""
    assert words("read_HTTPManager") == {"read", "http", "manager"}
    assert words("utility_miscellany") == {"utility", "miscellany"}
