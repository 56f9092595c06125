from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from statistics import quantiles

from tests.architecture.source_tree import Module, broad_excepts, cycles, functions, imports, modules

LONGEST_FUNCTION = 80
LONGEST_OF_MOST_FUNCTIONS = 40
LONGEST_FILE = 500
BOUNDARIES = {"src/dosimeter/survey/runner.py", "src/dosimeter/cli/main.py"}


def _tree(text: str) -> Module:
    return Module("example", Path(__file__), text.count("\n"), ast.parse(text))


def test_no_function_is_longer_than_eighty_lines() -> None:
    """A function, its docstring apart, fits on a page."""
    measured = [function for module in modules() for function in functions(module)]
    assert [f"{one.place}: {one.lines}" for one in measured if one.lines > LONGEST_FUNCTION] == []


def test_nineteen_functions_of_twenty_have_forty_lines_or_fewer() -> None:
    """Long functions are the exception, whatever the limit allows."""
    lengths = [function.lines for module in modules() for function in functions(module)]
    assert quantiles(lengths, n=20)[-1] <= LONGEST_OF_MOST_FUNCTIONS


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    """A file holds one thing."""
    assert [f"{one.place}: {one.lines}" for one in modules() if one.lines > LONGEST_FILE] == []


def test_every_function_is_typed() -> None:
    """Every parameter and every result has a type; mypy --strict checks that they are right."""
    assert [one.place for module in modules() for one in functions(module) if not one.is_typed] == []


def test_everything_is_caught_at_two_named_boundaries_alone() -> None:
    """A failure elsewhere is caught by its name or travels to the boundary."""
    places = [place for module in modules() for place in broad_excepts(module)]
    files = Counter(place.rpartition(":")[0] for place in places)
    assert [place for place in places if place.rpartition(":")[0] not in BOUNDARIES] == []
    assert [file for file, count in files.items() if count > 1] == []


def test_no_modules_import_each_other_in_a_ring() -> None:
    """Each file can be read before those that use it."""
    assert cycles(imports()) == []


def test_a_broad_handler_is_found_in_each_of_its_disguises() -> None:
    """The measure itself sees bare, tuple, attribute and suppress forms."""
    disguises = (
        "try:\n    f()\nexcept:\n    pass\n",
        "try:\n    f()\nexcept (ValueError, Exception):\n    pass\n",
        "try:\n    f()\nexcept builtins.BaseException:\n    pass\n",
        "while x:\n try:\n  f()\n except Exception:\n  if x:\n   continue\n  raise\n",
        "try:\n    f()\nexcept BaseException:\n    put_away()\n    raise\n",
        "with contextlib.suppress(Exception):\n    f()\n",
    )
    assert [len(list(broad_excepts(_tree(text)))) for text in disguises] == [1, 1, 1, 1, 1, 1]
    named = "try:\n    f()\nexcept ValueError:\n    pass\nfinally:\n    put_away()\n"
    assert list(broad_excepts(_tree(named))) == []


def test_a_ring_is_found_whatever_its_length() -> None:
    """The measure itself sees a ring of three and leaves what merely leads to it alone."""
    ring = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set[str]()}
    assert cycles(ring) == [["a", "b", "c"]]


def test_an_untyped_parameter_is_found() -> None:
    """The measure itself tells typed from untyped, methods included."""
    methods = ("def f(self, a: int) -> int: ...", "def g(self, a) -> int: ...", "def h(self): ...")
    text = "class A:\n" + "".join(f"    {method}\n" for method in methods)
    assert [one.is_typed for one in functions(_tree(text))] == [True, False, False]
