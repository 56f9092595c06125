from __future__ import annotations

import re
import uuid

from pydicom import uid as peer

from dosimeter.dicom import uids


def test_well_known_uids_are_those_of_the_standard() -> None:
    """Every UID with a name here is in pydicom's copy of PS3.6 too, and is of the kind we say."""
    kinds = {uid: peer.UID(uid).type for uid in uids._NAMES}  # noqa: SLF001

    assert kinds.pop(uids.APPLICATION_CONTEXT) == "Application Context Name"
    assert kinds.pop(uids.IMPLICIT_VR_LE) == "Transfer Syntax"
    assert kinds.pop(uids.EXPLICIT_VR_LE) == "Transfer Syntax"
    assert set(kinds.values()) <= {"SOP Class"}
    assert peer.UID(uids.STUDY_ROOT_GET).keyword == "StudyRootQueryRetrieveInformationModelGet"
    assert peer.UID(uids.PATIENT_ROOT_GET).keyword == "PatientRootQueryRetrieveInformationModelGet"
    assert peer.UID(uids.STUDY_ROOT_FIND).keyword == "StudyRootQueryRetrieveInformationModelFind"
    assert peer.UID(uids.PATIENT_ROOT_FIND).keyword == "PatientRootQueryRetrieveInformationModelFind"
    assert peer.UID(uids.MODALITY_WORKLIST_FIND).keyword == "ModalityWorklistInformationModelFind"
    assert peer.UID(uids.STORAGE_COMMITMENT_PUSH).keyword == "StorageCommitmentPushModel"


def test_the_storage_spread_is_storage_and_nothing_else() -> None:
    """Each class of the spread stores one modality's objects, and none comes twice."""
    assert all(peer.UID(uid).keyword.endswith(("Storage", "ForPresentation")) for uid in uids.STORAGE_SPREAD)
    assert len(set(uids.STORAGE_SPREAD)) == len(uids.STORAGE_SPREAD) >= 10


def test_the_codec_knows_no_deflated_transfer_syntax() -> None:
    """299 KiB of Deflated data became 691 MiB in another client: nothing here can propose it."""
    assert "1.2.840.10008.1.2.1.99" not in vars(uids).values()


def test_our_own_identity_is_legal() -> None:
    """The class UID is a UUID under 2.25, the version name has at most 16 ASCII characters."""
    assert peer.UID(uids.IMPLEMENTATION_CLASS_UID).is_valid
    assert uids.IMPLEMENTATION_CLASS_UID.startswith("2.25.")
    assert re.fullmatch(r"DOSIMETER_\d{3}", uids.IMPLEMENTATION_VERSION_NAME)


def test_a_fresh_uid_is_a_random_uuid_as_a_number() -> None:
    """It is valid, derived from a version 4 UUID (PS3.5 B.2), and another one each time."""
    fresh = {uids.fresh_uid() for _ in range(1000)}

    assert len(fresh) == 1000
    for uid in fresh:
        made_of = uuid.UUID(int=int(uid.removeprefix("2.25.")))
        assert (made_of.version, made_of.variant) == (4, uuid.RFC_4122)
        assert peer.UID(uid).is_valid


def test_a_uid_has_a_name_for_reports() -> None:
    """Known UIDs get their name, others stay what they are."""
    assert uids.name_of(uids.VERIFICATION) == "Verification"
    assert uids.name_of("1.2.3") == "1.2.3"
