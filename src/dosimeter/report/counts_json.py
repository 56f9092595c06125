"""Counts as JSON (DESIGN §7): every number with its kind, every sum with what is in it."""

from __future__ import annotations

from dosimeter.exposure.count_words import count_of
from dosimeter.model.census import AtLeast, Census, Claimed, Counts, Estimated, Exact, Things, Unknown
from dosimeter.report.adding import Sum
from dosimeter.report.breakdown import breakdown_of
from dosimeter.report.cost import CountingCost
from dosimeter.report.holdings import Holdings, Stakes
from dosimeter.report.small_cells import Cell, FewerThan

Json = dict[str, object]


def cell_object(count: Cell) -> Json:
    """``{"kind": "exact", "value": 12}``; an estimate has ``low`` and ``high`` too."""
    match count:
        case Exact(value) | AtLeast(value) | Claimed(value) | FewerThan(value):
            return {"kind": count.kind, "value": value}
        case Estimated(value, low, high):
            return {"kind": count.kind, "value": value, "low": low, "high": high}
        case Unknown():
            return {"kind": count.kind}


def counts_object(counts: Counts) -> Json:
    """The five numbers of an archive."""
    return {things.value: cell_object(count_of(counts, things)) for things in Things}


def breakdown_object(census: Census) -> Json:
    """The parts of a census as they may be shown, and why a number is no better."""
    parts = breakdown_of(census)
    return {
        "by_year": [{"year": each.year, "studies": cell_object(each.studies)} for each in parts.years],
        "by_modality": [
            {"modality": each.modality, "studies": cell_object(each.studies)} for each in parts.modalities
        ],
        "oldest_year": parts.oldest_year,
        "newest_year": parts.newest_year,
        "undated_studies": cell_object(parts.undated),
        "rows_limit": census.rows_limit,
        "remarks": [*census.remarks, *parts.notes],
    }


def cost_object(cost: CountingCost | None) -> Json | None:
    """What counting cost, as coarse as the other reports say it; None where no census came to its end."""
    if cost is None:
        return None
    return {
        "queries": cost.questions,
        "associations": cost.associations,
        "megabytes": cost.megabytes,
        "seconds": cost.seconds,
    }


def stakes_object(stakes: Stakes) -> Json:
    """The two figures of the study apart, and what a known name opens in neither."""
    return {
        "linked": _holdings(stakes.linked),
        "downloadable": _holdings(stakes.downloadable),
        "by_name": _holdings(stakes.by_name),
    }


def _holdings(holdings: Holdings) -> Json:
    sums = {things.value: sum_object(holdings.of(things)) for things in Things}
    return {"archives": holdings.archives, **sums}


def sum_object(total: Sum) -> Json:
    """The number with the weakest kind in it; what was counted and what is claimed stand apart below."""
    return {
        **cell_object(total.count),
        "counted": cell_object(total.counted),
        "claimed": total.claimed,
        "archives_known": total.known,
        "archives_claiming": total.claims,
        "archives_not_counted": total.unknown,
    }
