"""What a peer's first bytes look like that does not speak what it was asked in."""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Signature

_PDU_TYPES: Final = range(1, 8)
"""A-ASSOCIATE-RQ to A-ABORT (PS3.8 Table 9-11 and following)."""
_PDU_HEADER: Final = 6
_LONGEST_PDU: Final = 1_048_576


def signature_after_dicom(data: bytes) -> Signature:
    """What answered an A-ASSOCIATE-RQ with bytes that are no answer to it."""
    if data.startswith(b"HTTP/") or data[:1] == b"<":
        return Signature.HTTP
    return _other_than_dicom(data) or (Signature.OUR_OWN_BYTES if data[0] == 1 else Signature.OTHER)


def signature_after_http(data: bytes, sent: bytes) -> Signature:
    """What answered a request over HTTP, or a ClientHello, with bytes that are no answer to it.

    ``sent`` are the bytes it was asked with: some ports say back whatever they are told.
    """
    if data.startswith(b"HTTP/"):
        return Signature.HTTP
    found = _other_than_dicom(data)
    if found is not None:
        return found
    if sent.startswith(data) or data.startswith(sent):
        return Signature.OUR_OWN_BYTES
    return Signature.DICOM if _is_pdu_header(data) else Signature.OTHER


def _other_than_dicom(data: bytes) -> Signature | None:
    if data.startswith(b"SSH-"):
        return Signature.SSH
    if data.startswith(b"\x15\x03"):
        return Signature.TLS_ALERT
    return None


def _is_pdu_header(data: bytes) -> bool:
    """Type, a reserved zero, a length that a short answer has (PS3.8 §9.3.1)."""
    return (
        len(data) >= _PDU_HEADER
        and data[0] in _PDU_TYPES
        and data[1] == 0
        and int.from_bytes(data[2:_PDU_HEADER], "big") <= _LONGEST_PDU
    )
