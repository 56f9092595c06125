"""Which remedy closes what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from dosimeter.exposure.product import FINGERPRINTS
from dosimeter.exposure.remedy import generic, web_generic
from dosimeter.exposure.remedy.choose import choose
from dosimeter.exposure.remedy.choose_web import choose_web
from dosimeter.exposure.remedy.need import Need
from dosimeter.exposure.web_products import WEB_PRODUCTS
from dosimeter.model.verdict import Confidence, Product, Remedy


def needs_met_by(title: str) -> frozenset[Need]:
    """What the remedy of this title closes; nothing where the title is not known."""
    return _needs().get(title, frozenset())


@cache
def _needs() -> Mapping[str, frozenset[Need]]:
    met: dict[str, set[Need]] = {}
    for need, remedy in _advice():
        met.setdefault(remedy.title, set()).add(need)
    return {title: frozenset(needs) for title, needs in met.items()}


def _advice() -> Iterator[tuple[Need, Remedy]]:
    products = [Product(name, None, Confidence.ANNOUNCED) for name in {each.product for each in FINGERPRINTS}]
    for need in generic.BOOK:
        for product in (None, *products):
            for may_be_orthanc in (False, True):
                for remedy in choose([need], product, may_be_orthanc=may_be_orthanc):
                    yield need, remedy
    for need in web_generic.BOOK:
        for key in (None, *(each.key for each in WEB_PRODUCTS)):
            for remedy in choose_web([need], key):
                yield need, remedy
