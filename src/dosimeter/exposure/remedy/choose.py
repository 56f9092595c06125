"""From what must be closed, and the product announced, to the remedies of one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from dosimeter.exposure.product import CONQUEST, DCM4CHE, DCMTK, HOROS, PYNETDICOM
from dosimeter.exposure.remedy import conquest, dcm4chee, dcmtk, generic, horos_osirix, orthanc, pynetdicom
from dosimeter.exposure.remedy.need import Book, Need
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


def choose(needs: Iterable[Need], product: Product | None, *, may_be_orthanc: bool) -> tuple[Remedy, ...]:
    """The remedies, gravest first, none twice; the last step of each says what the re-test must show.

    DCMTK's identity is announced by Orthanc too, so both are given, the likelier first: storage
    commitment granted to a made-up title (``may_be_orthanc``) suggests Orthanc, and proves nothing.
    """
    name = product.name if product is not None else None
    found: dict[Remedy, None] = {}
    for need in sorted(set(needs), key=_rank):
        found.update(dict.fromkeys(_remedies_for(need, name, may_be_orthanc=may_be_orthanc)))
    return tuple(found)


def _remedies_for(need: Need, product: str | None, *, may_be_orthanc: bool) -> list[Remedy]:
    found: list[Remedy] = []
    if product == DCMTK:
        books = _ORTHANC_FIRST if may_be_orthanc else _DCMTK_FIRST
        found = [Remedy(f"If it is {book[need].title}", book[need].steps) for book in books if need in book]
    elif product is not None and need in _BOOKS.get(product, {}):
        found = [_BOOKS[product][need]]
    return found or [generic.BOOK[need]]


def _rank(need: Need) -> int:
    return int(need.value)
