"""What software a web face shows: by the signs it bears, or by what its own interface says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from dosimeter.exposure.web_evidence import WebEvidence
from dosimeter.exposure.web_products import Kind, WebProduct, find_web_product, kind_of
from dosimeter.exposure.web_signs import signs_named
from dosimeter.model.verdict import Confidence, Product

_RANK: Final[Mapping[Kind, int]] = MappingProxyType({Kind.ARCHIVE: 2, Kind.VIEWER: 1, Kind.NEIGHBOUR: 0})
_MANY_ARCHIVES: Final = 3


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """The product behind a web face, where that is seen. ``shown`` are all products it shows, by their keys.

    ``is_described``: its own interface said so, and not only a page.
    """

    known: WebProduct
    version: str | None
    pointer: str
    shown: tuple[str, ...]
    is_described: bool = False

    @property
    def product(self) -> Product:
        """As a verdict names it: announced, for whoever wants can show the same."""
        return Product(self.known.name, self.version, Confidence.ANNOUNCED)

    @property
    def shows_too_many(self) -> bool:
        """Whether it bears the signs of several archives at once, as no real one does."""
        archives = [key for key in self.shown if kind_of(key) is Kind.ARCHIVE]
        return len(archives) >= _MANY_ARCHIVES


def identify_web(evidence: WebEvidence) -> WebIdentity | None:
    """An archive before a viewer before a neighbour; one that describes itself before mere signs."""
    seen = _by_signs(evidence)
    versions: dict[str, str | None] = {}
    for described in evidence.descriptions:
        key = described.fact.product
        seen.setdefault(key, described.pointer)
        version = described.fact.version
        versions[key] = versions.get(key) or (version.text if version is not None else None)
    found = [(known, pointer) for key, pointer in seen.items() if (known := find_web_product(key))]
    if not found:
        return None
    known, pointer = max(found, key=lambda each: (_RANK[each[0].kind], each[0].key in versions))
    return WebIdentity(known, versions.get(known.key), pointer, tuple(seen), known.key in versions)


def _by_signs(evidence: WebEvidence) -> dict[str, str]:
    """The products of one strong sign, or of two that stand in different places; with where the first is."""
    found: dict[str, str] = {}
    places: dict[str, set[str]] = {}
    first: dict[str, str] = {}
    for question in evidence.questions:
        for sign in signs_named(question.fact.signs):
            first.setdefault(sign.product, question.pointer)
            places.setdefault(sign.product, set()).add(sign.where)
            if sign.strong or len(places[sign.product]) > 1:
                found.setdefault(sign.product, question.pointer)
    return found
