from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import Completed
from dosimeter.model.target import Service
from dosimeter.model.verdict import Severity
from tests.unit.exposure.seen import INSIDE_TLS, associated, rules, tls, verdict
from tests.unit.exposure.seen_web import landing

STRANGER_IN = associated("1.2.840.10008.1.1")


def found(handshake: Completed) -> list[str]:
    """The rules that spoke of TLS or the certificate."""
    judged = verdict(handshake, STRANGER_IN, service=INSIDE_TLS)
    return [rule for rule in rules(judged) if rule.startswith(("tls_", "certificate_"))]


@pytest.mark.parametrize(
    ("protocol", "suite", "expected"),
    [
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384", []),
        ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", []),
        ("TLSv1.2", "AES128-SHA", ["tls_retired_profile"]),
        ("TLSv1", "AES128-SHA", ["tls_old_protocol", "tls_retired_profile"]),
        ("TLSv1.2", "NULL-SHA", ["tls_unencrypted"]),
        ("TLSv1.2", "ADH-AES128-SHA", ["tls_unencrypted"]),
    ],
)
def test_old_protocols_and_retired_suites_are_found(protocol: str, suite: str, expected: list[str]) -> None:
    """What the handshake settled on is held against the current profiles."""
    assert found(tls(protocol=protocol, suite=suite)) == ["tls_without_client_certificate", *expected]


def test_a_self_signed_certificate_is_found() -> None:
    """It may be trusted only if it was handed over by another way."""
    assert "certificate_self_signed" in found(tls(self_signed=True))


@pytest.mark.parametrize(
    ("not_after", "expected"),
    [
        ("2026-11-23T00:00:00+00:00", True),
        ("2026-11-23T00:00:00Z", True),
        ("2026-11-25T00:00:00", False),
        ("no date at all", False),
    ],
)
def test_an_expired_certificate_is_found_by_the_moment_it_was_seen(*, not_after: str, expected: bool) -> None:
    """The moment is handed in: the judgement has no clock."""
    seen_at = datetime(2026, 11, 24, tzinfo=UTC)
    judged = judge((tls(not_after=not_after), STRANGER_IN), service=INSIDE_TLS, seen_at=seen_at)
    assert ("certificate_expired" in rules(judged)) is expected


def test_without_the_moment_no_certificate_is_called_expired() -> None:
    """Nothing is guessed from today's date."""
    assert "certificate_expired" not in found(tls(not_after="2001-01-01T00:00:00+00:00"))


@pytest.mark.parametrize(
    ("host", "expected"),
    [("pacs.example", False), ("PACS.example", False), ("ris.example", True), (None, False)],
)
@pytest.mark.parametrize("service", [INSIDE_TLS, Service.WEB_TLS])
def test_a_certificate_for_another_name_is_found(
    service: Service, host: str | None, *, expected: bool
) -> None:
    """Held against the name by which the scope has the host, at DICOM and at web ports; low."""
    handshake = tls(names=("pacs.example",))
    judged = judge((handshake, STRANGER_IN), service=service, host=host)
    reasons = [reason for reason in judged.reasons if reason.rule == "certificate_other_name"]
    assert bool(reasons) is expected
    assert all(reason.severity is Severity.LOW and "ris.example" in reason.says for reason in reasons)
    nameless = judge((tls(), STRANGER_IN), service=service, host="ris.example")
    assert "certificate_other_name" not in rules(nameless)


@pytest.mark.parametrize(
    ("handshake", "rule"),
    [
        (tls(protocol="TLSv1", suite="AES128-SHA"), "tls_old_protocol"),
        (tls(protocol="TLSv1.2", suite="NULL-SHA"), "tls_unencrypted"),
        (tls(self_signed=True), "certificate_self_signed"),
    ],
)
def test_what_is_said_of_tls_is_said_at_web_ports_too(handshake: Completed, rule: str) -> None:
    """The same rules, over HTTPS."""
    judged = judge((Completed("web_landing", (*handshake.facts, landing())),), service=Service.WEB_TLS)
    assert rule in rules(judged)
