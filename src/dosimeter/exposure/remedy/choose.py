"""From what must be closed, and the product announced, to the remedies of one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from dosimeter.exposure.product import CONQUEST, DCM4CHE, DCMTK, HOROS, PYNETDICOM
from dosimeter.exposure.remedy import conquest, dcm4chee, dcmtk, generic, horos_osirix, orthanc, pynetdicom
from dosimeter.exposure.remedy.need import Advice, Book, Need
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Product, Remedy

_ORTHANC_FIRST: Final = (orthanc.BOOK, dcmtk.BOOK)
_DCMTK_FIRST: Final = (dcmtk.BOOK, orthanc.BOOK)

_BOOKS: Final[Mapping[str, Book]] = MappingProxyType(
    {
        DCM4CHE: dcm4chee.BOOK,
        CONQUEST: conquest.BOOK,
        HOROS: horos_osirix.BOOK,
        PYNETDICOM: pynetdicom.BOOK,
    }
)


def choose(
    needs: Iterable[Need], product: Product | None, endpoint: Endpoint, *, may_be_orthanc: bool
) -> tuple[Remedy, ...]:
    """The remedies, gravest first, none twice; each ends in the command that proves it.

    DCMTK's identity is announced by Orthanc too, so both are given, the likelier first: storage
    commitment granted to a made-up title (``may_be_orthanc``) suggests Orthanc, and proves nothing.
    """
    name = product.name if product is not None else None
    advices = _advices(frozenset(needs), name, may_be_orthanc=may_be_orthanc)
    retest = f"dosimeter survey --scope scope.toml {endpoint.authority}"
    return tuple([Remedy(advice.title, advice.steps, retest) for advice in advices])


@lru_cache(maxsize=512)
def _advices(needs: frozenset[Need], product: str | None, *, may_be_orthanc: bool) -> tuple[Advice, ...]:
    """The advice for these needs: a few combinations make up a whole survey."""
    found: dict[Advice, None] = {}
    for need in sorted(needs, key=_rank):
        found.update(dict.fromkeys(_advices_for(need, product, may_be_orthanc=may_be_orthanc)))
    return tuple(found)


def _advices_for(need: Need, product: str | None, *, may_be_orthanc: bool) -> list[Advice]:
    found: list[Advice] = []
    if product == DCMTK:
        books = _ORTHANC_FIRST if may_be_orthanc else _DCMTK_FIRST
        found = [Advice(f"If it is {book[need].title}", book[need].steps) for book in books if need in book]
    elif product is not None and need in _BOOKS.get(product, {}):
        found = [_BOOKS[product][need]]
    return found or [generic.BOOK[need]]


def _rank(need: Need) -> int:
    return int(need.value)
