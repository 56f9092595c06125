"""What ``dosimeter survey --touch count`` says that every real archive holds, against what it does hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.integration.archives import crowd, dataset, dcmtk, orthanc
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.registry import ARCHIVES, Archive
from tests.integration.surveying import (
    TITLED,
    Got,
    Line,
    Place,
    owners_verdicts,
    run_survey,
    strangers_verdicts,
)

pytestmark = pytest.mark.timeout(180)


class Said(NamedTuple):
    """A number as a JSON line gives it."""

    kind: str
    value: int | None = None


UNKNOWN: Final = Said("unknown")
SMALL: Final = Said("fewer_than", 11)


def exact(value: int) -> Said:
    """Counted to the end."""
    return Said("exact", value)


@dataclass(frozen=True)
class Counted:
    """The six numbers of an archive, each with its kind."""

    patients: Said = UNKNOWN
    studies: Said = UNKNOWN
    series: Said = UNKNOWN
    instances: Said = UNKNOWN
    worklist_items: Said = UNKNOWN
    retrievable: Said = UNKNOWN

    @classmethod
    def of(cls, line: Line) -> Counted:
        """What a line says."""
        counts = line["counts"]
        return cls(
            patients=Said(**counts["patients"]),
            studies=Said(**counts["studies"]),
            series=Said(**counts["series"]),
            instances=Said(**counts["instances"]),
            worklist_items=Said(**counts["worklist_items"]) if "worklist_items" in counts else UNKNOWN,
            retrievable=Said(**line["retrievable_instances"]),
        )


STUDIES: Final = exact(dataset.STUDIES)
INSTANCES: Final = exact(dataset.INSTANCES)
WORKLIST: Final = exact(dataset.WORKLIST_ITEMS)
WHOLE: Final = Counted(exact(dataset.PATIENTS), STUDIES, exact(dataset.SERIES), INSTANCES)
LOADED: Final = replace(WHOLE, retrievable=INSTANCES)
LOADED_AND_WORKLIST: Final = replace(LOADED, worklist_items=WORKLIST)
NO_RETRIEVAL: Final = replace(WHOLE, retrievable=exact(0))

STRANGERS: Final = {
    "orthanc-open": LOADED_AND_WORKLIST,
    "orthanc-tlsany": LOADED_AND_WORKLIST,
    "orthanc-limit": LOADED_AND_WORKLIST,
    "orthanc-limit-7": LOADED_AND_WORKLIST,
    "orthanc-findonly": NO_RETRIEVAL,
    "pynetdicom-qrscp": replace(LOADED, worklist_items=exact(0)),
}
"""Archives that answer a stranger; of all others nothing is known."""

ONE_ROW: Final = "orthanc-limit-1"
"""It answers strangers too, one row at a time."""

OWNERS: Final = {
    "orthanc-open": LOADED_AND_WORKLIST,
    "orthanc-locked": LOADED,
    "orthanc-aeonly": LOADED,
    "dcmqrscp-anyrw": LOADED,
    "dcmqrscp-read": LOADED,
    "dcmqrscp-wonly": LOADED,
    "dcmqrscp-rest": LOADED,
    "dcmqrscp-no-study-root": LOADED,
    "dcmqrscp-no-get": NO_RETRIEVAL,
    # It asks for the UID of the study before it tells of its series.
    "dcmqrscp-strict": replace(LOADED, series=UNKNOWN, instances=UNKNOWN, retrievable=UNKNOWN),
    "wlmscpfs-wlae": Counted(worklist_items=WORKLIST, retrievable=exact(0)),
}
"""The same when the scope lists the titles; of archives in TITLED that are not here nothing is known."""

ANSWERS_NOBODY: Final = ("orthanc-default", "orthanc-locked", "storescp", "dcmrecv", "odil-scp", "busy")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything the surveys wrote."""
    return tmp_path_factory.mktemp("counts")


