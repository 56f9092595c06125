"""Our own words for codes that peers send; nothing here repeats a peer's text."""

from __future__ import annotations

from typing import Final

from dosimeter.dicom.pdu import REJECTION_REASONS, REJECTION_RESULTS
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import AssociationRejected, Ending, QueryService, Signature, Titles

SERVICE_WORDS: Final = {
    QueryService.STUDY_ROOT: "Study Root",
    QueryService.PATIENT_ROOT: "Patient Root",
    QueryService.WORKLIST: "Modality Worklist",
}

SIGNATURE_WORDS: Final = {
    Signature.DICOM: "an answer in DICOM",
    Signature.HTTP: "an HTTP answer",
    Signature.SSH: "an SSH banner",
    Signature.TLS_ALERT: "a TLS alert",
    Signature.OUR_OWN_BYTES: "our own request, sent back",
    Signature.OTHER: "bytes of another protocol",
}

CAUSE_WORDS: Final = {
    Cause.REFUSED: "the connection was refused",
    Cause.UNREACHABLE: "the address could not be reached",
    Cause.TIMED_OUT: "there was no answer until the deadline",
    Cause.CLOSED_EARLY: "the peer closed the connection before it answered",
    Cause.NOT_DICOM: "the answer was not DICOM",
    Cause.NOT_HTTP: "the answer was not HTTP",
    Cause.BUSY: "the peer said it was busy",
    Cause.BAD_PEER: "the answer broke the rules that it began to follow",
    Cause.TLS_FAILED: "the TLS handshake failed",
    Cause.OUT_OF_SCOPE: "the scope did not allow the connection",
    Cause.INTERRUPTED: "the survey was stopped meanwhile",
    Cause.LOCAL: "our own machine could not ask",
    Cause.FAULT: "of a fault in dosimeter",
}

TLS_BROKEN: Final = "the TLS handshake did not go as TLS allows"
"""A bad peer that was asked inside TLS and never came to speak DICOM."""

PROBE_WORDS: Final = {
    "dicom_associate": "the association request",
    "dicom_tls": "the TLS handshake",
    "tls_posture": "the handshakes for its TLS versions and suites",
    "dicom_echo": "C-ECHO",
    "null_query_study_root": "the Study Root null query",
    "null_query_patient_root": "the Patient Root null query",
    "null_query_worklist": "the worklist null query",
    "null_retrieve": "the null retrieve",
    "ae_titles": "the questions under listed AE titles",
    "count": "the census",
}

_ENDING_WORDS: Final = {
    Ending.ABORT: "ended in A-ABORT",
    Ending.CLOSE: "ended with the connection closed and no answer",
    Ending.SILENCE: "got no answer until the deadline",
    Ending.BAD_ANSWER: "got an answer that breaks the rules of DICOM",
    Ending.BUDGET: "got more answers than the budget allows to read",
}

_STATUS_WORDS: Final = {
    0x0000: "success",
    0x0110: "processing failure",
    0x0122: "SOP class not supported",
    0x0124: "not authorised",
    0x0211: "unrecognised operation",
    0xA700: "out of resources",
    0xA701: "out of resources, matches not counted",
    0xA702: "out of resources, nothing could be sent",
    0xA900: "identifier does not match the SOP class",
    0xC000: "unable to process",
    0xFE00: "cancelled",
}


def ending_words(ending: Ending, status: int | None) -> str:
    """How a question ended, as the predicate of a sentence (PS3.7 annex C for the statuses)."""
    if ending is not Ending.STATUS:
        return _ENDING_WORDS[ending]
    if status is None:
        return "got an answer without a status"
    words = _STATUS_WORDS.get(status)
    return f"got status 0x{status:04X} ({words})" if words else f"got status 0x{status:04X}"


def rejection_words(rejected: AssociationRejected) -> str:
    """The reason of an A-ASSOCIATE-RJ as the peer stated it (PS3.8 Table 9-21).

    Codes that the table does not define are given as sent.
    """
    codes = f"({rejected.result}, {rejected.source}, {rejected.reason})"
    reason = REJECTION_REASONS.get((rejected.source, rejected.reason))
    result = REJECTION_RESULTS.get(rejected.result)
    if reason is None or result is None:
        return f"with codes that the standard does not define {codes}"
    return f"{result}, {reason} {codes}"


def titles_words(pairs: tuple[Titles, ...]) -> str:
    """The AE titles that opened an archive: at most three pairs, all from the owner's scope."""
    shown = [f'called "{titles.called}" by "{titles.calling}"' for titles in pairs[:3]]
    more = len(pairs) - len(shown)
    if more:
        shown.append(f"{more} more")
    return "; ".join(shown)
