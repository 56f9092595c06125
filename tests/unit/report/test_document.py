from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import timedelta

import pytest

from dosimeter.model.attempt import Cause, Completed, Failed, Skipped
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyState
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.verdict import Decoy, DecoyTier, Exposure, Severity
from dosimeter.report.document import build_document
from tests.unit.report import samples


def test_ladder_shows_every_rung_in_order_with_its_count() -> None:
    """The ladder holds all nine rungs, lowest first, and each endpoint stands on one."""
    ladder = samples.document().ladder

    assert [(rung.word, rung.number, rung.without_decoys) for rung in ladder] == [
        ("unreachable", 3, 3),
        ("not DICOM", 1, 1),
        ("inconclusive", 2, 2),
        ("guarded", 1, 1),
        ("associates", 1, 1),
        ("name-gated", 1, 1),
        ("queryable", 2, 1),
        ("retrievable", 1, 1),
        ("browsable", 0, 0),
    ]
    assert sum(rung.number for rung in ladder) == 12


def test_a_rung_no_question_could_prove_is_not_tested_rather_than_empty() -> None:
    """No HTTP question exists yet, so ``browsable`` is not tested; nor is anything a low touch forbids."""
    proved = samples.document()
    negotiated = build_document(replace(samples.HEADER, touch=Touch.NEGOTIATE), [samples.guarded()])

    assert [rung.word for rung in proved.ladder if not rung.tested] == ["browsable"]
    assert [rung.word for rung in negotiated.ladder if not rung.tested] == [
        "name-gated",
        "queryable",
        "retrievable",
        "browsable",
    ]
    assert any("touch of this survey is negotiate" in line for line in negotiated.not_tested)
    assert negotiated.summary.headline == "1 archive found. Queries were not asked."


def test_totals_are_given_with_and_without_decoys() -> None:
    """A decoy of tier high is left out of the second column; one of tier low stays in both."""
    totals = samples.document().totals

    assert (totals.with_decoys.archives, totals.without_decoys.archives) == (7, 6)
    assert (totals.with_decoys.open_to_anybody, totals.without_decoys.open_to_anybody) == (3, 2)
    assert (totals.with_decoys.accepts_writes, totals.without_decoys.accepts_writes) == (3, 2)
    assert totals.suspected_decoys == 1


@pytest.mark.parametrize(
    ("tier", "left_out"),
    [(DecoyTier.NONE, 0), (DecoyTier.LOW, 0), (DecoyTier.MEDIUM, 1), (DecoyTier.HIGH, 1)],
)
def test_tier_decides_whether_a_decoy_counts(tier: DecoyTier, left_out: int) -> None:
    """Tier medium and high are suspected decoys; low is a note."""
    said = replace(samples.verdict(Exposure.QUERYABLE, Severity.HIGH), decoy=Decoy(tier, ("a sign",)))

    totals = build_document(samples.HEADER, [samples.judged(Endpoint("127.20.1.1", 104), said)]).totals

    assert totals.suspected_decoys == left_out


def test_archives_come_worst_first_and_reasons_gravest_first() -> None:
    """The first archive is the critical one, and its first reason is the critical one."""
    document = samples.document()

    assert [archive.endpoint.authority for archive in document.archives] == [
        "127.20.0.8:4242",
        "127.20.0.7:2762",
        "127.20.0.9:11112",
        "127.20.0.6:104",
        "127.20.0.5:4242",
        "127.20.0.3:104",
        "[2001:db8::4]:104",
    ]
    assert [reason.rule for reason in document.archives[0].verdict.reasons] == ["get", "find", "writes"]


def test_addresses_of_one_severity_sort_as_numbers() -> None:
    """127.20.0.9 stands before 127.20.0.10, and its port 104 before its port 11112."""
    places = [("127.20.0.10", 104), ("127.20.0.9", 11112), ("127.20.0.9", 104)]

    document = build_document(
        samples.HEADER,
        [samples.judged(Endpoint(*place), samples.verdict(Exposure.GUARDED)) for place in places],
    )

    assert [archive.endpoint.authority for archive in document.archives] == [
        "127.20.0.9:104",
        "127.20.0.9:11112",
        "127.20.0.10:104",
    ]


def test_endpoints_that_are_no_archive_are_grouped_by_what_happened() -> None:
    """Closed, foreign and silent endpoints take one line for each cause; the silent come first."""
    groups = samples.document().others

    assert [(group.exposure, group.cause, len(group.archives)) for group in groups] == [
        (Exposure.INCONCLUSIVE, Cause.TIMED_OUT, 1),
        (Exposure.NOT_DICOM, Cause.NOT_DICOM, 1),
        (Exposure.UNREACHABLE, Cause.REFUSED, 3),
    ]


def test_busy_archive_is_an_archive_that_could_not_be_judged() -> None:
    """A busy archive is listed among the archives as inconclusive, and the summary does not call it safe."""
    document = build_document(samples.HEADER, [samples.busy()])

    assert document.archives[0].exposure is Exposure.INCONCLUSIVE
    assert document.summary.headline == "No archive could be judged."
    assert any("not a sign of safety" in sentence for sentence in document.summary.sentences)


