from __future__ import annotations

import time as stopwatch
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from ipaddress import ip_network

import pytest

from dosimeter.model.scope import Authorisation, Hours, Pace, Touch
from dosimeter.model.target import Endpoint
from dosimeter.net.gate import OutOfScope, ScopeGate
from dosimeter.net.ranges import span_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

SCOPE = Authorisation(
    authorised_by="Ada",
    role="owner",
    reference="SEC-1",
    legal_basis="own order",
    contact="+33",
    valid_from=NOON - timedelta(days=1),
    valid_until=NOON + timedelta(days=1),
    touch=Touch.PROVE,
    networks=(ip_network("10.20.0.0/16"), ip_network("fd00::/64")),
    names=("pacs.example", "both.example"),
    exclude_networks=(ip_network("10.20.9.0/24"),),
    sha256="0" * 64,
)


class ScriptedResolver:
    """Answers from a script, one answer after the other, and counts the questions."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(script) for name, script in answers.items()}
        self.asked: list[str] = []

    def __call__(self, name: str) -> list[str]:
        """The next answer of the script; the last one stays."""
        self.asked.append(name)
        if not self.answers.get(name):
            raise OSError("no such name")
        script = self.answers[name]
        return script.pop(0) if len(script) > 1 else script[0]


def gate_of(
    scope: Authorisation = SCOPE,
    resolver: Callable[[str], list[str]] | None = None,
    now: datetime = NOON,
) -> ScopeGate:
    return ScopeGate(scope, lambda: now, resolver or ScriptedResolver(), zone=UTC)


def refusal(gate: ScopeGate, endpoint: Endpoint, now: datetime | None = None) -> OutOfScope:
    with pytest.raises(OutOfScope) as refused:
        gate.permit(endpoint, now)
    return refused.value


def test_an_endpoint_inside_the_scope_passes_unchanged() -> None:
    """What is allowed is returned as it came."""
    endpoint = Endpoint("10.20.1.5", 104)
    assert gate_of().permit(endpoint) is endpoint


def test_the_edges_of_a_network_are_inside_and_their_neighbours_are_not() -> None:
    """First and last address pass, one further is refused with the rule named."""
    gate = gate_of()
    for inside in ("10.20.0.0", "10.20.255.255", "fd00::", "fd00::ffff:ffff:ffff:ffff"):
        gate.permit(Endpoint(inside, 104))
    for outside in ("10.19.255.255", "10.21.0.0", "fcff::1", "fd00:0:0:1::"):
        assert refusal(gate, Endpoint(outside, 104)).rule == "scope.networks"


def test_a_disguised_address_is_judged_and_dialled_as_what_it_is() -> None:
    """An IPv4-mapped address is checked as IPv4, and the plain address is returned."""
    gate = gate_of()
    assert gate.permit(Endpoint("::ffff:10.20.1.5", 104)) == Endpoint("10.20.1.5", 104)
    assert refusal(gate, Endpoint("::ffff:10.20.9.1", 104)).rule == "scope.exclude"
    assert refusal(gate, Endpoint("64:ff9b::10.99.0.1", 104)).rule == "scope.networks"
    assert refusal(gate, Endpoint("0x0a140105", 104)).rule == "scope.networks"
    assert refusal(gate, Endpoint("fd00::1%eth0", 104)).rule == "scope.networks"


def test_an_exclusion_beats_everything_else() -> None:
    """An excluded address inside an allowed network is refused as excluded."""
    gate = gate_of(replace(SCOPE, networks=(*SCOPE.networks, ip_network("10.20.9.7/32"))))
    refused = refusal(gate, Endpoint("10.20.9.7", 104))
    assert refused.rule == "scope.exclude"
    assert str(refused) == "10.20.9.7:104: the address is excluded (rule scope.exclude)"


def test_only_the_ports_of_the_scope_pass() -> None:
    """A port that is only named as a web port is not thereby allowed."""
    gate = gate_of(replace(SCOPE, ports=(104,), web_ports=(8042,)))
    gate.permit(Endpoint("10.20.1.5", 104))
    assert refusal(gate, Endpoint("10.20.1.5", 8042)).rule == "scope.ports"


def test_a_public_address_needs_a_signature() -> None:
    """The same network passes once a trusted key has signed the scope."""
    public = replace(SCOPE, networks=(ip_network("192.0.2.0/24"), ip_network("10.20.0.0/16")))
    endpoint = Endpoint("192.0.2.1", 104)
    assert refusal(gate_of(public), endpoint).rule == "signature"
    gate_of(public).permit(Endpoint("10.20.1.1", 104))
    gate_of(replace(public, signed_by="Ada")).permit(endpoint)


def test_validity_begins_and_ends_to_the_second() -> None:
    """The first moment is inside, the last one is not, and each end names its rule."""
    gate = gate_of()
    endpoint = Endpoint("10.20.1.5", 104)
    gate.permit(endpoint, SCOPE.valid_from)
    gate.permit(endpoint, SCOPE.valid_until - timedelta(microseconds=1))
    early = refusal(gate, endpoint, SCOPE.valid_from - timedelta(microseconds=1))
    late = refusal(gate, endpoint, SCOPE.valid_until)
    assert early.rule == "authorisation.valid_from"
    assert late.rule == "authorisation.valid_until"
    assert "2026-06-02" in late.says


def test_expiry_is_seen_by_the_very_next_connection() -> None:
    """The clock is asked at each call: a survey that outlives its authorisation stops."""
    moments = [NOON, SCOPE.valid_until]
    gate = ScopeGate(SCOPE, lambda: moments.pop(0), ScriptedResolver(), zone=UTC)
    gate.permit(Endpoint("10.20.1.5", 104))
    assert refusal(gate, Endpoint("10.20.1.5", 104)).rule == "authorisation.valid_until"


def test_hours_are_local_and_may_cross_midnight() -> None:
    """20:00-06:00 at UTC+2: 18:00 UTC is inside, 17:59:59 and 04:00 UTC are not."""
    night = replace(SCOPE, pace=Pace(hours=Hours(time(20), time(6))))
    gate = ScopeGate(night, lambda: NOON, ScriptedResolver(), zone=timezone(timedelta(hours=2)))
    endpoint = Endpoint("10.20.1.5", 104)
    gate.permit(endpoint, NOON.replace(hour=18))
    gate.permit(endpoint, NOON.replace(hour=3, minute=59, second=59))
    for moment in (NOON.replace(hour=17, minute=59, second=59), NOON.replace(hour=4)):
        refused = refusal(gate, endpoint, moment)
        assert refused.rule == "pace.hours"
        assert "20:00-06:00" in refused.says


def test_a_name_is_resolved_once_and_its_answer_never_changes() -> None:
    """A second answer (DNS rebinding, time to live zero) is never asked for."""
    resolver = ScriptedResolver(pacs_example=[["10.20.1.1"], ["10.99.9.9"]])
    gate = gate_of(resolver=resolver)
    assert gate.resolve("pacs.example").addresses == ("10.20.1.1",)
    assert gate.resolve("PACS.Example.").addresses == ("10.20.1.1",)
    assert resolver.asked == ["pacs.example"]


def test_a_pinned_name_cannot_be_dialled_at_another_address() -> None:
    """Even an allowed address is refused under a name that did not stand for it."""
    gate = gate_of(resolver=ScriptedResolver(pacs_example=[["10.20.1.1"]]))
    gate.resolve("pacs.example")
    gate.permit(Endpoint("10.20.1.1", 104, name="pacs.example"))
    assert refusal(gate, Endpoint("10.20.1.2", 104, name="pacs.example")).rule == "scope.names"


def test_what_passed_before_a_name_was_pinned_is_judged_again() -> None:
    """A remembered yes does not outlive the resolution that contradicts it."""
    gate = gate_of(resolver=ScriptedResolver(pacs_example=[["10.20.1.1"]]))
    elsewhere = Endpoint("10.20.1.2", 104, name="pacs.example")
    gate.permit(elsewhere)
    gate.resolve("pacs.example")
    assert refusal(gate, elsewhere).rule == "scope.names"


def test_a_name_outside_the_scope_is_never_resolved() -> None:
    """No DNS packet leaves for a name that nobody listed."""
    resolver = ScriptedResolver(other_example=[["10.20.1.1"]])
    gate = gate_of(resolver=resolver)
    with pytest.raises(OutOfScope) as refused:
        gate.resolve("other.example")
    assert refused.value.rule == "scope.names"
    assert resolver.asked == []
    assert refusal(gate, Endpoint("10.20.1.1", 104, name="other.example")).rule == "scope.names"


def test_a_listed_name_does_not_authorise_the_address_behind_it() -> None:
    """A name that stands for a foreign address is refused, and the address is named."""
    gate = gate_of(resolver=ScriptedResolver(pacs_example=[["10.99.0.1"]]))
    with pytest.raises(OutOfScope) as refused:
        gate.resolve("pacs.example")
    assert refused.value.rule == "scope.networks"
    assert "10.99.0.1" in refused.value.says


def test_a_name_for_an_unsigned_public_address_is_told_so() -> None:
    """The advice is to sign, not to add a network that is already there."""
    public = replace(SCOPE, networks=(ip_network("192.0.2.0/24"),))
    with pytest.raises(OutOfScope) as refused:
        gate_of(public, ScriptedResolver(pacs_example=[["192.0.2.1"]])).resolve("pacs.example")
    assert refused.value.rule == "signature"
    assert "add its network" not in refused.value.says


def test_every_address_of_an_answer_is_checked() -> None:
    """Of several addresses only the allowed ones come back, canonical, the others with their reason."""
    answer = ["10.20.1.1", "::ffff:10.20.1.1", "10.20.9.1", "169.254.169.254", "fe80::1%eth0", "fd00::1"]
    resolution = gate_of(resolver=ScriptedResolver(both_example=[answer])).resolve("both.example")
    assert resolution.addresses == ("10.20.1.1", "fd00::1")
    assert resolution.excluded == ("10.20.9.1",)
    assert [address for address, _ in resolution.outside] == ["169.254.169.254", "fe80::1%eth0"]


def test_a_name_without_an_answer_is_asked_once() -> None:
    """No answer is remembered like any other answer."""
    resolver = ScriptedResolver()
    gate = gate_of(resolver=resolver)
    assert not gate.resolve("pacs.example").resolved
    assert not gate.resolve("pacs.example").resolved
    assert resolver.asked == ["pacs.example"]


def test_an_excluded_name_keeps_its_addresses_out() -> None:
    """What an excluded name stands for is refused by address and by name."""
    scope = replace(SCOPE, exclude_names=("icu.example", "pacs.example"))
    resolver = ScriptedResolver(icu_example=[["10.20.3.3", "fd00::3"]], pacs_example=[["10.20.4.4"]])
    gate = gate_of(scope, resolver)
    assert refusal(gate, Endpoint("10.20.3.3", 104)).rule == "scope.exclude"
    assert refusal(gate, Endpoint("fd00::3", 104)).rule == "scope.exclude"
    with pytest.raises(OutOfScope) as refused:
        gate.resolve("pacs.example")
    assert refused.value.rule == "scope.exclude"


def test_an_excluded_name_that_does_not_resolve_stops_the_survey() -> None:
    """What cannot be kept out must not be forgotten: the gate is not built."""
    for resolver in (ScriptedResolver(), ScriptedResolver(icu_example=[[]])):
        with pytest.raises(OutOfScope) as refused:
            gate_of(replace(SCOPE, exclude_names=("icu.example",)), resolver)
        assert refused.value.rule == "scope.exclude"
        assert "write its addresses" in refused.value.says


def test_a_network_wider_than_the_scope_is_told_from_one_outside() -> None:
    """Both are refused; the sentence says which of the two it is."""
    gate = gate_of()
    gate.check_span("x", span_of(ip_network("10.20.0.0/16")))
    with pytest.raises(OutOfScope, match="wider than the scope"):
        gate.check_span("x", span_of(ip_network("10.20.0.0/15")))
    with pytest.raises(OutOfScope, match="outside the networks"):
        gate.check_span("x", span_of(ip_network("10.22.0.0/16")))


def test_the_gate_costs_less_than_a_twentieth_of_a_millisecond() -> None:
    """It is asked before every connect: thousands a second, with hundreds of exclusions."""
    many = tuple(ip_network(f"10.20.{third}.{host}/32") for third in range(10) for host in range(100))
    gate = ScopeGate(replace(SCOPE, exclude_networks=many), lambda: datetime(2026, 6, 1, 12, tzinfo=UTC))
    endpoint = Endpoint("10.20.200.5", 104)
    began = stopwatch.process_time()
    for _ in range(5000):
        gate.permit(endpoint)
    assert stopwatch.process_time() - began < 5000 * 50e-6


def test_the_gate_says_how_long_the_authorisation_lasts_and_which_day_it_is() -> None:
    """A count of minutes is cut where the authorisation ends; days are those of the authorised hours."""
    assert gate_of().seconds_left() == 86_400.0
    assert gate_of(now=SCOPE.valid_until + timedelta(seconds=5)).seconds_left() == -5.0
    late = NOON.replace(hour=23)
    in_paris = ScopeGate(SCOPE, lambda: late, ScriptedResolver(), zone=timezone(timedelta(hours=2)))
    assert gate_of(now=late).today().isoformat() == "2026-06-01"
    assert in_paris.today().isoformat() == "2026-06-02"


def test_the_moment_can_be_checked_without_a_connection() -> None:
    """An association that lasts is checked between its questions."""
    gate_of().check_time("10.20.1.5:104")
    with pytest.raises(OutOfScope) as refused:
        gate_of(now=SCOPE.valid_until).check_time("10.20.1.5:104")
    assert refused.value.rule == "authorisation.valid_until"
