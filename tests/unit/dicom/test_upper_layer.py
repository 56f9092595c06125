from __future__ import annotations

import pytest

from dosimeter.dicom.upper_layer import TABLE, Action, State, Trigger, transition

# PS3.8 Table 9-10, typed from the standard: an event a line, Sta1 to Sta13 across; "-" cannot happen.
PS3_8_TABLE_9_10 = """
 1  AE-1 -    -    -    -    -    -    -    -    -     -    -    -
 2  -    -    -    AE-2 -    -    -    -    -    -     -    -    -
 3  -    AA-1 AA-8 -    AE-3 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
 4  -    AA-1 AA-8 -    AE-4 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
 5  AE-5 -    -    -    -    -    -    -    -    -     -    -    -
 6  -    AE-6 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7
 7  -    -    AE-7 -    -    -    -    -    -    -     -    -    -
 8  -    -    AE-8 -    -    -    -    -    -    -     -    -    -
 9  -    -    -    -    -    DT-1 -    AR-7 -    -     -    -    -
10  -    AA-1 AA-8 -    AA-8 DT-2 AR-6 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
11  -    -    -    -    -    AR-1 -    -    -    -     -    -    -
12  -    AA-1 AA-8 -    AA-8 AR-2 AR-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
13  -    AA-1 AA-8 -    AA-8 AA-8 AR-3 AA-8 AA-8 AR-10 AR-3 AA-8 AA-6
14  -    -    -    -    -    -    -    AR-4 AR-9 -     -    AR-4 -
15  -    -    AA-1 AA-2 AA-1 AA-1 AA-1 AA-1 AA-1 AA-1  AA-1 AA-1 -
16  -    AA-2 AA-3 -    AA-3 AA-3 AA-3 AA-3 AA-3 AA-3  AA-3 AA-3 AA-2
17  -    AA-5 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4  AA-4 AA-4 AR-5
18  -    AA-2 -    -    -    -    -    -    -    -     -    -    AA-2
19  -    AA-1 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7
"""

# PS3.8 Tables 9-6 to 9-9: the state each action leads to; AE-6 and AR-8 have two.
NEXT_STATES = {
    "AE-1": (4,),
    "AE-2": (5,),
    "AE-3": (6,),
    "AE-4": (1,),
    "AE-5": (2,),
    "AE-6": (3, 13),
    "AE-7": (6,),
    "AE-8": (13,),
    "DT-1": (6,),
    "DT-2": (6,),
    "AR-1": (7,),
    "AR-2": (8,),
    "AR-3": (1,),
    "AR-4": (13,),
    "AR-5": (1,),
    "AR-6": (7,),
    "AR-7": (8,),
    "AR-8": (9, 10),
    "AR-9": (11,),
    "AR-10": (12,),
    "AA-1": (13,),
    "AA-2": (1,),
    "AA-3": (1,),
    "AA-4": (1,),
    "AA-5": (1,),
    "AA-6": (13,),
    "AA-7": (13,),
    "AA-8": (13,),
}

PAIRS = [
    (int(number), state, action)
    for number, *actions in (line.split() for line in PS3_8_TABLE_9_10.strip().splitlines())
    for state, action in enumerate(actions, start=1)
]


@pytest.mark.parametrize(("trigger", "state", "action"), PAIRS)
def test_every_pair_of_state_and_event_does_what_the_standard_says(
    trigger: int, state: int, action: str
) -> None:
    """Each of the 13 x 19 pairs has the action and the next state of PS3.8 Table 9-10, or none."""
    found = transition(State(state), Trigger(trigger))

    if action == "-":
        assert found is None
    else:
        assert found is not None
        assert found.action is Action[action.replace("-", "_")]
        states = (found.next_state,) if found.otherwise is None else (found.next_state, found.otherwise)
        assert states == NEXT_STATES[action]


def test_the_table_has_all_pairs() -> None:
    """Nothing is left out of the comparison above."""
    assert len(PAIRS) == 13 * 19
    assert set(TABLE) == set(Trigger)
    assert set(NEXT_STATES) == {action.name.replace("_", "-") for action in Action}


def test_a_peer_cannot_send_what_the_table_has_no_answer_for() -> None:
    """Where a connection is up, every PDU and the end of the connection have an answer in every state."""
    from_the_peer = (3, 4, 6, 10, 12, 13, 16, 17, 19)

    for state in State:
        if state not in {State.STA1, State.STA4}:
            assert all(transition(state, Trigger(number)) for number in from_the_peer)
