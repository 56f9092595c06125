"""The other doors of a lab archive: what a browser finds there, and a neighbour's interfaces."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from dosimeter.model.target import Service


class Kind(Enum):
    """What a face is like."""

    ORTHANC = auto()
    """Orthanc with its DICOMweb plugin."""
    DCM4CHEE = auto()
    """dcm4chee-arc-light: AE titles, counters, DICOMweb for its AE title."""
    OHIF = auto()
    """The OHIF viewer on a web server that shows its page for any path, DICOMweb beside it."""
    FHIR = auto()
    """A FHIR R4 server: the same people by another door."""
    PAGES = auto()
    """An ordinary single-page application: its page for any path."""
    WALL = auto()
    """Nothing is shown but the demand for a password."""
    BUSY = auto()
    """503 to everything."""
    HL7 = auto()
    """An HL7 v2 interface (MLLP): not HTTP at all."""


class Login(Enum):
    """Who is let in."""

    NONE = auto()
    BASIC = auto()
    """401 to whatever is asked (RFC 7617)."""
    DATA = auto()
    """Pages are shown to anybody, 401 to whoever asks for data."""
    SINGLE_SIGN_ON = auto()
    """Pages lead to an OpenID Connect login, data want a bearer token."""


@dataclass(frozen=True, slots=True)
class Face:
    """One more port of a lab archive. ``ae_title`` and ``dicom_port`` are what it says of its DICOM side."""

    kind: Kind
    port: int
    says: str
    login: Login = Login.NONE
    inside_tls: bool = False
    ae_title: str = "ORTHANC"
    dicom_port: int = 11112

    @property
    def service(self) -> Service:
        """What the port is for, as a survey finds in the end."""
        if self.kind is Kind.HL7:
            return Service.HL7
        return Service.WEB_TLS if self.inside_tls else Service.WEB
