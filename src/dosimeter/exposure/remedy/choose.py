"""From what must be closed, and the product announced, to the remedies of one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from dosimeter.exposure.product import CONQUEST, DCM4CHE, DCMTK, HOROS, PYNETDICOM
from dosimeter.exposure.remedy import conquest, dcm4chee, dcmtk, generic, horos_osirix, orthanc, pynetdicom
from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Product, Remedy


def _if_it_is(book: Book) -> Book:
    """The same advice for a product of which only the toolkit is known."""
    return MappingProxyType(
        {
            need: Remedy(say("If it is {remedy}", remedy=remedy.title), remedy.steps)
            for need, remedy in book.items()
        }
    )


_IF_ORTHANC: Final = _if_it_is(orthanc.BOOK)
_IF_DCMTK: Final = _if_it_is(dcmtk.BOOK)
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
    books = _books(product.name if product is not None else None, may_be_orthanc=may_be_orthanc)
    found: list[Remedy] = []
    for need in sorted(set(needs), key=_rank):
        known = [book[need] for book in books if need in book]
        found += [remedy for remedy in known or [generic.BOOK[need]] if remedy not in found]
    return tuple(found)


def _books(product: str | None, *, may_be_orthanc: bool) -> tuple[Book, ...]:
    if product == DCMTK:
        return (_IF_ORTHANC, _IF_DCMTK) if may_be_orthanc else (_IF_DCMTK, _IF_ORTHANC)
    return (_BOOKS[product],) if product is not None and product in _BOOKS else ()


def _rank(need: Need) -> int:
    return int(need.value)
