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
            digests = ()
            self._spread()
        buckets = self._buckets
        for digest in digests:
            buckets[digest[0]] += digest
        if self._size > self._tidy_at:
            self._tidy()
            self._tidy_at = max(_FIRST_TIDYING, _GROWTH * self._size)

    def _spread(self) -> None:
        """From one piece to buckets."""
        if len(self._buckets) == 1:
            self._buckets = self._parts()

    def _parts(self) -> list[bytearray]:
        """Its buckets, made if it is in one piece: the first byte of a digest is the number of its bucket."""
        if len(self._buckets) == _BUCKETS:
            return self._buckets
        parts = [bytearray() for _ in range(_BUCKETS)]
        for digest in _split(self._buckets[0]):
            parts[digest[0]] += digest
        return parts

    def __len__(self) -> int:
        self._tidy()
        return self._size // DIGEST_LENGTH

    def update(self, other: KeyedSet) -> int:
        """Take all digests of ``other`` in; how many of them were new."""
        before, more = len(self), len(other)
        if not more:
            return 0
        if before + more <= _SMALL // DIGEST_LENGTH and len(self._buckets) == len(other._buckets) == 1:
            self._buckets[0] = _united(self._buckets[0], other._buckets[0])
        else:
            self._spread()
            for place, bucket in enumerate(other._parts()):
                self._buckets[place] = _united(self._buckets[place], bucket)
        self._size = sum(map(len, self._buckets))
        self._tidy_at = max(self._tidy_at, _GROWTH * self._size)
        return self._size // DIGEST_LENGTH - before

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
        if len(self) < len(other):
            return False
        if len(self._buckets) == 1:
            return _numbers(self._buckets[0]).issuperset(_array(other._buckets[0]))
        pairs = zip(self._buckets, other._parts(), strict=True)
        return all(not theirs or _numbers(mine).issuperset(_array(theirs)) for mine, theirs in pairs)

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
    return set(_array(bucket))


def _array(bucket: bytearray) -> array[int]:
    return array("Q", bytes(bucket))


def _united(mine: bytearray, theirs: bytearray) -> bytearray:
    """The digests of both, none of which has one twice; it may be the first, grown."""
    if not mine or not theirs:
        return mine or bytearray(theirs)
    numbers = _numbers(mine)
    before = len(numbers)
    numbers.update(_array(theirs))
    if len(numbers) * DIGEST_LENGTH == len(mine) + len(theirs):
        mine += theirs
    elif len(numbers) > before:
        return bytearray(array("Q", numbers).tobytes())
    return mine


def _split(bucket: bytearray) -> list[bytes]:
    return [bytes(bucket[place : place + DIGEST_LENGTH]) for place in range(0, len(bucket), DIGEST_LENGTH)]
