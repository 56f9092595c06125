"""Attempts as JSON text and back.

Written by hand because it is on the hot path: pydantic needs 330 µs to read back one endpoint and
0.2 s to start. An attempt or a fact is an array: its discriminator, then its fields in the order of
the dataclass. A field added later goes last and gets its default when an older text is read.

Each attempt has its own line, and lines are remembered: closed ports are all alike, and archives of
one product differ in little more than the milliseconds of their echo. A census is like no other.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, assert_never

from dosimeter.model.attempt import COUNT_PROBE, Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import Axis, CensusEnd, CounterSum, Cut, ModalityCount, Sample, Things
from dosimeter.model.facts import (
    AssociationAborted,
    AssociationAccepted,
    AssociationRejected,
    CellCounted,
    CensusEnded,
    CertificateSeen,
    ClientCertificate,
    ContextRefused,
    EchoAnswered,
    Ending,
    Fact,
    NotDicomSeen,
    NotHttpSeen,
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
    Signature,
    Titles,
    TlsSeen,
)
from dosimeter.model.text import ServerText
from dosimeter.store.web_facts import WEB_FACTS, encode_web_fact, read_web_fact

if TYPE_CHECKING:
    from collections.abc import Callable

# Nothing here can hold itself, so the encoder need not look for that.
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False)

_BETWEEN_LINES: Final = ",\n"
"""Unmistakable: JSON writes a line break inside a string as an escape."""

_LINES_REMEMBERED: Final = 2048
_LONGEST_REMEMBERED: Final = 4096

Json = list[Any]


def encode_attempts(attempts: tuple[Attempt, ...]) -> str:
    """The attempts as JSON in pure ASCII: an array, with a line for each attempt."""
    lines = [(_line if attempt.probe == COUNT_PROBE else _remembered_line)(attempt) for attempt in attempts]
    return f"[{_BETWEEN_LINES.join(lines)}]"


def decode_attempts(text: str) -> tuple[Attempt, ...]:
    """The attempts that :func:`encode_attempts` wrote.

    Raises:
        ValueError: the text is something else, or was damaged.
    """
    if _BETWEEN_LINES not in text:
        return _read_one_line(text)
    if not (text.startswith("[") and text.endswith("]")):
        raise ValueError("not the text of attempts")
    lines = text[1:-1].split(_BETWEEN_LINES)
    return tuple([(_remembered if len(line) <= _LONGEST_REMEMBERED else _read_line)(line) for line in lines])


def encode_cell(cell: CellCounted) -> str:
    """One cell of a census as JSON in pure ASCII."""
    return _ENCODER.encode(_cell(cell))


def decode_cell(text: str) -> CellCounted:
    """The cell that :func:`encode_cell` wrote.

    Raises:
        ValueError: the text is something else, or was damaged.
    """
    try:
        kind, *fields = json.loads(text)
        if kind != "cell_counted":
            raise ValueError("not the text of a cell")
        return _read_cell(*fields)
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError("not the text of a cell") from error


def _line(attempt: Attempt) -> str:
    return _ENCODER.encode(_attempt(attempt))


_remembered_line: Final = lru_cache(maxsize=_LINES_REMEMBERED)(_line)


def _read_line(line: str) -> Attempt:
    (attempt,) = _read(f"[{line}]")
    return attempt


_remembered: Final = lru_cache(maxsize=_LINES_REMEMBERED)(_read_line)


@lru_cache(maxsize=_LINES_REMEMBERED)
def _read_one_line(text: str) -> tuple[Attempt, ...]:
    """One attempt or none; the first files held all attempts of an endpoint so."""
    return _read(text)


def _read(text: str) -> tuple[Attempt, ...]:
    try:
        return tuple([_read_attempt(item) for item in json.loads(text)])
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError("not the text of attempts") from error


def _attempt(attempt: Attempt) -> Json:
    match attempt:
        case Completed():
            return [attempt.outcome, attempt.probe, [_fact(fact) for fact in attempt.facts]]
        case Failed():
            facts = [_fact(fact) for fact in attempt.facts]
            return [attempt.outcome, attempt.probe, attempt.cause, attempt.detail, facts]
        case Skipped():
            return [attempt.outcome, attempt.probe, attempt.why]
        case _:
            assert_never(attempt)


def _read_attempt(item: Json) -> Attempt:
    outcome, *fields = item
    match outcome:
        case "completed":
            probe, facts = fields
            return Completed(probe, _read_facts(facts))
        case "failed":
            probe, cause, detail, facts = fields
            return Failed(probe, Cause(cause), detail, _read_facts(facts))
        case "skipped":
            return Skipped(*fields)
        case _:
            raise ValueError(f"no attempt ends as {outcome!r}")


def _read_facts(items: list[Json]) -> tuple[Fact, ...]:
    return tuple(
        read_web_fact(kind, fields) if kind in WEB_FACTS else _READERS[kind](*fields)
        for kind, *fields in items
    )


def _fact(fact: Fact) -> Json:
    match fact:
        case NullQueryAnswered():
            titles = _titles(fact.titles)
            return [fact.kind, titles, fact.service, fact.ending, fact.status, fact.matches]
        case AssociationAccepted() | AssociationRejected() | AssociationAborted():
            return _association(fact)
        case NullRetrieveAnswered():
            return [fact.kind, _titles(fact.titles), fact.service, fact.ending, fact.status]
        case EchoAnswered():
            return [fact.kind, _titles(fact.titles), fact.ending, fact.status, fact.milliseconds]
        case TlsSeen():
            return _tls(fact)
        case NotDicomSeen() | NotHttpSeen():
            return [fact.kind, fact.signature]
        case CellCounted() | CensusEnded():
            return _cell(fact) if isinstance(fact, CellCounted) else _ended(fact)
        case _:
            return encode_web_fact(fact)


def _titles(titles: Titles) -> Json:
    return [titles.called, titles.calling, titles.stranger]


def _text(text: ServerText | None) -> str | None:
    return None if text is None else text.text


def _read_text(text: str | None) -> ServerText | None:
    return None if text is None else ServerText(text)


def _association(fact: AssociationAccepted | AssociationRejected | AssociationAborted) -> Json:
    match fact:
        case AssociationAccepted():
            return _accepted(fact)
        case AssociationRejected():
            return [fact.kind, _titles(fact.titles), fact.result, fact.source, fact.reason]
        case AssociationAborted():
            return [fact.kind, _titles(fact.titles), fact.source, fact.reason]


def _accepted(fact: AssociationAccepted) -> Json:
    return [
        fact.kind,
        _titles(fact.titles),
        fact.accepted,
        [(context.abstract_syntax, context.result) for context in fact.refused],
        fact.accepts_made_up_service,
        _text(fact.implementation_class_uid),
        _text(fact.implementation_version_name),
        fact.max_pdu_length,
        fact.mirrored,
    ]


def _read_accepted(
    titles: Json,
    accepted: list[str],
    refused: list[Json],
    made_up: bool,  # noqa: FBT001  read from JSON by position
    class_uid: str | None,
    version_name: str | None,
    max_pdu_length: int | None,
    mirrored: list[str],
) -> AssociationAccepted:
    return AssociationAccepted(
        Titles(*titles),
        tuple(accepted),
        tuple(ContextRefused(*context) for context in refused),
        made_up,
        _read_text(class_uid),
        _read_text(version_name),
        max_pdu_length,
        tuple(mirrored),
    )


def _tls(fact: TlsSeen) -> Json:
    seen = fact.certificate
    certificate = seen and [
        seen.subject.text,
        seen.issuer.text,
        seen.not_before,
        seen.not_after,
        seen.key.text,
        seen.self_signed,
        seen.sha256,
        [name.text for name in seen.names],
        _text(seen.signature),
        seen.chain,
    ]
    return [
        fact.kind,
        _text(fact.protocol),
        _text(fact.cipher_suite),
        certificate,
        fact.client_certificate,
        _text(fact.alert),
    ]


def _read_certificate(fields: Json | None) -> CertificateSeen | None:
    if fields is None:
        return None
    subject, issuer, not_before, not_after, key, self_signed, sha256, *later = fields
    names, signature, chain = later or ((), None, None)
    return CertificateSeen(
        ServerText(subject),
        ServerText(issuer),
        not_before,
        not_after,
        ServerText(key),
        self_signed,
        sha256,
        tuple(map(ServerText, names)),
        _read_text(signature),
        None if chain is None else tuple(chain),
    )


def _read_tls(
    protocol: str | None, suite: str | None, certificate: Json | None, client: str, alert: str | None
) -> TlsSeen:
    return TlsSeen(
        _read_text(protocol),
        _read_text(suite),
        _read_certificate(certificate),
        ClientCertificate(client),
        _read_text(alert),
    )


def _cell(fact: CellCounted) -> Json:
    return [
        fact.kind,
        _titles(fact.titles),
        fact.service,
        fact.things,
        fact.axis,
        fact.cell,
        fact.with_counters,
        fact.cut,
        fact.ending,
        fact.status,
        fact.questions,
        fact.rows,
        fact.distinct,
        fact.fresh,
        fact.on_axis,
        fact.largest,
        fact.received,
        fact.milliseconds,
        fact.run,
        [(c.attribute, c.total, c.present, c.zero, c.implausible) for c in fact.counters],
        [(m.modality, m.studies, m.verified) for m in fact.modalities],
        fact.patients,
        fact.without_patient,
        fact.public_roots,
        fact.sample and [fact.sample.units, fact.sample.studies],
        fact.without_key,
        fact.all_patients,
    ]


def _read_cell(*fields: Any) -> CellCounted:  # noqa: ANN401  read from JSON by position
    titles, service, things, axis, cell, with_counters, cut, ending, status, *more = fields
    questions, rows, distinct, fresh, on_axis, largest, received, milliseconds, run, *more = more
    counters, modalities, patients, without_patient, public_roots, sample, *more = more
    without_key, all_patients = more
    return CellCounted(
        Titles(*titles),
        QueryService(service),
        Things(things),
        Axis(axis),
        cell,
        with_counters,
        Cut(cut),
        Ending(ending),
        status,
        questions,
        rows,
        distinct,
        fresh,
        on_axis,
        largest,
        received,
        milliseconds,
        run,
        counters=tuple([CounterSum(*each) for each in counters]),
        modalities=tuple([ModalityCount(*each) for each in modalities]),
        patients=patients,
        without_patient=without_patient,
        public_roots=public_roots,
        sample=None if sample is None else _read_sample(*sample),
        without_key=without_key,
        all_patients=all_patients,
    )


def _read_sample(units: int, studies: list[int]) -> Sample:
    return Sample(units, tuple(studies))


def _ended(fact: CensusEnded) -> Json:
    return [
        fact.kind,
        _titles(fact.titles),
        fact.end,
        fact.questions,
        fact.rows,
        fact.received,
        fact.associations,
        fact.milliseconds,
    ]


_READERS: Final[dict[str, Callable[..., Fact]]] = {
    "association_accepted": _read_accepted,
    "association_rejected": lambda titles, *codes: AssociationRejected(Titles(*titles), *codes),
    "association_aborted": lambda titles, *codes: AssociationAborted(Titles(*titles), *codes),
    "echo_answered": lambda titles, ending, *rest: EchoAnswered(Titles(*titles), Ending(ending), *rest),
    "null_query_answered": lambda titles, service, ending, *rest: NullQueryAnswered(
        Titles(*titles), QueryService(service), Ending(ending), *rest
    ),
    "null_retrieve_answered": lambda titles, service, ending, *rest: NullRetrieveAnswered(
        Titles(*titles), QueryService(service), Ending(ending), *rest
    ),
    "tls_seen": _read_tls,
    "not_dicom_seen": lambda signature: NotDicomSeen(Signature(signature)),
    "not_http_seen": lambda signature: NotHttpSeen(Signature(signature)),
    "cell_counted": _read_cell,
    "census_ended": lambda titles, end, *rest: CensusEnded(Titles(*titles), CensusEnd(end), *rest),
}
