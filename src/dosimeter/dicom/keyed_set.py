"""How many different things: a set of 64-bit keyed digests that takes eight bytes for each."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from typing import Final

DIGEST_LENGTH: Final = 8
"""64 bits: among a million things two share a digest with a chance of 1 in 37 million, so the number
is exact; among 10^9 some 0.03 are expected to be missed."""

_BUCKETS: Final = 256
_SMALL: Final = 4096 * DIGEST_LENGTH
"""Up to 32 KiB the digests lie in one piece: most cells of a census hold a few hundred."""
_FIRST_TIDYING: Final = _BUCKETS * 512 * DIGEST_LENGTH
_GROWTH: Final = 4


class KeyedSet:
    """Digests made under one key. Sets can be compared only if their keys are the same.

    Repetitions are kept until it has grown fourfold, then dropped bucket by bucket, so that it holds
    at most 1 MiB more than four times its distinct digests, and a million different ones take under
    10 MiB.
    """

    __slots__ = ("_buckets", "_is_tidy", "_size", "_tidy_at")

    def __init__(self) -> None:
        self._buckets = [bytearray()]
        self._size = 0
        self._tidy_at = _FIRST_TIDYING
        self._is_tidy = True

    def add_all(self, digests: Sequence[bytes]) -> None:
        """Put digests of eight bytes in."""
        if not digests:
            return
        self._is_tidy = False
        self._size += len(digests) * DIGEST_LENGTH
        if len(self._buckets) == 1:
            self._buckets[0] += b"".join(digests)
            if self._size <= _SMALL:
                return
            digests = _split(self._buckets[0])
            self._buckets = [bytearray() for _ in range(_BUCKETS)]
        buckets = self._buckets
        for digest in digests:
            buckets[digest[0]] += digest
        if self._size > self._tidy_at:
            self._tidy()
            self._tidy_at = max(_FIRST_TIDYING, _GROWTH * self._size)

    def __len__(self) -> int:
        self._tidy()
        return self._size // DIGEST_LENGTH

    def update(self, other: KeyedSet) -> int:
        """Take all digests of ``other`` in; how many of them were new."""
        before = len(self)
        other._tidy()
        for bucket in other._buckets:
            self.add_all(_split(bucket))
        return len(self) - before

    def overlap(self, other: KeyedSet) -> int:
        """How many digests both hold."""
        self._tidy()
        other._tidy()
        if len(self._buckets) == len(other._buckets):
            pairs = zip(self._buckets, other._buckets, strict=True)
            return sum(len(_numbers(mine) & _numbers(theirs)) for mine, theirs in pairs)
        small, large = sorted((self, other), key=lambda each: len(each._buckets))  # noqa: SLF001
        few = _numbers(small._buckets[0])  # noqa: SLF001
        return sum(len(few & _numbers(bucket)) for bucket in large._buckets)  # noqa: SLF001

    def holds(self, other: KeyedSet) -> bool:
        """Whether all digests of ``other`` are in it."""
        return self.overlap(other) == len(other)

    def smallest(self, count: int) -> tuple[int, ...]:
        """The ``count`` smallest digests as numbers, ascending: a sketch of the set under its key."""
        self._tidy()
        found: list[int] = []
        for numbers in self._ascending():
            found += numbers
            if len(found) >= count:
                break
        return tuple(found[:count])

    def _ascending(self) -> Iterator[list[int]]:
        """Bucket by bucket: the first byte of a digest, its highest, is the number of its bucket."""
        for bucket in self._buckets:
            yield sorted(struct.unpack(f">{len(bucket) // DIGEST_LENGTH}Q", bucket))

    def _tidy(self) -> None:
        if self._is_tidy:
            return
        for place, bucket in enumerate(self._buckets):
            numbers = _numbers(bucket)
            if len(numbers) * DIGEST_LENGTH < len(bucket):
                self._buckets[place] = bytearray(array("Q", numbers).tobytes())
        self._size = sum(map(len, self._buckets))
        self._is_tidy = True


def _numbers(bucket: bytearray) -> set[int]:
    """The digests as numbers in this machine's byte order: equal ones are equal, no more is meant."""
    return set(array("Q", bytes(bucket)))


def _split(bucket: bytearray) -> list[bytes]:
    return [bytes(bucket[place : place + DIGEST_LENGTH]) for place in range(0, len(bucket), DIGEST_LENGTH)]
