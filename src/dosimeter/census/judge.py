"""From the facts of a census to its numbers, each with its kind and the reason why it is no better.

Pure, and over facts alone: stored ones are judged again by better rules. ADR 0011 gives the rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dosimeter.census import words
from dosimeter.census.below import OF_PATIENT, Below
from dosimeter.census.estimate import DATED_ONLY, estimate
from dosimeter.census.evidence import Evidence
from dosimeter.census.limits import may_be_a_limit
from dosimeter.census.regions import ALL_YEARS
from dosimeter.model.census import (
    NOT_COUNTED,
    AtLeast,
    Axis,
    Census,
    CensusEnd,
    Count,
    Counts,
    Cut,
    Estimated,
    Exact,
    Sample,
    Things,
    Unknown,
    YearCount,
)
from dosimeter.model.facts import CellCounted, CensusEnded, Fact, QueryService

if TYPE_CHECKING:
    from dosimeter.model.facts import Titles

_SETTLED: Final = (Axis.WHOLE, Axis.PATIENT_IDS)
"""The axes of which no study falls out."""


def judge_census(facts: Iterable[Fact]) -> Census:
    """The numbers of one archive, and of its worklist. `NOT_COUNTED` if there is no cell.

    Cells asked for under other titles or by another information model are of the same archive: the
    census that found the most is taken, and nothing is added up.
    """
    groups: dict[tuple[Titles, QueryService], list[CellCounted]] = {}
    ends: dict[Titles, list[CensusEnd]] = {}
    for fact in facts:
        if isinstance(fact, CellCounted):
            groups.setdefault((fact.titles, fact.service), []).append(fact)
        elif isinstance(fact, CensusEnded):
            ends.setdefault(fact.titles, []).append(fact.end)
    studies = _best(groups, worklist=False)
    entries = _best(groups, worklist=True)
    census = NOT_COUNTED
    if studies is not None:
        end = _end_of(ends.get(studies[0], []), 0)
        not_believed = end is CensusEnd.NOT_BELIEVED
        census = (
            Census(remarks=(words.NOT_BELIEVED,)) if not_believed else _Judgement(studies[1], end).census()
        )
    if entries is not None:
        place = 0 if studies is None or studies[0] != entries[0] else 1
        census = _with_entries(census, entries[1], _end_of(ends.get(entries[0], []), place))
    return census


def _best(
    groups: dict[tuple[Titles, QueryService], list[CellCounted]], *, worklist: bool
) -> tuple[Titles, Evidence] | None:
    found = [
        (titles, Evidence(cells))
        for (titles, service), cells in groups.items()
        if (service is QueryService.WORKLIST) is worklist
    ]
    return max(found, key=lambda each: each[1].found, default=None)


def _end_of(ends: list[CensusEnd], place: int) -> CensusEnd | None:
    """The end of the census of studies, which comes first, or of the worklist; None if it has none yet."""
    return ends[place] if place < len(ends) else None


class _Judgement:
    """The numbers of one archive."""

    def __init__(self, evidence: Evidence, end: CensusEnd | None) -> None:
        self._evidence = evidence
        self._end = end
        self._remarks: list[str] = []
        self._studies: Count = Unknown()

    def census(self) -> Census:
        """All numbers; the remarks go in the order of the numbers."""
        evidence = self._evidence
        self._studies = self._count_studies()
        below = Below(evidence, self._studies, self._why_cut(), words.ended(self._end))
        patients = below.patients()
        series = below.rows_of(Things.SERIES)
        instances = below.rows_of(Things.INSTANCES)
        if isinstance(self._studies, Unknown):
            self._studies = below.claimed_studies()
        by_year = self._years()
        found = [one.year for one in by_year if not isinstance(one.studies, Unknown) and one.studies.value]
        return Census(
            counts=Counts(patients, self._studies, series, instances),
            years=by_year,
            modalities=below.modalities(),
            oldest_year=min(found, default=None),
            newest_year=max(found, default=None),
            undated_studies=self._undated(),
            rows_limit=evidence.limit,
            remarks=(*self._remarks, *below.remarks),
        )

    def _count_studies(self) -> Count:
        evidence = self._evidence
        found = evidence.found
        settled = {
            cell.distinct
            for axis in _SETTLED
            for cell in evidence.on(Things.STUDIES, axis)
            if cell.cut is Cut.NOT and not cell.without_key
        }
        if len(settled) == 1 and settled == {max(found, *settled)}:
            return Exact(settled.pop())
        if found and self._is_sum_of_patients(found):
            return Exact(found)
        sampled = self._estimated(found)
        if sampled is not None:
            self._remarks.append(words.estimated(self._why_cut(), DATED_ONLY))
            return sampled
        if not found:
            why = self._why_cut() if self._end is not CensusEnd.ALL_ASKED else words.REFUSED
            self._remarks.append(words.unknown(Things.STUDIES, why))
            return Unknown()
        self._remarks.append(words.at_least(found, Things.STUDIES, self._why_open()))
        return AtLeast(found)

    def _is_sum_of_patients(self, found: int) -> bool:
        """Whether all patients were counted, and have as many studies by the archive's own figures."""
        for cell in self._evidence.of(Things.PATIENTS, Axis.PATIENT_IDS, counters=True):
            for sums in cell.counters:
                is_all = cell.cut is Cut.NOT and sums.present == cell.distinct and not sums.implausible
                if is_all and sums.attribute == OF_PATIENT[Things.STUDIES] and sums.total == found:
                    return True
        return False

    def _estimated(self, found: int) -> Estimated | None:
        """Days drawn at random stand for their years; the other years were counted."""
        strata = self._strata()
        if not strata or not self._evidence.dates_honoured:
            return None
        drawn = {year for name in strata for year in _years_of(name)}
        dates = self._evidence.dates
        counted = sum(one.studies for year, one in dates.years.items() if year not in drawn)
        result = estimate(counted, list(strata.values()))
        if result is None:
            return None
        low = max(result.low, found)
        return Estimated(max(result.value, low), low, max(result.high, low))

    def _strata(self) -> dict[str, Sample]:
        cells = self._evidence.of(Things.STUDIES, Axis.DAYS)
        strata = {
            cell.cell.removeprefix("sample "): cell.sample
            for cell in cells
            if cell.sample is not None and len(cell.sample.studies) <= cell.sample.units
        }
        return strata if any(any(sample.studies) for sample in strata.values()) else {}

    def _why_cut(self) -> str:
        """Why the counting ended, or what held it up."""
        early = words.ended(self._end)
        if early is not None:
            return early
        if self._evidence.limit is not None:
            return words.limited(self._evidence.limit)
        return words.ERRATIC if self._evidence.erratic else words.PART_ONLY

    def _why_open(self) -> str:
        """Why more studies may be there than were found."""
        evidence = self._evidence
        cells = [cell for cell in evidence.cells if cell.things is Things.STUDIES]
        early = words.ended(self._end)
        if early is not None:
            return early
        if any(cell.without_key for cell in cells):
            return words.NO_KEY
        if evidence.limit is not None:
            return words.limited_and_unseen(evidence.limit)
        if not evidence.dates_honoured or evidence.erratic:
            return words.ERRATIC if evidence.erratic else words.DATES_IGNORED
        at_once = [cell for cell in cells if cell.axis is Axis.WHOLE]
        whole = [cell for cell in at_once if cell.cut is not Cut.FAILED]
        if not whole:
            return words.UNDATED_UNANSWERED if at_once else words.UNDATED_UNSEEN
        if max(cell.run for cell in cells) and not may_be_a_limit(whole[-1].largest):
            return words.INTERRUPTED
        return words.may_be_limited(whole[-1].largest)

    def _years(self) -> tuple[YearCount, ...]:
        evidence = self._evidence
        if not evidence.dates_honoured:
            return ()
        dates = evidence.dates
        all_seen = isinstance(self._studies, Exact) and self._studies.value == dates.total and not dates.loose
        confirmed = self._dates_are_confirmed()
        found: dict[int, Count] = {}
        for year, one in dates.years.items():
            if one.studies or not one.whole:
                exact = (one.whole and confirmed) or all_seen
                found[year] = Exact(one.studies) if exact else AtLeast(one.studies)
        strata: dict[int, list[Sample]] = {}
        for name, sample in self._strata().items():
            drawn = _years_of(name)
            if len(drawn) == 1:
                strata.setdefault(drawn[0], []).append(sample)
        for year, samples in strata.items():
            estimated = estimate(0, samples)
            if estimated is not None and estimated.value:
                found[year] = estimated
        return tuple(
            YearCount(year, count)
            for year, count in sorted(found.items())
            if not isinstance(count, Unknown) and count.value
        )

    def _dates_are_confirmed(self) -> bool:
        """Whether no study fell between two ranges, or came after its year was counted.

        Another axis, or one range over all years, held no other studies; where days were drawn, days that
        begin and end a range hold some. Of different runs only numbers are known, which prove nothing here.
        """
        evidence = self._evidence
        total = evidence.dates.total
        runs = {cell.run for cell in evidence.of(Things.STUDIES, Axis.DATES) if cell.distinct}
        beside = any(
            cell.axis in {Axis.TIMES, *_SETTLED} and cell.cut is not Cut.FAILED and cell.on_axis >= total
            for cell in evidence.cells
            if cell.things is Things.STUDIES and runs <= {cell.run}
        )
        drawn = bool(self._strata())
        return self._are_checked() or drawn or (beside and evidence.found == total)

    def _are_checked(self) -> bool:
        """Whether one range over all years held what the years hold, and all else was seen then."""
        evidence = self._evidence
        if not evidence.dates.checked:
            return False
        runs = {cell.run for cell in evidence.of(Things.STUDIES, Axis.DATES) if cell.cell == ALL_YEARS.name}
        return any(
            cell.run in runs and cell.distinct == evidence.found
            for cell in evidence.on(Things.STUDIES, Axis.WHOLE)
        )

    def _undated(self) -> Count:
        dates, studies = self._evidence.dates, self._studies
        if not self._evidence.dates_honoured or isinstance(studies, Unknown | Estimated):
            return Unknown()
        undated = studies.value - dates.total
        sure = self._are_checked() or (self._dates_are_confirmed() and not undated)
        if isinstance(studies, Exact) and ((sure and dates.whole) or not (undated or dates.loose)):
            return Exact(undated)
        if sure and dates.whole and isinstance(studies, AtLeast):
            return AtLeast(undated)
        return Unknown()


