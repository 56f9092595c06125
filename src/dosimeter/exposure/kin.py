"""Which announcements can be of one archive: itself over HTTP, the toolkit it is built on over DICOM."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_TOOLKITS: Final = frozenset(
    {"dcmtk", "dcm4che", "pynetdicom", "fo-dicom", "gdcm", "dicom-rs", "go-netdicom", "merge", "clearcanvas"}
)
"""Libraries that others build archives on: beside a vendor's own product they contradict nothing."""

_WORDS: Final = (
    ("orthanc", ("orthanc", "dcmtk")),
    ("dcmtk", ("dcmtk",)),
    ("dcm4che", ("dcm4che",)),
    ("dicoogle", ("dicoogle", "dcm4che")),
    ("pynetdicom", ("pynetdicom",)),
    ("conquest", ("conquest",)),
    ("horos", ("horos",)),
    ("osirix", ("horos",)),
    ("synapse", ("synapse",)),
    ("fo-dicom", ("fo-dicom",)),
    ("gdcm", ("gdcm",)),
    ("dicom-rs", ("dicom-rs",)),
    ("go-netdicom", ("go-netdicom",)),
    ("merge", ("merge",)),
    ("clearcanvas", ("clearcanvas",)),
    ("vue", ("vue",)),
    ("carestream", ("vue",)),
    ("visage", ("visage",)),
    ("pacsone", ("pacsone",)),
)
"""A word in a product's name, and the announcements that go with it (reference/prior-art.md §4.1, §4.3).

Viewers are not in it: a viewer stands before any archive.
"""


@lru_cache(maxsize=1024)
def kin_of(product: str | None) -> frozenset[str]:
    """What goes with this product's name; nothing for a name that is not in the table, or a viewer's."""
    if product is None:
        return frozenset()
    lower = product.lower()
    return frozenset(word for name, words in _WORDS if name in lower for word in words)


def is_toolkit(kin: frozenset[str]) -> bool:
    """Whether no more is known than the library it is built on."""
    return bool(kin) and kin <= _TOOLKITS


def contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two announcements cannot be of one archive.

    A toolkit contradicts only products that are known to be built on another one.
    """
    if not one or not other or one & other:
        return False
    if is_toolkit(one) and is_toolkit(other):
        return True
    for toolkit, product in ((one, other), (other, one)):
        if is_toolkit(toolkit):
            return bool(product & _TOOLKITS) or bool(product & _ON_THEIR_OWN)
    return True


_ON_THEIR_OWN: Final = frozenset({"conquest", "horos"})
"""Products that announce an identity of their own over DICOM, whatever they are built on."""
