from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import Completed
from tests.unit.exposure.seen import INSIDE_TLS, associated, rules, tls, verdict

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
