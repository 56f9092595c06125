"""Our bytes read by pynetdicom, pynetdicom's bytes read by us."""

from __future__ import annotations

import pytest
from pynetdicom import AE
from pynetdicom import pdu as peer
from pynetdicom.fsm import ACTIONS, TRANSITION_TABLE
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    AsynchronousOperationsWindowNegotiation,
    ImplementationVersionNameNotification,
    SCP_SCU_RoleSelectionNegotiation,
    SOPClassExtendedNegotiation,
    UserIdentityNegotiation,
)
from pynetdicom.presentation import build_context

from dosimeter.dicom import uids
from dosimeter.dicom.pdu import (
    PDV,
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AAssociateRQ,
    AReleaseRP,
    AReleaseRQ,
    AsyncOperationsWindow,
    ContextResult,
    ExtendedNegotiation,
    PDataTF,
    ProposedContext,
    RoleSelection,
    UserInformation,
)
from dosimeter.dicom.pdu_decode import decode_pdu
from dosimeter.dicom.pdu_encode import encode_pdu
from dosimeter.dicom.upper_layer import State, Trigger, transition

USER = UserInformation(
    16384,
    uids.IMPLEMENTATION_CLASS_UID,
    uids.IMPLEMENTATION_VERSION_NAME,
    AsyncOperationsWindow(3, 0),
    (RoleSelection(uids.CT_IMAGE_STORAGE, 0, 1), RoleSelection(uids.MR_IMAGE_STORAGE, 1, 1)),
    (ExtendedNegotiation(uids.STUDY_ROOT_FIND, b"\x01\x00\x01"),),
)

REQUEST = AAssociateRQ(
    "ANY-SCP",
    "DOSIMETER",
    tuple(
        ProposedContext(2 * place + 1, uid, (uids.IMPLICIT_VR_LE, uids.EXPLICIT_VR_LE))
        for place, uid in enumerate((uids.VERIFICATION, uids.STUDY_ROOT_FIND, *uids.STORAGE_SPREAD))
    ),
    USER,
)

ACCEPT = AAssociateAC(
    (ContextResult(1, 0, uids.IMPLICIT_VR_LE), ContextResult(3, 3, uids.IMPLICIT_VR_LE)),
    USER,
    b"ANY-SCP         DOSIMETER       ",
)


def test_pynetdicom_reads_our_request_as_we_meant_it() -> None:
    """Titles, every context with its transfer syntaxes, every sub-item."""
    theirs = peer.A_ASSOCIATE_RQ()
    theirs.decode(encode_pdu(REQUEST))

    assert (theirs.called_ae_title, theirs.calling_ae_title) == ("ANY-SCP", "DOSIMETER")
    assert theirs.application_context_name == uids.APPLICATION_CONTEXT
    assert [
        (item.context_id, item.abstract_syntax, tuple(item.transfer_syntax))
        for item in theirs.presentation_context
    ] == [
        (context.context_id, context.abstract_syntax, context.transfer_syntax_uids)
        for context in REQUEST.contexts
    ]
    user = theirs.user_information
    assert user is not None
    assert user.maximum_length == 16384
    assert user.implementation_class_uid == uids.IMPLEMENTATION_CLASS_UID
    assert user.implementation_version_name == uids.IMPLEMENTATION_VERSION_NAME
    assert user.async_ops_window is not None
    assert user.async_ops_window.maximum_number_operations_invoked == 3
    assert {uid: (item.scu, item.scp) for uid, item in user.role_selection.items()} == {
        uids.CT_IMAGE_STORAGE: (0, 1),
        uids.MR_IMAGE_STORAGE: (1, 1),
    }
    (extended,) = user.ext_neg
    assert (extended.uid, extended.app_info) == (uids.STUDY_ROOT_FIND, b"\x01\x00\x01")


