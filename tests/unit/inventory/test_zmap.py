from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from dosimeter.inventory.tally import Why
from dosimeter.model.place import Sighting
from tests.unit.inventory.reading import left_out, places, read


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("saddr\n192.0.2.5\n", [("192.0.2.5", None, None)]),
        ("saddr,sport\n192.0.2.5,104\n", [("192.0.2.5", 104, None)]),
        ("saddr,daddr,sport,dport\n192.0.2.5,10.0.0.1,104,33000\n", [("192.0.2.5", 104, None)]),
        ("192.0.2.5,104\n192.0.2.6,11112\n", [("192.0.2.5", 104, None), ("192.0.2.6", 11112, None)]),
        ("192.0.2.5\n192.0.2.6\n", [("192.0.2.5", None, None), ("192.0.2.6", None, None)]),
    ],
    ids=["one-column", "two", "all-four", "no-header", "a-list"],
)
def test_the_port_of_an_answer_is_its_source(
    content: str, expected: list[tuple[str, int | None, None]]
) -> None:
    """The destination of an answer is the scanner; with a header and without."""
    assert places(content) == expected


def test_a_list_is_the_users_word_and_a_table_the_scanners() -> None:
    """A single column without a header cannot be told from a list that a person wrote."""
    assert [one.target.scanned for one in read("192.0.2.5\n")[0]] == [False]
    assert [one.target.scanned for one in read("saddr\n192.0.2.5\n")[0]] == [True]
    assert [one.target.scanned for one in read("192.0.2.5,104\n")[0]] == [True]


def test_an_answer_that_refuses_is_not_open() -> None:
    """Resets and failures are answers too."""
    table = "saddr,classification,success\n192.0.2.5,synack,1\n192.0.2.6,rst,0\n"
    assert [place[0] for place in places(table)] == ["192.0.2.5"]
    records = [
        {
            "saddr": "192.0.2.5",
            "sport": 104,
            "classification": "synack",
            "timestamp_str": "2026-03-01T00:00:00Z",
        },
        {"saddr": "192.0.2.6", "sport": 104, "classification": "rst"},
    ]
    content = "".join(json.dumps(record) + "\n" for record in records)
    [found], _ = read(content)
    seen = datetime(2026, 3, 1, tzinfo=UTC)
    assert found.sighting == Sighting("192.0.2.5", 104, ("zmap",), seen, seen)
    assert left_out(table) == left_out(content) == {Why.NOT_OPEN: 1}


ANSWERS: list[tuple[dict[str, object], int | Why | None]] = [
    ({"classification": "synack", "success": 1}, 104),
    ({"success": 1}, 104),
    ({"success": 0}, Why.NOT_OPEN),
    ({"classification": "synack", "success": 0}, Why.NOT_OPEN),
    ({"success": "false"}, Why.NOT_OPEN),
    ({"classification": "unreach"}, Why.NOT_OPEN),
    ({"classification": "icmp_unreach_proto"}, Why.NOT_OPEN),
    ({"classification": "echoreply", "success": 1}, None),
    ({"classification": "udp", "success": 1}, Why.NOT_TCP),
    ({"classification": "dns", "success": 1}, Why.NOT_TCP),
]


@pytest.mark.parametrize(("answer", "means"), ANSWERS)
@pytest.mark.parametrize("written", ["csv", "json"])
def test_an_answer_means_the_same_in_both_formats(
    answer: dict[str, object], means: int | Why | None, written: str
) -> None:
    """A ping is a host without a port; UDP was open and is not TCP; what failed is not open."""
    record = {"saddr": "192.0.2.6", "sport": 104, **answer}
    content = json.dumps(record)
    if written == "csv":
        content = ",".join(record) + "\n" + ",".join(map(str, record.values())) + "\n"
    if isinstance(means, Why):
        assert left_out(content) == {means: 1}
    else:
        assert places(content) == [("192.0.2.6", means, None)]


@pytest.mark.parametrize("field", ["timestamp-str", "timestamp-ts", "timestamp_str", "timestamp_ts"])
def test_the_time_is_read_under_its_names_of_old_and_of_today(field: str) -> None:
    """With a hyphen until ZMap 3."""
    seen = datetime(2013, 8, 18, 23, 28, 48, tzinfo=UTC)
    value = "2013-08-18T19:28:48.123-0400" if field.endswith("str") else "1376868528"
    for content in (
        f"saddr,sport,{field}\n192.0.2.5,104,{value}\n",
        json.dumps({"saddr": "192.0.2.5", "sport": 104, field: value}),
    ):
        [found], _ = read(content)
        assert found.sighting == Sighting("192.0.2.5", 104, ("zmap",), seen, seen)
