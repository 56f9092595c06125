"""A lab archive as pynetdicom sees it: what it answers is what it holds."""

from __future__ import annotations

import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from pydicom import Dataset
from pynetdicom import AE, evt
from pynetdicom import sop_class as peer
from pynetdicom.association import Association

from dosimeter.lab.archive import Archive, Expected
from dosimeter.lab.attributes import Tag
from dosimeter.lab.catalogue import Catalogue
from dosimeter.lab.generated import Shape, invent_catalogue
from dosimeter.lab.holdings import Holdings, invent_holdings
from dosimeter.lab.policy import QUERY_SERVICES, RETRIEVE_SERVICES, WORKLIST_SERVICE, Door, Policy
from dosimeter.lab.products import LIKE_DCMTK, LIKE_ORTHANC, LIKE_PYNETDICOM
from dosimeter.lab.server import Lab
from dosimeter.model.verdict import Exposure

HOLDINGS = invent_holdings(11, patients=120, appointments=15)
STUDIES = [study for patient in HOLDINGS.patients for study in patient.studies]
SERVICES = QUERY_SERVICES | RETRIEVE_SERVICES | WORKLIST_SERVICE
STUDY_ROOT = peer.StudyRootQueryRetrieveInformationModelFind
PATIENT_ROOT = peer.PatientRootQueryRetrieveInformationModelFind
EXPLICIT = "1.2.840.10008.1.2.1"
LARGE = invent_catalogue(12, Shape(20_000, undated=10))


@contextmanager
def association(
    service: str,
    policy: Policy | None = None,
    *,
    door: Door = Door.PLAIN,
    syntax: str = "1.2.840.10008.1.2",
    holdings: Holdings | Catalogue = HOLDINGS,
) -> Iterator[Association]:
    """An association of pynetdicom's with a lab archive."""
    archive = Archive(
        "peer",
        "127.21.4.1",
        "a peer test",
        Expected(Exposure.QUERYABLE),
        policy or Policy(services=SERVICES),
        door=door,
        port=0,
        holdings=holdings,
    )
    with Lab((archive,)) as lab:
        ae = AE("PEER")
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 10
        ae.add_requested_context(service, syntax)
        tls = None
        if door is Door.TLS:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            tls = (context, "peer.lab.invalid")
        address, port = lab.endpoints[0]
        opened = ae.associate(address, port, tls_args=tls)
        assert opened.is_established
        try:
            yield opened
        finally:
            opened.release()
            assert opened.is_released


def keys(level: str | None = None, **values: object) -> Dataset:
    """An identifier."""
    identifier = Dataset()
    if level is not None:
        identifier.QueryRetrieveLevel = level
    for keyword, value in values.items():
        setattr(identifier, keyword, value)
    return identifier


def rows(opened: Association, identifier: Dataset, service: str = STUDY_ROOT) -> list[Dataset]:
    """The matches of a query that succeeds."""
    answers = list(opened.send_c_find(identifier, service))
    assert answers[-1][0].Status == 0x0000
    return [found for _, found in answers[:-1] if found is not None]


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", EXPLICIT])
def test_every_study_is_found_once(syntax: str) -> None:
    """In both transfer syntaxes pynetdicom reads every study that is held, with its values."""
    with association(STUDY_ROOT, syntax=syntax) as opened:
        found = rows(opened, keys("STUDY", StudyInstanceUID="", PatientName="", StudyDate=""))
    assert [row.StudyInstanceUID for row in found] == [study.uid for study in STUDIES]
    assert [row.StudyDate for row in found] == [study.day for study in STUDIES]
    assert found[0].PatientName == HOLDINGS.patients[0].name


def test_dates_patients_and_counts_are_answered() -> None:
    """A range, a PatientID with a wildcard, and the count attributes agree with what is held."""
    with association(STUDY_ROOT) as opened:
        in_2019 = rows(opened, keys("STUDY", StudyInstanceUID="", StudyDate="20190101-20191231"))
        counted = rows(
            opened, keys("STUDY", StudyInstanceUID=STUDIES[0].uid, NumberOfStudyRelatedInstances="")
        )
    assert len(in_2019) == sum(study.day.startswith("2019") for study in STUDIES)
    assert counted[0].NumberOfStudyRelatedInstances == sum(series.instances for series in STUDIES[0].series)
    with association(PATIENT_ROOT) as opened:
        patients = rows(opened, keys("PATIENT", PatientID="LAB-*", PatientName=""), PATIENT_ROOT)
    assert len(patients) == len(HOLDINGS.patients)


def test_series_and_instances_are_found_below_a_study() -> None:
    """The levels below a study are asked with the unique keys above them."""
    study = STUDIES[0]
    with association(STUDY_ROOT) as opened:
        series = rows(opened, keys("SERIES", StudyInstanceUID=study.uid, SeriesInstanceUID=""))
        instances = rows(
            opened,
            keys(
                "IMAGE",
                StudyInstanceUID=study.uid,
                SeriesInstanceUID=study.series[0].uid,
                SOPInstanceUID="",
            ),
        )
    assert [row.SeriesInstanceUID for row in series] == [each.uid for each in study.series]
    assert len(instances) == study.series[0].instances


def test_the_worklist_is_answered() -> None:
    """Appointments of a day, with the patient and the step."""
    day = HOLDINGS.appointments[0].day
    step = keys(ScheduledProcedureStepStartDate=day, ScheduledProcedureStepID="", Modality="")
    with association(peer.ModalityWorklistInformationFind) as opened:
        found = rows(
            opened,
            keys(PatientName="", ScheduledProcedureStepSequence=[step]),
            peer.ModalityWorklistInformationFind,
        )
    expected = [appointment for appointment in HOLDINGS.appointments if appointment.day == day]
    assert [row.ScheduledProcedureStepSequence[0].ScheduledProcedureStepID for row in found] == [
        appointment.step_id for appointment in expected
    ]
    assert [row.PatientName for row in found] == [appointment.patient.name for appointment in expected]


