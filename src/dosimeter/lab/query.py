"""C-FIND answered from an archive's catalogue (PS3.4 Annex C and K), as truthfully as its policy allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice, repeat
from random import Random
from typing import Final, TypeAlias

from dosimeter.dicom import uids
from dosimeter.lab.attributes import COUNT_TAGS, UNKNOWN, VR_OF, Tag
from dosimeter.lab.catalogue import INDEXED, Catalogue, Place, Table
from dosimeter.lab.dataset import Dataset, encode_dataset
from dosimeter.lab.matching import (
    Wanted,
    answer_of,
    is_matched,
    lacks_keys,
    matches,
    satisfies,
    wanted,
)
from dosimeter.lab.policy import Counters, Hierarchy, Matching, Policy, RowOrder, UidWildcards
from dosimeter.lab.rows import LEVELS, RowWriter, appointment_records, instance_texts, known_texts

PENDING: Final = 0xFF00
PENDING_KEYS_LACKING: Final = 0xFF01
UNABLE_TO_PROCESS: Final = 0xC000
"""Statuses of C-FIND (PS3.4 Table C.4-1)."""

_UNIQUE_KEYS: Final = {
    "PATIENT": Tag.PATIENT_ID,
    "STUDY": Tag.STUDY_INSTANCE_UID,
    "SERIES": Tag.SERIES_INSTANCE_UID,
    "IMAGE": Tag.SOP_INSTANCE_UID,
}

_BELOW_STUDY: Final = ("SERIES", "IMAGE")

_Below: TypeAlias = Callable[[int, int], Iterator[Place]]


@dataclass(frozen=True, slots=True)
class Row:
    """One match: its pending status and its encoded identifier."""

    status: int
    identifier: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """The matches of a query, and how many of them its archive sends at most.

    ``is_cut``: there are more than that although these may be fewer.
    """

    rows: Iterator[Row]
    limit: int | None
    is_cut: bool = False


class QueryRefused(Exception):
    """The identifier is none that this archive answers."""

    def __init__(self, status: int) -> None:
        super().__init__(f"0x{status:04X}")
        self.status = status


def answer_query(
    catalogue: Catalogue, policy: Policy, sop_class_uid: str, keys: Dataset, syntax: str
) -> Answer:
    """The matches of a query; ``syntax`` is the transfer syntax in which they are written.

    Raises:
        QueryRefused: a level that is missing or not of this root, no unique key of a level above, or a
            wildcard in a UID; which of these is the policy's choice.
    """
    if sop_class_uid == uids.MODALITY_WORKLIST_FIND:
        rows = _worklist_rows(catalogue, policy, keys, syntax)
        return Answer(_as_sent(rows, policy), policy.limit_at("WORKLIST"))
    if policy.canned_rows:
        return Answer(_canned_rows(catalogue, policy, syntax), policy.limit_at("STUDY"))
    level = _level_of(sop_class_uid, keys, policy)
    places, is_cut = _within_limit(catalogue, policy, level, keys)
    rows = _found_rows(
        catalogue, policy, level, keys, places, RowWriter(catalogue, policy, level, keys, syntax)
    )
    return Answer(_as_sent(rows, policy), policy.limit_at(level), is_cut)


def places_of(catalogue: Catalogue, policy: Policy, level: str, keys: Dataset) -> Iterator[Place]:
    """Where the matches of a query are, in the order in which they are sent."""
    matching = policy.matching
    if matching.levels_apart and level in _BELOW_STUDY:
        keys = {tag: key for tag, key in keys.items() if not _is_dropped(catalogue, tag)}
    patients = _chosen(catalogue.patients, keys, matching, None)
    if level == "PATIENT":
        for patient in _ordered(patients, catalogue.patients, policy):
            yield Place(patient, catalogue.first_study[patient], 0)
        return
    among = None
    if not isinstance(patients, range):
        among = [study for patient in patients for study in catalogue.studies_of(patient)]
    below = _below(catalogue, level, keys, matching)
    for study in _ordered(_chosen(catalogue.studies, keys, matching, among), catalogue.studies, policy):
        yield from below(catalogue.patient_of[study], study)


def _is_dropped(catalogue: Catalogue, tag: int) -> bool:
    """Whether an attribute is of a level above SERIES, and not its unique key."""
    is_above = tag in catalogue.patients.columns or tag in catalogue.studies.columns
    return is_above and tag not in _UNIQUE_KEYS.values()


def _level_of(sop_class_uid: str, keys: Dataset, policy: Policy) -> str:
    level = keys.get(Tag.QUERY_RETRIEVE_LEVEL)
    top = 0 if sop_class_uid == uids.PATIENT_ROOT_FIND else 1
    known = LEVELS[0 if policy.patient_level_everywhere else top :]
    if not isinstance(level, str) or level not in known:
        raise QueryRefused(policy.unknown_level_status)
    if policy.matching.uid_wildcards is UidWildcards.REFUSED and any(map(_has_wildcard, keys, keys.values())):
        raise QueryRefused(UNABLE_TO_PROCESS)
    above = [keys.get(_UNIQUE_KEYS[each]) for each in LEVELS[top : LEVELS.index(level)]]
    if not all(_suffices(key, policy.hierarchy) for key in above):
        raise QueryRefused(policy.unkeyed_status)
    return level


def _suffices(unique: str | tuple[Dataset, ...] | None, hierarchy: Hierarchy) -> bool:
    """Whether the unique key of a level above is what the archive wants to see of it."""
    if hierarchy is Hierarchy.FREE:
        return True
    if hierarchy is Hierarchy.PRESENT:
        return unique is not None
    return isinstance(unique, str) and unique != "" and "*" not in unique and "?" not in unique


def _has_wildcard(tag: int, key: str | tuple[Dataset, ...]) -> bool:
    return VR_OF.get(tag) == "UI" and isinstance(key, str) and ("*" in key or "?" in key)


def _within_limit(
    catalogue: Catalogue, policy: Policy, level: str, keys: Dataset
) -> tuple[Iterator[Place], bool]:
    """The matches among those that count for the limit, and whether there are more of these."""
    places, limit = places_of(catalogue, policy, level, keys), policy.limit_at(level)
    if limit is None or not policy.limit_ignores_case or not keys.get(Tag.PATIENT_ID):
        return places, False
    in_any_case = replace(policy, matching=replace(policy.matching, ignores_case=True))
    counted = list(islice(places_of(catalogue, in_any_case, level, keys), limit + 1))
    first = set(counted[:limit])
    return (place for place in places if place in first), len(counted) > limit


def _found_rows(
    catalogue: Catalogue,
    policy: Policy,
    level: str,
    keys: Dataset,
    places: Iterator[Place],
    writer: RowWriter,
) -> Iterator[Row]:
    usual = PENDING_KEYS_LACKING if writer.lacks_keys else PENDING
    status = usual if policy.pending_status is None else policy.pending_status
    if policy.counters is Counters.COLLAPSE and not COUNT_TAGS.isdisjoint(keys):
        places = islice(places, 1)
    collapses = policy.collapses_without_key and _UNIQUE_KEYS[level] not in keys
    seen: set[bytes] = set()
    for place in places:
        row = Row(status, writer.write(place))
        if collapses:
            if row.identifier in seen:
                continue
            seen.add(row.identifier)
        yield row
        if policy.row_per_instance:
            yield from repeat(row, catalogue.instances_under(level, place) - 1)


def _as_sent(rows: Iterator[Row], policy: Policy) -> Iterator[Row]:
    """The rows, repeated as the policy says."""
    repeated = rows
    if policy.row_repeats > 1:
        repeated = (row for row in rows for _ in range(policy.row_repeats))
    return cycle(repeated) if policy.endless else repeated


def _canned_rows(catalogue: Catalogue, policy: Policy, syntax: str) -> Iterator[Row]:
    """The same whole records whatever was asked: names, dates, everything."""
    tags = known_texts(catalogue, policy, "SERIES")
    writer = RowWriter(catalogue, policy, "SERIES", tags, syntax, said="STUDY")
    whole = (study for study in range(catalogue.studies.size) if catalogue.series_of(study))
    for study in islice(whole, policy.canned_rows):
        place = Place(catalogue.patient_of[study], study, catalogue.first_series[study])
        yield Row(PENDING, writer.write(place))


def _worklist_rows(catalogue: Catalogue, policy: Policy, keys: Dataset, syntax: str) -> Iterator[Row]:
    for record in appointment_records(catalogue):
        if matches(keys, record, policy.matching):
            usual = PENDING_KEYS_LACKING if lacks_keys(keys, record) else PENDING
            status = usual if policy.pending_status is None else policy.pending_status
            answer = answer_of(keys, record, policy.matching)
            sent = {tag: value for tag, value in answer.items() if tag not in policy.unsent}
            yield Row(status, encode_dataset(sent, syntax))


def _chosen(table: Table, keys: Dataset, matching: Matching, among: list[int] | None) -> Sequence[int]:
    """The numbers of the records that match the keys of this level, in ascending order.

    A range is every record of the level.
    """
    sought = _sought(table.columns, keys, matching)
    if among is None:
        found = {
            tag: table.index(tag, as_text=matching.as_text).find(sought[tag])
            for tag in INDEXED
            if tag in sought
        }
        helpful = {tag: numbers for tag, numbers in found.items() if numbers is not None}
        if helpful:
            best = min(helpful, key=lambda tag: len(helpful[tag]))
            among = sorted(helpful[best])
            del sought[best]
    numbers: Sequence[int] = range(table.size) if among is None else among
    for tag, each in sought.items():
        column, verdict = table.columns[tag], _Verdicts(each)
        numbers = [number for number in numbers if verdict[column(number)]]
    return numbers


def _sought(tags: Iterable[int], keys: Dataset, matching: Matching) -> dict[int, Wanted]:
    """What the keys ask for of those attributes, universal matching left out."""
    return {
        tag: wanted(VR_OF.get(tag, UNKNOWN), key, matching)
        for tag in tags
        if isinstance(key := keys.get(tag, ""), str) and key and is_matched(tag, matching)
    }


class _Verdicts(dict[str, bool]):
    """Whether a value matches a key: found out once for each value."""

    def __init__(self, sought: Wanted) -> None:
        super().__init__()
        self._sought = sought

    def __missing__(self, value: str) -> bool:
        verdict = self[value] = satisfies(self._sought, value)
        return verdict


def _ordered(numbers: Sequence[int], table: Table, policy: Policy) -> Sequence[int]:
    if policy.row_order is RowOrder.SHUFFLED:
        return Random().sample(numbers, k=len(numbers))
    if policy.row_order is RowOrder.BY_DATE and Tag.STUDY_DATE in table.columns:
        return sorted(numbers, key=table.columns[Tag.STUDY_DATE])
    return numbers


def _below(catalogue: Catalogue, level: str, keys: Dataset, matching: Matching) -> _Below:
    """What to send of each study that was found: itself, its series or its instances."""
    columns, texts = catalogue.series.columns, instance_texts(catalogue)
    of_series_sought = [
        (columns[tag], _Verdicts(each)) for tag, each in _sought(columns, keys, matching).items()
    ]
    of_instance_sought = [(texts[tag], each) for tag, each in _sought(texts, keys, matching).items()]

    def itself(patient: int, study: int) -> Iterator[Place]:
        yield Place(patient, study, catalogue.first_series[study])

    def series_of(patient: int, study: int) -> Iterator[Place]:
        for series in catalogue.series_of(study):
            if all(verdict[column(series)] for column, verdict in of_series_sought):
                yield Place(patient, study, series)

    def instances_of(patient: int, study: int) -> Iterator[Place]:
        for place in series_of(patient, study):
            for number in range(1, catalogue.instances_in(place.series) + 1):
                found = Place(patient, study, place.series, number)
                if all(satisfies(each, text(found)) for text, each in of_instance_sought):
                    yield found

    return {"STUDY": itself, "SERIES": series_of, "IMAGE": instances_of}[level]
