from __future__ import annotations

import pytest

from dosimeter.dicom.pdu import describe_abort, describe_rejection


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ((1, 1, 1), "rejected for good: no reason given"),
        ((1, 1, 3), "rejected for good: calling AE title not recognised"),
        ((1, 1, 7), "rejected for good: called AE title not recognised"),
        ((2, 3, 1), "rejected for now: temporary congestion"),
        ((2, 3, 2), "rejected for now: local limit exceeded"),
        ((1, 2, 2), "rejected for good: protocol version not supported"),
        ((1, 1, 9), "rejected for good: source 1, reason 9, which the standard does not define"),
        ((7, 3, 2), "rejected with result 7, which the standard does not define: local limit exceeded"),
    ],
)
def test_a_rejection_is_told_in_words(codes: tuple[int, int, int], words: str) -> None:
    """Every combination has a sentence; codes that no standard defines are told by number."""
    assert describe_rejection(*codes) == words


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ((0, 0), "aborted by the application, which gives no reason"),
        ((2, 2), "aborted by the association layer: a PDU it did not expect"),
        ((2, 3), "aborted by the association layer: reason 3, which the standard does not define"),
        ((1, 5), "aborted with source 1 and reason 5, which the standard does not define"),
    ],
)
def test_an_abort_is_told_in_words(codes: tuple[int, int], words: str) -> None:
    """Every combination has a sentence."""
    assert describe_abort(*codes) == words


def test_all_codes_have_words() -> None:
    """No code a byte can hold is without a description."""
    assert all(
        describe_rejection(result, source, reason).startswith("rejected")
        for result in range(4)
        for source in range(256)
        for reason in range(256)
    )
    assert all(describe_abort(s, r).startswith("aborted") for s in range(256) for r in range(256))