@pytest.fixture(scope="module")
def strangers(archives: Fleet, folder: Path) -> Mapping[str, Got]:
    """What is counted under a scope without AE titles."""
    return strangers_verdicts(archives, folder / "stranger", touch="count")


@pytest.fixture(scope="module")
def owners(archives: Fleet, folder: Path) -> Mapping[str, Got]:
    """What is counted under scopes that list the archives' titles."""
    return owners_verdicts(archives, folder / "owner", touch="count")


def _name(archive: Archive) -> str:
    return archive.name


@pytest.mark.parametrize("name", STRANGERS)
def test_an_archive_that_answers_strangers_is_counted_to_the_last_image(
    strangers: Mapping[str, Got], name: str
) -> None:
    """Under a limit of seven rows as well; 48 where 225 rows come; not 47, though one has no date."""
    got = strangers[name]

    assert Counted.of(got.said) == STRANGERS[name], got.line


@pytest.mark.parametrize("name", OWNERS)
def test_an_archive_that_a_listed_title_opens_is_counted_to_the_last_image(
    owners: Mapping[str, Got], name: str
) -> None:
    """By way of the Patient Root alone as well, and with no counter to go by."""
    got = owners[name]

    assert Counted.of(got.said) == OWNERS[name], got.line


def test_under_a_limit_of_one_row_all_studies_and_patients_are_found(strangers: Mapping[str, Got]) -> None:
    """Also the one that shares patient and second with another and has no date: its modality is another's.

    Of series and images a row at a time tells too little: what is said of them is a floor, and says why.
    """
    counted = Counted.of(strangers[ONE_ROW].said)

    assert counted.studies == STUDIES, strangers[ONE_ROW].line
    assert counted.patients == exact(dataset.PATIENTS), strangers[ONE_ROW].line
    assert counted.worklist_items == WORKLIST
    for number, truth in ((counted.series, dataset.SERIES), (counted.instances, dataset.INSTANCES)):
        assert number.kind != "exact" or number.value == truth
        assert number.kind != "at_least" or (number.value or 0) <= truth
    assert any("images" in remark for remark in strangers[ONE_ROW].said["remarks"])


def test_an_empty_worklist_holds_nobody(archives: Fleet, folder: Path) -> None:
    """0, exactly: under the title of its empty folder wlmscpfs answers, with nothing."""
    peer = archives["wlmscpfs-otherwl"]
    place = Place(peer.address, peer.port, called=(dcmtk.EMPTY_WORKLIST_TITLE,))

    assert counted_alone(place, folder / "empty-worklist") == Counted(
        worklist_items=exact(0), retrievable=exact(0)
    )


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    """0, exactly: no study, patient, series or image, and none that could be fetched."""
    nothing = exact(0)
    with orthanc.crowded(crowd.generate(0), tmp_path / "orthanc", "127.31.1.3") as peer:
        counted = counted_alone(Place(peer.address, peer.port), tmp_path / "survey")

    assert replace(counted, worklist_items=nothing) == Counted(*[nothing] * 6)


def counted_alone(place: Place, folder: Path) -> Counted:
    """A survey of one endpoint."""
    lines = map(json.loads, run_survey([place], folder, "count").splitlines())
    (line,) = (line for line in lines if line["type"] == "archive")
    return Counted.of(line)


@pytest.mark.parametrize(
    "archive", [archive for archive in ARCHIVES if archive.name not in {*STRANGERS, ONE_ROW}], ids=_name
)
def test_of_an_archive_that_answers_nobody_nothing_is_claimed(
    strangers: Mapping[str, Got], archive: Archive
) -> None:
    """Unknown is not zero."""
    counted = Counted.of(strangers[archive.name].said)

    assert replace(counted, retrievable=UNKNOWN) == Counted(), strangers[archive.name].line
    assert counted.retrievable in (UNKNOWN, exact(0))


