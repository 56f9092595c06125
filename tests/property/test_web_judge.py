"""The judgement of web ports over any combination of answers, sane or not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.census.claimed import claimed_counts, combine
from dosimeter.exposure.classify import judge
from dosimeter.exposure.web_signs import WEB_SIGNS
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import Things
from dosimeter.model.facts import ClientCertificate, Fact, NotHttpSeen, Signature, TlsSeen
from dosimeter.model.target import Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Exposure, Severity, Verdict
from dosimeter.model.web import (
    ArchiveDescribed,
    BodyShape,
    CounterRead,
    DataSourceNamed,
    LoginSign,
    MediaType,
    MllpAnswered,
    MllpEnding,
    ProductCounted,
    ProtocolSeen,
    Purpose,
    Redirect,
    RedirectTo,
    SuiteSeen,
    TlsPostureSeen,
    WebAnswered,
)

PRODUCTS: Final = ("orthanc", "dcm4chee", "dicoogle", "horos", "ohif", "fhir", "of_next_year")
ASKED: Final = (
    "landing",
    "control",
    "qido_rs",
    "wado_rs",
    "wado_uri",
    "stow_rs",
    "orthanc_system",
    "orthanc_statistics",
    "orthanc_study",
    "horos_main",
    "dicoogle_search",
    "fhir_metadata",
    "fhir_patient_count",
)
PROBES: Final = (
    "web_landing",
    "web_control",
    "dicomweb_query",
    "dicomweb_retrieve",
    "orthanc",
    "sample_qido",
    "tls_posture",
    "hl7_mllp",
    "a_probe_of_next_year",
)
texts = st.text(max_size=20).map(ServerText.of)
redirects = st.none() | st.builds(
    Redirect, st.sampled_from(RedirectTo), st.sampled_from(LoginSign), st.none() | texts
)
signs = st.lists(st.sampled_from([sign.name for sign in WEB_SIGNS]), max_size=2, unique=True).map(tuple)
answers = st.builds(
    WebAnswered,
    asked=st.sampled_from(ASKED),
    purpose=st.sampled_from(Purpose),
    method=st.sampled_from(("GET", "POST", "OPTIONS")),
    path=st.just("/asked"),
    status=st.sampled_from((200, 204, 301, 302, 400, 401, 403, 404, 429, 500, 503)) | st.integers(100, 999),
    body=st.sampled_from(BodyShape),
    media_type=st.sampled_from(MediaType),
    as_specified=st.booleans(),
    root=st.none() | st.sampled_from(("", "/dicom-web", "/rs")),
    rows=st.integers(0, 3),
    challenges=st.lists(st.sampled_from(("basic", "bearer", "digest", "other")), max_size=2).map(tuple),
    redirect=redirects,
    signs=signs,
    marks=st.lists(st.sampled_from(("cors_any_origin", "cors_credentials", "csp")), max_size=2).map(tuple),
)
handshakes = st.builds(
    TlsSeen,
    st.none() | st.sampled_from((ServerText.of("TLSv1.3"), ServerText.of("TLSv1"))),
    st.none() | texts,
    st.none(),
    st.sampled_from(ClientCertificate),
    st.none() | texts,
)
others = st.one_of(
    st.builds(
        ArchiveDescribed,
        st.sampled_from(PRODUCTS),
        st.none() | texts | st.just(ServerText.of("1.10.1")),
        st.lists(texts, max_size=2).map(tuple),
        st.lists(st.integers(1, 65535), max_size=2).map(tuple),
    ),
    st.builds(
        ProductCounted,
        st.sampled_from(PRODUCTS),
        st.sampled_from(ASKED),
        st.lists(
            st.builds(CounterRead, st.sampled_from(Things), st.none() | st.integers(0, 10**10)), max_size=3
        ).map(tuple),
    ),
    st.builds(
        DataSourceNamed,
        st.sampled_from(PRODUCTS),
        st.sampled_from(RedirectTo),
        texts,
        st.none() | texts,
        st.none() | st.booleans(),
    ),
    st.builds(
        TlsPostureSeen,
        st.lists(
            st.builds(ProtocolSeen, st.sampled_from(("TLSv1", "TLSv1.2")), st.none() | st.booleans()),
            max_size=2,
        ).map(tuple),
        st.lists(
            st.builds(SuiteSeen, st.just("TLSv1.2"), st.just("TLS_RSA_WITH_AES_128_CBC_SHA"), st.none()),
            max_size=1,
        ).map(tuple),
        st.booleans(),
        st.integers(0, 9),
    ),
    st.builds(MllpAnswered, st.sampled_from(MllpEnding), st.integers(0, 9)),
    st.builds(NotHttpSeen, st.sampled_from(Signature)),
    handshakes,
)
facts: st.SearchStrategy[Fact] = answers | others
attempts: st.SearchStrategy[Attempt] = st.one_of(
    st.builds(Completed, st.sampled_from(PROBES), st.lists(facts, max_size=4).map(tuple)),
    st.builds(
        Failed,
        st.sampled_from(PROBES),
        st.sampled_from(Cause),
        st.just("our own words"),
        st.lists(facts, max_size=2).map(tuple),
    ),
    st.builds(Skipped, st.sampled_from(PROBES), st.just("our own words")),
)
records = st.lists(attempts, max_size=7).map(tuple)
services = st.sampled_from((Service.WEB, Service.WEB_TLS, Service.HL7))
on_the_web = st.sampled_from((Service.WEB, Service.WEB_TLS))

RANK: Final = {
    exposure: rank
    for rank, exposure in enumerate(
        (
            Exposure.UNREACHABLE,
            Exposure.NOT_DICOM,
            Exposure.GUARDED,
            Exposure.INCONCLUSIVE,
            Exposure.BROWSABLE,
        )
    )
}
"""From what nobody has to look at to what everybody has to."""


def verdict(record: tuple[Attempt, ...], service: Service = Service.WEB) -> Verdict:
    """The verdict, with the counters as they would be given to it."""
    facts = [fact for each in record if not isinstance(each, Skipped) for fact in each.facts]
    return judge(record, service=service, census=combine([claimed_counts(facts)]))


def changed(record: tuple[Attempt, ...], **values: object) -> tuple[Attempt, ...]:
    """The record with these fields of every answer changed."""
    return tuple(
        each
        if isinstance(each, Skipped)
        else replace(
            each,
            facts=tuple(
                replace(fact, **values) if isinstance(fact, WebAnswered) else fact  # type: ignore[arg-type]
                for fact in each.facts
            ),
        )
        for each in record
    )


BRACE_OF_A_SERVER = re.compile(r"ServerText\(text=(['\"]).*?\{")


@given(records, services)
def test_any_attempts_give_a_whole_verdict(record: tuple[Attempt, ...], service: Service) -> None:
    """Never an exception, always a reason, no brace left unfilled, as grave as its reasons."""
    judged = verdict(record, service)
    assert judged.exposure in RANK
    assert judged.reasons
    assert judged.severity is max(reason.severity for reason in judged.reasons)
    assert all(reason.says.endswith(".") for reason in judged.reasons)
    if not BRACE_OF_A_SERVER.search(repr(record)):  # What a server calls itself may hold one.
        assert all("{" not in reason.says for reason in judged.reasons)
    assert len({reason.rule for reason in judged.reasons}) == len(judged.reasons)
    assert all("re-test" in remedy.steps[-1] for remedy in judged.remedies)


@given(records, services)
def test_every_pointer_leads_to_a_fact(record: tuple[Attempt, ...], service: Service) -> None:
    """``probe#n`` is the n-th fact of that probe, ``probe#failed`` one that left none."""
    held: dict[str, int] = {}
    for each in record:
        if not isinstance(each, Skipped):
            held[each.probe] = held.get(each.probe, 0) + len(each.facts)
    for reason in verdict(record, service).reasons:
        probe, _, place = reason.fact.partition("#")
        assert reason.fact == "none" or place == "failed" or int(place) < held[probe]


