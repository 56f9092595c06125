from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.census.judge import judge_census
from dosimeter.exposure.classify import judge
from dosimeter.exposure.joining import LinkEvidence, join
from dosimeter.exposure.surface import surface_of
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import NOT_COUNTED, AtLeast, Axis, CensusEnd, Claimed, Exact, Things
from dosimeter.model.facts import EchoAnswered, Ending, Fact
from dosimeter.model.survey import EndpointRecord
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Exposure
from dosimeter.model.web import (
    ArchiveDescribed,
    BodyShape,
    CounterRead,
    DataSourceNamed,
    MediaType,
    ProductCounted,
    Purpose,
    RedirectTo,
    WebAnswered,
)
from dosimeter.report.archive import Archive, Door, findings_of
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


def rules(archive: Archive | Door) -> set[str]:
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
    doors = {door.endpoint: door for archive in judge_all(asked) for door in archive.doors}
    assert len(doors) == len(asked)
    for one in asked:
        archive = doors[one.endpoint]
        counted = [
            fact
            for each in one.attempts
            if each.probe == "count" and not isinstance(each, Skipped)
            for fact in each.facts
        ]
        made = judge_census(counted)
        alone = judge(one.attempts, service=one.endpoint.service, seen_at=one.ended, census=made)
        expected = findings_of(one.attempts, alone, made, one.endpoint.service)
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


def web(number: int, port: int, *facts: Fact, service: Service = Service.WEB) -> EndpointRecord:
    """What a web port answered."""
    return EndpointRecord(
        Endpoint(f"10.0.0.{number}", port, service), (Completed("orthanc", facts),), NOON, NOON
    )


def heard(
    asked: str, purpose: Purpose, status: int, body: BodyShape, *, specified: bool = True
) -> WebAnswered:
    """One answer over HTTP."""
    return WebAnswered(asked, purpose, "GET", f"/{asked}", status, body, MediaType.JSON, specified)


def orthanc(number: int, port: int = 8042, *, dicom_port: int = 104, studies: int = 48) -> EndpointRecord:
    """An Orthanc that tells anybody what it holds, and which DICOM port it has."""
    return web(
        number,
        port,
        heard("web_control", Purpose.CONTROL, 404, BodyShape.JSON_OBJECT, specified=False),
        heard("orthanc_system", Purpose.DESCRIPTION, 200, BodyShape.JSON_OBJECT),
        ArchiveDescribed("orthanc", ServerText.of("1.10.1"), (), (dicom_port,)),
        heard("orthanc_statistics", Purpose.COUNTER, 200, BodyShape.JSON_OBJECT),
        ProductCounted("orthanc", "orthanc_statistics", (CounterRead(Things.STUDIES, studies),)),
    )


def login_wall(number: int) -> EndpointRecord:
    """Everything is refused with 401, and nothing shows a product."""
    refused = (
        replace(
            heard(asked, purpose, 401, BodyShape.EMPTY, specified=False),
            challenges=("basic",),
        )
        for asked, purpose in (("web_landing", Purpose.LANDING), ("web_control", Purpose.CONTROL))
    )
    return web(number, 443, *refused)


def places(archive: Archive) -> set[tuple[str, int]]:
    """Where its doors are."""
    return {(door.endpoint.address, door.endpoint.port) for door in archive.doors}


def test_the_web_face_and_the_dicom_port_that_it_names_are_one_archive() -> None:
    """The highest rung wins, each door keeps its own, and the link says why."""
    (archive,) = judge_all([record(1, associated(STUDY_FIND), query(STUDY)), orthanc(1)])

    assert places(archive) == {("10.0.0.1", 104), ("10.0.0.1", 8042)}
    assert archive.exposure is Exposure.BROWSABLE
    assert [door.exposure for door in archive.doors] == [Exposure.BROWSABLE, Exposure.QUERYABLE]
    assert archive.endpoint.port == 8042
    assert [link.says for link in archive.links] == [
        "the web face at 10.0.0.1:8042 names 104 as its DICOM port"
    ]


def test_what_was_counted_stands_before_what_the_web_face_claims() -> None:
    """Of one archive; a claim alone stays a claim."""
    counted = record(1, associated(STUDY_FIND), query(STUDY), counted_whole(48))
    (whole,) = judge_all([counted, orthanc(1)])
    (claimed,) = judge_all([orthanc(1)])

    assert whole.findings.census.counts.studies == Exact(48)
    assert claimed.findings.census.counts.studies == Claimed(48)


def test_a_shared_address_joins_nothing() -> None:
    """Two archives of one machine, each with its own line."""
    other = EndpointRecord(Endpoint("10.0.0.1", 11112), (associated(STUDY_FIND), query(STUDY)), NOON, NOON)
    archives = list(judge_all([record(1, associated(STUDY_FIND), query(STUDY)), other]))

    assert [len(archive.doors) for archive in archives] == [1, 1]


