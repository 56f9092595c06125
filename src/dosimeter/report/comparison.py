"""Two surveys side by side: what became of each archive, in totals and by country (issue 5, comparison).

Both are judged by the rules of today, so that what is new is new in the network. What the older one was
told as, by the rules of its day, stands beside it: the difference of the two is the rules' alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dosimeter.exposure.compare import Because, Change, Standing, compare
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
from dosimeter.report.comparison_words import change_says, headline_of, is_open_now, sentences_of
from dosimeter.report.figures import Figures, Tally
from dosimeter.report.place_json import country_word

MOST_OF_THE_IMAGES: Final = 0.75
"""Countries that together hold this part of the images made the "ugly" of the 60-day review."""


def build_comparison(old: SurveyFound, new: SurveyFound) -> Comparison:
    """Pair the archives of two surveys by their doors and decide every figure and word."""
    groups = _groups(old, new)
    believed = [group for group in groups if not group.is_suspected]
    told = {_authority(each): each.exposure for each in old.told}
    archives = tuple(sorted((_entry(group, told) for group in believed), key=_gravest_first))
    changes = _changes(archives)
    before, now = _figures(old.archives), _figures(new.archives)
    rejudged = sum(each.is_rejudged for each in archives)
    return Comparison(
        old=old.header,
        new=new.header,
        headline=headline_of(archives),
        sentences=sentences_of(old, new, changes, rejudged=rejudged, decoys=len(groups) - len(believed)),
        changes=changes,
        figures=_then_and_now(old, new, before, now),
        old_holdings=before.stakes.linked,
        new_holdings=now.stakes.linked,
        old_downloadable=before.stakes.downloadable,
        new_downloadable=now.stakes.downloadable,
        countries=_countries(archives, new),
        archives=archives,
        rejudged=rejudged,
        decoys=len(groups) - len(believed),
    )


def standing_of(door: Door, header: SurveyHeader, *, is_archive: bool) -> Standing:
    """One door as `exposure.compare` sees it. Which titles were tried is the scope file's to say."""
    verdict = door.verdict
    return Standing(
        exposure=verdict.exposure,
        severity=verdict.severity,
        is_archive=is_archive,
        proves=header.touch >= Touch.PROVE,
        titles=header.scope_sha256 if door.findings.tried_titles else "",
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

    @property
    def is_suspected(self) -> bool:
        return any(each.findings.is_suspected_decoy for each in (*self.old, *self.new))


def _groups(old: SurveyFound, new: SurveyFound) -> list[_Group]:
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
    for group in groups.values():
        for authority in {*group.old_doors, *group.new_doors}:
            _add_beside(group.old_doors, authority, old.beside)
            _add_beside(group.new_doors, authority, new.beside)
    return list(groups.values())


def _add_beside(doors: dict[str, Standing], authority: str, beside: Mapping[str, Standing]) -> None:
    if authority not in doors and authority in beside:
        doors[authority] = beside[authority]


def _entry(group: _Group, told: Mapping[str, Exposure]) -> ComparedArchive:
    before, now = _principal(group.old), _principal(group.new)
    shown = now or before
    compared = compare(group.old_doors, group.new_doors)
    assert shown is not None and compared is not None  # noqa: S101, PT018 - a group has an archive
    known = [told[each] for each in group.old_doors if each in told]
    old_exposure = _exposure(before, group.old_doors)
    new_exposure = _exposure(now, group.new_doors)
    place = shown.place
    return ComparedArchive(
        endpoint=shown.endpoint,
        change=compared.change,
        because=compared.because,
        old=old_exposure,
        new=new_exposure,
        told=max(known, key=LADDER.index, default=None),
        severity=shown.verdict.severity,
        old_studies=None if before is None else before.findings.census.counts.studies,
        new_studies=None if now is None else now.findings.census.counts.studies,
        country=country_word(place),
        organisation=None if place.owner is None else place.owner.organisation,
        says=change_says(compared.change, compared.because, old_exposure, new_exposure),
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
    numbers = Counter((each.change, each.because) for each in archives)
    return tuple(
        ChangeLine(
            change,
            sum(numbers[change, because] for because in Because),
            numbers[change, Because.NETWORK],
            numbers[change, Because.METHOD],
        )
        for change in Change
    )


def _figures(archives: Iterable[Archive]) -> Figures:
    tally = Tally()
    for archive in archives:
        tally.add(archive)
    return tally.totals().without_decoys


def _then_and_now(
    old: SurveyFound, new: SurveyFound, before: Figures, now: Figures
) -> tuple[FigureThenAndNow, ...]:
    told = [each.exposure for each in old.told] if old.told else None
    asked = [each.header.touch >= Touch.PROVE for each in (old, new)]

    def line(
        key: str, label: Message, rungs: tuple[Exposure, ...], numbers: tuple[int, int]
    ) -> FigureThenAndNow:
        then = None if told is None else sum(map(told.count, rungs))
        known = [
            number if key == "archives" or is_asked else None
            for number, is_asked in zip(numbers, asked, strict=True)
        ]
        return FigureThenAndNow(key, label, then if known[0] is not None else None, *known)

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


def _countries(archives: Iterable[ComparedArchive], now: SurveyFound) -> tuple[CountryThenAndNow, ...]:
    """Countries in which an archive answers anybody, then or now; the most images first."""
    old, new, closed, appeared, unknown, images = (Counter[str | None]() for _ in range(6))
    for each in archives:
        country, was, stands = each.country, is_open_now(each.old), is_open_now(each.new)
        if each.change is Change.UNKNOWN or each.because is Because.METHOD:
            unknown[country] += was or stands
            continue
        old[country] += was
        new[country] += stands
        closed[country] += was and not stands
        appeared[country] += stands and not was
    for archive in now.archives:
        if is_open_now(archive.exposure) and not archive.findings.is_suspected_decoy:
            images[country_word(archive.place)] += _value(archive.findings.census.counts.instances)
    heavy = _heavy(images)
    rows = [
        CountryThenAndNow(
            country=each,
            old=old[each],
            new=new[each],
            closed=closed[each],
            appeared=appeared[each],
            unknown=unknown[each],
            images=images[each] if now.header.touch >= Touch.PROVE else None,
            cohort=_cohort(old[each], new[each], is_heavy=each in heavy),
        )
        for each in dict.fromkeys((*old, *unknown))
        if old[each] or new[each] or unknown[each]
    ]
    return tuple(sorted(rows, key=lambda row: (-(row.images or 0), -row.new, -row.old, row.country or "~")))


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
    if not old and not new:
        return Cohort.UNKNOWN
    if new < old:
        return Cohort.GOOD
    return Cohort.UGLY if is_heavy else Cohort.BAD
