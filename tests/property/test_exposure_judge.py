"""The judgement over any combination of attempts, sane or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import Axis, Census, CensusEnd, Counts, Cut, Exact, Things
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
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
    Signature,
    Titles,
    TlsSeen,
)
from dosimeter.model.target import Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Confidence, Exposure, Severity, Verdict

PROBES: Final = (
    "dicom_associate",
    "dicom_tls",
    "dicom_echo",
    "null_query_study_root",
    "null_query_patient_root",
    "null_query_worklist",
    "null_retrieve",
    "ae_titles",
    "count",
    "a_probe_of_next_year",
)
SYNTAXES: Final = (
    "1.2.840.10008.1.1",
    "1.2.840.10008.5.1.4.1.2.2.1",
    "1.2.840.10008.5.1.4.1.2.1.1",
    "1.2.840.10008.5.1.4.31",
    "1.2.840.10008.5.1.4.1.2.2.3",
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.1.20.1",
)
OPEN: Final = frozenset({Exposure.RETRIEVABLE, Exposure.QUERYABLE, Exposure.NAME_GATED})
SAFE: Final = frozenset({Exposure.UNREACHABLE, Exposure.NOT_DICOM, Exposure.GUARDED, Exposure.ASSOCIATES})
REFUSING: Final = frozenset({0x0122, 0x0124, 0x0211})
UNDECIDED_CAUSES: Final = (
    Cause.TIMED_OUT,
    Cause.CLOSED_EARLY,
    Cause.BUSY,
    Cause.BAD_PEER,
    Cause.TLS_FAILED,
    Cause.OUT_OF_SCOPE,
    Cause.INTERRUPTED,
    Cause.LOCAL,
    Cause.FAULT,
)

server_texts = st.text(max_size=80).map(ServerText.of)
titles = st.sampled_from(
    (
        Titles("NOBODY", "DOSIMETER"),
        Titles("ARCHIVE", "DOSIMETER", stranger=False),
        Titles("A", "B", stranger=False),
    )
)
statuses = (
    st.none()
    | st.sampled_from((0, 0x0122, 0x0124, 0x0211, 0xA700, 0xA900, 0xC000, 0xFE00))
    | st.integers(0, 0xFFFF)
)
codes = st.integers(0, 255)
contexts = st.lists(st.sampled_from(SYNTAXES), unique=True, max_size=7).map(tuple)
endings = st.sampled_from(Ending)
services = st.sampled_from(QueryService)
rows = st.integers(0, 300)

cell_names = st.one_of(
    st.tuples(st.just(Axis.DATES), st.sampled_from(("2019", "2020", "2020-03", "1900/1969"))),
    st.sampled_from(((Axis.WHOLE, "whole"), (Axis.TIMES, "07"))),
)
cells = st.builds(
    CellCounted,
    titles=titles,
    service=services,
    things=st.sampled_from(Things),
    axis=st.just(Axis.WHOLE),
    cell=st.just("whole"),
    with_counters=st.booleans(),
    cut=st.sampled_from(Cut),
    ending=endings,
    status=statuses,
    questions=st.integers(0, 3),
    rows=rows,
    distinct=rows,
    fresh=rows,
    on_axis=rows,
    largest=rows,
    received=rows,
    milliseconds=rows,
    public_roots=rows,
)
counted_facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(lambda cell, name: replace(cell, axis=name[0], cell=name[1]), cells, cell_names),
    st.builds(CensusEnded, titles, st.sampled_from(CensusEnd), rows, rows, rows, st.integers(1, 6), rows),
)
facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(
        AssociationAccepted,
        titles,
        contexts,
        contexts.map(lambda some: tuple(ContextRefused(syntax, 3) for syntax in some)),
        st.booleans(),
        st.none() | st.just(ServerText.of("1.2.276.0.7230010.3.0.3.6.7")) | server_texts,
        st.none() | st.sampled_from(("OFFIS_DCMTK_367", "GODICOM_1_1")).map(ServerText.of) | server_texts,
        st.none() | st.sampled_from((16382, 16384)),
    ),
    st.builds(AssociationRejected, titles, codes, codes, codes),
    st.builds(
        AssociationRejected,
        titles,
        st.sampled_from((1, 2)),
        st.sampled_from((1, 3)),
        st.sampled_from((1, 2, 3, 7)),
    ),
    st.builds(AssociationAborted, titles, codes, codes),
    st.builds(EchoAnswered, titles, endings, statuses, st.integers(0, 10_000)),
    st.builds(NullQueryAnswered, titles, services, endings, statuses, st.integers(0, 3)),
    st.builds(NullRetrieveAnswered, titles, services, endings, statuses),
    st.builds(
        TlsSeen,
        st.none() | st.sampled_from(("TLSv1", "TLSv1.3")).map(ServerText.of) | server_texts,
        st.none()
        | st.sampled_from(("AES128-SHA", "TLS_AES_256_GCM_SHA384")).map(ServerText.of)
        | server_texts,
        st.none()
        | st.builds(
            CertificateSeen,
            server_texts,
            server_texts,
            st.text(max_size=30),
            st.text(max_size=30) | st.just("2001-01-01T00:00:00Z"),
            server_texts,
            st.booleans(),
            st.just("00" * 32),
        ),
        st.sampled_from(ClientCertificate),
        st.none() | server_texts,
    ),
    st.builds(NotDicomSeen, st.sampled_from(Signature)),
    counted_facts,
)
fact_tuples = st.lists(facts, max_size=3).map(tuple)
probes = st.sampled_from(PROBES)
attempts: st.SearchStrategy[Attempt] = st.one_of(
    st.builds(Completed, probes, fact_tuples),
    st.builds(Failed, probes, st.sampled_from(Cause), st.just("our own words"), fact_tuples),
    st.builds(Skipped, probes, st.just("the association had ended")),
)
records = st.lists(attempts, max_size=9).map(tuple)


def seen(record: tuple[Attempt, ...]) -> list[Fact]:
    """Every fact of a record."""
    return [fact for attempt in record if not isinstance(attempt, Skipped) for fact in attempt.facts]


def answered_to(fact: Fact, *, stranger: bool) -> bool:
    """Whether this fact is an answer to a query or retrieve, said without the code under test."""
    if isinstance(fact, NullQueryAnswered):
        plain = fact.ending is Ending.STATUS and fact.status == 0
        return fact.titles.stranger is stranger and (plain or fact.matches > 0)
    if isinstance(fact, NullRetrieveAnswered):
        status = fact.ending is Ending.STATUS and fact.status is not None
        return fact.titles.stranger is stranger and status and fact.status not in REFUSING
    return False


def judged(record: tuple[Attempt, ...], service: Service = Service.DICOM) -> Verdict:
    """The verdict on a record."""
    return judge(record, service=service)


@given(records, st.sampled_from(Service))
def test_any_attempts_give_a_whole_verdict(record: tuple[Attempt, ...], service: Service) -> None:
    """No combination raises; every verdict has a reason, and its severity is the gravest of them."""
    verdict = judged(record, service)
    assert verdict.reasons
    assert verdict.severity is max(reason.severity for reason in verdict.reasons)
    assert all(reason.says and "{" not in reason.rule for reason in verdict.reasons)
    assert len({reason.rule for reason in verdict.reasons}) == len(verdict.reasons)
    assert all("re-test" in "".join(remedy.steps) for remedy in verdict.remedies)
    assert len(set(verdict.protections)) == len(verdict.protections)


@given(records)
def test_the_same_facts_give_the_same_verdict(record: tuple[Attempt, ...]) -> None:
    """Pure: no clock, no memory of earlier cases."""
    assert judged(record) == judged(record)


@given(records)
def test_every_pointer_of_a_reason_leads_to_its_attempt(record: tuple[Attempt, ...]) -> None:
    """``probe#place`` counts the facts of that probe; ``probe#failed`` is a failure without facts."""
    counts: dict[str, int] = {}
    for attempt in record:
        if not isinstance(attempt, Skipped):
            counts[attempt.probe] = counts.get(attempt.probe, 0) + len(attempt.facts)
    for reason in judged(record).reasons:
        if reason.fact == "none":
            assert reason.rule in ("inconclusive_nothing_seen", "inconclusive_not_asked")
            continue
        probe, place = reason.fact.split("#")
        assert place == "failed" or int(place) < counts[probe]