def test_endpoints_that_hold_the_same_studies_are_one_archive_with_two_doors() -> None:
    """What ADR 0014 found is a link like others, and the numbers are those of the first."""
    first = record(1, associated(STUDY_FIND), query(STUDY), counted_whole(100))
    clone = replace(
        record(2, associated(STUDY_FIND), query(STUDY), counted_whole(99)), same_as="10.0.0.1:104"
    )
    (archive,) = judge_all([clone, first])

    assert places(archive) == {("10.0.0.1", 104), ("10.0.0.2", 104)}
    assert archive.findings.census.counts.studies == Exact(100)
    assert [link.evidence for link in archive.links] == [LinkEvidence.SAME_STUDIES]


def test_a_login_wall_is_no_archive_and_stays_alone() -> None:
    """Guarded, and nothing is known of what is behind."""
    walls = list(judge_all([login_wall(1), login_wall(2)]))

    assert [(each.exposure, each.findings.is_archive) for each in walls] == [(Exposure.GUARDED, False)] * 2
    assert [len(each.doors) for each in walls] == [1, 1]


def test_a_neighbour_stands_beside_the_archives_of_its_machine() -> None:
    """And is no archive itself."""
    fhir = web(
        1,
        8080,
        heard("web_control", Purpose.CONTROL, 404, BodyShape.TEXT, specified=False),
        heard("fhir_metadata", Purpose.NEIGHBOUR, 200, BodyShape.JSON_OBJECT),
        heard("fhir_patient_count", Purpose.NEIGHBOUR, 200, BodyShape.JSON_OBJECT),
        ProductCounted("fhir", "fhir_patient_count", (CounterRead(Things.PATIENTS, 7),)),
    )
    dicom = record(1, associated(STUDY_FIND), query(STUDY))
    elsewhere = record(2, associated(STUDY_FIND), query(STUDY))
    archives = {each.endpoint.authority: each for each in judge_all([dicom, fhir, elsewhere])}

    (neighbour,) = archives["10.0.0.1:104"].neighbours
    assert (neighbour.endpoint.port, neighbour.neighbour.is_open) == (8080, True)
    assert neighbour.neighbour.patients == Claimed(7)
    assert archives["10.0.0.2:104"].neighbours == ()
    assert not archives["10.0.0.1:8080"].findings.is_archive


def test_closed_ports_go_out_as_they_come() -> None:
    """Before the next record is read, whatever is kept back for joining."""
    read: list[int] = []

    def survey() -> Iterator[EndpointRecord]:
        for number in range(1, 5):
            read.append(number)
            answers = (associated(STUDY_FIND),) if number == 1 else (failed(Cause.REFUSED),)
            yield record(number, *answers)

    archives = judge_all(survey())
    assert next(archives).endpoint.address == "10.0.0.2"
    assert read == [1, 2]
    assert [each.endpoint.address for each in archives] == ["10.0.0.3", "10.0.0.4", "10.0.0.1"]


@given(st.lists(st.sampled_from(range(6)), min_size=1, max_size=8), st.data())
def test_what_is_left_out_of_the_comparison_could_not_have_been_joined(
    kinds: list[int], data: st.DataObject
) -> None:
    """Archives are those that a comparison of every endpoint with every other finds."""
    survey = []
    for place, kind in enumerate(kinds):
        number = data.draw(st.integers(1, 4))
        dicom = record(number, associated(STUDY_FIND), query(STUDY))
        made = (
            dicom,
            orthanc(number),
            replace(dicom, same_as=f"10.0.0.{data.draw(st.integers(1, 4))}:104"),
            record(number, tls(), associated(STUDY_FIND), service=Service.DICOM_TLS),
            login_wall(number),
            web(
                number,
                3000,
                heard("web_control", Purpose.CONTROL, 404, BodyShape.TEXT, specified=False),
                DataSourceNamed(
                    "ohif", RedirectTo.ELSEWHERE, ServerText.of("/q"), ServerText.of("10.0.0.1:8042")
                ),
            ),
        )[kind]
        survey.append(replace(made, endpoint=replace(made.endpoint, port=made.endpoint.port + place)))
    alone = [next(iter(judge_all([replace(each, same_as=None)]))) for each in survey]
    surfaces = [
        surface_of(
            one.endpoint,
            one.attempts,
            archive.verdict,
            counts=archive.findings.census.counts,
            same_as=one.same_as,
        )
        for one, archive in zip(survey, alone, strict=True)
    ]
    expected = {
        frozenset(survey[member].endpoint for member in group.members)
        for group in join(surfaces)
        if any(alone[member].findings.is_archive for member in group.members)
    }
    found = {
        frozenset(door.endpoint for door in archive.doors)
        for archive in judge_all(survey)
        if archive.findings.is_archive
    }
    assert found == expected
