"""How much is there, by the archive's own counters and by counting: the numbers equal the truth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dosimeter.model.target import Service
from tests.integration.archives import dataset
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.web_fleet import WebFleet
from tests.integration.archives.web_registry import WEB_FACES, Counted, WebFace
from tests.integration.web_surveying import Door, Line, Said, claimed_in, door_to, survey_doors

_COUNTING = tuple(face for face in WEB_FACES if face.expected.claimed != Counted())
_BOTH_SIDES = "127.48.4.1"
_WEB_SIDE = "127.48.4.2"
_LIMITED = "127.48.4.3"
_TRUTH: Mapping[str, int] = {
    "patients": dataset.PATIENTS,
    "studies": dataset.STUDIES,
    "series": dataset.SERIES,
    "instances": dataset.INSTANCES,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything the surveys wrote."""
    return tmp_path_factory.mktemp("web-counts")


@pytest.fixture(scope="module")
def proved(web_faces: WebFleet, folder: Path) -> Mapping[str, Line]:
    """The faces with counters, surveyed at the default touch."""
    doors = {face.name: door_to(web_faces, face) for face in _COUNTING}
    said = survey_doors(list(doors.values()), folder / "prove")
    return {name: said.at(door) for name, door in doors.items()}


@pytest.fixture(scope="module")
def doors(archives: Fleet) -> Mapping[str, Door]:
    """Both sides of an Orthanc, the web side alone, and both sides of one that limits its answers."""
    whole, limited = archives["orthanc-open"], archives["orthanc-limit"]
    assert whole.http_port is not None
    assert limited.http_port is not None
    return {
        "dicom": Door(_BOTH_SIDES, whole.port, Service.DICOM),
        "web": Door(_BOTH_SIDES, whole.http_port, Service.WEB),
        "web alone": Door(_WEB_SIDE, whole.http_port, Service.WEB),
        "limited dicom": Door(_LIMITED, limited.port, Service.DICOM),
        "limited web": Door(_LIMITED, limited.http_port, Service.WEB),
    }


@pytest.fixture(scope="module")
def counted(doors: Mapping[str, Door], folder: Path) -> Said:
    """One survey with the touch count."""
    return survey_doors(list(doors.values()), folder / "count", touch="count")


def _name(face: WebFace) -> str:
    return face.name


@pytest.mark.parametrize("face", _COUNTING, ids=_name)
def test_the_archives_own_counters_equal_the_truth(proved: Mapping[str, Line], face: WebFace) -> None:
    """What it says of itself is what was put into it, and stays a claim."""
    assert claimed_in(proved[face.name]) == face.expected.claimed


def test_what_was_counted_beats_what_is_claimed(counted: Said, doors: Mapping[str, Door]) -> None:
    """Both sides of one archive: the census over DICOM is exact, and it is said that the counter agrees."""
    line = counted.at(doors["web"])

    assert line is counted.at(doors["dicom"])
    for things, number in _TRUTH.items():
        assert line["counts"][things] == {"kind": "exact", "value": number}, line["counts"]
    assert any("counter" in remark and "agree" in remark for remark in line["remarks"]), line["remarks"]


def test_the_web_side_alone_is_not_counted_through_qido(counted: Said, doors: Mapping[str, Door]) -> None:
    """QIDO-RS returns names unasked: with the touch count too its counters are all that is read."""
    line = counted.at(doors["web alone"])

    for things, number in _TRUTH.items():
        assert line["counts"][things] == {"kind": "claimed", "value": number}


def test_a_copy_that_limits_its_answers_is_counted_once(counted: Said, doors: Mapping[str, Door]) -> None:
    """It sends ten rows at most and holds the same studies: counted in parts, and found to be the same."""
    line = counted.at(doors["limited web"])

    assert line is counted.at(doors["limited dicom"]) is counted.at(doors["dicom"])
    assert {"named_port", "same_studies"} == {link["evidence"] for link in line["links"]}


def test_each_archive_is_in_the_totals_once(counted: Said) -> None:
    """Five doors of two archives: the studies of one were counted, those of the other are claimed."""
    totals = counted.totals["with_decoys"]

    assert (totals["archives"], totals["doors"]) == (2, 5)
    assert totals["linked"]["studies"]["counted"] == {"kind": "exact", "value": dataset.STUDIES}
    assert totals["linked"]["studies"]["claimed"] == dataset.STUDIES