@given(records)
def test_an_answered_stranger_never_reads_as_closed(record: tuple[Attempt, ...]) -> None:
    """One answer to a stranger among anything else: queryable or retrievable."""
    exposure = judged(record).exposure
    if any(answered_to(fact, stranger=True) for fact in seen(record)):
        assert exposure in (Exposure.QUERYABLE, Exposure.RETRIEVABLE)
    elif any(answered_to(fact, stranger=False) for fact in seen(record)):
        assert exposure is Exposure.NAME_GATED
    else:
        assert exposure not in OPEN


@given(records, st.sampled_from(PROBES), st.sampled_from(UNDECIDED_CAUSES), st.data())
def test_a_failure_never_makes_an_archive_safer(
    record: tuple[Attempt, ...], probe: str, cause: Cause, data: st.DataObject
) -> None:
    """Adding a question that got no answer keeps the exposure or makes a safe one inconclusive."""
    before = judged(record).exposure
    place = data.draw(st.integers(0, len(record)))
    after = judged((*record[:place], Failed(probe, cause, "our own words"), *record[place:])).exposure
    assert after is before or (before in SAFE and after is Exposure.INCONCLUSIVE)


@given(records, services, st.sampled_from((Ending.SILENCE, Ending.BAD_ANSWER, Ending.BUDGET)))
def test_an_undecided_query_never_makes_an_archive_safer(
    record: tuple[Attempt, ...], service: QueryService, ending: Ending
) -> None:
    """Silence in answer to one more query is no guard."""
    before = judged(record).exposure
    silence = NullQueryAnswered(Titles("NOBODY", "DOSIMETER"), service, ending, None, 0)
    after = judged((*record, Completed(f"null_query_{service.value}", (silence,)))).exposure
    assert after is before or after is Exposure.INCONCLUSIVE
    assert before not in OPEN or after is before


