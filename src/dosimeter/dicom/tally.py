"""What is kept of the rows of one answer: numbers, and keyed digests of unique keys. No row is kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dosimeter.dicom.count_query import (
    COUNTER_TAGS,
    MODALITIES_IN_STUDY,
    PATIENT_ID,
    STUDY_INSTANCE_UID,
    UNIQUE_KEYS,
    CountLevel,
    asked_back,
)
from dosimeter.dicom.keyed_set import DIGEST_LENGTH, KeyedSet
from dosimeter.dicom.presence import modalities_of, parse_count

MOST_PLAUSIBLE: Final = 10_000_000
"""Of one study or patient. The largest studies, of cell slides and of cine, have some 100,000 instances."""

PUBLIC_ROOTS: Final = (b"1.3.6.1.4.1.14519.5.2.1.", b"1.3.6.1.4.1.9328.50.")
"""StudyInstanceUIDs of The Cancer Imaging Archive begin so: data that was published on purpose."""
_ENTERPRISES: Final = b"1.3.6.1.4.1."
"""What both begin with: rows are looked at one by one only where it is found."""

_PADDING: Final = b" \0"


@dataclass(slots=True)
class CounterTotals:
    """One NumberOf… attribute over the rows. ``present`` counts plausible values, zeros included."""

    total: int = 0
    present: int = 0
    zero: int = 0
    implausible: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A wanted tag in rows of one shape; its value begins after ``skip`` bytes of what is handed over."""

    tag: int
    skip: int = 0


class RowTally:
    """Absorbs the pending responses to one counting query.

    ``key`` is 16 to 64 bytes, in memory only. ``rows`` are pending responses, each counted once
    whatever its identifier is like; ``received`` the bytes of the P-DATA-TFs they came in.
    ``keys`` are the distinct unique keys of the level, ``without_key`` the rows that had none, an empty
    one, or one behind a fault. ``patients`` are distinct PatientIDs: at PATIENT level the keys, at STUDY
    level asked with ``counters``, else none. ``studies`` are distinct StudyInstanceUIDs: at STUDY level the
    keys, at PATIENT level none. ``sums`` has a tag's totals for each NumberOf… attribute asked.
    ``public_roots`` are rows whose StudyInstanceUID begins as published ones do.
    """

    __slots__ = (
        "_hash",
        "_level",
        "keys",
        "modalities",
        "patients",
        "public_roots",
        "received",
        "rows",
        "studies",
        "sums",
        "wanted",
        "without_key",
        "without_patient",
    )

    def __init__(self, key: bytes, level: CountLevel, *, counters: bool = False) -> None:
        self._hash = hashlib.blake2b(digest_size=DIGEST_LENGTH, key=key)
        self._level = level
        self.wanted = asked_back(level, counters=counters)
        self.rows = 0
        self.received = 0
        self.keys = KeyedSet()
        self.without_key = 0
        self.patients = self.keys if level is CountLevel.PATIENT else KeyedSet()
        self.without_patient = 0
        self.studies = self.keys if level is CountLevel.STUDY else KeyedSet()
        self.sums = {tag: CounterTotals() for tag in COUNTER_TAGS[level] if counters}
        self.modalities: dict[str, int] = {}
        self.public_roots = 0

    def absorb(self, rows: int, columns: Mapping[Column, Sequence[bytes]]) -> None:
        """Take so many rows of one shape: of each wanted tag they have the values, in the same order.

        A wanted tag without a column was absent from all of them.
        """
        self.rows += rows
        found = {column.tag: column for column in columns}
        key_tag = UNIQUE_KEYS[self._level]
        self.without_key += rows
        if key_tag in found:
            column = found[key_tag]
            self.without_key -= self._add(self.keys, column.skip, columns[column])
        if PATIENT_ID in self.wanted:
            self._absorb_patients(rows, found.get(PATIENT_ID), columns)
        if STUDY_INSTANCE_UID in found:
            column = found[STUDY_INSTANCE_UID]
            if self.studies is not self.keys:
                self._add_repeated(self.studies, column.skip, columns[column])
            self._look_at_roots(column.skip, columns[column])
        if MODALITIES_IN_STUDY in found:
            column = found[MODALITIES_IN_STUDY]
            self._add_modalities(column.skip, columns[column])
        for tag, totals in self.sums.items():
            if tag in found:
                _add_counts(totals, found[tag].skip, columns[found[tag]])

    def _absorb_patients(
        self, rows: int, column: Column | None, columns: Mapping[Column, Sequence[bytes]]
    ) -> None:
        if self._level is CountLevel.PATIENT:
            self.without_patient = self.without_key
            return
        self.without_patient += rows
        if column is not None:
            self.without_patient -= self._add_repeated(self.patients, column.skip, columns[column])

    def _add(self, target: KeyedSet, skip: int, values: Sequence[bytes]) -> int:
        """Put digests of the values in; how many were not empty."""
        copy = self._hash.copy
        digests = []
        for value in values:
            if key := value[skip:].strip(_PADDING):
                state = copy()
                state.update(key)
                digests.append(state.digest())
        target.add_all(digests)
        return len(digests)

    def _add_repeated(self, target: KeyedSet, skip: int, values: Sequence[bytes]) -> int:
        """The same for values that come many times over."""
        times = Counter(values)
        self._add(target, skip, tuple(times))
        return len(values) - sum(many for value, many in times.items() if not value[skip:].strip(_PADDING))

    def _look_at_roots(self, skip: int, values: Sequence[bytes]) -> None:
        if _ENTERPRISES in b"".join(values):
            self.public_roots += sum(
                value[skip:].strip(_PADDING).startswith(PUBLIC_ROOTS) for value in values
            )

    def _add_modalities(self, skip: int, values: Sequence[bytes]) -> None:
        for value, many in Counter(values).items():
            for modality in modalities_of(value[skip:]):
                self.modalities[modality] = self.modalities.get(modality, 0) + many


def _add_counts(totals: CounterTotals, skip: int, values: Sequence[bytes]) -> None:
    for value, many in Counter(values).items():
        digits = value[skip:].strip(_PADDING)
        if not digits:
            continue
        count = parse_count(digits)
        if count is None or count > MOST_PLAUSIBLE:
            totals.implausible += many
        else:
            totals.total += count * many
            totals.present += many
            totals.zero += many if count == 0 else 0
