from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from dosimeter.model.scope import Authorisation, Touch
from dosimeter.model.target import Endpoint
from dosimeter.net.gate import OutOfScope, ScopeGate
from dosimeter.scopefile.problem import ScopeProblem
from dosimeter.scopefile.read import parse_scope

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = datetime(2026, 12, 31, tzinfo=UTC)
ALLOWED = (ip_network("10.20.0.0/16"), ip_network("192.168.7.0/24"), ip_network("fd00::/112"))
EXCLUDED = (ip_network("10.20.4.0/22"), ip_network("192.168.7.7/32"))

SCOPE = Authorisation(
    authorised_by="Ada",
    role="owner",
    reference="SEC-1",
    legal_basis="own order",
    contact="+33",
    valid_from=BEGINS,
    valid_until=ENDS,
    touch=Touch.PROVE,
    networks=ALLOWED,
    names=("a.example",),
    exclude_networks=EXCLUDED,
    ports=(104, 11112),
    sha256="0" * 64,
)

NEAR = st.one_of(
    st.integers(int(IPv4Address("10.19.255.0")), int(IPv4Address("10.21.1.0"))).map(IPv4Address),
    st.integers(int(IPv4Address("192.168.6.250")), int(IPv4Address("192.168.8.5"))).map(IPv4Address),
    st.integers(0, 2**32 - 1).map(IPv4Address),
)
SPELLINGS = st.sampled_from(
    ["{}", "::ffff:{}", "::{}", "64:ff9b::{}", "2002::{}", "64:ff9b:1::{}", "{}%1", " {}"]
)
MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(NEAR, SPELLINGS, st.sampled_from([104, 11112, 105, 0, 65536]), MOMENTS)
def test_what_passes_the_gate_is_inside_the_scope(
    address: IPv4Address, spelling: str, port: int, now: datetime
) -> None:
    """Judged again the slow way, no disguise, port or moment slips through."""
    gate = ScopeGate(SCOPE, lambda: now, zone=UTC)
    try:
        permitted = gate.permit(Endpoint(spelling.format(address), port))
    except OutOfScope:
        return
    dialled = ip_address(permitted.address)
    assert any(dialled in network for network in ALLOWED)
    assert not any(dialled in network for network in EXCLUDED)
    assert permitted.port in SCOPE.ports
    assert BEGINS <= now < ENDS


@given(NEAR, st.timedeltas(timedelta(0), ENDS - BEGINS - timedelta(seconds=1)))
def test_what_is_inside_the_scope_passes_the_gate(address: IPv4Address, since: timedelta) -> None:
    """The gate is not safe by refusing everything."""
    inside = any(address in network for network in ALLOWED[:2])
    excluded = any(address in network for network in EXCLUDED)
    gate = ScopeGate(SCOPE, lambda: BEGINS + since, zone=UTC)
    try:
        gate.permit(Endpoint(str(address), 104))
    except OutOfScope:
        assert not inside or excluded
    else:
        assert inside
        assert not excluded


@given(st.lists(st.one_of(NEAR.map(str), st.text(max_size=20)), max_size=6))
def test_no_answer_of_a_resolver_leads_outside(answers: list[str]) -> None:
    """Whatever DNS says, the addresses that come back pass the gate."""
    gate = ScopeGate(SCOPE, lambda: BEGINS, lambda _: answers, zone=UTC)
    try:
        resolution = gate.resolve("a.example")
    except OutOfScope:
        return
    for address in resolution.addresses:
        gate.permit(Endpoint(address, 104, name="a.example"))


TOML_PIECES = st.lists(
    st.sampled_from(
        [
            "[authorisation]",
            "[scope]",
            "[pace]",
            "[[scope]]",
            'authorised_by = "a"',
            "valid_from = 2026-01-01T00:00:00Z",
            "valid_until = 0001-01-01T00:00:00+14:00",
            "valid_until = 9999-12-31T23:59:59-14:00",
            'networks = ["10.0.0.0/8"]',
            "networks = [[1], {a = 2}]",
            "ports = [99999999999999999999]",
            "new_hosts_per_second = 1e400",
            'hours = "\\u0661\\u0661:00-24:00"',
            "touch = []",
            '"\\u001b[2J" = 1',
        ]
    ),
    max_size=12,
).map("\n".join)


@given(st.one_of(st.binary(max_size=200), TOML_PIECES.map(str.encode)))
@example(b"scope.networks = 1\nauthorisation.x.y = {}")
def test_any_bytes_are_an_authorisation_or_problems_in_sentences(content: bytes) -> None:
    """No scope file ends in a traceback, and no message carries control characters."""
    try:
        parse_scope(Path("scope.toml"), content)
    except ScopeProblem as refused:
        for one in refused.all:
            assert str(one).isprintable()
            assert len(str(one)) < 500
