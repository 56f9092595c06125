"""What a census relies on, asked of the real servers by pynetdicom, never by the product.

When one of these fails, a package has changed, and with it what a census may conclude.
"""

from __future__ import annotations

from typing import Final

import pytest
from pydicom.uid import UID

from tests.integration.archives import dataset, dcmtk
from tests.integration.archives.asking import PATIENT_FIND, STUDY_FIND, WORKLIST, Caller
from tests.integration.archives.fleet import Fleet

OPEN: Final = ("orthanc-open", Caller())
DCMQRSCP: Final = ("dcmqrscp-anyrw", Caller("ANYRW"))
PATIENT_ROOT_ALONE: Final = ("dcmqrscp-no-study-root", Caller("PRONLY"))
STRICT: Final = ("dcmqrscp-strict", Caller("STRICT"))
QRSCP: Final = ("pynetdicom-qrscp", Caller())
LIMIT: Final = ("orthanc-limit-1", Caller())

STUDY: Final = {"QueryRetrieveLevel": "STUDY", "StudyInstanceUID": ""}
SERIES: Final = {"QueryRetrieveLevel": "SERIES", "SeriesInstanceUID": ""}
IMAGE: Final = {"QueryRetrieveLevel": "IMAGE", "SOPInstanceUID": ""}
PARENTS: Final = {"StudyInstanceUID": "", "SeriesInstanceUID": ""}
IN_2019: Final = {"StudyDate": "20190101-20191231"}

SUCCESS, CUT, IDENTIFIER_WRONG, UNABLE = 0x0000, 0xFE00, 0xA900, 0xC000
ALL: Final = (dataset.STUDIES, SUCCESS)
ALL_IMAGES: Final = (dataset.INSTANCES, SUCCESS)
NONE: Final = (0, SUCCESS)

Peer = tuple[str, Caller]
QUESTIONS: Final = [
    (
        "a prefix of a UID is an error to Orthanc",
        OPEN,
        STUDY_FIND,
        STUDY | {"StudyInstanceUID": "2*"},
        (0, UNABLE),
    ),
    ("and finds nothing in dcmqrscp", DCMQRSCP, STUDY_FIND, STUDY | {"StudyInstanceUID": "2*"}, NONE),
    ("nor in qrscp", QRSCP, STUDY_FIND, STUDY | {"StudyInstanceUID": "2*"}, NONE),
    (
        "an ending of a PatientID works in Orthanc",
        OPEN,
        STUDY_FIND,
        STUDY | {"PatientID": "*1"},
        (6, SUCCESS),
    ),
    ("in dcmqrscp", DCMQRSCP, STUDY_FIND, STUDY | {"PatientID": "*1"}, (6, SUCCESS)),
    ("one that cannot be finds nothing", OPEN, STUDY_FIND, STUDY | {"PatientID": "*#%"}, NONE),
    ("a limit of Orthanc is said with no row too", LIMIT, STUDY_FIND, STUDY | {"PatientID": "t*"}, (0, CUT)),
    (
        "as many as the limit are whole",
        LIMIT,
        STUDY_FIND,
        STUDY | {"StudyDate": "20190201-20190228"},
        (1, SUCCESS),
    ),
    ("the Patient Root wants a PatientID", DCMQRSCP, PATIENT_FIND, STUDY, (0, UNABLE)),
    ("be it empty", DCMQRSCP, PATIENT_FIND, STUDY | {"PatientID": ""}, ALL),
    ("where it is the only one", PATIENT_ROOT_ALONE, PATIENT_FIND, STUDY | {"PatientID": ""}, ALL),
    ("images need no parent in Orthanc", OPEN, STUDY_FIND, IMAGE, ALL_IMAGES),
    ("but do in dcmqrscp", DCMQRSCP, STUDY_FIND, IMAGE, (0, UNABLE)),
    ("empty ones", DCMQRSCP, STUDY_FIND, IMAGE | PARENTS, ALL_IMAGES),
    ("in qrscp as well", QRSCP, STUDY_FIND, IMAGE | PARENTS, ALL_IMAGES),
    ("which a strict dcmqrscp refuses", STRICT, STUDY_FIND, IMAGE | PARENTS, (0, IDENTIFIER_WRONG)),
    ("images of a year in Orthanc", OPEN, STUDY_FIND, IMAGE | PARENTS | IN_2019, (40, SUCCESS)),
    ("dcmqrscp ignores the year", DCMQRSCP, STUDY_FIND, IMAGE | PARENTS | IN_2019, ALL_IMAGES),
    (
        "series of a year in Orthanc",
        OPEN,
        STUDY_FIND,
        SERIES | {"StudyInstanceUID": ""} | IN_2019,
        (10, SUCCESS),
    ),
    (
        "dcmqrscp ignores it there too",
        DCMQRSCP,
        STUDY_FIND,
        SERIES | {"StudyInstanceUID": ""} | IN_2019,
        (dataset.SERIES, SUCCESS),
    ),
    ("a modality that none has, in Orthanc", OPEN, STUDY_FIND, STUDY | {"ModalitiesInStudy": "ZZ"}, NONE),
    ("dcmqrscp ignores modalities", DCMQRSCP, STUDY_FIND, STUDY | {"ModalitiesInStudy": "ZZ"}, ALL),
    (
        "a second is whole with its fraction",
        OPEN,
        STUDY_FIND,
        STUDY | {"StudyTime": "131500-131500.999999"},
        (4, SUCCESS),
    ),
    ("in dcmqrscp", DCMQRSCP, STUDY_FIND, STUDY | {"StudyTime": "131500-131500.999999"}, (4, SUCCESS)),
    ("an hour that begins short", OPEN, STUDY_FIND, STUDY | {"StudyTime": "13-135959.999999"}, (4, SUCCESS)),
    ("in dcmqrscp too", DCMQRSCP, STUDY_FIND, STUDY | {"StudyTime": "13-135959.999999"}, (4, SUCCESS)),
    (
        "a beginning with a fraction is none to Orthanc",
        OPEN,
        STUDY_FIND,
        STUDY | {"StudyTime": "131500.000000-131500.999999"},
        NONE,
    ),
]


