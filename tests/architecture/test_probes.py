from __future__ import annotations

import ast

import pytest

from tests.architecture.source_tree import PACKAGE, ROOT, Module, imports, modules

PROBES = [
    module
    for module in modules()
    if module.path.parent == PACKAGE / "probes" and not module.path.name.startswith("_")
]
NAMES = [module.path.stem for module in PROBES]


@pytest.mark.parametrize("module", PROBES, ids=NAMES)
def test_a_probe_ends_in_its_declaration(module: Module) -> None:
    """The last statement of a probe's file is ``PROBE = Probe(name=<the file's name>, …)``."""
    last = module.tree.body[-1]
    assert isinstance(last, ast.Assign), "the last statement is not an assignment"
    assert [target.id for target in last.targets if isinstance(target, ast.Name)] == ["PROBE"]
    assert isinstance(last.value, ast.Call), "PROBE is not declared with Probe(…)"
    declared = {keyword.arg: keyword.value for keyword in last.value.keywords}
    assert ast.literal_eval(declared["name"]) == module.path.stem


@pytest.mark.parametrize("name", NAMES)
def test_a_probe_has_its_test(name: str) -> None:
    """A new probe is one file and its test."""
    assert (ROOT / "tests" / "unit" / "probes" / f"test_{name}.py").is_file()


@pytest.mark.parametrize("module", PROBES, ids=NAMES)
def test_a_probe_imports_no_other_probe(module: Module) -> None:
    """Probes are ordered by the facts they need, never by calling each other."""
    assert imports()[module.name] & {probe.name for probe in PROBES} == set()


def test_there_are_probes() -> None:
    """The three rules above are not about an empty folder."""
    assert "dicom_associate" in NAMES
