"""A survey's JSON lines beside the truth of the fleet that it was about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

OPEN: Final = ("queryable", "retrievable", "browsable")
COLUMNS: Final = ("queryable", "browsable", "studies", "images", "downloadable")
_SUSPECTED: Final = ("medium", "high")
_SAID: Final = {
    "busy": "inconclusive",
    "silent": "inconclusive",
    "closes": "inconclusive",
    "decoy": "queryable",
}
"""What a survey rightly says of what is no rung of its ladder."""
_PAIRS: Final = (
    ("patients", "patients"),
    ("studies", "studies"),
    ("series", "series"),
    ("instances", "images"),
)


@dataclass(slots=True)
class Compared:
    """``found`` and ``truth`` are totals without decoys; ``exact`` how many numbers are said to be exact.

    ``differences`` are sentences, the first of every kind of fault first.
    """

    studied: int
    countries: int
    truth: Mapping[str, int]
    found: Counter[str] = field(default_factory=Counter)
    totals: Mapping[str, int] = field(default_factory=dict)
    """What the survey's own line of totals says."""
    total_kinds: tuple[str, ...] = ()
    """The kinds of its studies, images and downloadable images."""
    wrong_countries: list[str] = field(default_factory=list)
    exact: int = 0
    wrong_exact: int = 0
    misjudged: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, object]:
        """All of it, for JSON."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def compare(truth: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> Compared:
    """Hold every archive, every country and the totals against the truth."""
    compared = Compared(truth["studied"], len(truth["countries"]), truth["totals"])
    archives = {archive["address"]: archive for archive in truth["archives"]}
    by_country: dict[str | None, Counter[str]] = {}
    for line in lines:
        if line["type"] == "totals":
            compared.totals = _totals(line["without_decoys"])
            compared.total_kinds = _kinds_of_totals(line["without_decoys"])
        if line["type"] != "archive":
            continue
        true = archives.pop(line["address"], None)
        if true is None:
            compared.misjudged += 1
            compared.differences.append(f"{line['address']} is told twice, or is no archive of the fleet")
            continue
        _judge(line, true, compared)
        _check_counts(line, true, compared)
        if line["exposure"] in OPEN and line["decoy"]["tier"] not in _SUSPECTED:
            row = by_country.setdefault(_country(line), Counter())
            row += Counter(_amounts(line))
    for address, true in archives.items():
        compared.misjudged += 1
        compared.differences.append(f"{address} ({true['rung']}, {true['kind']}) is not told")
    _add_up(by_country, truth["countries"], compared)
    return compared


def _add_up(
    by_country: dict[str | None, Counter[str]], countries: Mapping[str, Any], compared: Compared
) -> None:
    """Every country, and all of them together."""
    for row in by_country.values():
        compared.found.update(row)
    if any(compared.found[name] != told for name, told in compared.totals.items()):
        compared.misjudged += 1
        compared.differences.append(f"the totals say {compared.totals}, the archives {dict(compared.found)}")
    for code, right in countries.items():
        row = by_country.pop(code, Counter())
        if any(row[name] != right[name] for name in COLUMNS):
            compared.wrong_countries.append(code)
            compared.differences.append(f"{code}: {dict(row)}, not {right}")
    compared.differences += [
        f"{code} holds nothing in truth: {dict(row)}" for code, row in by_country.items()
    ]
    compared.wrong_countries += [str(code) for code in by_country]


def _country(line: Mapping[str, Any]) -> str | None:
    country = line.get("country")
    return country["code"] if isinstance(country, dict) else country


def _amounts(line: Mapping[str, Any]) -> dict[str, int]:
    counts = line["counts"]
    return {
        "queryable": 1,
        "browsable": int(line["exposure"] == "browsable"),
        "studies": counts["studies"].get("value") or 0,
        "images": counts["instances"].get("value") or 0,
        "downloadable": line["retrievable_instances"].get("value") or 0,
    }


def _totals(without_decoys: Mapping[str, Any]) -> dict[str, int]:
    linked, fetched = without_decoys["linked"], without_decoys["downloadable"]
    return {
        "queryable": without_decoys["open_to_anybody"],
        "browsable": without_decoys["archive_exposure"]["browsable"],
        "studies": linked["studies"].get("value") or 0,
        "images": linked["instances"].get("value") or 0,
        "downloadable": fetched["instances"].get("value") or 0,
    }


def _kinds_of_totals(without_decoys: Mapping[str, Any]) -> tuple[str, ...]:
    linked, fetched = without_decoys["linked"], without_decoys["downloadable"]
    return tuple(sums["kind"] for sums in (linked["studies"], linked["instances"], fetched["instances"]))


def _judge(line: Mapping[str, Any], true: Mapping[str, Any], compared: Compared) -> None:
    expected = _SAID.get(true["rung"], true["rung"])
    suspected = line["decoy"]["tier"] in _SUSPECTED
    if line["exposure"] != expected or suspected != (true["rung"] == "decoy"):
        compared.misjudged += 1
        compared.differences.append(
            f"{line['address']} is {line['exposure']}, decoy {line['decoy']['tier']}; it is {true['rung']}: "
            f"{true['kind']}"
        )


def _check_counts(line: Mapping[str, Any], true: Mapping[str, Any], compared: Compared) -> None:
    fetched, right = line["retrievable_instances"], true["images"] if true["retrievable"] else 0
    if true["rung"] in OPEN and fetched.get("value") != right:
        said = f"{fetched['kind']} {fetched.get('value')}"
        compared.differences.append(f"{line['address']} ({true['kind']}): downloadable {said}, not {right:,}")
    for name, key in _PAIRS:
        count = line["counts"][name]
        if true["rung"] not in {*OPEN, "name_gated"}:
            continue
        compared.kinds[f"{name} {count['kind']}"] += 1
        is_wrong = count.get("value") != true[key]
        if count["kind"] == "exact":
            compared.exact += 1
            compared.wrong_exact += is_wrong
        if is_wrong and (count["kind"] == "exact" or name in {"studies", "instances"}):
            said = f"{count['kind']} {count.get('value')}"
            compared.differences.append(
                f"{line['address']} ({true['kind']}): {name} {said}, not {true[key]:,}"
            )
