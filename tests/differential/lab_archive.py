"""A census of a lab archive byte by byte, with no network between: both codecs, the planner and the judge.

    python3 dev.py run tests/differential/lab_archive.py FIRST END

takes the census of each archive from seed FIRST to END - 1, and ends with 1 if a number is not true.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from dosimeter.census.judge import judge_census
from dosimeter.census.ladder import Census as Ladder
from dosimeter.census.question import Answer, Question
from dosimeter.census.work import CensusPlan
from dosimeter.dicom import uids
from dosimeter.dicom.association import AssociateAccepted, Requestor, ResponseReceived
from dosimeter.dicom.count_query import count_identifier
from dosimeter.dicom.dimse import CancelRequest, FindRequest
from dosimeter.dicom.pdu import AAssociateRQ, ProposedContext, UserInformation
from dosimeter.dicom.tally import RowTally
from dosimeter.lab.attributes import Tag
from dosimeter.lab.catalogue import Catalogue
from dosimeter.lab.conversation import Conversation
from dosimeter.lab.generated import Shape, invent_catalogue
from dosimeter.lab.ledger import Ledger
from dosimeter.lab.policy import (
    Counters,
    Hierarchy,
    Matching,
    OddDates,
    Policy,
    Reaction,
    RowOrder,
    UidWildcards,
)
from dosimeter.lab.products import LIKE_DCMTK, LIKE_ORTHANC, LIKE_PYNETDICOM
from dosimeter.model.census import Census, CensusEnd
from dosimeter.model.facts import CensusEnded, Ending, QueryService, Titles
from dosimeter.model.scope import CountBudget

TITLES: Final = Titles("ANY", "DOSIMETER")
TODAY: Final = date(2026, 11, 24)
KEY: Final = b"k" * 32
_SOP_CLASSES: Final = {
    QueryService.STUDY_ROOT: uids.STUDY_ROOT_FIND,
    QueryService.PATIENT_ROOT: uids.PATIENT_ROOT_FIND,
}
_GRACE_TURNS: Final = 4
"""Turns of rows that are read after a C-CANCEL before the association is given up."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a census said of an archive, and what it had cost."""

    census: Census
    end: CensusEnd
    questions: int
    rows: int


class Line:
    """One association after the other with one archive."""

    def __init__(self, catalogue: Catalogue, policy: Policy) -> None:
        self.ledger = Ledger()
        self._catalogue = catalogue
        self._policy = policy
        self._associations = 0
        self._message_id = 0
        self._open()

    def answer(self, question: Question) -> Answer:
        """Ask, and read until it ends, is too long, or the association does."""
        if self._conversation.is_over:
            self._open()
        tally = RowTally(KEY, question.keys.level, counters=question.keys.counters)
        self._message_id = self._message_id % 60_000 + 1
        self._requestor.count_into(tally)
        context = self._requestor.context_for(_SOP_CLASSES[question.service])
        assert context is not None
        identifier = count_identifier(question.keys, context.transfer_syntax_uid)
        self._requestor.send(context, FindRequest(self._message_id, context.abstract_syntax), identifier)
        ending, status = self._read(question, tally)
        return Answer(ending, status, tally, 1, 1, None, self._associations)

    def _read(self, question: Question, tally: RowTally) -> tuple[Ending, int | None]:
        turns_left: int | None = None
        while True:
            said = self._requestor.data_to_send()
            if said:
                self._conversation.receive(said)
            heard = self._conversation.data_to_send()
            if heard:
                self._requestor.receive_data(heard)
            event = self._requestor.next_event()
            if isinstance(event, ResponseReceived):
                return (Ending.STATUS, event.response.status) if turns_left is None else (Ending.BUDGET, None)
            if self._conversation.is_over:
                return (Ending.ABORT if event is not None else Ending.CLOSE), None
            if turns_left is not None:
                turns_left -= 1
                if turns_left == 0:
                    self._open()
                    return Ending.BUDGET, None
            elif tally.rows > question.most_rows or tally.received > question.most_bytes:
                context = self._requestor.context_for(_SOP_CLASSES[question.service])
                assert context is not None
                self._requestor.send(context, CancelRequest(self._message_id))
                turns_left = _GRACE_TURNS

    def _open(self) -> None:
        self._associations += 1
        contexts = tuple(
            ProposedContext(2 * place + 1, uid, (uids.IMPLICIT_VR_LE,))
            for place, uid in enumerate(_SOP_CLASSES.values())
        )
        information = UserInformation(16384, "2.25.1", "TEST")
        self._requestor = Requestor(AAssociateRQ("ANY", "DOSIMETER", contexts, information))
        self._conversation = Conversation(self._policy, self._catalogue, self.ledger)
        self._conversation.receive(self._requestor.data_to_send())
        self._requestor.receive_data(self._conversation.data_to_send())
        assert isinstance(self._requestor.next_event(), AssociateAccepted)