@given(records, services)
def test_contradictory_evidence_is_inconclusive_unless_a_stranger_was_answered(
    record: tuple[Attempt, ...], service: QueryService
) -> None:
    """An association both accepted and rejected proves no guard; an answer stands all the same."""
    stranger = Titles("NOBODY", "DOSIMETER")
    accepted = AssociationAccepted(stranger, (), (), False, None, None, None)
    both = Completed("dicom_associate", (accepted, AssociationRejected(stranger, 1, 1, 7)))
    exposure = judged((*record, both)).exposure
    assert exposure is Exposure.INCONCLUSIVE or exposure in OPEN
    answer = Completed(
        f"null_query_{service.value}", (NullQueryAnswered(stranger, service, Ending.STATUS, 0, 0),)
    )
    assert judged((*record, both, answer)).exposure in (Exposure.QUERYABLE, Exposure.RETRIEVABLE)


@given(records)
def test_busy_is_never_a_guard(record: tuple[Attempt, ...]) -> None:
    """A busy rejection of the stranger, alone or beside silence, is inconclusive."""
    busy = AssociationRejected(Titles("NOBODY", "DOSIMETER"), 2, 3, 2)
    only_skipped = tuple(attempt for attempt in record if isinstance(attempt, Skipped))
    verdict = judged((Failed("dicom_associate", Cause.BUSY, "busy", (busy,)), *only_skipped))
    assert verdict.exposure is Exposure.INCONCLUSIVE
    assert verdict.severity > Severity.INFO


@given(records)
def test_what_a_server_says_stays_clean_in_a_reason(record: tuple[Attempt, ...]) -> None:
    """Reasons and remedies hold printable characters alone, whatever the peer called itself."""
    verdict = judged(record)
    texts = [reason.says for reason in verdict.reasons]
    texts += [step for remedy in verdict.remedies for step in (remedy.title, *remedy.steps)]
    texts += list(verdict.decoy.reasons)
    assert all(text.isprintable() for text in texts)


@given(records)
def test_confidence_is_never_counted_here(record: tuple[Attempt, ...]) -> None:
    """Nothing is counted by a judgement; rows nobody believes are an announcement."""
    verdict = judged(record)
    assert verdict.confidence is not Confidence.COUNTED
    if verdict.product is not None:
        assert verdict.product.confidence is Confidence.ANNOUNCED


@given(
    records,
    st.lists(counted_facts, max_size=6).map(tuple).map(lambda cells: Completed("count", cells))
    | st.just(Failed("count", Cause.INTERRUPTED, "stopped", ())),
    rows,
)
def test_a_census_moves_no_archive_on_the_ladder(
    record: tuple[Attempt, ...], counting: Attempt, studies: int
) -> None:
    """Counting adds reasons and signs of a decoy: exposure, severity and remedies stay as they were."""
    before = judged(record)
    census = Census(counts=Counts(studies=Exact(studies), worklist_items=Exact(studies)))
    if not before.speaks_dicom:
        return
    after = judge((*record, counting), service=Service.DICOM, census=census)
    assert (after.exposure, after.severity) == (before.exposure, before.severity)
    assert (after.remedies, after.protections) == (before.remedies, before.protections)
    assert {reason.rule for reason in after.reasons} - {reason.rule for reason in before.reasons} <= {
        "at_stake",
        "shows_nothing",
        "waiting_patients",
        "decoy",
    }
