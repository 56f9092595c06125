"""The products that show a web face, as a table: what each is, and where it is from.

How each is recognised stands in ``web_signs``; what is asked of each in ``probes``, one file a product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dosimeter.exposure import product as dimse


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

    ``ports`` are those it listens on for HTTP as shipped. ``dimse`` are the names in ``exposure.product``
    under which it announces itself over DICOM, so that both faces can be told to be of one product; empty
    where it does not speak DICOM or what it announces is not known.
    """

    key: str
    name: str
    kind: Kind
    what: str
    ports: tuple[int, ...]
    dimse: tuple[str, ...]
    source: str


WEB_PRODUCTS: Final = (
    WebProduct(
        "orthanc",
        "Orthanc",
        Kind.ARCHIVE,
        "an open-source archive with a REST interface, DICOMweb and viewers as plugins",
        (8042,),
        (dimse.DCMTK,),
        "Orthanc Book, configuration: HttpPort 8042; measured on 1.10.1 (Debian 12)",
    ),
    WebProduct(
        "dcm4chee",
        "dcm4chee-arc",
        Kind.ARCHIVE,
        "an open-source archive on WildFly with DICOMweb, counters and a web interface",
        (8080, 8443),
        (dimse.DCM4CHE,),
        "dcm4chee-arc-light wiki and default-config.ldif",
    ),
    WebProduct(
        "dicoogle",
        "Dicoogle",
        Kind.ARCHIVE,
        "an open-source archive with a search engine and a web interface",
        (8080,),
        (dimse.DCM4CHE,),
        "dicoogle repository, server/web/DicoogleWeb.java",
    ),
    WebProduct(
        "conquest",
        "Conquest",
        Kind.ARCHIVE,
        "an open-source archive whose web pages are a CGI program beside a web server",
        (80, 8086),
        (dimse.CONQUEST,),
        "marcelvanherk/Conquest-DICOM-Server repository, webserver/",
    ),
    WebProduct(
        "horos",
        "Horos or OsiriX",
        Kind.ARCHIVE,
        "a workstation for macOS that shares its database through a web portal",
        (3333,),
        (dimse.HOROS,),
        "horos repository, WebPortalConnection; NASL gb_horos_detect",
    ),
    WebProduct(
        "oviyam",
        "Oviyam",
        Kind.VIEWER,
        "an open-source web viewer, most often beside dcm4chee",
        (8080,),
        (),
        "Oviyam 2 repository, WebContent/login.jsp and viewer.html",
    ),
    WebProduct(
        "weasis",
        "Weasis connector",
        Kind.VIEWER,
        "a servlet that lists a patient's images for the viewer Weasis",
        (8080,),
        (),
        "nroduit/weasis-pacs-connector README and servlets",
    ),
    WebProduct(
        "ohif",
        "OHIF viewer",
        Kind.VIEWER,
        "an open-source web viewer that reads an archive over DICOMweb",
        (80, 3000),
        (),
        "OHIF Viewers documentation, configuration files",
    ),
    WebProduct(
        "meddream",
        "MedDream",
        Kind.VIEWER,
        "a commercial web viewer, sold with and without an archive",
        (80, 443, 8080),
        (),
        "Softneta MedDream servicing manual; nuclei and NASL",
    ),
    WebProduct(
        "pacsone",
        "PacsOne Server",
        Kind.ARCHIVE,
        "a commercial archive with a web interface in PHP",
        (80, 443),
        (),
        "RainbowFish PacsOne Server php sources; NASL",
    ),
    WebProduct(
        "synapse",
        "Fujifilm Synapse",
        Kind.ARCHIVE,
        "a commercial archive",
        (80, 443),
        (dimse.SYNAPSE,),
        "DICOMHawk fujifilm.yaml; recog favicons.xml",
    ),
    WebProduct(
        "vue_pacs",
        "Carestream or Philips Vue PACS",
        Kind.ARCHIVE,
        "a commercial archive with the web viewer Vue Motion",
        (80, 443),
        (),
        "nuclei, carestream vue panel",
    ),
    WebProduct(
        "visage",
        "Visage 7",
        Kind.ARCHIVE,
        "a commercial archive and viewer",
        (80, 443),
        (),
        "sdnewhop/dicom docs/census.md",
    ),
    WebProduct(
        "sante",
        "Sante PACS Server",
        Kind.ARCHIVE,
        "a commercial archive for Windows with a web interface",
        (3000,),
        (),
        "metasploit sante_pacs module: port 3000",
    ),
    WebProduct(
        "dicomcloud",
        "DICOMcloud",
        Kind.ARCHIVE,
        "an open-source DICOMweb server",
        (80, 443),
        ("fo-dicom",),
        "sdnewhop/dicom docs/census.md",
    ),
    WebProduct(
        "fhir",
        "FHIR server",
        Kind.NEIGHBOUR,
        "a server of health records (HL7 FHIR)",
        (80, 443, 8080),
        (),
        "HL7 FHIR R4 §3.1.0 RESTful API",
    ),
)
"""Every product that a sign can name."""

_BY_KEY: Final[Mapping[str, WebProduct]] = MappingProxyType({known.key: known for known in WEB_PRODUCTS})


def find_web_product(key: str) -> WebProduct | None:
    """The product of this key."""
    return _BY_KEY.get(key)


def web_faces_of(dimse_name: str) -> tuple[WebProduct, ...]:
    """The products that can announce themselves over DICOM as this name of ``exposure.product``."""
    return tuple(known for known in WEB_PRODUCTS if dimse_name in known.dimse)
