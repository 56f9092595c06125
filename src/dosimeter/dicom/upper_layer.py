"""The upper layer state machine of PS3.8 §9.2 as one table. It knows no role and does no I/O.

Two rules: every pair of state and event has an answer (``transition``), and what the table calls
impossible is a mistake of the caller, never of the peer: only local events have impossible states
while a connection is up.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Final, NamedTuple


class State(IntEnum):
    """PS3.8 §9.2.1, Tables 9-1 to 9-5."""

    STA1 = 1
    """Idle: no connection, or none any more."""
    STA2 = 2
    """Connection open, awaiting A-ASSOCIATE-RQ."""
    STA3 = 3
    """Awaiting the local answer to the request."""
    STA4 = 4
    """Awaiting the transport connection."""
    STA5 = 5
    """Awaiting A-ASSOCIATE-AC or -RJ."""
    STA6 = 6
    """Association established."""
    STA7 = 7
    """Awaiting A-RELEASE-RP."""
    STA8 = 8
    """Awaiting the local answer to the peer's A-RELEASE-RQ."""
    STA9 = 9
    """Release collision, requestor: awaiting the local answer."""
    STA10 = 10
    """Release collision, acceptor: awaiting A-RELEASE-RP."""
    STA11 = 11
    """Release collision, requestor: awaiting A-RELEASE-RP."""
    STA12 = 12
    """Release collision, acceptor: awaiting the local answer."""
    STA13 = 13
    """Awaiting the close of the transport; the association no longer exists."""


class Trigger(IntEnum):
    """What can happen: the events Evt1 to Evt19 of PS3.8 Table 9-10."""

    EVT1_ASSOCIATE_REQUEST = 1
    EVT2_TRANSPORT_CONFIRMED = 2
    EVT3_AC_RECEIVED = 3
    EVT4_RJ_RECEIVED = 4
    EVT5_TRANSPORT_INDICATED = 5
    EVT6_RQ_RECEIVED = 6
    EVT7_ACCEPT = 7
    EVT8_REJECT = 8
    EVT9_SEND_DATA = 9
    EVT10_DATA_RECEIVED = 10
    EVT11_RELEASE_REQUEST = 11
    EVT12_RELEASE_RQ_RECEIVED = 12
    EVT13_RELEASE_RP_RECEIVED = 13
    EVT14_RELEASE_RESPONSE = 14
    EVT15_ABORT_REQUEST = 15
    EVT16_ABORT_RECEIVED = 16
    EVT17_TRANSPORT_CLOSED = 17
    EVT18_ARTIM_EXPIRED = 18
    EVT19_INVALID_PDU = 19


class Action(Enum):
    """PS3.8 Tables 9-6 to 9-9."""

    AE_1 = "open the transport"
    AE_2 = "send A-ASSOCIATE-RQ"
    AE_3 = "tell the user it was accepted"
    AE_4 = "tell the user it was rejected, close the transport"
    AE_5 = "start ARTIM"
    AE_6 = "judge the request: tell the user, or send A-ASSOCIATE-RJ"
    AE_7 = "send A-ASSOCIATE-AC"
    AE_8 = "send A-ASSOCIATE-RJ, start ARTIM"
    DT_1 = "send P-DATA-TF"
    DT_2 = "give the user the data"
    AR_1 = "send A-RELEASE-RQ"
    AR_2 = "tell the user the peer wants to release"
    AR_3 = "tell the user it is released, close the transport"
    AR_4 = "send A-RELEASE-RP, start ARTIM"
    AR_5 = "stop ARTIM: the association is over"
    AR_6 = "give the user the data, while releasing"
    AR_7 = "send P-DATA-TF, while the peer waits for release"
    AR_8 = "release collision: tell the user"
    AR_9 = "release collision, requestor: send A-RELEASE-RP"
    AR_10 = "release collision, acceptor: tell the user it is released"
    AA_1 = "send A-ABORT (service user), start ARTIM"
    AA_2 = "close the transport"
    AA_3 = "tell the user the peer aborted, close the transport"
    AA_4 = "tell the user the transport closed"
    AA_5 = "stop ARTIM: no association was asked for"
    AA_6 = "ignore the PDU"
    AA_7 = "send A-ABORT"
    AA_8 = "send A-ABORT (service provider), tell the user, start ARTIM"


class Transition(NamedTuple):
    """What to do and the state that follows. ``otherwise``: the other state of AE-6 and AR-8.

    AE-6 leads to Sta3, otherwise (the request cannot be accepted) to Sta13; AR-8 leads the requestor to
    Sta9, otherwise (the acceptor) to Sta10.
    """

    action: Action
    next_state: State
    otherwise: State | None = None


