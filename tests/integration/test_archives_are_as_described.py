"""The facts of reference/real-archives.md §3 and §4, asked by pynetdicom, never by the product.

When one of these fails, a package has changed and the ground truth of the verdict table with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pydicom.uid import UID

from tests.integration.archives import dataset
from tests.integration.archives.asking import (
    EVERYTHING,
    MADE_UP_SERVICE,
    PATIENT_FIND,
    STORAGE,
    STUDY_FIND,
    STUDY_GET,
    WORKLIST,
    Caller,
    Rejected,
    refusal,
)
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.health import first_bytes, refuses_without_certificate
from tests.integration.archives.registry import ARCHIVES, Archive

STRANGER = Caller()
WRONG_CALLED = Rejected(1, 1, 7)
WRONG_CALLING = Rejected(1, 1, 3)

ENDED = (0, None)
"""No rows, no final status: the association ended instead (A-ABORT or close)."""
REFUSED = None
"""The presentation context was not accepted."""
ALL_STUDIES = (dataset.STUDIES, 0x0000)
ALL_PATIENTS = (dataset.PATIENTS, 0x0000)
WHOLE_WORKLIST = (dataset.WORKLIST_ITEMS, 0x0000)
FIVE = (5, 0x0000)

Found = tuple[int, int | None] | None


@dataclass(frozen=True)
class Answers:
    """Rows and final status of each question, and the result of a storage context."""

    studies: Found = REFUSED
    patients: Found = REFUSED
    worklist: Found = REFUSED
    study_got: Found = REFUSED
    storage: int = 0


EVERYTHING_OPEN = Answers(ALL_STUDIES, ALL_PATIENTS, WHOLE_WORKLIST, FIVE)
NO_WORKLIST = Answers(ALL_STUDIES, ALL_PATIENTS, REFUSED, FIVE)
STORES_ONLY = Answers()

ACCEPTED = [
    ("orthanc-default", STRANGER, Answers(ENDED, ENDED, REFUSED, ENDED)),
    ("orthanc-default", Caller("ORTHANC"), Answers(ENDED, ENDED, REFUSED, ENDED)),
    ("orthanc-open", STRANGER, EVERYTHING_OPEN),
    ("orthanc-findonly", STRANGER, Answers(ALL_STUDIES, ALL_PATIENTS, ENDED, ENDED)),
    ("orthanc-locked", Caller("ORTHANC", "KNOWNAE"), NO_WORKLIST),
    ("orthanc-limit", STRANGER, Answers((10, 0xFE00), (10, 0xFE00), WHOLE_WORKLIST, FIVE)),
    ("orthanc-aeonly", STRANGER, Answers(ENDED, ENDED, REFUSED, ENDED)),
    ("orthanc-aeonly", Caller("ANY", "KNOWNAE"), NO_WORKLIST),
    ("orthanc-aeonly", Caller("ANY", "knownae"), NO_WORKLIST),
    ("dcmqrscp-anyrw", Caller("ANYRW"), NO_WORKLIST),
    ("dcmqrscp-read", Caller("READ"), Answers(ALL_STUDIES, ALL_PATIENTS, REFUSED, FIVE, storage=1)),
    ("dcmqrscp-wonly", Caller("WONLY"), NO_WORKLIST),
    ("dcmqrscp-rest", Caller("REST", "KNOWNAE"), NO_WORKLIST),
    ("dcmqrscp-no-study-root", Caller("PRONLY"), Answers(REFUSED, ALL_PATIENTS)),
    ("dcmqrscp-no-get", Caller("NOGET"), Answers(ALL_STUDIES, ALL_PATIENTS)),
    ("dcmqrscp-strict", Caller("STRICT"), NO_WORKLIST),
    ("wlmscpfs-wlae", Caller("WLAE"), Answers(worklist=WHOLE_WORKLIST, storage=3)),
    ("wlmscpfs-otherwl", Caller("OTHERWL"), Answers(worklist=(0, 0x0000), storage=3)),
    ("storescp", STRANGER, STORES_ONLY),
    ("dcmrecv", STRANGER, STORES_ONLY),
    # One row for each instance, at every level; and a worklist that is none.
    ("pynetdicom-qrscp", STRANGER, Answers((225, 0x0000), (225, 0x0000), (0, 0x0000), FIVE)),
    ("odil-scp", STRANGER, Answers(ENDED, ENDED, ENDED, ENDED)),
]

REJECTED = [
    ("orthanc-locked", STRANGER, WRONG_CALLED),
    ("orthanc-locked", Caller("ORTHANC"), WRONG_CALLING),
    ("orthanc-locked-to-another-host", Caller("ORTHANC", "KNOWNAE"), WRONG_CALLING),
    ("dcmqrscp-anyrw", STRANGER, WRONG_CALLED),
    ("dcmqrscp-anyrw", Caller("anyrw"), WRONG_CALLED),
    ("dcmqrscp-rest", STRANGER, WRONG_CALLED),
    ("dcmqrscp-rest", Caller("REST"), WRONG_CALLED),
    ("wlmscpfs-wlae", STRANGER, WRONG_CALLED),
    ("storescp-refuse", STRANGER, Rejected(1, 1, 1)),
    ("busy", STRANGER, Rejected(2, 3, 2)),
]

TLS_BYTES_ONLY = ["orthanc-tlsmut", "orthanc-tlsany", "storescp-tls-rc", "storescp-tls-ic", "https"]


def _row(case: tuple[str, Caller, object]) -> str:
    name, caller, _ = case
    return name if caller == STRANGER else f"{name}-{caller.called}-{caller.calling}"


def _ask(archives: Fleet, name: str, caller: Caller) -> Answers:
    peer = archives[name]
    results = caller.accepts(peer)

    def found(service: UID, **keys: str) -> Found:
        if results[service] != 0:
            return REFUSED
        answer = caller.find(peer, service, **keys)
        return len(answer.rows), answer.status

    study = archives.site.dataset.five_instance_study.uid
    return Answers(
        studies=found(STUDY_FIND, QueryRetrieveLevel="STUDY", StudyInstanceUID=""),
        patients=found(PATIENT_FIND, QueryRetrieveLevel="PATIENT", PatientID=""),
        worklist=found(WORKLIST, PatientID=""),
        study_got=caller.get(peer, study) if results[STUDY_GET] == 0 else REFUSED,
        storage=results[STORAGE[0]],
    )


@pytest.mark.parametrize(("name", "caller", "answers"), ACCEPTED, ids=map(_row, ACCEPTED))
def test_an_archive_that_accepts_the_titles_answers_as_measured(
    archives: Fleet, name: str, caller: Caller, answers: Answers
) -> None:
    """Rows, final status and context results are those of the ground truth."""
    assert _ask(archives, name, caller) == answers


@pytest.mark.parametrize(("name", "caller", "rejection"), REJECTED, ids=map(_row, REJECTED))
def test_an_archive_that_rejects_says_why_as_measured(
    archives: Fleet, name: str, caller: Caller, rejection: Rejected
) -> None:
    """The three codes of the A-ASSOCIATE-RJ are those of the ground truth."""
    assert refusal(archives[name], caller) == rejection


@pytest.mark.parametrize("name", ["orthanc-tlsmut", "storescp-tls-rc"])
def test_a_demanded_client_certificate_is_demanded(archives: Fleet, name: str) -> None:
    """A client without one gets no DICOM; the same client with one gets its C-ECHO answered."""
    refuses_without_certificate(archives.site, archives[name])
    assert Caller(certificates=archives.site.certificates, shows_certificate=True).echo(archives[name]) == 0


@pytest.mark.parametrize(
    ("name", "answers"), [("orthanc-tlsany", EVERYTHING_OPEN), ("storescp-tls-ic", Answers())]
)
def test_tls_without_a_client_certificate_keeps_nobody_out(
    archives: Fleet, name: str, answers: Answers
) -> None:
    """Inside TLS, a client that shows no certificate gets what a stranger gets in clear."""
    assert _ask(archives, name, Caller(certificates=archives.site.certificates)) == answers


@pytest.mark.parametrize("name", TLS_BYTES_ONLY)
def test_a_tls_port_hangs_up_on_a_plain_request_without_an_alert(archives: Fleet, name: str) -> None:
    """OpenSSL 3 sends no alert for bytes that are no TLS record: only the port's name tells."""
    assert first_bytes(archives[name]) == b""


def test_odil_accepts_a_service_that_does_not_exist(archives: Fleet) -> None:
    """Its accepted contexts prove nothing."""
    results = STRANGER.accepts(archives["odil-scp"], [*EVERYTHING, MADE_UP_SERVICE])

    assert set(results.values()) == {0}


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda archive: archive.name)
def test_an_archive_still_answers(archives: Fleet, archive: Archive) -> None:
    """After all of this, a whole exchange with it works."""
    archives.check(archive)
