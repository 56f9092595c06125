"""From what must be closed at a web port, and the product it shows, to the remedies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy import (
    web_archives,
    web_generic,
    web_orthanc,
)
from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.verdict import Remedy

_BOOKS: Final[Mapping[str, Book]] = MappingProxyType(
    {
        "orthanc": web_orthanc.BOOK,
        "dcm4chee": web_archives.DCM4CHEE,
        "dicoogle": web_archives.DICOOGLE,
        "conquest": web_archives.CONQUEST,
        "horos": web_archives.HOROS,
        "ohif": web_archives.OHIF,
    }
)
_NO_BOOK: Final[Book] = MappingProxyType({})


def choose_web(needs: Iterable[Need], product: str | None) -> tuple[Remedy, ...]:
    """The remedies, gravest first, none twice; ``product`` is a key of ``exposure.web_products``.

    The last step of each says what the re-test must show.
    """
    book = _BOOKS.get(product or "", _NO_BOOK)
    found: list[Remedy] = []
    for need in sorted(set(needs), key=lambda need: int(need.value)):
        remedy = book.get(need) or web_generic.BOOK[need]
        if remedy not in found:
            found.append(remedy)
    return tuple(found)
