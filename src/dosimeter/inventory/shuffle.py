"""A repeatable shuffle of a long range that is never held in memory."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

_ROUNDS: Final = 4
_WORD: Final = (1 << 64) - 1
_WORD_BITS: Final = 64
_GOLDEN: Final = 0x9E3779B97F4A7C15
"""An odd multiplier that spreads neighbouring numbers (2^64 over the golden ratio)."""


def shuffled(size: int, seed: int) -> Iterator[int]:
    """Each number from 0 to ``size`` - 1 once, in an order the seed decides.

    A Feistel network permutes the next larger range of even bit length; numbers beyond ``size``
    are sent through it again until they fall inside (cycle walking).
    """
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    keys = _keys(seed)
    for index in range(size):
        place = _permute(index, keys, half, mask)
        while place >= size:
            place = _permute(place, keys, half, mask)
        yield place


def _permute(number: int, keys: tuple[int, ...], half: int, mask: int) -> int:
    left, right = number >> half, number & mask
    for key in keys:
        mixed = (((right ^ key) * _GOLDEN) & _WORD) >> (_WORD_BITS - half)
        left, right = right, left ^ mixed
    return left << half | right


def _keys(seed: int) -> tuple[int, ...]:
    digest = blake2b(str(seed).encode(), digest_size=8 * _ROUNDS, person=b"survey order").digest()
    return tuple(int.from_bytes(digest[at : at + 8], "big") for at in range(0, len(digest), 8))