def take_census(line: Line, service: QueryService, budget: CountBudget, seed: bytes) -> Told:
    """Perform every question of a census and judge its facts."""
    ladder = Ladder(CensusPlan(service, TITLES, budget, 1, TODAY, seed))
    questions = ladder.questions()
    asked = rows = received = 0
    try:
        question = next(questions)
        while True:
            answer = line.answer(question)
            asked += 1
            rows += answer.tally.rows
            received += answer.tally.received
            question = questions.send(answer)
    except StopIteration:
        pass
    ended = CensusEnded(TITLES, ladder.end, asked, rows, received, 1, 1)
    return Told(judge_census((*ladder.cells, ended)), ladder.end, asked, rows)


def random_archive(seed: int) -> tuple[Catalogue, Policy, str]:
    """An archive of some size that behaves in some of the ways of real archives §5; and that in words."""
    rng = Random(seed)
    shape = random_shape(rng)
    policy = random_policy(rng, shape.studies)
    return invent_catalogue(seed, shape), policy, f"seed {seed}: {shape}, {policy}"


def random_shape(rng: Random) -> Shape:
    """From nothing to a thousand studies, in sixteen years or on one day, sometimes not one of them dated."""
    if rng.random() < 0.05:
        return Shape(rng.choice((5, 40, 240)), undated=rng.choice((0, 1000)), odd=0, most_instances=3)
    last = rng.choice((date(2026, 10, 30), date(2012, 1, 1), date(2026, 10, 30)))
    days = rng.choice((0, 1, 30, 400, 3000, 6000))
    return (
        Shape(
            rng.choice((0, 1, 2, 5, 13, 40, 100, 100, 240, 240, 1000)),
            first=last - timedelta(days=days),
            last=last,
            undated=rng.choice((10, 100, 200)) if rng.random() < 0.5 else 0,
            untimed=rng.choice((0, 10, 300)) if rng.random() < 0.3 else 0,
            bare=rng.choice((10, 50, 500)) if rng.random() < 0.3 else 0,
            studies_each=rng.choice((1.0, 1.7, 5.0, 1000.0)),
            most_instances=rng.choice((1, 3, 8)),
        )
        if rng.random() < 0.85
        else Shape(rng.choice((40, 240)), odd=rng.choice((50, 300)), most_instances=3)
    )


def random_policy(rng: Random, studies: int) -> Policy:
    """A product's policy, or the standard's, with a few things otherwise."""
    policy = rng.choice((LIKE_ORTHANC, LIKE_ORTHANC, LIKE_DCMTK, LIKE_PYNETDICOM, Policy()))
    for change in rng.sample(_CHANGES, k=rng.choice((0, 1, 1, 2, 3))):
        policy = change(rng, policy, studies)
    return policy


