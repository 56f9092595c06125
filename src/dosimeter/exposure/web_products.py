"""The products that show a web face, as a table: what each is, and where it is from.

How each is recognised stands in ``web_signs``; what is asked of each in ``probes``, one file a product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dosimeter.model.message import say


class Kind(StrEnum):
    """What stands behind the web face of a product."""

    ARCHIVE = "archive"
    """It holds images itself."""
    VIEWER = "viewer"
    """It shows, or hands on, the images of an archive that may be elsewhere."""
    NEIGHBOUR = "neighbour"
    """The same people behind another door; no images."""


@dataclass(frozen=True, slots=True)
class WebProduct:
    """One product. ``key`` is its name in facts and signs, ``name`` in reports.

    What it announces over DICOM stands in ``kin``.
    """

    key: str
    name: str
    kind: Kind
    source: str


WEB_PRODUCTS: Final = (
    WebProduct(
        "orthanc",
        "Orthanc",
        Kind.ARCHIVE,
        "Orthanc Book, configuration: HttpPort 8042; measured on 1.10.1 (Debian 12)",
    ),
    WebProduct(
        "dcm4chee",
        "dcm4chee-arc",
        Kind.ARCHIVE,
        "dcm4chee-arc-light wiki and default-config.ldif",
    ),
    WebProduct(
        "dicoogle",
        "Dicoogle",
        Kind.ARCHIVE,
        "dicoogle repository, server/web/DicoogleWeb.java",
    ),
    WebProduct(
        "conquest",
        "Conquest",
        Kind.ARCHIVE,
        "marcelvanherk/Conquest-DICOM-Server repository, webserver/",
    ),
    WebProduct(
        "horos",
        say("Horos or OsiriX"),
        Kind.ARCHIVE,
        "horos repository, WebPortalConnection; NASL gb_horos_detect",
    ),
    WebProduct(
        "oviyam",
        "Oviyam",
        Kind.VIEWER,
        "Oviyam 2 repository, WebContent/login.jsp and viewer.html",
    ),
    WebProduct(
        "weasis",
        "Weasis connector",
        Kind.VIEWER,
        "nroduit/weasis-pacs-connector README and servlets",
    ),
    WebProduct(
        "ohif",
        "OHIF viewer",
        Kind.VIEWER,
        "OHIF Viewers documentation, configuration files",
    ),
    WebProduct(
        "meddream",
        "MedDream",
        Kind.VIEWER,
        "Softneta MedDream servicing manual; nuclei and NASL",
    ),
    WebProduct(
        "pacsone",
        "PacsOne Server",
        Kind.ARCHIVE,
        "RainbowFish PacsOne Server php sources; NASL",
    ),
    WebProduct(
        "synapse",
        "Fujifilm Synapse",
        Kind.ARCHIVE,
        "DICOMHawk fujifilm.yaml; recog favicons.xml",
    ),
    WebProduct(
        "vue_pacs",
        say("Carestream or Philips Vue PACS"),
        Kind.ARCHIVE,
        "nuclei, carestream vue panel",
    ),
    WebProduct(
        "visage",
        "Visage 7",
        Kind.ARCHIVE,
        "sdnewhop/dicom docs/census.md",
    ),
    WebProduct(
        "sante",
        "Sante PACS Server",
        Kind.ARCHIVE,
        "metasploit sante_pacs module: port 3000",
    ),
    WebProduct(
        "dicomcloud",
        "DICOMcloud",
        Kind.ARCHIVE,
        "sdnewhop/dicom docs/census.md",
    ),
    WebProduct(
        "fhir",
        say("FHIR server"),
        Kind.NEIGHBOUR,
        "HL7 FHIR R4 §3.1.0 RESTful API",
    ),
)
"""Every product that a sign can name."""

_BY_KEY: Final[Mapping[str, WebProduct]] = MappingProxyType({known.key: known for known in WEB_PRODUCTS})


def find_web_product(key: str) -> WebProduct | None:
    """The product of this key."""
    return _BY_KEY.get(key)


def kind_of(key: str) -> Kind | None:
    """What stands behind the product of this key; None for one that is not known."""
    known = _BY_KEY.get(key)
    return known.kind if known is not None else None
