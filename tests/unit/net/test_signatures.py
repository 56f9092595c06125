from __future__ import annotations

import pytest

from dosimeter.model.facts import Signature
from dosimeter.net.signatures import signature_after_dicom, signature_after_http
from tests.peers.scripted import BUSY

SENT = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (BUSY, Signature.DICOM),
        (bytes.fromhex("0700 00000004 00000000"), Signature.DICOM),
        (bytes.fromhex("0700 7fffffff"), Signature.OTHER),
        (bytes.fromhex("0701 00000004"), Signature.OTHER),
        (bytes.fromhex("0800 00000004"), Signature.OTHER),
        (b"\x07\x00", Signature.OTHER),
        (b"\x15\x03\x01\x00\x02\x02\x46", Signature.TLS_ALERT),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", Signature.SSH),
        (b"HTTP/1.1 400 Bad Request\r\n", Signature.HTTP),
        (SENT, Signature.OUR_OWN_BYTES),
        (SENT[:3], Signature.OUR_OWN_BYTES),
        (SENT + b"more", Signature.OUR_OWN_BYTES),
        (b"<html>", Signature.OTHER),
        (b"220 mail ESMTP\r\n", Signature.OTHER),
        (b"\x0bMSH|", Signature.OTHER),
    ],
)
def test_what_answers_a_web_request_with_no_http_is_named(data: bytes, expected: Signature) -> None:
    """A PDU needs a type, a zero and a length that makes sense; a page without a head is no HTTP."""
    assert signature_after_http(data, SENT) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"HTTP/1.0 400 Bad", Signature.HTTP),
        (b"<html>", Signature.HTTP),
        (b"SSH-2.0", Signature.SSH),
        (b"\x15\x03\x03", Signature.TLS_ALERT),
        (b"\x01\x00\x00\x00\x00\xcd", Signature.OUR_OWN_BYTES),
        (b"\x00", Signature.OTHER),
    ],
)
def test_what_answers_an_associate_request_with_no_dicom_is_named(data: bytes, expected: Signature) -> None:
    """As it has been since issue 2."""
    assert signature_after_dicom(data) is expected
