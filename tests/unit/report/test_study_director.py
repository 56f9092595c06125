"""The page for a hospital's director: what a stranger can do, to how many, since when, what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dosimeter.exposure.remedy import generic, web_generic
from dosimeter.exposure.remedy.conquest import BOOK as CONQUEST
from dosimeter.exposure.remedy.need import Need
from dosimeter.model.census import Exact
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyState
from dosimeter.model.verdict import Remedy
from dosimeter.report.archive import Archive
from dosimeter.report.document import build_document
from dosimeter.report.study import DirectorPage
from tests.unit.report import counted, doors, samples, studies

FEW, MANY = CONQUEST[Need.QUERY], generic.BOOK[Need.QUERY]


def page(*archives: Archive, touch: Touch = Touch.COUNT) -> DirectorPage:
    """The page of these archives."""
    return build_document(replace(counted.HEADER, touch=touch), archives).study.director


def with_remedies(archive: Archive, *remedies: Remedy) -> Archive:
    """The archive with what closes it."""
    findings = archive.findings
    return replace(archive, findings=replace(findings, verdict=replace(findings.verdict, remedies=remedies)))


def two_open() -> tuple[Archive, Archive]:
    """One archive with few people and one with many, each closed in its own way."""
    few = studies.opened(1, studies.FRANCE, patients=Exact(20), studies=Exact(30))
    many = studies.opened(2, studies.FRANCE, patients=Exact(5_000), studies=Exact(9_000))
    return with_remedies(few, FEW), with_remedies(many, MANY)


def test_open_archives_leave_the_network_first_and_are_closed_next() -> None:
    """Decisions in plain words, with archives and people; leaving a network is not called closing."""
    today, close = page(*two_open()).actions
    assert today.title == "Today: take 2 open archives off every network that does not need them"
    assert "5,020 patients. This closes none" in today.closes
    assert close.title.startswith("Close 2 archives to strangers")
    assert close.closes.startswith("Closes 2 archives that are open: 5,020 patients. Each is closed when")
    assert [step.split(" (")[0] for step in close.steps] == sorted((FEW.title, MANY.title))


def test_an_archive_with_two_open_doors_is_closed_by_no_remedy_alone() -> None:
    """Its people come once, both remedies stand behind one decision, and nothing lesser comes before."""
    web = web_generic.BOOK[Need.WEB_OPEN]
    archive = studies.opened(1, studies.FRANCE, patients=Exact(300), studies=Exact(400))
    both = with_remedies(archive, web, MANY, generic.BOOK[Need.STORE], generic.BOOK[Need.CLEAR_TEXT])
    _, close, rest = page(both).actions
    assert close.closes == (
        "Closes 1 archive that is open: 300 patients. It is closed when this is done at every one of its "
        "doors, and not before."
    )
    assert [any(step.startswith(each.title) for step in close.steps) for each in (web, MANY)] == [True, True]
    assert rest.closes == "Betters the protection of 1 archive."


def test_other_doors_to_patients_are_named() -> None:
    """An open FHIR or HL7 neighbour is in no number of the page, and is told."""
    told = [each for each in page(doors.fhir()).stranger_can if "FHIR" in each]
    assert len(told) == 1


def test_a_lone_decoy_is_not_called_no_archive() -> None:
    """It was found, and looks like a trap."""
    assert page(samples.decoy()).headline.startswith("1 archive was found, and it looks like a trap")


def test_an_action_names_the_command_that_proves_it() -> None:
    """Its archives, by address and port."""
    first, _ = page(*two_open()).actions
    assert first.proof == "dosimeter survey --scope scope.toml 127.30.0.1:104 127.30.0.2:104"


def test_a_long_list_of_archives_is_surveyed_by_its_scope() -> None:
    """A command of hundreds of addresses is no command."""
    many = [
        with_remedies(studies.opened(number, studies.FRANCE, studies=Exact(20)), MANY)
        for number in range(1, 20)
    ]
    assert page(*many).actions[0].proof == "dosimeter survey --scope scope.toml"


def test_three_things_are_enough_for_a_monday() -> None:
    """What closes nothing fills up the list, and no more than three stand there."""
    open_ones = [
        with_remedies(studies.opened(number, studies.FRANCE, studies=Exact(20 * number)), remedy)
        for number, remedy in enumerate((FEW, MANY, generic.BOOK[Need.WORKLIST]), start=1)
    ]
    gated = samples.name_gated()
    assert len(page(*open_ones, gated).actions) == 3
    only_gated = page(gated).actions
    assert [action.closes for action in only_gated] == ["Betters the protection of 1 archive."]


def test_people_are_told_if_they_were_counted_and_examinations_if_not() -> None:
    """And where nothing was counted, the page says so."""
    counted_people = page(*two_open()).people
    assert counted_people[0] == "This concerns 5,020 patients."
    uncounted = page(studies.opened(1, studies.FRANCE, studies=Exact(300))).people
    assert uncounted[0].startswith("This concerns 300 studies. How many people that is was not counted")
    nothing = page(samples.retrievable(), touch=Touch.PROVE).people
    assert nothing[0] == "How many people are concerned is not known: nothing was counted."


def test_since_when_is_told_as_far_as_it_is_known() -> None:
    """The day of the survey, and when an inventory had listed it, which is no proof that it was open."""
    archive = replace(samples.retrievable(), first_seen=datetime(2025, 3, 1, tzinfo=UTC))
    said = page(archive).since
    assert said[0] == "Seen open on 2026-11-24. Since when is not known."
    assert "on 2025-03-01 already; whether it was open then is not known" in said[1]


def test_a_visit_over_midnight_is_told_with_both_days() -> None:
    """The first and the last moment of any open archive."""
    archive = samples.retrievable()
    late = replace(archive, ended=archive.began + timedelta(days=2))
    assert page(late).since[0].startswith("Seen open between 2026-11-24 and 2026-11-26.")


def test_nothing_open_frightens_nobody() -> None:
    """A guarded archive: no people, no dates, no clock of 72 hours."""
    quiet = page(samples.guarded())
    assert quiet.headline == "The only imaging archive that was found did not answer a stranger."
    assert (quiet.people, quiet.since, quiet.stranger_can) == ((), (), ())


def test_what_was_not_asked_is_not_called_safe() -> None:
    """With the touch negotiate nobody asked whether anything is open."""
    said = page(samples.guarded(), touch=Touch.NEGOTIATE)
    assert "not asked" in said.headline
    assert any("was not allowed to ask" in each for each in said.unknown)


def test_the_page_says_what_is_not_known() -> None:
    """Decoys, archives that could not be judged, an early end, and who may have used the open door."""
    header = replace(counted.HEADER, state=SurveyState.STOPPED)
    archives = [samples.retrievable(), samples.silent(), samples.busy(), samples.decoy()]
    unknown = " ".join(build_document(header, archives).study.director.unknown)
    assert "did not reach its end" in unknown
    assert "Whether 2 more are open" in unknown
    assert "Whether 1 archive is real" in unknown
    assert "only the archives' own logs can tell" in unknown


def test_a_stranger_can_do_what_was_proved_and_no_more() -> None:
    """Looking up, copying, the worklist and sending: each with its number of archives, decoys left out."""
    can = page(samples.retrievable(), samples.queryable(), samples.decoy()).stranger_can
    assert [each.split(",")[0] for each in can] == [
        "In 2 archives",
        "In 1 archive",
        "In 1 archive",
        "To 1 archive",
    ]
