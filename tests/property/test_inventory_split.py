from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.inventory.found import Found
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.read import read_inventory
from dosimeter.inventory.split import Piece, Splitter
from dosimeter.inventory.tally import Tally

TOKENS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "{",
                "}",
                "[",
                "]",
                '"',
                "\\",
                "\\\\",
                ",",
                ":",
                "\n",
                " ",
                "1",
                "NaN",
                "null",
                '"hits":',
                '"result": ',
            ]
        ),
        st.sampled_from(
            [
                '{"ip_str": "192.0.2.5", "port": 104}',
                '"ports": [{"port": 1}]',
                '{"ip": "192.0.2.5", "services": [{"port": 104}]}',
                '{"saddr": "192.0.2.5"}',
                '{"addr": "192.0.2.5", "ports": []}',
                '{"ooi_type": "IPPort", "key": "IPPort|internet|192.0.2.5|tcp|104"}',
                "{finished: 1}",
                "open tcp 104 192.0.2.5 1",
            ]
        ),
        st.text(max_size=5),
    ),
    max_size=16,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
RECORDS = st.lists(
    st.dictionaries(st.sampled_from(["a", "ip", "ports", "\\", '"', "{"]), JSON, max_size=4), max_size=6
)
ENDPOINTS = st.lists(
    st.tuples(
        st.integers(0, 255).map(lambda last: f"192.0.2.{last}"),
        st.integers(1, 65535),
        st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda day: day.replace(microsecond=0)),  # noqa: DTZ001 - the zone is set below
    ),
    min_size=1,
    max_size=5,
)


def split(content: bytes, sizes: int) -> list[Piece]:
    splitter = Splitter("scan")
    found = [
        piece for at in range(0, len(content), sizes) for piece in splitter.feed(content[at : at + sizes])
    ]
    return [*found, *splitter.finish()]


def read(content: bytes) -> list[Found] | str:
    try:
        return list(read_inventory(Path("-"), Tally("scan"), io.BytesIO(content)))
    except InventoryProblem as refused:
        return str(refused)


@given(RECORDS, st.sampled_from([None, 1, 4]), st.integers(1, 40), st.sampled_from([None, "hits", "items"]))
def test_records_come_out_as_they_went_in(
    records: list[dict[str, Any]], indent: int | None, size: int, key: str | None
) -> None:
    """Whatever their strings hold, however they are laid out, and wherever the stream is cut into chunks."""
    whole: object = {"code": 1, "result": {key: records, "links": {"next": ["}"]}}} if key else records
    content = json.dumps(whole, indent=indent).encode()
    pieces = split(content, size)
    assert [json.dumps(json.loads(piece.raw or b"0")) for piece in pieces] == [
        json.dumps(one) for one in records
    ]


@given(TOKENS, st.integers(1, 9))
def test_where_a_stream_is_cut_changes_nothing(content: bytes, size: int) -> None:
    """Of whatever bytes: the same records, or the same problem."""

    def outcome(by: int) -> object:
        try:
            return [(piece.line, piece.raw) for piece in split(content, by)]
        except InventoryProblem as refused:
            return str(refused)

    assert outcome(size) == outcome(max(1, len(content)))


@given(
    st.one_of(TOKENS, TOKENS.map(lambda content: b"{" + content), TOKENS.map(lambda content: b"[" + content))
)
def test_any_json_is_entries_or_one_problem(content: bytes) -> None:
    """Packed or not, cut off or not: never a traceback, and only what can be asked."""
    plain = read(content)
    assert read(gzip.compress(content)) == plain
    read(gzip.compress(content)[:-3])
    if isinstance(plain, str):
        assert plain.isprintable()
    else:
        assert all(one.target.port is None or 1 <= one.target.port <= 65535 for one in plain)


@given(ENDPOINTS)
def test_every_format_says_the_same_of_the_same_endpoints(
    endpoints: list[tuple[str, int, datetime]],
) -> None:
    """A round trip through each tool's way of writing: address, port and time."""
    expected = [(address, port, moment.replace(tzinfo=UTC)) for address, port, moment in endpoints]
    for content in written(endpoints):
        found = read(content.encode())
        assert not isinstance(found, str), (content, found)
        seen = [one.sighting for one in found if one.sighting is not None]
        assert [(one.address, one.port, one.last_seen) for one in seen] == expected
        assert [(one.target.host, one.target.port) for one in found] == [one[:2] for one in expected]


def written(endpoints: list[tuple[str, int, datetime]]) -> list[str]:
    def epoch(moment: datetime) -> int:
        return int(moment.replace(tzinfo=UTC).timestamp())

    def in_lines(*records: object) -> str:
        return "".join(json.dumps(record) + "\n" for record in records)

    hosts = "".join(
        f"<host endtime='{epoch(moment)}'><address addr='{address}' addrtype='ipv4'/><ports><port "
        f"protocol='tcp' portid='{port}'><state state='open'/></port></ports></host>"
        for address, port, moment in endpoints
    )
    return [
        in_lines(*({"ip_str": a, "port": p, "timestamp": m.isoformat()} for a, p, m in endpoints)),
        json.dumps(
            [{"ip": a, "services": [{"port": p, "scan_time": m.isoformat() + "Z"}]} for a, p, m in endpoints]
        ),
        json.dumps([{"ip": a, "timestamp": str(epoch(m)), "ports": [{"port": p}]} for a, p, m in endpoints]),
        "#masscan\n" + "".join(f"open tcp {p} {a} {epoch(m)}\n" for a, p, m in endpoints),
        in_lines(*({"addr": a, "endtime": str(m), "ports": [{"port": p}]} for a, p, m in endpoints)),
        in_lines(*({"saddr": a, "sport": p, "timestamp_ts": epoch(m)} for a, p, m in endpoints)),
        "saddr,sport,timestamp_str\n" + "".join(f"{a},{p},{m.isoformat()}Z\n" for a, p, m in endpoints),
        "ip;port;last_seen\n" + "".join(f"{a};{p};{m}\n" for a, p, m in endpoints),
        f"<nmaprun scanner='nmap'>{hosts}</nmaprun>",
    ]