def _limit(rng: Random, policy: Policy, studies: int) -> Policy:
    rows = rng.choice((1, 2, 7, 12, 20, 50, 100, studies, studies - 1, studies + 1, studies // 2, 500))
    status = rng.choice((0xFE00, 0xFE00, 0x0000, 0x0000, 0x0000, 0xA700, 0xC000))
    return replace(policy, most_rows=max(rows, 1), cut_status=status)


def _limit_of_a_level(rng: Random, policy: Policy, studies: int) -> Policy:
    level = rng.choice(("STUDY", "PATIENT", "SERIES", "IMAGE"))
    limited = _limit(rng, policy, studies)
    return replace(policy, most_rows_at=((level, limited.most_rows or 1),), cut_status=limited.cut_status)


def _counters(rng: Random, policy: Policy, _: int) -> Policy:
    return replace(policy, counters=rng.choice(tuple(Counters)))


def _matching(rng: Random, policy: Policy, _: int) -> Policy:
    options: dict[str, object] = rng.choice(
        (
            {"uid_wildcards": rng.choice(tuple(UidWildcards))},
            {"odd_dates": rng.choice(tuple(OddDates))},
            {"wildcards": False},
            {"ignores_case": True},
            {"as_text": not policy.matching.as_text},
            {"levels_apart": not policy.matching.levels_apart},
        )
    )
    return replace(policy, matching=replace(policy.matching, **options))


def _ignored(rng: Random, policy: Policy, _: int) -> Policy:
    tags = (Tag.STUDY_DATE, Tag.STUDY_TIME, Tag.MODALITIES_IN_STUDY, Tag.PATIENT_ID)
    chosen = frozenset(rng.sample(tags, k=rng.choice((1, 1, 2))))
    matching: Matching = policy.matching
    return replace(policy, matching=replace(matching, ignored=matching.ignored | chosen))


def _unsent(rng: Random, policy: Policy, _: int) -> Policy:
    tag = rng.choice((Tag.PATIENT_ID, Tag.MODALITIES_IN_STUDY, Tag.STUDY_INSTANCE_UID))
    return replace(policy, unsent=policy.unsent | {tag})


def _rows(rng: Random, policy: Policy, _: int) -> Policy:
    return rng.choice(
        (
            replace(policy, row_repeats=rng.choice((2, 3))),
            replace(policy, row_per_instance=True),
            replace(policy, row_order=rng.choice(tuple(RowOrder))),
            replace(policy, pending_status=0xFF01),
        )
    )


def _manners(rng: Random, policy: Policy, _: int) -> Policy:
    return rng.choice(
        (
            replace(policy, gives_up_after=rng.randrange(3, 60), gives_up=rng.choice(tuple(Reaction))),
            replace(policy, breaks_off=rng.choice((Reaction.ABORT, Reaction.CLOSE)), most_rows=50),
            replace(policy, hierarchy=rng.choice(tuple(Hierarchy))),
            replace(policy, endless=True, honours_cancel=rng.random() < 0.5),
        )
    )


_CHANGES: Final = (
    *(_limit, _limit, _limit, _limit_of_a_level, _counters, _matching, _ignored, _unsent, _rows),
    *(_rows, _manners),
)


def untruths(census: Census, catalogue: Catalogue) -> Iterable[str]:
    """Each number that is not what its kind says; what an archive claims is its own affair."""
    truth = catalogue.truth()
    for name in ("patients", "studies", "series", "instances"):
        count, held = getattr(census.counts, name), getattr(truth, name)
        wrong = (count.kind == "exact" and count.value != held) or (
            count.kind == "at_least" and count.value > held
        )
        if wrong:
            yield f"{name}: {count}, {held} are held"
    if has_odd_dates(catalogue):
        return  # Which year 2019.03.05 is in, if any, is for each archive to say.
    undated = census.undated_studies
    if undated.kind == "exact" and undated.value != truth.undated:
        yield f"undated: {undated}, {truth.undated} are held"
    for year in census.years:
        held = truth.years.get(year.year, 0)
        if (year.studies.kind == "exact" and year.studies.value != held) or (
            year.studies.kind == "at_least" and year.studies.value > held
        ):
            yield f"{year.year}: {year.studies}, {held} are held"


def has_odd_dates(catalogue: Catalogue) -> bool:
    """Whether a study has a date that is not eight digits."""
    day = catalogue.studies.columns[Tag.STUDY_DATE]
    return any(len(day(study)) not in {0, 8} for study in range(catalogue.studies.size))


def untruths_of(seed: int) -> tuple[str, list[str]]:
    """How the studies of one random archive are known, and what is said of it that is not true."""
    catalogue, policy, words = random_archive(seed)
    told = take_census(
        Line(catalogue, policy), QueryService.STUDY_ROOT, CountBudget(), seed.to_bytes(8, "big")
    )
    wrong = [f"{each} | {words} | {told.end}" for each in untruths(told.census, catalogue)]
    return told.census.counts.studies.kind, wrong


def main() -> int:
    """Print how many are known how, and every untruth."""
    kinds: Counter[str] = Counter()
    lies = 0
    for seed in range(int(sys.argv[1]), int(sys.argv[2])):
        kind, wrong = untruths_of(seed)
        kinds[kind] += 1
        lies += len(wrong)
        for each in wrong:
            sys.stdout.write(f"{each}\n")
    sys.stdout.write(f"{kinds.total()} archives, studies {dict(kinds)}; {lies} numbers are not true\n")
    return 1 if lies else 0


if __name__ == "__main__":
    sys.exit(main())
