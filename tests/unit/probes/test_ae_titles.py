from __future__ import annotations

from collections.abc import Callable

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.pdu import AAssociateRQ
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import (
    AssociationAccepted,
    AssociationRejected,
    EchoAnswered,
    Ending,
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
    Titles,
)
from dosimeter.net.causes import WireFailure
from dosimeter.probes._declare import NotAsked
from dosimeter.probes.ae_titles import MAX_PAIRS, PROBE
from dosimeter.probes.dicom_associate import PROBE as ASSOCIATE
from dosimeter.probes.dicom_echo import PROBE as ECHO
from tests.peers.archive import (
    Abort,
    Accept,
    Answer,
    Archive,
    Close,
    Reject,
    Script,
    Silence,
    Statuses,
    answers,
)
from tests.unit.net.driving import authorisation
from tests.unit.probes.visiting import STRANGER, ask

ANYBODY = "*"


def opens_for(called: str, calling: str = ANYBODY, otherwise: Answer = Reject()) -> Script:  # noqa: B008
    """An archive that accepts these titles and answers every other as told."""

    def on_associate(request: AAssociateRQ) -> Answer:
        right_called = called in {ANYBODY, request.called_ae_title.strip()}
        right_calling = calling in {ANYBODY, request.calling_ae_title.strip()}
        return Accept() if right_called and right_calling else otherwise

    return Script(on_associate=on_associate)


def test_the_matrix_is_called_by_calling_in_a_fixed_order() -> None:
    """Each called title as a stranger, each calling title to nobody's name, then both together."""
    with Archive(opens_for("NONE OF THEM")) as archive:
        allowed = authorisation(archive.port, called=("PACS", "ARCHIVE"), calling=("CT1", "CT2"))
        (facts,) = ask(archive, PROBE, allowed=allowed)
        visits = archive.wait_for_ends(8)
    assert [visit.titles for visit in visits] == [
        ("PACS", "DOSIMETER"),
        ("ARCHIVE", "DOSIMETER"),
        (STRANGER, "CT1"),
        (STRANGER, "CT2"),
        ("PACS", "CT1"),
        ("PACS", "CT2"),
        ("ARCHIVE", "CT1"),
        ("ARCHIVE", "CT2"),
    ]
    assert len(facts) == 8
    assert all(isinstance(fact, AssociationRejected) and not fact.titles.stranger for fact in facts)
    assert archive.most_at_once == 1


def test_no_more_than_sixteen_pairs_are_tried() -> None:
    """A long list does not become a long knock at the door."""
    with Archive(opens_for("NONE OF THEM")) as archive:
        allowed = authorisation(archive.port, called=tuple(f"AE{number}" for number in range(30)))
        (facts,) = ask(archive, PROBE, allowed=allowed)
    assert len(facts) == len(archive.visits) == MAX_PAIRS == 16


def test_no_title_is_tried_that_the_scope_does_not_list() -> None:
    """Nothing is guessed: with empty lists nobody is contacted."""
    with Archive() as archive, pytest.raises(NotAsked, match="the scope lists no AE title"):
        ask(archive, PROBE)
    assert archive.visits == []


def test_our_own_calling_title_on_the_list_is_the_stranger_and_not_asked_again() -> None:
    """A pair that a stranger could have sent proves nothing about titles."""
    with Archive(opens_for("NONE OF THEM")) as archive:
        allowed = authorisation(archive.port, called=("PACS",), calling=("DOSIMETER",))
        ask(archive, PROBE, allowed=allowed)
    assert [visit.titles for visit in archive.visits] == [("PACS", "DOSIMETER")]


def test_a_title_that_opens_is_asked_the_null_queries_and_the_null_retrieve() -> None:
    """The retrieve comes last, once, under the first pair that was answered."""
    with Archive(opens_for("PACS")) as archive:
        allowed = authorisation(archive.port, called=("WRONG", "PACS"), calling=("CT1",))
        _, facts = ask(archive, ASSOCIATE, PROBE, allowed=allowed)
        visits = archive.wait_for_ends(7)
    opened = Titles("PACS", "DOSIMETER", stranger=False)
    queries = [fact for fact in facts if isinstance(fact, NullQueryAnswered) and fact.titles == opened]
    assert [fact.service for fact in queries] == list(QueryService)
    retrieve = facts[-1]
    assert isinstance(retrieve, NullRetrieveAnswered)
    assert (retrieve.titles, retrieve.ending, retrieve.status) == (opened, Ending.STATUS, 0)
    assert visits[-1].titles == ("PACS", "DOSIMETER")
    assert visits[-1].request is not None
    assert {one.abstract_syntax for one in visits[-1].request.contexts} == uids.GET_CLASSES
    assert sum(isinstance(fact, NullRetrieveAnswered) for fact in facts) == 1
    assert archive.most_at_once == 1