@pytest.mark.parametrize("name", ANSWERS_NOBODY)
def test_why_nothing_was_counted_is_said(strangers: Mapping[str, Got], name: str) -> None:
    """The question stands among those that were not asked, with its reason, or among the failures."""
    line = strangers[name].said

    unasked = [each for each in line["not_asked"] if each["probe"] == "count"]
    failed = [each for each in line["failures"] if each["probe"] == "count"]
    assert [each["why"] for each in unasked if each["why"]] or failed, strangers[name].line


@pytest.mark.parametrize("archive", ARCHIVES, ids=_name)
def test_counting_changes_no_verdict_of_a_stranger(strangers: Mapping[str, Got], archive: Archive) -> None:
    """Exposure, writes, worklist and protections are those of the touch ``prove``."""
    assert strangers[archive.name].verdict == archive.stranger, strangers[archive.name].line


@pytest.mark.parametrize("archive", TITLED, ids=_name)
def test_counting_changes_no_verdict_under_listed_titles(owners: Mapping[str, Got], archive: Archive) -> None:
    """The same when the scope lists the titles."""
    assert owners[archive.name].verdict == archive.owner, owners[archive.name].line


def test_studies_by_year_and_by_modality_are_shown_and_small_numbers_are_not(
    strangers: Mapping[str, Got],
) -> None:
    """10 studies of 2019 are "fewer than 11"; the 13 with CT are 13, for the archive heeds the question."""
    line = strangers["orthanc-open"].said

    years = {each["year"]: Said(**each["studies"]) for each in line["by_year"]}
    modalities = {each["modality"]: Said(**each["studies"]) for each in line["by_modality"]}
    assert years[2019] == SMALL
    assert modalities["CT"] == exact(dataset.CT_STUDIES)
    assert (line["oldest_year"], line["newest_year"]) == (2010, 2025)
    assert Said(**line["undated_studies"]) == SMALL


@pytest.mark.parametrize("name", ["dcmqrscp-anyrw", "dcmqrscp-read"])
def test_an_archive_that_ignores_modalities_is_said_to_hold_none(
    owners: Mapping[str, Got], name: str
) -> None:
    """It returns 48 studies for CT and for a modality that does not exist: its word is worth nothing."""
    assert owners[name].said["by_modality"] == []


@pytest.mark.parametrize(
    ("name", "limit"), [("orthanc-limit", 10), ("orthanc-limit-7", 7), ("orthanc-limit-1", 1)]
)
def test_the_limit_of_an_archive_is_found_and_said(
    strangers: Mapping[str, Got], name: str, limit: int
) -> None:
    """The administrator reads after how many records the archive stops an answer."""
    assert strangers[name].said["rows_limit"] == limit
    assert strangers["orthanc-open"].said["rows_limit"] is None


def test_archives_with_the_same_studies_are_one(strangers: Mapping[str, Got]) -> None:
    """All of them were loaded with the same 48 studies: the first holds them, the others point at it."""
    lines = [strangers[name].said for name in STRANGERS]

    first = [line for line in lines if line["same_as"] is None]
    others = {line["same_as"] for line in lines} - {None}
    assert len(first) == 1
    assert others == {f"{first[0]['address']}:{first[0]['endpoints'][0]['port']}"}


@pytest.mark.parametrize("archive", ARCHIVES, ids=_name)
def test_after_being_counted_it_still_answers(
    archives: Fleet, strangers: Mapping[str, Got], owners: Mapping[str, Got], archive: Archive
) -> None:
    """No question of a census took a server down or left it waiting."""
    archives.check(archive)


def test_nothing_of_the_patients_is_kept(
    archives: Fleet, strangers: Mapping[str, Got], owners: Mapping[str, Got], folder: Path
) -> None:
    """Counted, and yet no name, identifier or UID of the loaded data is in store, log or scope folder."""
    data = archives.site.dataset
    secrets = {b"INVENTED", b"NOBODY^", b"TEST-00", *(study.uid.encode() for study in data.studies)}
    secrets |= {study.date.encode() for study in data.studies if study.date}

    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert [
        (path, secret) for path, content in files.items() for secret in secrets if secret in content
    ] == []
    assert any(path.suffix == ".db" for path in files)