@given(records, on_the_web)
def test_nothing_is_browsable_that_answered_nothing_as_specified(
    record: tuple[Attempt, ...], service: Service
) -> None:
    """Neither status, nor shape, nor signs, nor counters alone make an archive open."""
    judged = verdict(changed(record, as_specified=False, rows=0), service)
    assert judged.exposure is not Exposure.BROWSABLE


@given(records, on_the_web)
def test_whoever_refuses_everything_is_never_browsable(record: tuple[Attempt, ...], service: Service) -> None:
    """401 to all that was asked, whatever else the answers bear."""
    judged = verdict(changed(record, status=401), service)
    assert judged.exposure is not Exposure.BROWSABLE
    assert judged.accepts_writes is not True


@given(records, on_the_web)
def test_answers_that_all_look_alike_prove_nothing(record: tuple[Attempt, ...], service: Service) -> None:
    """Where a path that cannot exist is answered like all else, nothing counts."""
    control = WebAnswered(
        "control",
        Purpose.CONTROL,
        "GET",
        "/{null}",
        200,
        BodyShape.JSON_EMPTY_LIST,
        MediaType.DICOM_JSON,
        as_specified=False,
    )
    alike = changed(
        record,
        status=200,
        body=control.body,
        media_type=control.media_type,
        rows=0,
        signs=(),
        redirect=None,
        root=None,
    )
    judged = verdict((Completed("web_control", (control,)), *alike), service)
    assert judged.exposure is not Exposure.BROWSABLE


@given(records, on_the_web, st.sampled_from((401, 403)), st.sampled_from(("/dicom-web", "/elsewhere")))
def test_a_refusal_more_never_opens_anything(
    record: tuple[Attempt, ...], service: Service, status: int, root: str
) -> None:
    """What was answered stands; a further refusal neither opens it nor makes it graver to a stranger."""
    refusal = WebAnswered(
        "qido_rs",
        Purpose.QUERY,
        "GET",
        "/asked",
        status,
        BodyShape.EMPTY,
        MediaType.NONE,
        as_specified=False,
        root=root,
    )
    before = verdict(record, service)
    after = verdict((*record, Completed("dicomweb_query", (refusal,))), service)
    if after.exposure is Exposure.BROWSABLE:
        assert before.exposure is Exposure.BROWSABLE


@given(records, on_the_web, st.sampled_from((Cause.TIMED_OUT, Cause.CLOSED_EARLY, Cause.BUSY)))
def test_a_question_without_an_answer_makes_nobody_safer(
    record: tuple[Attempt, ...], service: Service, cause: Cause
) -> None:
    """An open question about data never turns what was not decided into guarded or no archive."""
    before = verdict(record, service)
    after = verdict((*record, Failed("dicomweb_query", cause, "our own words")), service)
    if before.exposure in {Exposure.BROWSABLE, Exposure.INCONCLUSIVE}:
        held_back = before.reasons[0].rule in {"inconclusive_not_asked", "inconclusive_nothing_seen"}
        assert RANK[after.exposure] >= RANK[before.exposure] or held_back


@given(records)
def test_a_web_fact_says_nothing_of_a_dicom_port(record: tuple[Attempt, ...]) -> None:
    """A port that was asked as both is judged as what it is asked for."""
    judged = judge(record, service=Service.DICOM)
    assert not judged.speaks_dicom or any(
        not isinstance(each, Skipped) and any(not isinstance(fact, WebAnswered) for fact in each.facts)
        for each in record
    )
    assert judged.severity >= Severity.INFO
