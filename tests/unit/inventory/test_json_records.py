from __future__ import annotations

import gzip
import json
import tracemalloc

import pytest

from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.split import LONGEST_RECORD
from dosimeter.inventory.tally import Why
from tests.unit.inventory.reading import left_out, places, read

RECORD = {"ip_str": "192.0.2.5", "port": 104}
NEXT = {"ip_str": "192.0.2.6", "port": 104}


def with_banner(banner: str) -> str:
    return json.dumps({"data": banner, **RECORD})


@pytest.mark.parametrize("layout", ["lines", "array", "indented"])
def test_a_banner_of_mebibytes_is_read_over(layout: str) -> None:
    """The endpoint behind it is there, and so is the next record."""
    records = [{"data": '\\"{[DOE^JOHN' * 300_000, **RECORD}, NEXT]
    if layout == "lines":
        content = "".join(json.dumps(record) + "\n" for record in records)
    else:
        content = json.dumps(records, indent=2 if layout == "indented" else None)
    assert len(content) > 4 << 20
    assert [place[0] for place in places(content)] == ["192.0.2.5", "192.0.2.6"]


@pytest.mark.parametrize("wrap", ["{}\n{}\n", "[{},{}]", "[\n{}\n,\n{}\n]"])
def test_a_record_beyond_the_bound_is_counted_and_the_next_is_read(wrap: str) -> None:
    """Eight mebibytes of banner, or one of brackets: skipped, not fatal."""
    long = with_banner("x" * LONGEST_RECORD)
    content = wrap.replace("{}", "%s") % (long, json.dumps(NEXT))
    assert [place[0] for place in places(content)] == ["192.0.2.6"]
    assert left_out(content) == {Why.TOO_LONG: 1}
    many = json.dumps({**RECORD, "opts": [[]] * 600_000})
    assert left_out(wrap.replace("{}", "%s") % (many, json.dumps(NEXT))) == {Why.TOO_LONG: 1}


@pytest.mark.parametrize("opening", [b'[{"data": "', b'[{"a": [', b'[{"a":"\\', b'{"data": "'])
@pytest.mark.parametrize("filling", [b"x", b"[", b"\\"])
def test_memory_follows_the_longest_record_and_not_the_file(opening: bytes, filling: bytes) -> None:
    """Packed, sixty mebibytes of text, brackets or backslashes take a few: the rest is skipped."""
    packed = gzip.compress(opening + filling * (60 << 20), compresslevel=1)
    tracemalloc.start()
    try:
        if opening.startswith(b"["):
            with pytest.raises(InventoryProblem, match=r"ends in the middle|nested deeper"):
                read(packed)
        else:
            assert read(packed)[1].count(Why.TOO_LONG) == 1
        assert tracemalloc.get_traced_memory()[1] < 3 * LONGEST_RECORD
    finally:
        tracemalloc.stop()


def test_deep_nesting_is_a_broken_record_or_a_broken_file() -> None:
    """Inside a record it is no JSON we read; around the records no tool does it."""
    deep = '{"ip_str": "192.0.2.5", "port": 104, "opts": ' + "[" * 100_000 + "]" * 100_000 + "}\n"
    assert left_out(json.dumps(NEXT) + "\n" + deep) == {Why.NOT_JSON: 1}
    with pytest.raises(InventoryProblem, match="nested deeper"):
        read("[" * 100 + json.dumps(RECORD))


def test_constants_and_repeated_keys_do_no_harm() -> None:
    """Python reads NaN where it is not looked at; of two words under one key the last counts."""
    assert places('{"ip_str": "192.0.2.5", "port": 104, "latitude": NaN}\n') == [("192.0.2.5", 104, None)]
    assert places('{"ip_str": "192.0.2.5", "port": 22, "port": 104}\n') == [("192.0.2.5", 104, None)]
    assert left_out('{"ip_str": "192.0.2.5", "port": NaN}\n{"ip_str": "192.0.2.5", "port": 1e3}\n') == {
        Why.NO_PORT: 2
    }


def test_what_stands_between_records_is_counted() -> None:
    """Numbers, texts and remains of other files are no records; what stands together counts once."""
    content = "[" + json.dumps(RECORD) + ', 12, "text", ' + json.dumps(NEXT) + "] rest"
    assert [place[0] for place in places(content)] == ["192.0.2.5", "192.0.2.6"]
    assert left_out(content) == {Why.NO_OBJECT: 2}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"hosts": ["127.0.0.1"]}', "no record in it is shaped as Shodan"),
        ("[]", "names no target"),
        ('{"result": {"hits": []}}\n', "names no target"),
        ("[", "ends in the middle, after byte 1;"),
        ("{", "ends in the middle, after byte 1;"),
        ('{"ip_str": "192.0.2.5", "port": 104}\n{"ip_str": "192.0', "ends in the middle, after byte 54;"),
        ('{"result": {"hits": [{"ip": "192.0.2.5"', "ends in the middle"),
    ],
)
def test_json_that_cannot_be_used_is_a_problem(content: str, words: str) -> None:
    """Of no known tool, empty, or cut off: with the byte and what to do."""
    with pytest.raises(InventoryProblem, match=words):
        read(content)


def test_a_first_line_that_ends_like_a_record_may_be_the_beginning_of_one() -> None:
    """What is open at its end goes on in the next line."""
    content = '{"opts": {},\n"ip_str": "192.0.2.5",\n"port": 104}\n' + json.dumps(NEXT)
    assert [place[0] for place in places(content)] == ["192.0.2.5", "192.0.2.6"]


def test_ipv6_addresses_in_brackets_are_no_json() -> None:
    """A plain list may begin with one."""
    assert places("[2001:db8::1]:104\n") == [("2001:db8::1", 104, None)]


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("between", ["", " ", ","])
def test_files_that_were_appended_without_a_line_end_are_read(end: str, between: str) -> None:
    """Several records stand on the first line, or on a later one; each is read."""
    both = json.dumps(RECORD) + between + json.dumps(NEXT)
    assert [place[0] for place in places(both + end)] == ["192.0.2.5", "192.0.2.6"]
    content = json.dumps(RECORD) + "\n" + both + end
    found, tally = read(content)
    assert [one.target.host for one in found] == ["192.0.2.5", "192.0.2.5", "192.0.2.6"]
    assert (found[-1].target.source, tally.total) == ("standard input:2", 0)


def test_what_is_broken_on_a_line_of_several_records_is_counted() -> None:
    """What is whole is read; a word, a broken record and the remains of one are not."""
    one, two = json.dumps(RECORD), json.dumps(NEXT)
    content = f"{one}\n{one}{{broken}}{two}\n{one}[1]\n{one} rest\n{one}{{\n"
    assert len(places(content)) == 6
    assert left_out(content) == {Why.NOT_JSON: 2, Why.NO_OBJECT: 2}
