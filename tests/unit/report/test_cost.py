from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from dosimeter.model.attempt import Attempt, Completed
from dosimeter.model.census import CensusEnd
from dosimeter.model.facts import CensusEnded
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import Archive
from dosimeter.report.cost import CountingCost, cost_of
from dosimeter.report.render import Format, render
from tests.unit.report import counted

STUDIES = CensusEnded(counted.STRANGER, CensusEnd.ALL_ASKED, 130, 1_484, 250_000, 1, 2_100)
WORKLIST = CensusEnded(counted.STRANGER, CensusEnd.ALL_ASKED, 1, 12, 1_000, 1, 10)


def archive(number: int, *facts: CensusEnded) -> Archive:
    """An archive whose counting ended so."""
    attempts: tuple[Attempt, ...] = (Completed("count", facts),)
    return counted.archive(number, Exposure.QUERYABLE, counted.CLAIMED, attempts)


def written(*archives: Archive, form: Format) -> str:
    """The report of these archives."""
    out = io.StringIO()
    render(counted.document(*archives), form, out, width=400, detail=True)
    return out.getvalue()


@pytest.mark.parametrize(
    ("cost", "says"),
    [
        (CountingCost(130, 250_000, 1, 2_100), "130 queries, 0.3 MB and 3 s over 1 association"),
        (CountingCost(1, 90, 2, 0), "1 query, 0.1 MB and 1 s over 2 associations"),
        (
            CountingCost(1_204, 1_234_567_890, 0, 3_600_000),
            "1,204 queries, 1,234.6 MB and 3,600 s over 0 associations",
        ),
    ],
)
def test_a_cost_is_rounded_up(cost: CountingCost, says: str) -> None:
    """An archive never bore more than is said."""
    assert cost.says == says


def test_both_censuses_of_an_archive_are_added() -> None:
    """The studies and the worklist are counted apart, by one archive."""
    assert cost_of((STUDIES, WORKLIST)) == CountingCost(131, 251_000, 2, 2_110)
    assert cost_of(()) is None


def test_every_report_tells_the_cost_of_each_archive_and_of_all() -> None:
    """In the terminal, on the page and in JSON, the same numbers."""
    archives = (archive(1, STUDIES, WORKLIST), archive(2, STUDIES))
    for form in (Format.TABLE, Format.HTML):
        words = written(*archives, form=form)
        assert "131 queries, 0.3 MB and 3 s over 2 associations" in words
        assert "261 queries, 0.6 MB and 5 s over 3 associations" in words
    lines: list[dict[str, Any]] = [
        json.loads(line) for line in written(*archives, form=Format.JSONL).splitlines()
    ]
    assert lines[1]["count_cost"] == {"queries": 131, "associations": 2, "megabytes": 0.3, "seconds": 3}
    assert lines[-1]["count_cost"] == {"queries": 261, "associations": 3, "megabytes": 0.6, "seconds": 5}


def test_endpoints_that_share_their_findings_each_have_a_cost() -> None:
    """Two doors that answered alike were both asked."""
    one = archive(1, STUDIES)
    other = replace(one, endpoint=Endpoint("127.30.0.2", 104))
    assert counted.document(one, other).totals.counting_cost == CountingCost(260, 500_000, 2, 4_200)


def test_a_survey_without_a_census_has_no_cost() -> None:
    """Nothing is said of what was not done."""
    lines = [json.loads(line) for line in written(archive(1), form=Format.JSONL).splitlines()]
    assert lines[1]["count_cost"] is None
    assert lines[-1]["count_cost"] is None
    assert "Counting took" not in written(archive(1), form=Format.TABLE)
