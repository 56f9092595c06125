"""Which announcements can be of one archive: itself over HTTP, the toolkit it is built on over DICOM."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from dosimeter.exposure.product import DCM4CHE, DCMTK

_TOOLKITS: Final = frozenset(
    {"dcmtk", "dcm4che", "pynetdicom", "fo-dicom", "gdcm", "dicom-rs", "go-netdicom", "merge", "clearcanvas"}
)
"""Libraries that archives are built on."""

_ON_THEIR_OWN: Final = frozenset({"conquest", "horos"})
"""Products that announce an identity of their own over DICOM, whatever they are built on."""

_AMBIGUOUS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {DCMTK: frozenset({"dcmtk"}), DCM4CHE: frozenset({"dcm4che"})}
)
"""Names of ``exposure.product`` that name a product beside its toolkit: only the toolkit is known."""

_WORDS: Final = (
    ("orthanc", ("orthanc", "dcmtk")),
    ("dcm4chee", ("dcm4chee", "dcm4che")),
    ("dicoogle", ("dicoogle", "dcm4che")),
    ("dicomcloud", ("dicomcloud", "fo-dicom")),
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
    ("sante", ("sante",)),
)
"""A word in a product's name, and the announcements that go with it (reference/prior-art.md §4.1, §4.3).

Viewers are not in it: a viewer stands before any archive.
"""


@lru_cache(maxsize=1024)
def kin_of(product: str | None) -> frozenset[str]:
    """What goes with this product's name; nothing for a name that is not in the table, or a viewer's."""
    if product is None:
        return frozenset()
    if product in _AMBIGUOUS:
        return _AMBIGUOUS[product]
    lower = product.lower()
    return frozenset(word for name, words in _WORDS if name in lower for word in words)


def is_toolkit(kin: frozenset[str]) -> bool:
    """Whether no more is known than the library it is built on."""
    return bool(kin) and kin <= _TOOLKITS


def same_product(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two announcements are of one product, or of a product and of the toolkit it is built on.

    Two announcements of a toolkit are not: anybody builds on it.
    """
    mine, theirs = one - _TOOLKITS, other - _TOOLKITS
    if mine and theirs:
        return bool(mine & theirs)
    return bool(mine or theirs) and bool(one & other)


def contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two announcements cannot be of one archive.

    A toolkit contradicts only products that are known to be built on another one, or on none.
    """
    if not one or not other:
        return False
    mine, theirs = one - _TOOLKITS, other - _TOOLKITS
    if mine and theirs:
        return not mine & theirs
    if not mine and not theirs:
        return not one & other
    product = one if mine else other
    is_told = bool(product & _TOOLKITS) or bool(product & _ON_THEIR_OWN)
    return is_told and not one & other
