from __future__ import annotations

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import CommandField
from dosimeter.model.facts import Ending, NullQueryAnswered, QueryService
from dosimeter.net.scu import ContextNotAccepted
from dosimeter.probes.dicom_associate import PROBE as ASSOCIATE
from dosimeter.probes.null_query_patient_root import PROBE
from tests.peers.archive import Accept, Archive, Script, Statuses, answers
from tests.unit.probes.visiting import ask, elements


def test_the_question_is_one_patient_identifier_made_on_the_spot_and_the_level() -> None:
    """No other key is asked for: not the name, not the birth date."""
    with Archive() as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
        (visit,) = archive.wait_for_ends(1)
    assert isinstance(fact, NullQueryAnswered)
    assert (fact.service, fact.ending, fact.status) == (QueryService.PATIENT_ROOT, Ending.STATUS, 0)
    assert visit.asked == [(CommandField.C_FIND, uids.PATIENT_ROOT_FIND)]
    level, identifier = elements(visit.identifiers[0])
    assert level == (0x0008, 0x0052, b"PATIENT ")
    assert identifier[:2] == (0x0010, 0x0020)
    assert identifier[2].startswith(b"2.25.")


def test_a_refusal_is_a_fact() -> None:
    """The status is kept as sent."""
    with Archive(Script(on_request=answers(find=Statuses((0x0124,))))) as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
    assert isinstance(fact, NullQueryAnswered)
    assert (fact.ending, fact.status) == (Ending.STATUS, 0x0124)


def test_nothing_is_asked_where_patient_root_was_not_accepted() -> None:
    """A question needs its presentation context."""
    without = Script(on_associate=lambda _request: Accept(frozenset({uids.STUDY_ROOT_FIND})))
    with Archive(without) as archive, pytest.raises(ContextNotAccepted):
        ask(archive, ASSOCIATE, PROBE)
    assert archive.asked == []
