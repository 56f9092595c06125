from __future__ import annotations

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import CommandField
from dosimeter.model.facts import Ending, NullQueryAnswered, QueryService
from dosimeter.net.scu import ContextNotAccepted
from dosimeter.probes.dicom_associate import PROBE as ASSOCIATE
from dosimeter.probes.null_query_study_root import PROBE
from tests.peers.archive import Abort, Accept, Archive, Close, Script, Silence, Statuses, answers
from tests.unit.probes.visiting import ask, elements


def test_the_question_is_one_study_uid_made_on_the_spot_and_the_level() -> None:
    """No other key is asked for, and the UID is another each time."""
    with Archive() as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
        ask(archive, ASSOCIATE, PROBE)
        seen = archive.wait_for_ends(2)
    assert isinstance(fact, NullQueryAnswered)
    assert (fact.service, fact.ending, fact.status, fact.matches) == (
        QueryService.STUDY_ROOT,
        Ending.STATUS,
        0,
        0,
    )
    for visit in seen:
        assert visit.asked == [(CommandField.C_FIND, uids.STUDY_ROOT_FIND)]
        level, uid = elements(visit.identifiers[0])
        assert level == (0x0008, 0x0052, b"STUDY ")
        assert uid[:2] == (0x0020, 0x000D)
        assert uid[2].startswith(b"2.25.")
    assert seen[0].identifiers != seen[1].identifiers


@pytest.mark.parametrize(
    ("answer", "ending", "status", "matches"),
    [
        (Statuses((0x0122,)), Ending.STATUS, 0x0122, 0),
        (Statuses((0xA700,)), Ending.STATUS, 0xA700, 0),
        (Statuses((0xFF00, 0xFF00, 0)), Ending.STATUS, 0, 2),
        (Abort(), Ending.ABORT, None, 0),
        (Close(), Ending.CLOSE, None, 0),
        (Silence(), Ending.SILENCE, None, 0),
    ],
)
def test_how_the_query_ended_is_a_fact(
    answer: Statuses | Abort | Close | Silence, ending: Ending, status: int | None, matches: int
) -> None:
    """A status, an abort, a close and silence are four different endings."""
    with Archive(Script(on_request=answers(find=answer))) as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
    assert isinstance(fact, NullQueryAnswered)
    assert (fact.ending, fact.status, fact.matches) == (ending, status, matches)


def test_nothing_is_asked_where_study_root_was_not_accepted() -> None:
    """A question needs its presentation context."""
    without = Script(on_associate=lambda _request: Accept(frozenset({uids.VERIFICATION})))
    with Archive(without) as archive, pytest.raises(ContextNotAccepted):
        ask(archive, ASSOCIATE, PROBE)
    assert archive.asked == []
