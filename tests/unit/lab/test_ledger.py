from __future__ import annotations

from threading import Thread

from dosimeter.lab.attributes import Tag
from dosimeter.lab.ledger import Ledger, Tally


def test_sums_are_kept_whoever_adds() -> None:
    """Several threads serve one archive."""
    ledger = Ledger()
    threads = [
        Thread(target=lambda: [ledger.add(Tally(rows=2, sent_bytes=5)) for _ in range(500)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.tally == Tally(rows=4000, sent_bytes=10000)


def test_a_visit_is_what_was_added_since() -> None:
    """The difference of two readings."""
    ledger = Ledger()
    ledger.add(Tally(connections=1, finds=3))
    before = ledger.tally
    ledger.add(Tally(finds=2))
    assert ledger.tally - before == Tally(finds=2)


def test_questions_are_kept_in_their_order() -> None:
    """So that a test can see what was asked, and what was asked twice."""
    ledger = Ledger()
    for day in ("20200101", "20200102"):
        ledger.add(Tally(finds=1), {Tag.STUDY_DATE: day})
    assert [keys[Tag.STUDY_DATE] for keys in ledger.questions] == ["20200101", "20200102"]
