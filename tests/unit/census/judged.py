"""Compares what a census says with the truth: every number that it calls exact, at least or claimed."""

from __future__ import annotations

from collections import Counter

from dosimeter.census.judge import judge_census
from dosimeter.census.ladder import Census
from dosimeter.model.census import MANY, Count, Things, amount
from dosimeter.model.census import Census as Result
from dosimeter.model.facts import CensusEnded
from tests.unit.census.simulated import TITLES, Archive


def judged(census: Census, archive: Archive) -> Result:
    """What the facts of a census that ended come to."""
    ended = CensusEnded(TITLES, census.end, archive.asked, archive.rows, 0, 1, 0)
    return judge_census([*census.cells, ended])


def untruths(result: Result, archive: Archive) -> list[str]:
    """Every number that is not what it says it is, and every number short of exact with no reason."""
    truth = {
        "patients": archive.patients,
        "studies": len(archive.studies),
        "series": archive.total("series"),
        "instances": archive.total("instances"),
    }
    claims = {**truth, "series": archive.claimed("series"), "instances": archive.claimed("instances")}
    found = []
    for name, true in truth.items():
        count = getattr(result.counts, name)
        found += _untrue(name, count, true, claims[name])
        said = (MANY[Things(name)], amount(1, Things(name)).removeprefix("1 "))
        if count.kind != "exact" and not any(word in remark for remark in result.remarks for word in said):
            found.append(f"{name}: {count} for no reason")
    by_year = archive.by_year()
    for one in result.years:
        found += _untrue(str(one.year), one.studies, by_year.get(one.year, 0), None)
    undated = sum(study.day is None for study in archive.studies)
    found += _untrue("undated", result.undated_studies, undated, None)
    if result.counts.studies.kind == "exact":
        modalities = Counter(study.modality for study in archive.studies)
        found += [
            f"{one.modality}: {one.studies} and not {modalities[one.modality]}"
            for one in result.modalities
            if one.studies != modalities[one.modality]
        ]
    return found


def _untrue(name: str, count: Count, true: int, claim: int | None) -> list[str]:
    if count.kind == "exact" and count.value != true:
        return [f"{name}: {count} and not {true}"]
    if count.kind == "at_least" and count.value > true:
        return [f"{name}: {count} of {true}"]
    if count.kind == "claimed" and claim is not None and count.value > claim:
        return [f"{name}: {count} where the archive says {claim}"]
    return []
