"""The sample over DIMSE: which personal attributes are filled in at most twenty answers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from dosimeter.dicom.sample_query import MAX_ANSWERS, SampleKeys
from dosimeter.dicom.sampling import FillRates
from dosimeter.model.facts import AssociationAccepted, Ending, Fact, NullQueryAnswered, QueryService
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.web import SampledOver
from dosimeter.net.counting import CountLimits
from dosimeter.probes._association import associate
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit, open_association
from dosimeter.probes._proposals import count_proposal
from dosimeter.probes._sampling import check_leave, ranges, sampled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dosimeter.net.counting import Counted
    from dosimeter.probes._sampling import Dates

MOST_QUESTIONS: Final = 10
MOST_BYTES: Final = 1_048_576
"""Of all answers together: twenty of them have some kilobytes."""
MOST_SECONDS: Final = 20.0

_SUCCESS: Final = 0
_LOWEST_FAILURE: Final = 0xA000
_CANCELLED: Final = 0xFE00
_ROOTS: Final = (QueryService.STUDY_ROOT, QueryService.PATIENT_ROOT)


async def _run(visit: Visit) -> tuple[Fact, ...]:
    check_leave(visit)
    under = _answered(visit.seen)
    fact = await associate(visit.line, count_proposal(under.titles))
    if not isinstance(fact, AssociationAccepted):
        raise NotAsked(say("the association was not accepted"))
    asking = _Asking(visit, under.service)
    for dates in islice(ranges(visit.seen, visit.line.today()), MOST_QUESTIONS):
        if not await asking.ask(dates):
            break
    await visit.line.hang_up()
    return (sampled(SampledOver.DIMSE, asking.rates),)


class _Asking:
    """Asks range after range on one association, within one budget of rows, bytes and seconds."""

    def __init__(self, visit: Visit, service: QueryService) -> None:
        self._visit = visit
        self._service = service
        self._bytes_left = MOST_BYTES
        self._until = visit.line.now() + min(MOST_SECONDS, visit.line.seconds_left())
        self._listed_only = False
        self.rates = FillRates()

    async def ask(self, dates: Dates) -> bool:
        """Put one question; whether another one may follow.

        An archive that refuses keys that PS3.4 Table C.6-5 does not list is asked again without them.
        """
        self._visit.line.check_time()
        counted = await self._sample(dates)
        if _is_refused(counted) and not self._listed_only and not self.rates.rows and self._is_open:
            self._listed_only = True
            counted = await self._sample(dates)
        return (
            counted.ending is Ending.STATUS
            and counted.status == _SUCCESS
            and self.rates.rows < MAX_ANSWERS
            and self._bytes_left > 0
            and self._visit.line.now() < self._until
            and self._is_open
        )

    async def _sample(self, dates: Dates) -> Counted:
        # Cancelled when the last row that is wanted has come, not at the first that is not.
        limits = CountLimits(MAX_ANSWERS - 1, self._bytes_left, self._until)
        keys = SampleKeys(dates, listed_only=self._listed_only)
        counted = await open_association(self._visit).sample(self._service, keys, self.rates, limits)
        self._bytes_left -= counted.received
        return counted

    @property
    def _is_open(self) -> bool:
        association = self._visit.line.association
        return association is not None and association.is_open


def _is_refused(counted: Counted) -> bool:
    status = counted.status
    return (
        counted.ending is Ending.STATUS
        and status is not None
        and status >= _LOWEST_FAILURE
        and status != _CANCELLED
    )


def _answered(seen: Iterable[Fact]) -> NullQueryAnswered:
    """The null query under whose titles and service is asked: a stranger's before others, Study Root first.

    Raises:
        NotAsked: none was answered as it should be, or the impossible was found.
    """
    queries = [fact for fact in seen if isinstance(fact, NullQueryAnswered) and fact.service in _ROOTS]
    if any(query.matches for query in queries):
        raise NotAsked(say("its answers do not depend on the question: it found what cannot exist"))
    answered = [query for query in queries if query.ending is Ending.STATUS and query.status == _SUCCESS]
    if not answered:
        raise NotAsked(say("no null query was answered with success"))
    return min(answered, key=lambda one: (not one.titles.stranger, _ROOTS.index(one.service)))


PROBE = Probe(
    name="sample_dimse",
    asks="C-FIND at STUDY level within closed ranges of StudyDate, for the personal attributes of at most 20 "
    "studies: names, identifiers, dates of birth, addresses, telephone numbers, descriptions and comments; "
    "each value is reduced, as it passes, to filled, empty or test-like, and only the fill rates are kept; "
    "the scope must name a second person",
    touch=Touch.SAMPLE,
    reference="PS3.4 §C.4.1, §C.6.2.1.2",
    rides=Rides.OWN,
    needs=NullQueryAnswered,
    order=95,
    run=_run,
)
