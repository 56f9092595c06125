from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "truth.py"


@pytest.fixture(scope="module")
def truth() -> ModuleType:
    """The module that holds a survey against the truth."""
    spec = importlib.util.spec_from_file_location("bench_truth", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_truth"] = module
    spec.loader.exec_module(module)
    return module


def archive(address: str, country: str, rung: str = "retrievable", **more: object) -> dict[str, Any]:
    """An archive as the truth tells it."""
    held = {"patients": 4, "studies": 10, "series": 20, "images": 300}
    known = {"address": address, "country": country, "rung": rung, "kind": "lab", "retrievable": True}
    return {**known, **held, **more}


def line(true: dict[str, Any], **more: object) -> dict[str, Any]:
    """What a survey that is right says of it."""
    names = {"patients": "patients", "studies": "studies", "series": "series", "instances": "images"}
    return {
        "type": "archive",
        "address": true["address"],
        "country": {"code": true["country"]},
        "exposure": true["rung"],
        "decoy": {"tier": "none"},
        "counts": {name: {"kind": "exact", "value": true[key]} for name, key in names.items()},
        "retrievable_instances": {"kind": "exact", "value": true["images"] * true["retrievable"]},
        **more,
    }


TWO = [archive("127.64.0.1", "FR"), archive("127.64.0.2", "TR", "browsable", images=400)]
SUMS = {"queryable": 1, "studies": 10}
TRUTH = {
    "studied": 2,
    "archives": TWO,
    "totals": {"queryable": 2, "browsable": 1, "studies": 20, "images": 700, "downloadable": 700},
    "countries": {
        "FR": {**SUMS, "browsable": 0, "images": 300, "downloadable": 300},
        "TR": {**SUMS, "browsable": 1, "images": 400, "downloadable": 400},
    },
}


def test_a_survey_that_is_right_differs_in_nothing(truth: ModuleType) -> None:
    """Totals, countries and every exact number are those of the truth."""
    compared = truth.compare(TRUTH, [{"type": "survey"}, *map(line, TWO)])
    assert dict(compared.found) == TRUTH["totals"]
    assert compared.differences == []
    assert (compared.exact, compared.wrong_exact, compared.misjudged) == (8, 0, 0)


def test_an_exact_number_that_is_wrong_is_found_and_a_claim_is_no_exact_number(truth: ModuleType) -> None:
    """One image too few is a wrong country either way, and a broken promise if it was called exact."""
    for kind, broken in (("exact", 1), ("claimed", 0)):
        said = line(TWO[0])
        said["counts"]["instances"] = {"kind": kind, "value": 299}
        compared = truth.compare(TRUTH, [said, line(TWO[1])])
        assert compared.wrong_exact == broken
        assert compared.wrong_countries == ["FR"]
        assert compared.differences[0] == f"127.64.0.1 (lab): instances {kind} 299, not 300"


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"exposure": "queryable"}, []),
        ({"exposure": "guarded"}, ["FR"]),
        ({"decoy": {"tier": "high"}}, ["FR"]),
        ({"country": None}, ["FR", "None"]),
        ({"retrievable_instances": {"kind": "unknown"}}, ["FR"]),
    ],
)
def test_a_rung_a_country_or_a_suspicion_that_is_wrong_is_found(
    truth: ModuleType, more: dict[str, Any], wrong: list[str]
) -> None:
    """What is not open, is a decoy or has no country is missing from its country."""
    compared = truth.compare(TRUTH, [line(TWO[0], **more), line(TWO[1])])
    assert compared.wrong_countries == wrong
    assert compared.differences
    assert compared.misjudged == ("exposure" in more or "decoy" in more)


def test_totals_that_are_not_the_sum_of_the_archives_are_found(truth: ModuleType) -> None:
    """The survey's own line of totals is held against its archives."""
    amounts = {"studies": {"kind": "exact", "value": 20}, "instances": {"kind": "exact", "value": 700}}
    column = {"open_to_anybody": 2, "archive_exposure": {"browsable": 1}, "linked": amounts}
    for images, wrong in ((700, 0), (699, 1)):
        sums = {
            "type": "totals",
            "without_decoys": {**column, "downloadable": {"instances": {"kind": "claimed", "value": images}}},
        }
        compared = truth.compare(TRUTH, [*map(line, TWO), sums])
        assert compared.misjudged == wrong
        assert compared.total_kinds == ("exact", "exact", "claimed")


def test_an_archive_that_is_not_told_or_told_twice_is_found(truth: ModuleType) -> None:
    """Each archive of the fleet has one line."""
    assert truth.compare(TRUTH, [line(TWO[0])]).misjudged == 1
    assert truth.compare(TRUTH, [line(TWO[0]), line(TWO[0]), line(TWO[1])]).misjudged == 1
