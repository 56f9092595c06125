"""The association requests that probes send, built once per pair of titles."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from dosimeter.dicom import uids
from dosimeter.dicom.limits import ADVERTISED_MAX_PDU_LENGTH
from dosimeter.dicom.pdu import AAssociateRQ, ProposedContext, UserInformation
from dosimeter.dicom.pdu_encode import encode_pdu
from dosimeter.model.facts import Titles
from dosimeter.net.scu import Proposal

STRANGER_CALLING: Final = "DOSIMETER"

MADE_UP_SERVICE: Final = "2.25.98174601372538154160283390412718364527"
"""A service that does not exist: whoever accepts it accepts anything, so nothing follows."""

_BOTH: Final = (uids.EXPLICIT_VR_LE, uids.IMPLICIT_VR_LE)
_DEFAULT: Final = (uids.IMPLICIT_VR_LE,)
"""Every acceptor of a service must take the default transfer syntax (PS3.5 §10.1)."""

_STRANGERS_SYNTAXES: Final = (
    (uids.VERIFICATION, _DEFAULT),
    (uids.STUDY_ROOT_FIND, _BOTH),
    (uids.PATIENT_ROOT_FIND, _BOTH),
    (uids.MODALITY_WORKLIST_FIND, _BOTH),
    (uids.STUDY_ROOT_GET, _DEFAULT),
    (uids.PATIENT_ROOT_GET, _DEFAULT),
    (uids.STORAGE_COMMITMENT_PUSH, _DEFAULT),
    *((storage, _DEFAULT) for storage in uids.STORAGE_SPREAD[:8]),
    (MADE_UP_SERVICE, _DEFAULT),
)
_COUNT_SYNTAXES: Final = (
    (uids.VERIFICATION, _DEFAULT),
    (uids.STUDY_ROOT_FIND, _BOTH),
    (uids.PATIENT_ROOT_FIND, _BOTH),
    (uids.MODALITY_WORKLIST_FIND, _BOTH),
)
_RETRIEVE_SYNTAXES: Final = ((uids.STUDY_ROOT_GET, _DEFAULT), (uids.PATIENT_ROOT_GET, _DEFAULT))


@lru_cache(maxsize=64)
def strangers_proposal(titles: Titles) -> Proposal:
    """Who are you, and what would you do for me: every service whose answer makes the verdict.

    It fits the first segment of the smallest path (1,280 bytes of IPv6, RFC 8200 §5), which is why
    eight storage classes are enough.
    """
    return _proposal(titles, _STRANGERS_SYNTAXES)


@lru_cache(maxsize=64)
def retrieve_proposal(titles: Titles) -> Proposal:
    """GET contexts alone: with no storage context there is nothing an image could travel in."""
    return _proposal(titles, _RETRIEVE_SYNTAXES)


@lru_cache(maxsize=64)
def count_proposal(titles: Titles) -> Proposal:
    """FIND contexts alone, and verification: nothing is stored, retrieved or made up while counting."""
    return _proposal(titles, _COUNT_SYNTAXES)


def _proposal(titles: Titles, syntaxes: tuple[tuple[str, tuple[str, ...]], ...]) -> Proposal:
    contexts = tuple(
        ProposedContext(2 * index + 1, abstract_syntax, transfer_syntaxes)
        for index, (abstract_syntax, transfer_syntaxes) in enumerate(syntaxes)
    )
    request = AAssociateRQ(
        called_ae_title=titles.called,
        calling_ae_title=titles.calling,
        contexts=contexts,
        user_information=UserInformation(
            max_pdu_length=ADVERTISED_MAX_PDU_LENGTH,
            implementation_class_uid=uids.IMPLEMENTATION_CLASS_UID,
            implementation_version_name=uids.IMPLEMENTATION_VERSION_NAME,
        ),
    )
    return Proposal(titles, request, encode_pdu(request))
