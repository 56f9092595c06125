from __future__ import annotations

import errno
import ssl

import pytest

from dosimeter.model.attempt import Cause
from dosimeter.net.causes import failure_of


@pytest.mark.parametrize("number", sorted(errno.errorcode), ids=lambda number: errno.errorcode[number])
def test_every_error_of_the_system_has_a_cause_and_a_sentence_of_ours(number: int) -> None:
    """Whatever the system call says, the user reads our words and never the error's own text."""
    failure = failure_of(OSError(number, "text from elsewhere"))
    assert isinstance(failure.cause, Cause)
    assert len(failure.detail) > 10
    assert "elsewhere" not in failure.detail
    assert failure.facts == ()


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ECONNREFUSED, Cause.REFUSED),
        (errno.ECONNRESET, Cause.CLOSED_EARLY),
        (errno.EPIPE, Cause.CLOSED_EARLY),
        (errno.EHOSTUNREACH, Cause.UNREACHABLE),
        (errno.ENETUNREACH, Cause.UNREACHABLE),
        (errno.EHOSTDOWN, Cause.UNREACHABLE),
        (errno.ETIMEDOUT, Cause.UNREACHABLE),
        (errno.EMFILE, Cause.LOCAL),
        (errno.ENFILE, Cause.LOCAL),
        (errno.EADDRNOTAVAIL, Cause.LOCAL),
        (errno.EACCES, Cause.LOCAL),
        (errno.ENOBUFS, Cause.LOCAL),
    ],
)
def test_what_the_peer_did_is_told_from_what_our_machine_lacks(number: int, cause: Cause) -> None:
    """Refused, gone, unreachable and our own limits are different findings."""
    assert failure_of(OSError(number, "")).cause is cause


def test_an_error_without_a_number_is_ours() -> None:
    """Nothing is blamed on the peer that the peer was not seen to do."""
    assert failure_of(OSError("no number")).cause is Cause.LOCAL


def test_an_error_of_the_tls_layer_is_a_tls_failure() -> None:
    """Its number is OpenSSL's, not the system's."""
    assert failure_of(ssl.SSLError(errno.ECONNREFUSED, "peer text")).cause is Cause.TLS_FAILED