def test_a_cancel_on_the_wire_is_honoured() -> None:
    """C-CANCEL after a few rows ends the answer with 0xFE00 before all are sent."""
    policy = Policy(services=SERVICES, row_per_instance=True)
    received, final = 0, None
    with association(STUDY_ROOT, policy) as opened:
        for status, _ in opened.send_c_find(keys("STUDY", StudyInstanceUID=""), STUDY_ROOT, msg_id=5):
            final = status.Status
            if final in {0xFF00, 0xFF01}:
                received += 1
                if received == 5:
                    opened.send_c_cancel(5, query_model=STUDY_ROOT)
    assert final == 0xFE00
    assert 5 <= received < sum(series.instances for study in STUDIES for series in study.series)


def test_a_retrieve_request_never_brings_an_image() -> None:
    """C-GET of what is held fails with every instance counted; of what is not, succeeds with none."""
    stored = []
    service = peer.StudyRootQueryRetrieveInformationModelGet
    with association(service) as opened:
        opened.bind(evt.EVT_C_STORE, stored.append)
        held = list(opened.send_c_get(keys("STUDY", StudyInstanceUID=STUDIES[0].uid), service))
        unknown = list(opened.send_c_get(keys("STUDY", StudyInstanceUID="2.25.5"), service))
    assert stored == []
    assert held[-1][0].Status == 0xA702
    assert held[-1][0].NumberOfFailedSuboperations == sum(series.instances for series in STUDIES[0].series)
    assert unknown[-1][0].Status == 0x0000


def test_it_is_the_same_inside_tls() -> None:
    """DICOM-TLS changes nothing of the answer."""
    with association(STUDY_ROOT, door=Door.TLS) as opened:
        assert len(rows(opened, keys("STUDY", StudyInstanceUID=""))) == len(STUDIES)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", EXPLICIT])
def test_a_day_of_a_large_archive_is_read_by_a_peer(syntax: str) -> None:
    """Rows that were written from columns: each study of the day, its counters and its modalities."""
    day, time = (LARGE.studies.columns[tag] for tag in (Tag.STUDY_DATE, Tag.STUDY_TIME))
    uid = LARGE.studies.columns[Tag.STUDY_INSTANCE_UID]
    held = [study for study in range(20_000) if day(study) == "20250310" and "08" <= time(study) < "12"]
    with association(STUDY_ROOT, syntax=syntax, holdings=LARGE) as opened:
        found = rows(
            opened,
            keys(
                "STUDY",
                StudyInstanceUID="",
                StudyDate="20250310-20250310",
                StudyTime="080000-115959",
                NumberOfStudyRelatedSeries="",
                NumberOfStudyRelatedInstances="",
                ModalitiesInStudy="",
                PatientID="",
            ),
        )
    assert [row.StudyInstanceUID for row in found] == [uid(study) for study in held] != []
    assert [row.NumberOfStudyRelatedSeries for row in found] == [
        len(LARGE.series_of(study)) for study in held
    ]
    assert [row.NumberOfStudyRelatedInstances for row in found] == [
        LARGE.instances_of(study) for study in held
    ]
    assert all(row.PatientID.startswith("LAB-12-") and row.ModalitiesInStudy for row in found)


def test_a_relational_query_is_read_by_a_peer() -> None:
    """Every instance of the archive, once, with no study named."""
    with association(STUDY_ROOT, replace(LIKE_ORTHANC, services=SERVICES)) as opened:
        found = rows(opened, keys("IMAGE", StudyDate="20190101-20190630", SOPInstanceUID=""))
    held = [study for study in STUDIES if "20190101" <= study.day <= "20190630"]
    assert [row.SOPInstanceUID for row in found] == [
        series.instance_uid(number)
        for study in held
        for series in study.series
        for number in range(1, series.instances + 1)
    ]


@pytest.mark.parametrize(
    ("policy", "pending", "final"),
    [
        (Policy(), len(STUDIES), "Success"),
        (Policy(most_rows=10), 10, "Cancel: MatchingTerminatedDueToCancelRequest"),
        (Policy(most_rows=10, cut_status=0x0000), 10, "Success"),
        (Policy(most_rows=10, cut_status=0xA700), 10, "Refused: OutOfResources"),
        (Policy(row_repeats=3), 3 * len(STUDIES), "Success"),
        (LIKE_PYNETDICOM, sum(series.instances for study in STUDIES for series in study.series), "Success"),
        (LIKE_DCMTK, len(STUDIES), "Success"),
    ],
)
def test_findscu_hears_the_rows_and_the_final_status(policy: Policy, pending: int, final: str) -> None:
    """DCMTK's own client counts as many responses, and names the status that ends them."""
    archive = Archive(
        "findscu", "127.21.4.2", "", Expected(Exposure.QUERYABLE), policy, port=0, holdings=HOLDINGS
    )
    with Lab((archive,)) as lab:
        address, port = lab.endpoints[0]
        heard = subprocess.run(
            [
                "findscu",
                "-v",
                "-S",
                *("-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID"),
                address,
                str(port),
            ],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert lab.ledgers[0].tally.rows == pending
    said = heard.stdout + heard.stderr
    assert len(re.findall(r"Find Response: \d+ \(Pending", said)) == pending
    assert f"Received Final Find Response ({final}" in said
