"""The web faces and neighbours of the lab's archives, with the verdict that each should get."""

from __future__ import annotations

from typing import Final

from dosimeter.lab.archive import HL7_PORT, WEB_PORT, WEB_TLS_PORT, Archive, Expected
from dosimeter.lab.face import Face, Kind, Login
from dosimeter.lab.policy import Door
from dosimeter.model.verdict import Exposure, Protection

_ORTHANC_PORT: Final = 8042

_BROWSABLE: Final = Expected(Exposure.BROWSABLE, accepts_writes=True)
_NO_ARCHIVE: Final = Expected(Exposure.NOT_DICOM)

FACES: Final[dict[str, tuple[tuple[Face, Expected], ...]]] = {
    "open": (
        (Face(Kind.ORTHANC, _ORTHANC_PORT, "Orthanc's own pages and DICOMweb, to anybody"), _BROWSABLE),
    ),
    "worklist-only": (
        (
            Face(Kind.DCM4CHEE, WEB_PORT, "dcm4chee's interface, to anybody", ae_title="DCM4CHEE"),
            Expected(Exposure.BROWSABLE, accepts_writes=True, worklist=True),
        ),
    ),
    "tls-open": (
        (
            Face(
                Kind.ORTHANC,
                WEB_TLS_PORT,
                "Orthanc behind TLS and a password, with the certificate of its DICOM port",
                Login.BASIC,
                inside_tls=True,
            ),
            Expected(Exposure.GUARDED, protections=(Protection.TLS, Protection.HTTP_LOGIN)),
        ),
    ),
    "called-title": (
        (Face(Kind.FHIR, WEB_PORT, "a FHIR server that counts the same patients for anybody"), _NO_ARCHIVE),
        (Face(Kind.HL7, HL7_PORT, "an HL7 v2 interface that listens"), _NO_ARCHIVE),
    ),
    "calling-title": (
        (
            Face(Kind.DCM4CHEE, WEB_PORT, "dcm4chee behind single sign-on", Login.SINGLE_SIGN_ON),
            Expected(Exposure.GUARDED, accepts_writes=False, protections=(Protection.SINGLE_SIGN_ON,)),
        ),
    ),
    "orthanc-default": (
        (
            Face(
                Kind.ORTHANC, _ORTHANC_PORT, "Orthanc's pages as another machine sees them: 401", Login.BASIC
            ),
            Expected(Exposure.GUARDED, protections=(Protection.HTTP_LOGIN,)),
        ),
    ),
}
"""By the name of the archive whose other doors they are."""

WEB_ONLY: Final = (
    Archive(
        "viewer-open",
        "127.20.0.61",
        "a web server with the OHIF viewer and the DICOMweb it shows: a browser is enough",
        Expected(Exposure.BROWSABLE),
        door=Door.NONE,
        seed=61,
        patients=240,
    ).with_faces((Face(Kind.OHIF, WEB_PORT, "OHIF, and its data source"), _BROWSABLE)),
    Archive(
        "viewer-closed",
        "127.20.0.62",
        "the same viewer, whose DICOMweb wants a password",
        Expected(Exposure.GUARDED),
        door=Door.NONE,
        seed=62,
        patients=200,
    ).with_faces(
        (
            Face(Kind.OHIF, WEB_PORT, "OHIF, its data source behind a password", Login.DATA),
            Expected(Exposure.GUARDED, accepts_writes=False, protections=(Protection.HTTP_LOGIN,)),
        )
    ),
    Archive(
        "https-on-8042",
        "127.20.0.63",
        "an open Orthanc that speaks TLS on a port asked in clear first",
        Expected(Exposure.BROWSABLE),
        door=Door.NONE,
        seed=63,
        patients=210,
    ).with_faces(
        (
            Face(Kind.ORTHANC, _ORTHANC_PORT, "Orthanc inside TLS, to anybody", inside_tls=True),
            Expected(Exposure.BROWSABLE, accepts_writes=True, protections=(Protection.TLS,)),
        )
    ),
    Archive(
        "intranet",
        "127.20.0.64",
        "an ordinary web application that shows its page for any path",
        Expected(Exposure.NOT_DICOM),
        door=Door.NONE,
    ).with_faces((Face(Kind.PAGES, WEB_PORT, "a canteen's menu"), _NO_ARCHIVE)),
    Archive(
        "password-first",
        "127.20.0.65",
        "a web server that asks for a password before it shows what it is",
        Expected(Exposure.GUARDED),
        door=Door.NONE,
    ).with_faces(
        (
            Face(Kind.WALL, WEB_PORT, "401 to everything", Login.BASIC),
            Expected(Exposure.GUARDED, protections=(Protection.HTTP_LOGIN,)),
        )
    ),
    Archive(
        "web-busy",
        "127.20.0.66",
        "a web server that has no time: 503",
        Expected(Exposure.INCONCLUSIVE),
        door=Door.NONE,
    ).with_faces((Face(Kind.BUSY, WEB_PORT, "503 to everything"), Expected(Exposure.INCONCLUSIVE))),
)