def test_no_title_is_tried_where_a_stranger_was_answered() -> None:
    """No title guards anything there, so none is used."""
    answered = NullQueryAnswered(Titles(STRANGER, "DOSIMETER"), QueryService.STUDY_ROOT, Ending.STATUS, 0, 0)
    with Archive() as archive, pytest.raises(NotAsked, match="a stranger was answered"):
        ask(archive, PROBE, allowed=authorisation(archive.port, called=("PACS",)), seen=(answered,))
    assert archive.visits == []


@pytest.mark.parametrize("cause", [Cause.BUSY, Cause.TIMED_OUT, Cause.NOT_DICOM, Cause.BAD_PEER])
def test_no_title_is_tried_where_none_could_help(cause: Cause) -> None:
    """A busy, silent or foreign peer does not change its mind for a title."""
    with Archive() as archive:
        allowed = authorisation(archive.port, called=("PACS",))
        with pytest.raises(NotAsked):
            ask(archive, PROBE, allowed=allowed, stranger_failed=cause)
    assert archive.visits == []


def test_an_archive_that_closes_on_wrong_titles_is_asked_for_the_next() -> None:
    """Some close without a word on a title they do not know: the right one may come later."""
    with Archive(opens_for("PACS", otherwise=Close())) as archive:
        allowed = authorisation(archive.port, called=("WRONG", "PACS"))
        (facts,) = ask(archive, PROBE, allowed=allowed, stranger_failed=Cause.CLOSED_EARLY)
    assert isinstance(facts[0], AssociationAccepted)
    assert facts[0].titles.called == "PACS"


def test_an_archive_that_closes_on_every_title_is_a_failure() -> None:
    """Nothing heard is never "nothing found"."""
    with Archive(opens_for("PACS", otherwise=Close())) as archive:
        allowed = authorisation(archive.port, called=("WRONG", "WORSE"))
        with pytest.raises(WireFailure) as caught:
            ask(archive, PROBE, allowed=allowed, stranger_failed=Cause.CLOSED_EARLY)
    assert caught.value.cause is Cause.CLOSED_EARLY
    assert len(archive.visits) == 2


def after(count: int, answer: Answer) -> Callable[[AAssociateRQ], Answer]:
    """Reject so many, then answer so."""
    left = [Reject()] * count
    return lambda _request: left.pop() if left else answer


@pytest.mark.parametrize(("answer", "cause"), [(Reject(2, 3, 2), Cause.BUSY), (Silence(), Cause.TIMED_OUT)])
def test_what_was_heard_before_it_failed_is_kept(answer: Reject | Silence, cause: Cause) -> None:
    """Busy or silent half-way: it ends there, and the facts so far go with the failure."""
    with Archive(Script(on_associate=after(2, answer))) as archive:
        allowed = authorisation(archive.port, called=("A", "B", "C", "D"))
        with pytest.raises(WireFailure) as caught:
            ask(archive, PROBE, allowed=allowed)
    assert caught.value.cause is cause
    assert [
        fact.titles.called for fact in caught.value.facts[:2] if isinstance(fact, AssociationRejected)
    ] == [
        "A",
        "B",
    ]
    assert len(archive.visits) == 3


@pytest.mark.parametrize("answer", [Abort(), Close()])
def test_an_archive_that_ends_on_the_echo_is_not_opened_by_a_title(answer: Abort | Close) -> None:
    """The stranger's conversation is repeated from its echo on: nothing but the titles differs."""
    with Archive(Script(on_request=answers(echo=answer))) as archive:
        allowed = authorisation(archive.port, called=("PACS",))
        _, _, facts = ask(archive, ASSOCIATE, ECHO, PROBE, allowed=allowed)
    accepted, echo = facts
    assert isinstance(accepted, AssociationAccepted)
    assert isinstance(echo, EchoAnswered)
    assert not echo.titles.stranger
    assert echo.ending is not Ending.STATUS


def test_an_archive_that_runs_out_of_resources_under_a_title_is_not_pressed_with_the_next() -> None:
    """A700 means later, not another association: the titles that are left are not tried."""
    with Archive(Script(on_request=answers(find=Statuses((0xA700,))))) as archive:
        allowed = authorisation(archive.port, called=("PACS", "ARCHIVE"))
        _, facts = ask(archive, ASSOCIATE, PROBE, allowed=allowed)
    assert [fact.titles.called for fact in facts if isinstance(fact, AssociationAccepted)] == ["PACS"]
