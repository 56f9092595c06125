from __future__ import annotations

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import CommandField
from dosimeter.model.facts import Ending, NullQueryAnswered, QueryService
from dosimeter.net.scu import ContextNotAccepted
from dosimeter.probes.dicom_associate import PROBE as ASSOCIATE
from dosimeter.probes.null_query_worklist import PROBE
from tests.peers.archive import Accept, Archive, Script, Statuses, answers
from tests.unit.probes.visiting import ask, elements


def test_the_question_is_a_day_on_which_nothing_can_be_scheduled() -> None:
    """One sequence with one impossible date in it, and no other key."""
    with Archive() as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
        (visit,) = archive.wait_for_ends(1)
    assert isinstance(fact, NullQueryAnswered)
    assert (fact.service, fact.ending, fact.status) == (QueryService.WORKLIST, Ending.STATUS, 0)
    assert visit.asked == [(CommandField.C_FIND, uids.MODALITY_WORKLIST_FIND)]
    (sequence,) = elements(visit.identifiers[0])
    assert sequence[:2] == (0x0040, 0x0100)
    assert sequence[2].count(b"\x40\x00\x02\x00") == 1


def test_a_refusal_is_a_fact() -> None:
    """The status is kept as sent."""
    with Archive(Script(on_request=answers(find=Statuses((0xC001,))))) as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
    assert isinstance(fact, NullQueryAnswered)
    assert (fact.ending, fact.status) == (Ending.STATUS, 0xC001)


def test_nothing_is_asked_where_worklist_was_not_accepted() -> None:
    """A question needs its presentation context."""
    without = Script(on_associate=lambda _request: Accept(frozenset({uids.STUDY_ROOT_FIND})))
    with Archive(without) as archive, pytest.raises(ContextNotAccepted):
        ask(archive, ASSOCIATE, PROBE)
    assert archive.asked == []
