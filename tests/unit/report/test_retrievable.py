"""How many images of a counted archive can be fetched by whoever was answered a query."""

from __future__ import annotations

import pytest

from dosimeter.dicom.uids import PATIENT_ROOT_GET, STUDY_ROOT_FIND, STUDY_ROOT_GET
from dosimeter.model.attempt import Completed
from dosimeter.model.census import Census, Count, Counts, Exact, Unknown
from dosimeter.model.facts import (
    AssociationAccepted,
    ContextRefused,
    Ending,
    Fact,
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
    Titles,
)
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import findings_of
from tests.unit.report import samples

STRANGER = Titles("NOBODY-7F3A9C", "DOSIMETER")
OWNER = Titles("NOGET", "DOSIMETER", stranger=False)
COUNTED = Census(counts=Counts(studies=Exact(48), instances=Exact(225)))
NOT_SUPPORTED = 3


def accepted(titles: Titles, *, get: bool = False, refused: tuple[str, ...] = ()) -> AssociationAccepted:
    """An association in which GET contexts were accepted, refused, or not proposed."""
    contexts = (STUDY_ROOT_FIND, STUDY_ROOT_GET) if get else (STUDY_ROOT_FIND,)
    results = tuple(ContextRefused(syntax, NOT_SUPPORTED) for syntax in refused)
    return AssociationAccepted(
        titles,
        contexts,
        results,
        accepts_made_up_service=False,
        implementation_class_uid=None,
        implementation_version_name=None,
        max_pdu_length=None,
    )


def answered(titles: Titles) -> NullQueryAnswered:
    """A null query that found nothing."""
    return NullQueryAnswered(titles, QueryService.STUDY_ROOT, Ending.STATUS, 0, 0)


def retrievable(exposure: Exposure, *facts: Fact) -> Count:
    """The number of images that can be fetched, of 225."""
    attempts = (Completed("ae_titles", facts),)
    return findings_of(attempts, samples.verdict(exposure), COUNTED).retrievable_instances


BOTH = (STUDY_ROOT_GET, PATIENT_ROOT_GET)


@pytest.mark.parametrize(
    ("exposure", "titles"), [(Exposure.QUERYABLE, STRANGER), (Exposure.NAME_GATED, OWNER)]
)
def test_whoever_was_refused_every_get_context_fetches_nothing(exposure: Exposure, titles: Titles) -> None:
    """Nothing can be asked for: 0, exactly, as where the null retrieve was refused."""
    facts = (accepted(titles, refused=BOTH), answered(titles), accepted(titles))
    assert retrievable(exposure, *facts) == Exact(0)


def test_that_get_was_not_proposed_or_refused_by_half_says_nothing() -> None:
    """Unknown: one of the two contexts may still be open, or was opened and nothing came of it."""
    for association in (
        accepted(STRANGER),
        accepted(STRANGER, refused=(STUDY_ROOT_GET,)),
        accepted(STRANGER, get=True, refused=(PATIENT_ROOT_GET,)),
    ):
        assert retrievable(Exposure.QUERYABLE, association, answered(STRANGER)) == Unknown()


def test_contexts_refused_to_a_stranger_say_nothing_of_a_title_that_opens() -> None:
    """The archive answers the title: what a stranger was refused does not count."""
    facts = (accepted(STRANGER, refused=BOTH), accepted(OWNER), answered(OWNER))
    assert retrievable(Exposure.NAME_GATED, *facts) == Unknown()


def test_an_answered_null_retrieve_is_worth_more_than_contexts() -> None:
    """All 225 of an archive that answered, whatever it refused in another association."""
    null_retrieve = NullRetrieveAnswered(STRANGER, QueryService.STUDY_ROOT, Ending.STATUS, 0)
    facts = (accepted(STRANGER, refused=BOTH), answered(STRANGER), null_retrieve)
    assert retrievable(Exposure.QUERYABLE, *facts) == Exact(225)
