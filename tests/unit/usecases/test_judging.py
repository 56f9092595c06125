from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.census.judge import judge_census
from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import NOT_COUNTED, AtLeast, Axis, CensusEnd, Exact
from dosimeter.model.facts import EchoAnswered, Ending
from dosimeter.model.survey import EndpointRecord
from dosimeter.model.target import Endpoint, Service
from dosimeter.report.archive import Archive, findings_of
from dosimeter.usecases.judging import judge_all
from tests.property.test_exposure_judge import records
from tests.unit.exposure.counted import cell, census
from tests.unit.exposure.seen import STRANGER, STUDY, STUDY_FIND, associated, failed, query, tls

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def record(
    number: int, *attempts: Attempt, service: Service = Service.DICOM, ended: datetime = NOON
) -> EndpointRecord:
    """The endpoint of this number, and what it answered."""
    return EndpointRecord(Endpoint(f"10.0.0.{number}", 104, service), attempts, NOON, ended)


def echo(milliseconds: int) -> Completed:
    """C-ECHO was answered after this long."""
    return Completed("dicom_echo", (EchoAnswered(STRANGER, Ending.STATUS, 0, milliseconds),))


def rules(archive: Archive) -> set[str]:
    """The rules that gave a reason."""
    return {reason.rule for reason in archive.verdict.reasons}


def test_endpoints_that_answered_alike_share_their_findings() -> None:
    """They are judged once, whatever their address and however fast their echo was."""
    first, second = judge_all(
        record(number, associated(STUDY_FIND), echo(number), query(STUDY)) for number in (1, 2)
    )
    assert first.findings is second.findings
    assert (first.endpoint.address, second.endpoint.address) == ("10.0.0.1", "10.0.0.2")


def test_how_an_echo_ended_is_no_matter_of_milliseconds() -> None:
    """An echo that was answered and one that was not are two findings."""
    answered = record(1, associated(STUDY_FIND), echo(2))
    unanswered = record(2, associated(STUDY_FIND), Failed("dicom_echo", Cause.TIMED_OUT, "silence"))
    first, second = judge_all([answered, unanswered])
    assert (first.findings.attempts.failed, second.findings.attempts.failed) == (0, 1)


def test_the_same_answers_at_a_port_for_tls_are_judged_apart() -> None:
    """Clear text is a finding on one port and none on the other."""
    answers = (associated(STUDY_FIND), query(STUDY))
    clear, inside = judge_all([record(1, *answers), record(2, *answers, service=Service.DICOM_TLS)])
    assert "clear_text" in rules(clear)
    assert "clear_text" not in rules(inside)


def test_a_certificate_is_judged_by_the_moment_each_endpoint_showed_it() -> None:
    """One certificate on two endpoints, asked the second before it expired and the second after."""
    answers = (tls(not_after=NOON.isoformat()), associated(STUDY_FIND))
    second = timedelta(seconds=1)
    before, after = judge_all(
        record(number, *answers, service=Service.DICOM_TLS, ended=ended)
        for number, ended in enumerate((NOON - second, NOON + second))
    )
    assert "certificate_expired" not in rules(before)
    assert "certificate_expired" in rules(after)


def test_more_kinds_of_answers_than_are_remembered_are_all_judged() -> None:
    """Forgetting costs time and changes nothing."""
    kinds = 2500
    archives = list(judge_all(record(1, replace(failed(Cause.REFUSED), detail=str(n))) for n in range(kinds)))
    assert [archive.findings.failures[0].detail for archive in archives] == [str(n) for n in range(kinds)]


@given(st.lists(records, min_size=1, max_size=3), st.lists(st.integers(0, 2), max_size=6), st.data())
def test_what_is_remembered_is_what_a_judgement_alone_says(
    kinds: list[tuple[Attempt, ...]], order: list[int], data: st.DataObject
) -> None:
    """Any records in any order, some alike: each is judged as if it were the only one."""
    asked = [
        record(
            place,
            *kinds[kind % len(kinds)],
            service=data.draw(st.sampled_from(Service)),
            ended=NOON + timedelta(days=place),
        )
        for place, kind in enumerate(order)
    ]
    for one, archive in zip(asked, judge_all(asked), strict=True):
        counted = [
            fact
            for each in one.attempts
            if each.probe == "count" and not isinstance(each, Skipped)
            for fact in each.facts
        ]
        made = judge_census(counted)
        alone = judge(one.attempts, service=one.endpoint.service, seen_at=one.ended, census=made)
        expected = findings_of(one.attempts, alone, made)
        assert archive.endpoint == one.endpoint
        assert archive.verdict == expected.verdict
        assert archive.findings.failures == expected.failures
        assert archive.findings.not_asked == expected.not_asked
        assert archive.findings.attempts == expected.attempts
        assert archive.findings.tls == expected.tls
        assert archive.findings.tried_titles == expected.tried_titles
        assert archive.findings.census == expected.census
        assert archive.findings.census_end == expected.census_end


def counted_whole(studies: int) -> Completed:
    """The census asked for everything at once, which showed that no more is there."""
    return census(cell("whole", studies, axis=Axis.WHOLE))


def test_what_was_counted_stands_in_the_findings_and_in_the_verdict() -> None:
    """The facts of the census are judged with the rest; what holds the same studies is named."""
    answers = (associated(STUDY_FIND), query(STUDY), counted_whole(1234))
    (archive,) = judge_all([replace(record(1, *answers), same_as="10.0.0.9:104")])

    assert archive.findings.census.counts.studies == Exact(1234)
    assert archive.findings.census_end is CensusEnd.ALL_ASKED
    assert archive.same_as == "10.0.0.9:104"
    assert "at_stake" in rules(archive)


def test_archives_that_hold_different_numbers_are_not_alike() -> None:
    """They answered alike in all else."""
    answers = (associated(STUDY_FIND), query(STUDY))
    first, second, third = judge_all(
        [
            record(1, *answers, counted_whole(100)),
            record(2, *answers, counted_whole(200)),
            record(3, *answers, Skipped("count", "the touch of the scope does not go so far")),
        ]
    )
    assert [each.findings.census.counts.studies for each in (first, second)] == [Exact(100), Exact(200)]
    assert third.findings.census == NOT_COUNTED


def test_archives_whose_census_was_skipped_share_their_findings() -> None:
    """Nothing was counted: they are alike."""
    skipped = Skipped("count", "the touch of the scope does not go so far")
    first, second = judge_all(
        record(number, associated(STUDY_FIND), query(STUDY), skipped) for number in (1, 2)
    )
    assert first.findings is second.findings


def test_an_unfinished_census_is_judged_by_the_cells_it_has() -> None:
    """A survey that was killed while it counted still says what it saw, and that it is no more than that."""
    cells = Failed("count", Cause.INTERRUPTED, "The survey was stopped.", (cell("2019", 40),))
    (archive,) = judge_all([record(1, associated(STUDY_FIND), query(STUDY), cells)])

    assert archive.findings.census.counts.studies == AtLeast(40)
    assert archive.findings.census_end is None