_AA_1: Final = Transition(Action.AA_1, State.STA13)
_AA_2: Final = Transition(Action.AA_2, State.STA1)
_AA_3: Final = Transition(Action.AA_3, State.STA1)
_AA_4: Final = Transition(Action.AA_4, State.STA1)
_AA_6: Final = Transition(Action.AA_6, State.STA13)
_AA_7: Final = Transition(Action.AA_7, State.STA13)
_AA_8: Final = Transition(Action.AA_8, State.STA13)
_AR_3: Final = Transition(Action.AR_3, State.STA1)
_AR_4: Final = Transition(Action.AR_4, State.STA13)

_ESTABLISHED: Final = (
    State.STA6,
    State.STA7,
    State.STA8,
    State.STA9,
    State.STA10,
    State.STA11,
    State.STA12,
)

_UNEXPECTED: Final = {
    State.STA2: _AA_1,
    State.STA3: _AA_8,
    State.STA5: _AA_8,
    **dict.fromkeys(_ESTABLISHED, _AA_8),
    State.STA13: _AA_6,
}
"""What a PDU meets in a state that does not expect it; each row of the table says what differs."""

TABLE: Final[dict[Trigger, dict[State, Transition]]] = {
    Trigger.EVT1_ASSOCIATE_REQUEST: {State.STA1: Transition(Action.AE_1, State.STA4)},
    Trigger.EVT2_TRANSPORT_CONFIRMED: {State.STA4: Transition(Action.AE_2, State.STA5)},
    Trigger.EVT3_AC_RECEIVED: {**_UNEXPECTED, State.STA5: Transition(Action.AE_3, State.STA6)},
    Trigger.EVT4_RJ_RECEIVED: {**_UNEXPECTED, State.STA5: Transition(Action.AE_4, State.STA1)},
    Trigger.EVT5_TRANSPORT_INDICATED: {State.STA1: Transition(Action.AE_5, State.STA2)},
    Trigger.EVT6_RQ_RECEIVED: {
        **_UNEXPECTED,
        State.STA2: Transition(Action.AE_6, State.STA3, State.STA13),
        State.STA13: _AA_7,
    },
    Trigger.EVT7_ACCEPT: {State.STA3: Transition(Action.AE_7, State.STA6)},
    Trigger.EVT8_REJECT: {State.STA3: Transition(Action.AE_8, State.STA13)},
    Trigger.EVT9_SEND_DATA: {
        State.STA6: Transition(Action.DT_1, State.STA6),
        State.STA8: Transition(Action.AR_7, State.STA8),
    },
    Trigger.EVT10_DATA_RECEIVED: {
        **_UNEXPECTED,
        State.STA6: Transition(Action.DT_2, State.STA6),
        State.STA7: Transition(Action.AR_6, State.STA7),
    },
    Trigger.EVT11_RELEASE_REQUEST: {State.STA6: Transition(Action.AR_1, State.STA7)},
    Trigger.EVT12_RELEASE_RQ_RECEIVED: {
        **_UNEXPECTED,
        State.STA6: Transition(Action.AR_2, State.STA8),
        State.STA7: Transition(Action.AR_8, State.STA9, State.STA10),
    },
    Trigger.EVT13_RELEASE_RP_RECEIVED: {
        **_UNEXPECTED,
        State.STA7: _AR_3,
        State.STA10: Transition(Action.AR_10, State.STA12),
        State.STA11: _AR_3,
    },
    Trigger.EVT14_RELEASE_RESPONSE: {
        State.STA8: _AR_4,
        State.STA9: Transition(Action.AR_9, State.STA11),
        State.STA12: _AR_4,
    },
    Trigger.EVT15_ABORT_REQUEST: {
        State.STA3: _AA_1,
        State.STA4: _AA_2,
        State.STA5: _AA_1,
        **dict.fromkeys(_ESTABLISHED, _AA_1),
    },
    Trigger.EVT16_ABORT_RECEIVED: {
        State.STA2: _AA_2,
        State.STA3: _AA_3,
        State.STA5: _AA_3,
        **dict.fromkeys(_ESTABLISHED, _AA_3),
        State.STA13: _AA_2,
    },
    Trigger.EVT17_TRANSPORT_CLOSED: {
        State.STA2: Transition(Action.AA_5, State.STA1),
        State.STA3: _AA_4,
        State.STA4: _AA_4,
        State.STA5: _AA_4,
        **dict.fromkeys(_ESTABLISHED, _AA_4),
        State.STA13: Transition(Action.AR_5, State.STA1),
    },
    Trigger.EVT18_ARTIM_EXPIRED: {State.STA2: _AA_2, State.STA13: _AA_2},
    Trigger.EVT19_INVALID_PDU: {**_UNEXPECTED, State.STA13: _AA_7},
}
"""PS3.8 Table 9-10. A pair that is absent cannot happen."""


def transition(state: State, trigger: Trigger) -> Transition | None:
    """The action and next state of any of the 13 x 19 pairs; None where the standard has no answer.

    None means that it cannot happen: a local request that the state does not allow, or a PDU where
    there is no connection to bring it.
    """
    return TABLE[trigger].get(state)
