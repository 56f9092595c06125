"""The cyclic garbage collector, told that a survey, and its report, make much and leave no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_ALLOCATIONS: Final = 100_000
"""Before a collection, against 700 by default: a host allocates some hundreds and frees them all."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect seldom, and never look again at what was there before; a tenth of the CPU of either."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
