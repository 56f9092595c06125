from __future__ import annotations

import tracemalloc
from dataclasses import replace

from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import Archive
from dosimeter.report.figures import Tally, Totals
from tests.unit.report import samples


def totals(archives: list[Archive]) -> Totals:
    """What a tally says of these archives."""
    tally = Tally()
    for archive in archives:
        tally.add(archive)
    return tally.totals()


def test_endpoints_that_share_their_findings_count_each() -> None:
    """Three surveys' worth of endpoints give the same figures, findings shared or not."""
    shared = [archive for archive in samples.every_rung() for _ in range(3)]
    apart = [replace(archive, findings=replace(archive.findings)) for archive in shared]
    assert totals(shared) == totals(apart)
    assert totals(shared).with_decoys.endpoints == 36
    assert (totals(shared).tried_titles, totals(shared).attempts.failed) == (3, 21)


def test_figures_may_be_asked_for_in_between() -> None:
    """Asking does not count anything twice."""
    tally = Tally()
    for archive in samples.every_rung():
        tally.add(archive)
        tally.totals()
    assert tally.totals() == samples.document().totals


def test_figures_of_many_kinds_of_answers_need_bounded_memory() -> None:
    """Of 5,000 findings that came by, most are gone again."""
    tally = Tally()
    said = samples.verdict(Exposure.GUARDED)
    tracemalloc.start()
    try:
        for number in range(5_000):
            tally.add(samples.judged(Endpoint("127.20.0.4", number), said))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert tally.totals().with_decoys.on(Exposure.GUARDED) == 5_000
    assert kept < 1_000_000
