"""Two surveys side by side: what became of each archive, in totals and by country (issue 5, comparison).

Both are judged by the rules of today, so that what is new is new in the network. What the older one was
told as, by the rules of its day, stands beside it: the difference of the two is the rules' alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dosimeter.exposure.compare import Because, Change, Standing, compare, is_open
from dosimeter.model.census import Count, Unknown
from dosimeter.model.message import Message, say
from dosimeter.model.scope import Touch
from dosimeter.model.survey import JudgedThen, SurveyHeader
from dosimeter.model.target import Endpoint, place_order
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import LADDER, OPEN_TO_ANYBODY, Archive, Door
from dosimeter.report.comparison_parts import (
    ChangeLine,
    Cohort,
    ComparedArchive,
    Comparison,
    CountryThenAndNow,
    FigureThenAndNow,
    SurveyFound,
)
from dosimeter.report.comparison_words import change_says, headline_of, sentences_of
from dosimeter.report.figures import Figures, Tally

MOST_OF_THE_IMAGES: Final = 0.75
"""Countries that together hold this part of the images made the "ugly" of the 60-day review."""


def build_comparison(old: SurveyFound, new: SurveyFound) -> Comparison:
    """Pair the archives of two surveys by their doors and decide every figure and word."""
    archives = tuple(sorted(_compared(old, new), key=_gravest_first))
    changes = _changes(archives)
    before, now = _figures(old.archives), _figures(new.archives)
    rejudged = sum(each.is_rejudged for each in archives)
    return Comparison(
        old=old.header,
        new=new.header,
        headline=headline_of(changes, before.open_to_anybody, now.open_to_anybody),
        sentences=sentences_of(old, new, changes, rejudged),
        changes=changes,
        figures=_then_and_now(old, before, now),
        old_holdings=before.stakes.linked,
        new_holdings=now.stakes.linked,
        old_downloadable=before.stakes.downloadable,
        new_downloadable=now.stakes.downloadable,
        countries=_countries(archives, new.archives),
        archives=archives,
        rejudged=rejudged,
    )


def standing_of(door: Door, header: SurveyHeader, *, is_archive: bool) -> Standing:
    """One door as `exposure.compare` sees it."""
    verdict = door.verdict
    return Standing(
        exposure=verdict.exposure,
        severity=verdict.severity,
        is_archive=is_archive,
        proves=header.touch >= Touch.PROVE,
        tried_titles=door.findings.tried_titles,
    )


class _Pairs:
    """Archives of both surveys, put together where they share a door."""

    def __init__(self) -> None:
        self._leader: dict[str, str] = {}

    def add(self, archive: Archive) -> None:
        first, *rest = (door.endpoint.authority for door in archive.doors)
        lead = self.of(first)
        for authority in rest:
            self._leader[self.of(authority)] = lead

    def of(self, authority: str) -> str:
        """The name of the group that a door is in."""
        self._leader.setdefault(authority, authority)
        while (lead := self._leader[authority]) != authority:
            self._leader[authority] = self._leader[lead]
            authority = lead
        return authority


@dataclass(slots=True)
class _Group:
    """The archives of one group, and the doors of each survey that were asked."""

    old: list[Archive]
    new: list[Archive]
    old_doors: dict[str, Standing]
    new_doors: dict[str, Standing]


def _compared(old: SurveyFound, new: SurveyFound) -> Iterable[ComparedArchive]:
    pairs = _Pairs()
    for archive in (*old.archives, *new.archives):
        pairs.add(archive)
    groups: dict[str, _Group] = {}
    for found, is_old in ((old, True), (new, False)):
        for archive in found.archives:
            group = groups.setdefault(pairs.of(archive.endpoint.authority), _Group([], [], {}, {}))
            (group.old if is_old else group.new).append(archive)
            doors = group.old_doors if is_old else group.new_doors
            for door in archive.doors:
                doors[door.endpoint.authority] = standing_of(door, found.header, is_archive=True)
    told = {_authority(each): each.exposure for each in old.told}
    for group in groups.values():
        for authority in {*group.old_doors, *group.new_doors}:
            _add_beside(group.old_doors, authority, old.beside)
            _add_beside(group.new_doors, authority, new.beside)
        compared = compare(group.old_doors, group.new_doors)
        if compared is not None:
            yield _entry(group, compared.change, compared.because, told)


def _add_beside(doors: dict[str, Standing], authority: str, beside: Mapping[str, Standing]) -> None:
    if authority not in doors and authority in beside:
        doors[authority] = beside[authority]


def _entry(group: _Group, change: Change, because: Because, told: Mapping[str, Exposure]) -> ComparedArchive:
    before, now = _principal(group.old), _principal(group.new)
    shown = now or before
    assert shown is not None  # noqa: S101 - a group has an archive
    known = [told[each] for each in group.old_doors if each in told]
    old_exposure = _exposure(before, group.old_doors)
    new_exposure = _exposure(now, group.new_doors)
    place = shown.place
    return ComparedArchive(
        endpoint=shown.endpoint,
        change=change,
        because=because,
        old=old_exposure,
        new=new_exposure,
        told=max(known, key=LADDER.index, default=None),
        severity=shown.verdict.severity,
        old_studies=None if before is None else before.findings.census.counts.studies,
        new_studies=None if now is None else now.findings.census.counts.studies,
        country=None if place.country is None else place.country.code,
        organisation=None if place.owner is None else place.owner.organisation,
        says=change_says(change, because),
    )


def _principal(archives: list[Archive]) -> Archive | None:
    return max(archives, key=lambda each: (LADDER.index(each.exposure), each.verdict.severity), default=None)


def _exposure(archive: Archive | None, doors: Mapping[str, Standing]) -> Exposure | None:
    if archive is not None:
        return archive.exposure
    return max((door.exposure for door in doors.values()), key=LADDER.index, default=None)


def _authority(judged: JudgedThen) -> str:
    return Endpoint(judged.address, judged.port).authority


def _gravest_first(each: ComparedArchive) -> tuple[int, int, tuple[int, int, str, int]]:
    return _ORDER.index(each.change), -each.severity, place_order(each.endpoint)


_ORDER: Final = tuple(Change)


def _changes(archives: Iterable[ComparedArchive]) -> tuple[ChangeLine, ...]:
    numbers = Counter((each.change, each.because is Because.METHOD) for each in archives)
    return tuple(ChangeLine(change, numbers[change, False], numbers[change, True]) for change in Change)


def _figures(archives: Iterable[Archive]) -> Figures:
    tally = Tally()
    for archive in archives:
        tally.add(archive)
    return tally.totals().without_decoys


def _then_and_now(old: SurveyFound, before: Figures, now: Figures) -> tuple[FigureThenAndNow, ...]:
    told = [each.exposure for each in old.told] if old.told else None

    def line(
        key: str, label: Message, rungs: tuple[Exposure, ...], numbers: tuple[int, int]
    ) -> FigureThenAndNow:
        then = None if told is None else sum(map(told.count, rungs))
        return FigureThenAndNow(key, label, then, *numbers)

    browsable, retrievable = Exposure.BROWSABLE, Exposure.RETRIEVABLE
    return (
        line("archives", say("Archives found"), LADDER, (before.archives, now.archives)),
        line(
            "open",
            say("Archives that answer anybody"),
            OPEN_TO_ANYBODY,
            (before.open_to_anybody, now.open_to_anybody),
        ),
        line(
            "retrievable",
            say("of them, retrievable"),
            (retrievable,),
            (before.archives_on(retrievable), now.archives_on(retrievable)),
        ),
        line(
            "browsable",
            say("of them, browsable"),
            (browsable,),
            (before.archives_on(browsable), now.archives_on(browsable)),
        ),
    )


def _countries(archives: Iterable[ComparedArchive], now: Iterable[Archive]) -> tuple[CountryThenAndNow, ...]:
    """Countries in which an archive answers anybody, then or now; the most images first."""
    old, new, closed, appeared, images = (Counter[str | None]() for _ in range(5))
    for each in archives:
        country = each.country
        was, stands = _is_open(each.old), _is_open(each.new)
        old[country] += was
        new[country] += stands
        closed[country] += was and each.change is Change.CLOSED
        appeared[country] += stands and not was
    for archive in now:
        if _is_open(archive.exposure) and not archive.findings.is_suspected_decoy:
            code = None if archive.place.country is None else archive.place.country.code
            images[code] += _value(archive.findings.census.counts.instances)
    heavy = _heavy(images)
    rows = [
        CountryThenAndNow(
            country=each,
            old=old[each],
            new=new[each],
            closed=closed[each],
            appeared=appeared[each],
            images=images[each],
            cohort=_cohort(old[each], new[each], is_heavy=each in heavy),
        )
        for each in old
        if old[each] or new[each]
    ]
    return tuple(sorted(rows, key=lambda row: (-row.images, -row.new, -row.old, row.country or "~")))


def _is_open(exposure: Exposure | None) -> bool:
    return exposure is not None and is_open(exposure)


def _value(count: Count) -> int:
    return 0 if isinstance(count, Unknown) else count.value


def _heavy(images: Counter[str | None]) -> set[str | None]:
    """The fewest countries that together hold most of the images."""
    wanted, heavy = images.total() * MOST_OF_THE_IMAGES, set[str | None]()
    for country, number in images.most_common():
        if wanted <= 0 or not number:
            break
        heavy.add(country)
        wanted -= number
    return heavy


def _cohort(old: int, new: int, *, is_heavy: bool) -> Cohort:
    if new < old:
        return Cohort.GOOD
    return Cohort.UGLY if is_heavy else Cohort.BAD
