from __future__ import annotations

from dosimeter.dicom.errors import LocalProtocolError, ProtocolError, RemoteProtocolError


def test_blame_is_a_type() -> None:
    """Both mistakes can be caught as one, and neither is the other."""
    assert issubclass(LocalProtocolError, ProtocolError)
    assert issubclass(RemoteProtocolError, ProtocolError)
    assert not issubclass(RemoteProtocolError, LocalProtocolError)


def test_a_remote_error_reads_as_a_sentence_and_carries_its_fields() -> None:
    """What a report needs is there as fields, what a person needs as text."""
    error = RemoteProtocolError("A-ASSOCIATE-AC", "max_pdu_length", 82, "5 is below 128")

    assert str(error) == "A-ASSOCIATE-AC, max_pdu_length at byte 82: 5 is below 128"
    assert (error.pdu, error.field, error.offset, error.problem) == (
        "A-ASSOCIATE-AC",
        "max_pdu_length",
        82,
        "5 is below 128",
    )
    assert error.abort_reason == 6
