"""The same exchange as ``dosimeter survey``, with pynetdicom in a thread pool.

    pynetdicom_loop.py LIST PORT

Two associations a host: associate, C-ECHO, the null query on Study Root, Patient Root and
Worklist, release; then GET contexts alone, the null retrieve, release. Nothing is kept but a
count. Eight threads, and one AE for all of them: the fastest way of using it that was found
(performance.md A). Prints how many hosts answered every question.
"""

from __future__ import annotations

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from pydicom.dataset import Dataset
from pynetdicom import AE, build_context
from pynetdicom.sop_class import (
    BasicTextSRStorage,
    ComputedRadiographyImageStorage,
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    EncapsulatedPDFStorage,
    EnhancedCTImageStorage,
    ModalityWorklistInformationFind,
    MRImageStorage,
    PatientRootQueryRetrieveInformationModelFind,
    PatientRootQueryRetrieveInformationModelGet,
    PositronEmissionTomographyImageStorage,
    SecondaryCaptureImageStorage,
    StorageCommitmentPushModel,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    UltrasoundImageStorage,
    Verification,
    XRayAngiographicImageStorage,
)

THREADS = 8
GET_MODELS = (StudyRootQueryRetrieveInformationModelGet, PatientRootQueryRetrieveInformationModelGet)
FIND_MODELS = (
    StudyRootQueryRetrieveInformationModelFind,
    PatientRootQueryRetrieveInformationModelFind,
    ModalityWorklistInformationFind,
)
OTHERS = (
    Verification,
    *GET_MODELS,
    StorageCommitmentPushModel,
    CTImageStorage,
    EnhancedCTImageStorage,
    MRImageStorage,
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    "1.2.840.10008.5.1.4.1.1.1.2",
    UltrasoundImageStorage,
    SecondaryCaptureImageStorage,
    XRayAngiographicImageStorage,
    PositronEmissionTomographyImageStorage,
    BasicTextSRStorage,
    EncapsulatedPDFStorage,
    "2.25.1",
)
IMPLICIT = ["1.2.840.10008.1.2"]
BOTH = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"]


def everything() -> list:
    """What a survey proposes to a stranger: twenty presentation contexts."""
    return [build_context(uid, BOTH) for uid in FIND_MODELS] + [
        build_context(uid, IMPLICIT) for uid in OTHERS
    ]


def get_alone() -> list:
    """The two GET contexts."""
    return [build_context(uid, IMPLICIT) for uid in GET_MODELS]


def null_study() -> Dataset:
    """A study that cannot exist."""
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "STUDY"
    identifier.StudyInstanceUID = f"2.25.{uuid4().int}"
    return identifier


def null_patient() -> Dataset:
    """A patient that cannot exist."""
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "PATIENT"
    identifier.PatientID = uuid4().hex
    return identifier


def impossible_worklist() -> Dataset:
    """A worklist entry on a date that no worklist holds."""
    step = Dataset()
    step.ScheduledProcedureStepStartDate = "18581117"
    identifier = Dataset()
    identifier.ScheduledProcedureStepSequence = [step]
    return identifier


def statuses(responses) -> list[int | None]:  # noqa: ANN001 - pynetdicom's generator has no public type
    """The status of every response; None where there was none."""
    return [status.get("Status") for status, _ in responses]


def ask(entity: AE, host: str, port: int) -> bool:
    """Both associations with one host; true if every question was answered with success."""
    first = entity.associate(host, port, contexts=everything(), ae_title="NOBODY-000000")
    if not first.is_established:
        return False
    answers = [first.send_c_echo().get("Status")]
    answers += statuses(first.send_c_find(null_study(), StudyRootQueryRetrieveInformationModelFind))
    answers += statuses(first.send_c_find(null_patient(), PatientRootQueryRetrieveInformationModelFind))
    answers += statuses(first.send_c_find(impossible_worklist(), ModalityWorklistInformationFind))
    first.release()
    second = entity.associate(host, port, contexts=get_alone(), ae_title="NOBODY-000000")
    if not second.is_established:
        return False
    answers += statuses(second.send_c_get(null_study(), StudyRootQueryRetrieveInformationModelGet))
    second.release()
    return answers == [0x0000] * 5


def ask_safely(entity: AE, host: str, port: int) -> bool:
    """Like ask; pynetdicom raises RuntimeError for a question on an association that is gone."""
    try:
        return ask(entity, host, port)
    except RuntimeError:
        return False


def main() -> None:
    """Ask every host of the list."""
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
    hosts = Path(sys.argv[1]).read_text().split()
    port = int(sys.argv[2])
    entity = AE(ae_title="DOSIMETER")
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = 30
    with ThreadPoolExecutor(THREADS) as pool:
        answered = sum(pool.map(lambda host: ask_safely(entity, host, port), hosts))
    print(answered)


main()