@pytest.mark.filterwarnings("ignore:Invalid value for VR")
@pytest.mark.parametrize(
    ("peer", "service", "keys", "found"),
    [question[1:] for question in QUESTIONS],
    ids=[question[0] for question in QUESTIONS],
)
def test_a_question_of_a_census_is_answered_as_measured(
    archives: Fleet, peer: Peer, service: UID, keys: dict[str, str], found: tuple[int, int]
) -> None:
    """Rows and final status."""
    name, caller = peer
    answer = caller.find(archives[name], service, **keys)

    assert (len(answer.rows), answer.status) == found


@pytest.mark.filterwarnings("ignore:Invalid value for VR")
def test_a_worklist_of_dcmtk_does_not_match_uids(archives: Fleet) -> None:
    """All twelve steps come for a UID that none has: only the date keeps a question closed."""
    answer = Caller(dcmtk.WORKLIST_TITLE).find(archives["wlmscpfs-wlae"], WORKLIST, StudyInstanceUID="2.25.1")

    assert len(answer.rows) == dataset.WORKLIST_ITEMS


def test_counters_are_returned_by_orthanc_alone(archives: Fleet) -> None:
    """And by none of them changes the number of rows."""
    keys = {**STUDY, "NumberOfStudyRelatedInstances": "", "NumberOfStudyRelatedSeries": ""}
    answers = {
        peer[0]: peer[1].find(archives[peer[0]], STUDY_FIND, **keys).rows for peer in (OPEN, DCMQRSCP, QRSCP)
    }

    with_counters = {name for name, rows in answers.items() if "NumberOfStudyRelatedInstances" in rows[0]}
    assert with_counters == {"orthanc-open"}
    assert {name: len(rows) for name, rows in answers.items()} == {
        "orthanc-open": dataset.STUDIES,
        "dcmqrscp-anyrw": dataset.STUDIES,
        "pynetdicom-qrscp": dataset.INSTANCES,
    }
    assert sum(int(row.NumberOfStudyRelatedInstances) for row in answers["orthanc-open"]) == dataset.INSTANCES