def test_errors_are_counted_by_cause_with_a_few_in_full() -> None:
    """Every failed question is in the error lines; only five of one cause are quoted."""
    document = build_document(samples.HEADER, [samples.unreachable(number) for number in range(40)])

    (line,) = document.totals.errors
    assert (line.cause, line.questions, line.endpoints) == (Cause.REFUSED, 40, 40)
    assert [example.authority for example in line.examples] == [f"127.21.0.{n}:104" for n in range(5)]


def test_two_failures_of_one_cause_at_one_endpoint_are_one_endpoint() -> None:
    """Questions and endpoints are counted apart."""
    failed = tuple(Failed(probe, Cause.TIMED_OUT, "Silence.") for probe in samples.QUESTIONS[:2])
    said = samples.verdict(Exposure.INCONCLUSIVE)

    document = build_document(samples.HEADER, [samples.judged(Endpoint("127.20.1.1", 104), said, failed)])

    assert (document.totals.errors[0].questions, document.totals.errors[0].endpoints) == (2, 1)


def test_attempts_add_up() -> None:
    """Answered, failed and not asked are three sums, and what was not asked says why."""
    totals = samples.document().totals

    assert (totals.attempts.completed, totals.attempts.failed, totals.attempts.skipped) == (28, 7, 1)
    assert totals.attempts.asked == 35
    assert [(line.probe, line.why, line.endpoints) for line in totals.not_asked] == [
        ("null_retrieve", "the association was refused", 1)
    ]


def test_summary_says_how_many_answer_anybody() -> None:
    """The headline is the number that matters, and the gravest severity goes with it."""
    summary = samples.document().summary

    assert summary.headline == "3 of 7 archives answer anybody."
    assert summary.severity is Severity.CRITICAL
    assert (
        "1 archive shows signs of a decoy or a demonstration server; without it, 2 of 6 archives answer "
        in (" ".join(summary.sentences))
    )


def test_summary_of_a_survey_that_found_nothing() -> None:
    """No endpoint at all is a document too."""
    document = build_document(samples.HEADER, [])

    assert document.summary.headline == "No archive was found."
    assert document.summary.sentences == (
        "0 endpoints were asked, and none of them is known to be of an archive.",
    )


def test_no_report_says_secure() -> None:
    """A closed archive is one that refused what was asked; no sentence calls anything secure."""
    document = build_document(samples.HEADER, [samples.guarded()])

    words = " ".join((document.summary.headline, *document.summary.sentences, *document.not_tested)).lower()
    assert document.summary.headline == "No archive answered a stranger's query."
    assert "secure" not in words


def test_survey_that_was_stopped_says_so() -> None:
    """A survey that ended early is never read as a whole one."""
    header = replace(samples.HEADER, state=SurveyState.STOPPED, completed=None)

    document = build_document(header, [samples.guarded()])

    assert "did not reach its end" in document.summary.sentences[-1]
    assert "did not reach its end" in document.not_tested[0]


def test_titles_of_the_scope_count_as_tried_only_if_they_were() -> None:
    """A skipped title probe leaves ``name_gated`` untested; an answered one does not."""
    spared = samples.judged(
        Endpoint("127.20.1.1", 104),
        samples.verdict(Exposure.GUARDED),
        (Completed("dicom_associate", ()), Skipped("ae_titles", "the scope lists no title")),
    )

    assert "no archive was asked under a title" in " ".join(
        build_document(samples.HEADER, [spared]).not_tested
    )
    assert "no archive was asked under a title" not in " ".join(samples.document().not_tested)


def test_tls_that_kept_a_stranger_out_is_an_archive() -> None:
    """A port guarded by a client certificate never spoke DICOM and is an archive all the same."""
    said = samples.verdict(Exposure.GUARDED, speaks=False)

    document = build_document(
        samples.HEADER, [samples.judged(Endpoint("127.20.1.1", 2762, Service.DICOM_TLS), said)]
    )

    assert document.totals.with_decoys.archives == 1


def test_closed_ports_share_their_findings() -> None:
    """What is equal is kept once, although each was judged apart."""
    (group,) = build_document(samples.HEADER, [samples.unreachable(1), samples.unreachable(2)]).others
    first, second = group.archives

    assert first.endpoint != second.endpoint
    assert first.findings is second.findings


def test_closed_ports_stay_small() -> None:
    """An endpoint that is no archive takes less than 1 kB of a document: 100,000 of them less than 100 MB."""
    endpoints = 20_000
    tracemalloc.start()
    try:
        document = build_document(
            samples.HEADER, (samples.unreachable(number) for number in range(endpoints))
        )
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert document.totals.with_decoys.on(Exposure.UNREACHABLE) == endpoints
    assert kept < endpoints * 1000


def test_times_are_those_of_the_record() -> None:
    """When an endpoint was asked is kept."""
    archive = samples.document().archives[0]

    assert archive.ended - archive.began == timedelta(seconds=2)
