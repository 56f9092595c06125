"""Our own words for codes that peers send; nothing here repeats a peer's text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import AssociationRejected, Ending, QueryService, Signature, Titles
from dosimeter.model.message import Message, commas, many, say, semicolons

SERVICE_WORDS: Final = {
    QueryService.STUDY_ROOT: "Study Root",
    QueryService.PATIENT_ROOT: "Patient Root",
    QueryService.WORKLIST: "Modality Worklist",
}

SIGNATURE_WORDS: Final = {
    Signature.DICOM: say("an answer in DICOM"),
    Signature.HTTP: say("an HTTP answer"),
    Signature.SSH: say("an SSH banner"),
    Signature.TLS_ALERT: say("a TLS alert"),
    Signature.OUR_OWN_BYTES: say("our own request, sent back"),
    Signature.OTHER: say("bytes of another protocol"),
}

CAUSE_WORDS: Final = {
    Cause.REFUSED: say("the connection was refused"),
    Cause.UNREACHABLE: say("the address could not be reached"),
    Cause.TIMED_OUT: say("there was no answer until the deadline"),
    Cause.CLOSED_EARLY: say("the peer closed the connection before it answered"),
    Cause.NOT_DICOM: say("the answer was not DICOM"),
    Cause.NOT_HTTP: say("the answer was not HTTP"),
    Cause.BUSY: say("the peer said it was busy"),
    Cause.BAD_PEER: say("the answer broke the rules that it began to follow"),
    Cause.TLS_FAILED: say("the TLS handshake failed"),
    Cause.OUT_OF_SCOPE: say("the scope did not allow the connection"),
    Cause.INTERRUPTED: say("the survey was stopped meanwhile"),
    Cause.LOCAL: say("our own machine could not ask"),
    Cause.FAULT: say("of a fault in dosimeter"),
}

TLS_BROKEN: Final = say("the TLS handshake did not go as TLS allows")
"""A bad peer that was asked inside TLS and never came to speak DICOM."""

PROBE_WORDS: Final = {
    "dicom_associate": say("the association request"),
    "dicom_tls": say("the TLS handshake"),
    "tls_posture": say("the handshakes for its TLS versions and suites"),
    "dicom_echo": "C-ECHO",
    "null_query_study_root": say("the Study Root null query"),
    "null_query_patient_root": say("the Patient Root null query"),
    "null_query_worklist": say("the worklist null query"),
    "null_retrieve": say("the null retrieve"),
    "ae_titles": say("the questions under listed AE titles"),
    "count": say("the census"),
}

_ENDING_WORDS: Final = {
    Ending.ABORT: say("ended in A-ABORT"),
    Ending.CLOSE: say("ended with the connection closed and no answer"),
    Ending.SILENCE: say("got no answer until the deadline"),
    Ending.BAD_ANSWER: say("got an answer that breaks the rules of DICOM"),
    Ending.BUDGET: say("got more answers than the budget allows to read"),
}

_STATUS_WORDS: Final = {
    0x0000: say("success"),
    0x0110: say("processing failure"),
    0x0122: say("SOP class not supported"),
    0x0124: say("not authorised"),
    0x0211: say("unrecognised operation"),
    0xA700: say("out of resources"),
    0xA701: say("out of resources, matches not counted"),
    0xA702: say("out of resources, nothing could be sent"),
    0xA900: say("identifier does not match the SOP class"),
    0xC000: say("unable to process"),
    0xFE00: say("cancelled"),
}


_NO_STATUS: Final = say("got an answer without a status")


@lru_cache(maxsize=1024)  # A status has 16 bits, and few of them make up a whole survey.
def ending_words(ending: Ending, status: int | None) -> Message:
    """How a question ended, as the predicate of a sentence (PS3.7 annex C for the statuses)."""
    if ending is not Ending.STATUS:
        return _ENDING_WORDS[ending]
    if status is None:
        return _NO_STATUS
    shown = f"0x{status:04X}"
    words = _STATUS_WORDS.get(status)
    if words is None:
        return say("got status {status}", status=shown)
    return say("got status {status} ({words})", status=shown, words=words)


_RESULTS: Final = {1: say("for good"), 2: say("for now")}
_REASONS: Final = {
    (1, 1): say("no reason given"),
    (1, 2): say("application context name not supported"),
    (1, 3): say("calling AE title not recognised"),
    (1, 7): say("called AE title not recognised"),
    (2, 1): say("no reason given, by the association layer"),
    (2, 2): say("protocol version not supported"),
    (3, 1): say("temporary congestion"),
    (3, 2): say("local limit exceeded"),
}
"""As `dicom.pdu.REJECTION_REASONS`: that package knows no messages."""


def rejection_words(rejected: AssociationRejected) -> Message:
    """The reason of an A-ASSOCIATE-RJ as the peer stated it (PS3.8 Table 9-21).

    Codes that the table does not define are given as sent.
    """
    return _rejection(rejected.result, rejected.source, rejected.reason)


@lru_cache(maxsize=1024)  # As above.
def _rejection(result: int, source: int, reason: int) -> Message:
    codes = f"({result}, {source}, {reason})"
    stated = _REASONS.get((source, reason))
    how = _RESULTS.get(result)
    if stated is None or how is None:
        return say("with codes that the standard does not define {codes}", codes=codes)
    return say("{result}, {reason} {codes}", result=how, reason=stated, codes=codes)


def titles_words(pairs: tuple[Titles, ...]) -> Message:
    """The AE titles that opened an archive: at most three pairs, all from the owner's scope."""
    shown = [
        say('called "{called}" by "{calling}"', called=titles.called, calling=titles.calling)
        for titles in pairs[:3]
    ]
    more = len(pairs) - len(shown)
    if more:
        shown.append(many("{number} more", "{number} more", more))
    return semicolons(shown)


def some_of(items: Sequence[str], most: int) -> Message:
    """The first few, and how many more: ``a, b, c and 4 more``."""
    first, more = commas(items[:most]), len(items) - most
    if more <= 0:
        return first
    return many("{first} and {number} more", "{first} and {number} more", more, first=first)


def version_words(product: str, version: str | None) -> str:
    """``Orthanc, version 1.12.10``; the product alone where its version is not known."""
    if not version:
        return product
    return say("{product}, version {version}", product=product, version=version)
