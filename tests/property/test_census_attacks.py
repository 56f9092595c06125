"""Archives made to bring a census to a wrong exact number. None may: less is always allowed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pytest

from dosimeter.census.judge import judge_census
from dosimeter.census.ladder import Census as Ladder
from dosimeter.census.question import Answer, Question
from dosimeter.census.work import CensusPlan
from dosimeter.dicom.count_query import CountKeys, CountLevel
from dosimeter.dicom.tally import CounterTotals, RowTally
from dosimeter.model.census import Census, Count, Estimated, Exact
from dosimeter.model.facts import CensusEnded, Ending, QueryService, Titles
from dosimeter.model.scope import CountBudget

TODAY = date(2026, 11, 24)
TITLES = Titles("ANY", "DOSIMETER")
KEY = b"k" * 32
SUCCESS, CANCELLED, UNABLE = 0x0000, 0xFE00, 0xC000


@dataclass(frozen=True)
class Study:
    """One invented study; None where it has no date or no time."""

    uid: str
    day: date | None
    second: int | None
    patient: str = "P1"
    series: int = 1
    instances: int = 2


Row = tuple[Study, str]
"""The study that a row is of, and its unique key."""


class Archive:
    """Answers as it should. Attacks override one of its answers."""

    def __init__(self, studies: list[Study]) -> None:
        self.studies = studies
        self.asked = 0

    def matches(self, study: Study, keys: CountKeys) -> bool:
        """Whether a study is in the answer."""
        return (
            (keys.dates is None or (study.day is not None and keys.dates[0] <= study.day <= keys.dates[1]))
            and (
                keys.times is None
                or (study.second is not None and keys.times[0] <= study.second <= keys.times[1])
            )
            and self.matches_text(study, keys)
            and keys.modality in {None, "CT"}
        )

    def matches_text(self, study: Study, keys: CountKeys) -> bool:
        """Wildcards: as on real archives none of a UID; of a PatientID any."""
        ending = keys.patient_ending
        return getattr(keys, "uid_prefix", None) is None and (
            ending is None or study.patient.endswith(ending)
        )

    def limit(self, rows: list[Row], _keys: CountKeys) -> tuple[list[Row], int]:
        """What of the answer is sent, and its final status."""
        return rows, SUCCESS

    def claims(self, study: Study) -> tuple[int, int]:
        """Series and instances as its counters say."""
        return study.series, study.instances

    def answer(self, question: Question) -> Answer:
        """One C-FIND."""
        self.asked += 1
        keys = question.keys
        tally = RowTally(KEY, keys.level, counters=keys.counters)
        found = [one for one in self.studies if self.matches(one, keys)]
        ending = Ending.STATUS
        if keys.level is CountLevel.PATIENT:
            found = list({one.patient: one for one in found if one.patient}.values())
        rows = [(one, text) for one in found for text in self.keys_of(one, keys.level)]
        texts, status = self.limit(rows, keys)
        if len(texts) > question.most_rows:
            texts, ending = texts[: question.most_rows], Ending.BUDGET
        self.fill(tally, texts, keys)
        return Answer(ending, None if ending is Ending.BUDGET else status, tally, 1, 1, None, 1)

    def keys_of(self, study: Study, level: CountLevel) -> list[str]:
        """The unique keys of its rows at a level."""
        if level is CountLevel.PATIENT:
            return [study.patient]
        if level is CountLevel.STUDY:
            return [study.uid]
        number = study.series if level is CountLevel.SERIES else study.instances
        return [f"{study.uid} {level.value} {n}" for n in range(number)]

    def fill(self, tally: RowTally, texts: list[tuple[Study, str]], keys: CountKeys) -> None:
        """Put the rows into the tally."""
        tally.rows, tally.received = len(texts), 100 * len(texts)
        tally.keys.add_all([digest(text) for _, text in texts])
        if tally.studies is not tally.keys and keys.level is not CountLevel.PATIENT:
            tally.studies.add_all([digest(one.uid) for one, _ in texts])
        if keys.counters and keys.level is CountLevel.STUDY:
            tally.patients.add_all([digest(one.patient) for one, _ in texts if one.patient])
            tally.without_patient = sum(not one.patient for one, _ in texts)
            for at, tag in enumerate((0x00201206, 0x00201208)):
                values = [self.claims(one)[at] for one, _ in texts]
                tally.sums[tag] = CounterTotals(sum(values), len(values), values.count(0), 0)
            if texts:
                tally.modalities = dict(Counter("CT" for _ in texts))


def digest(text: str) -> bytes:
    """What stands for a key."""
    return hashlib.blake2b(text.encode(), digest_size=8, key=KEY).digest()


def studies(
    dated: int, bare: int = 0, *, years: int = 5, seed: int = 1, untimed: int = 0, undated: int = 0
) -> list[Study]:
    """Dated and timed ones over some years, and some without a time, without a date, without both."""
    chance = Random(seed)

    def one(kind: str, n: int, *, day: bool = True, second: bool = True) -> Study:
        when = TODAY - timedelta(days=chance.randrange(1, 365 * years)) if day else None
        return Study(
            f"1.2.{kind}.{n}",
            when,
            chance.randrange(8 * 3600, 18 * 3600) if second else None,
            f"P{chance.randrange(dated + 1)}",
            chance.randint(1, 3),
            chance.randint(3, 9),
        )

    return [
        *(one("1", n) for n in range(dated)),
        *(one("2", n, second=False) for n in range(untimed)),
        *(one("3", n, day=False) for n in range(undated)),
        *(one("4", n, day=False, second=False) for n in range(bare)),
    ]


def drive(ladder: Ladder, archive: Archive, most: int) -> None:
    """Ask and answer, so many questions at the most; then the process is killed."""
    questions = ladder.questions()
    question = next(questions, None)
    for _ in range(most):
        if question is None:
            break
        try:
            question = questions.send(archive.answer(question))
        except StopIteration:
            break
    questions.close()


def census(
    archive: Archive,
    *,
    root: QueryService = QueryService.STUDY_ROOT,
    interrupted: Iterable[int] = (),
    **budget: float,
) -> Census:
    """Count the archive and judge what was found; killed after so many questions, each time, and resumed."""
    plan = CensusPlan(root, TITLES, replace(CountBudget(), **budget), 1, TODAY, b"seed")
    ladder = Ladder(plan)
    for most in (*interrupted, 100_000):
        ladder = Ladder(plan, tuple(ladder.cells))
        drive(ladder, archive, most)
    ended = CensusEnded(TITLES, ladder.end, archive.asked, 0, 0, 1, 0)
    return judge_census([*ladder.cells, ended])


def assert_honest(found: Census, archive: Archive) -> None:
    """Every exact number is the truth, and every interval holds it."""
    held = archive.studies
    years = Counter(one.day.year for one in held if one.day)
    counts = found.counts
    checks: list[tuple[str, Count, int]] = [
        ("studies", counts.studies, len({one.uid for one in held})),
        ("patients", counts.patients, len({one.patient for one in held if one.patient})),
        ("series", counts.series, sum(one.series for one in held)),
        ("instances", counts.instances, sum(one.instances for one in held)),
        ("undated", found.undated_studies, sum(one.day is None for one in held)),
        *((str(one.year), one.studies, years[one.year]) for one in found.years),
    ]
    wrong = []
    for name, count, truth in checks:
        if isinstance(count, Exact) and count.value != truth:
            wrong.append((name, count, truth))
        if (
            isinstance(count, Estimated)
            and name == "studies"
            and not count.low <= sum(years.values()) <= count.high
        ):
            wrong.append((name, count, sum(years.values())))
    assert wrong == [], found.remarks


def silent(at: int, order: Callable[[Study], object] | None = None) -> type[Archive]:
    """An archive with a silent limit, in some order."""

    class Silent(Archive):
        def limit(self, rows: list[Row], _keys: CountKeys) -> tuple[list[Row], int]:
            if order is not None:
                rows = sorted(rows, key=lambda row: order(row[0]))
            return rows[:at], SUCCESS

    return Silent


def dated_first(study: Study) -> bool:
    """Undated ones last."""
    return study.day is None


def test_an_archive_that_answers_as_it_should_is_counted_exactly() -> None:
    """The attacks begin from an archive whose numbers are all known in the end."""
    archive = Archive(studies(317))
    found = census(archive)
    assert_honest(found, archive)
    assert found.counts.studies == Exact(317)
    assert found.counts.instances == Exact(sum(one.instances for one in archive.studies))


@pytest.mark.parametrize("cap", [99, 101, 113, 115, 118, 129])
def test_a_limit_of_no_round_number_between_what_shows_and_what_does_not(cap: int) -> None:
    """Thirty studies have neither date nor time, and the one answer to everything ends among them."""
    for kind in (silent(cap, dated_first), silent(cap)):
        archive = kind(studies(100, 30))
        assert_honest(census(archive), archive)


@pytest.mark.parametrize("extra", [1, 5, 50])
def test_a_limit_that_is_just_what_has_a_date(extra: int) -> None:
    """All that shows on every axis is as long as the longest answer."""
    archive = silent(137, dated_first)(studies(137, extra))
    assert_honest(census(archive), archive)


@pytest.mark.parametrize("cap", [40, 77, 150])
def test_a_silent_limit_does_not_make_an_estimate_too_low(cap: int) -> None:
    """Days and years cut without a word are not days and years that were counted."""
    archive = silent(cap)(studies(9_000, years=12))
    assert_honest(census(archive, rows=2_500), archive)


def test_two_patients_whose_number_differs_by_case_are_two() -> None:
    """What an archive matches without case is still two."""

    class NoCase(Archive):
        def matches_text(self, study: Study, keys: CountKeys) -> bool:
            ending = keys.patient_ending
            return getattr(keys, "uid_prefix", None) is None and (
                ending is None or study.patient.lower().endswith(ending.lower())
            )

    held = [replace(one, patient=f"{'aA'[n % 2]}{n // 2}x") for n, one in enumerate(studies(200))]
    archive = NoCase(held)
    assert_honest(census(archive), archive)
    capped = type("CappedNoCase", (NoCase, silent(40)), {})(held)
    assert_honest(census(capped), capped)


@pytest.mark.parametrize("cap", [25, 40, 61, 100, 250])
@pytest.mark.parametrize("status", [SUCCESS, CANCELLED, UNABLE])
@pytest.mark.parametrize("root", [QueryService.STUDY_ROOT, QueryService.PATIENT_ROOT])
def test_limits_and_studies_that_show_nowhere(cap: int, status: int, root: QueryService) -> None:
    """Some have no date, some no time, some neither, some no PatientID: any limit, any status.

    That some patients have no identifier shows at studies that have a time. Studies with neither date nor
    time whose patients alone have none would be hidden for good (ADR 0011), and are not claimed here.
    """

    class Limited(Archive):
        def limit(self, rows: list[Row], _keys: CountKeys) -> tuple[list[Row], int]:
            return (rows[:cap], status) if len(rows) > cap else (rows, SUCCESS)

    held = studies(220, 12, untimed=15, undated=20)
    held = [
        replace(one, patient="" if one.day is None and n % 3 == 0 else one.patient)
        for n, one in enumerate(held)
    ]
    assert any(not one.patient and one.second is not None for one in held)
    assert any(not one.patient and one.second is None and one.day is None for one in held)
    for chosen in (held, held[::-1], Random(cap).sample(held, len(held))):
        archive = Limited(list(chosen))
        found = census(archive, root=root)
        assert_honest(found, archive)
        assert found.counts.studies.kind == "at_least"


def test_an_answer_to_everything_that_is_only_the_newest() -> None:
    """Without a date an archive sends the last 90 days: no limit in rows, and no word of it."""

    class Recent(Archive):
        def matches(self, study: Study, keys: CountKeys) -> bool:
            bounded = keys.dates or keys.times
            recent = study.day is not None and study.day > TODAY - timedelta(days=90)
            return super().matches(study, keys) and (bool(bounded) or recent)

    archive = Recent(studies(500, 5))
    assert_honest(census(archive), archive)


def test_a_limit_in_bytes_is_a_limit_of_no_round_number() -> None:
    """Rows differ in length, so the limit differs from answer to answer."""

    class Bytes(Archive):
        def limit(self, rows: list[Row], _keys: CountKeys) -> tuple[list[Row], int]:
            sent, size = [], 0
            for one in rows:
                size += 40 + len(one[1]) * 3 + digest(one[1])[0] % 50
                if size > 9_000:
                    break
                sent.append(one)
            return sent, SUCCESS

    for bare in (0, 7, 60):
        archive = Bytes(sorted(studies(150, bare), key=dated_first))
        assert_honest(census(archive), archive)


def test_a_limit_for_all_rows_of_an_association() -> None:
    """A quota that runs dry: after 700 rows every answer is empty, and Success."""

    class Quota(Archive):
        left = 700

        def limit(self, rows: list[Row], _keys: CountKeys) -> tuple[list[Row], int]:
            sent = rows[: self.left]
            self.left -= len(sent)
            return sent, SUCCESS

    archive = Quota(studies(600))
    assert_honest(census(archive), archive)


def test_estimates_of_whole_censuses_hold_what_has_a_date() -> None:
    """Fifteen archives whose rows do not suffice, some with undated studies: the ladder itself estimates."""
    right, made = 0, 0
    for seed in range(15):
        chance = Random(seed)
        held = studies(
            chance.randrange(4_000, 8_000), chance.randrange(200), years=chance.randrange(3, 15), seed=seed
        )
        found = census(Archive(held), rows=chance.randrange(2_000, 3_500))
        if isinstance(found.counts.studies, Estimated):
            made += 1
            dated = sum(one.day is not None for one in held)
            right += found.counts.studies.low <= dated <= found.counts.studies.high
            assert any("those without a date are not in it" in remark for remark in found.remarks)
    assert made >= 13
    assert right >= made - 1


@pytest.mark.parametrize("patient", ["a+", "Ä", "X=", "7*", "\\"])
@pytest.mark.parametrize(("cap", "status"), [(40, CANCELLED), (40, SUCCESS), (100, UNABLE), (7, CANCELLED)])
def test_patients_whose_number_ends_in_no_usual_character(patient: str, cap: int, status: int) -> None:
    """Five studies without date and time are of a patient whom no usual ending finds, and one has a date.

    Without that one nothing on the wire would tell this archive from one that lacks the five (ADR 0011).
    """

    class Limited(Archive):
        def limit(self, rows: list[Row], _keys: CountKeys) -> tuple[list[Row], int]:
            return (rows[:cap], status) if len(rows) > cap else (rows, SUCCESS)

    held = [
        replace(one, patient=patient) if one.day is None or n == 60 else one
        for n, one in enumerate(studies(120, 5))
    ]
    for root in (QueryService.STUDY_ROOT, QueryService.PATIENT_ROOT):
        archive = Limited(held)
        found = census(archive, root=root)
        assert_honest(found, archive)
        assert found.counts.studies.kind == ("exact" if patient in {"a+", "X="} else "at_least")


@pytest.mark.parametrize("cap", [10_000, 113, 60])
def test_a_census_that_was_killed_claims_no_more_than_one_that_was_not(cap: int) -> None:
    """Killed after any number of questions, once or twice: what is known of the first run is not compared."""
    for first in range(1, 60, 6):
        for kind in (silent(cap, dated_first), Archive):
            archive = kind(studies(140, 6, undated=9, untimed=4))
            assert_honest(census(archive, interrupted=(first,)), archive)
            assert_honest(census(kind(archive.studies), interrupted=(first, 5)), archive)


def test_the_last_day_of_a_range_may_fall_out() -> None:
    """Dates compared as moments: a range ends at midnight before its last day, as if it were exclusive."""

    class Exclusive(Archive):
        def matches(self, study: Study, keys: CountKeys) -> bool:
            if keys.dates is not None and (study.day is None or study.day == keys.dates[1]):
                return False
            return super().matches(study, keys)

    archive = Exclusive(studies(3_000, years=6))
    assert_honest(census(archive), archive)


def test_a_study_that_comes_while_it_counts_is_not_one_without_a_date() -> None:
    """A hospital does not stop for a census: every third question finds a study more, of today."""

    class Growing(Archive):
        def answer(self, question: Question) -> Answer:
            if self.asked % 3 == 2:
                self.studies.append(Study(f"1.9.{self.asked}", TODAY, 36_000, f"N{self.asked}", 1, 3))
            return super().answer(question)

    archive = Growing(studies(400))
    found = census(archive)
    assert found.undated_studies == Exact(0) or not isinstance(found.undated_studies, Exact)
    assert found.rows_limit is None
    if isinstance(found.counts.studies, Exact):
        assert 400 <= found.counts.studies.value <= len(archive.studies)


def test_studies_that_come_between_two_runs_are_not_counted_as_undated() -> None:
    """A survey that is resumed the next day finds a year longer than it was."""
    for first in range(2, 40):
        archive = Archive(studies(211))
        plan = CensusPlan(QueryService.STUDY_ROOT, TITLES, CountBudget(), 1, TODAY, b"seed")
        before = Ladder(plan)
        drive(before, archive, first)
        archive.studies += [replace(one, uid=f"1.7.{n}", day=TODAY) for n, one in enumerate(studies(9))]
        after = Ladder(plan, tuple(before.cells))
        drive(after, archive, 100_000)
        found = judge_census([*after.cells, CensusEnded(TITLES, after.end, archive.asked, 0, 0, 1, 0)])
        assert found.undated_studies == Exact(0) or not isinstance(found.undated_studies, Exact), first
        assert found.counts.studies in {Exact(220), Exact(211)} or not isinstance(found.counts.studies, Exact)


def test_years_cut_without_a_word_are_no_exact_part_of_an_estimate() -> None:
    """Ten years of 750 studies, each cut at 400 rows with Success, and days drawn from the rest."""
    archive = silent(400)(studies(9_000, years=12))
    assert_honest(census(archive, rows=2_500), archive)