def test_pynetdicom_reads_our_acceptance_as_we_meant_it() -> None:
    """Results and transfer syntaxes, and the identity."""
    theirs = peer.A_ASSOCIATE_AC()
    theirs.decode(encode_pdu(ACCEPT))

    assert [(item.context_id, item.result) for item in theirs.presentation_context] == [(1, 0), (3, 3)]
    assert theirs.presentation_context[0].transfer_syntax == uids.IMPLICIT_VR_LE
    assert theirs.user_information is not None
    assert theirs.user_information.implementation_version_name == uids.IMPLEMENTATION_VERSION_NAME


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (REQUEST, peer.A_ASSOCIATE_RQ),
        (ACCEPT, peer.A_ASSOCIATE_AC),
        (AAssociateRJ(1, 1, 7), peer.A_ASSOCIATE_RJ),
        (PDataTF((PDV(1, True, True, b"abcd"), PDV(1, False, False, b"ef"))), peer.P_DATA_TF),
        (AReleaseRQ(), peer.A_RELEASE_RQ),
        (AReleaseRP(), peer.A_RELEASE_RP),
        (AAbort(2, 6), peer.A_ABORT_RQ),
    ],
)
def test_what_pynetdicom_writes_again_is_what_we_wrote(ours: AAssociateRQ, theirs: type[peer.PDU]) -> None:
    """Through its decoder and its encoder, our bytes read as the same value."""
    read_by_them = theirs()
    read_by_them.decode(encode_pdu(ours))
    written_by_them = read_by_them.encode()

    assert decode_pdu(written_by_them) == (ours, len(written_by_them))


def their_request() -> A_ASSOCIATE:
    """An A-ASSOCIATE request with all the user information pynetdicom can propose."""
    ae = AE(ae_title="PYNETDICOM")
    primitive = A_ASSOCIATE()
    primitive.application_context_name = uids.APPLICATION_CONTEXT
    primitive.calling_ae_title = "PYNETDICOM"
    primitive.called_ae_title = "DOSIMETER"
    context = build_context(uids.VERIFICATION, [uids.IMPLICIT_VR_LE, uids.EXPLICIT_VR_LE])
    context.context_id = 255
    primitive.presentation_context_definition_list = [context]
    primitive.maximum_length_received = 32768
    primitive.implementation_class_uid = ae.implementation_class_uid
    version = ImplementationVersionNameNotification()
    version.implementation_version_name = "PYNETDICOM_TEST"
    window = AsynchronousOperationsWindowNegotiation()
    window.maximum_number_operations_invoked, window.maximum_number_operations_performed = 5, 6
    role = SCP_SCU_RoleSelectionNegotiation()
    role.sop_class_uid, role.scu_role, role.scp_role = uids.CT_IMAGE_STORAGE, True, True
    extended = SOPClassExtendedNegotiation()
    extended.sop_class_uid, extended.service_class_application_information = uids.STUDY_ROOT_FIND, b"\x01\x01"
    identity = UserIdentityNegotiation()
    identity.user_identity_type, identity.primary_field = 1, b"somebody"
    primitive.user_information += [version, window, role, extended, identity]
    return primitive


def test_we_read_pynetdicoms_request_as_it_meant_it() -> None:
    """Every sub-item; the user identity is kept unread."""
    theirs = peer.A_ASSOCIATE_RQ()
    theirs.from_primitive(their_request())

    decoded = decode_pdu(theirs.encode())

    assert decoded is not None
    ours = decoded[0]
    assert isinstance(ours, AAssociateRQ)
    assert (ours.called_ae_title, ours.calling_ae_title) == ("DOSIMETER", "PYNETDICOM")
    assert ours.contexts == (
        ProposedContext(255, uids.VERIFICATION, (uids.IMPLICIT_VR_LE, uids.EXPLICIT_VR_LE)),
    )
    user = ours.user_information
    assert (user.max_pdu_length, user.implementation_version_name) == (32768, "PYNETDICOM_TEST")
    assert user.async_operations_window == AsyncOperationsWindow(5, 6)
    assert user.role_selections == (RoleSelection(uids.CT_IMAGE_STORAGE, 1, 1),)
    assert user.extended_negotiations == (ExtendedNegotiation(uids.STUDY_ROOT_FIND, b"\x01\x01"),)
    assert [item.item_type for item in user.unknown_items] == [0x58]


def test_the_state_table_is_pynetdicoms_too() -> None:
    """All 13 x 19 pairs: the same action, or none in both."""
    for state in State:
        for trigger in Trigger:
            theirs = TRANSITION_TABLE.get((f"Evt{trigger}", f"Sta{state}"))
            ours = transition(state, trigger)
            assert (ours.action.name.replace("_", "-") if ours else None) == theirs, (state, trigger)


def test_the_next_states_are_pynetdicoms_too() -> None:
    """What each action leads to; AE-6 and AR-8 lead to one of two."""
    ours = {
        found.action.name.replace("_", "-"): [
            f"Sta{state}" for state in (found.next_state, found.otherwise) if state is not None
        ]
        for state in State
        for trigger in Trigger
        if (found := transition(state, trigger)) is not None
    }
    for action, states in ours.items():
        theirs = ACTIONS[action][2]
        assert states == (list(theirs) if isinstance(theirs, tuple | list) else [theirs]), action