def _years_of(stratum: str) -> list[int]:
    """``2019 weekdays`` is of 2019, ``2005/2008 weekends`` of four years."""
    first, _, last = stratum.partition(" ")[0].partition("/")
    return list(range(int(first), int(last or first) + 1))


def _with_entries(census: Census, evidence: Evidence, end: CensusEnd | None) -> Census:
    """Add the entries of the worklist. Every entry has a date, so all dates are all entries."""
    things = Things.WORKLIST_ITEMS
    found = evidence.found
    whole = any(cell.cut is Cut.NOT for cell in evidence.of(things, Axis.WHOLE) if not cell.without_key)
    by_dates = evidence.dates.whole and evidence.dates_honoured and evidence.dates.total == found
    early = words.ended(end)
    count: Count
    if end is CensusEnd.NOT_BELIEVED:
        return replace(census, remarks=(*census.remarks, words.NOT_BELIEVED))
    if whole or (by_dates and found):
        count = Exact(found)
        remarks: tuple[str, ...] = ()
    elif not found:
        count = Unknown()
        remarks = (words.unknown(things, early or words.REFUSED),)
    else:
        count = AtLeast(found)
        limit = evidence.limit
        why = words.limited(limit) if limit is not None else words.may_be_limited(evidence.shown)
        if evidence.erratic:
            why = words.ERRATIC
        remarks = (words.at_least(found, things, early or why),)
    return replace(
        census,
        counts=replace(census.counts, worklist_items=count),
        remarks=(*census.remarks, *remarks),
        rows_limit=census.rows_limit if census.rows_limit is not None else evidence.limit,
    )
