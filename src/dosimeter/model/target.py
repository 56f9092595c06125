"""What somebody wants to know about, and where it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

COMMAND_LINE: Final = "command line"
"""The source of a target that the user typed; targets of a file have the file and the line."""


class Service(StrEnum):
    """What a port is for: it decides which bytes may be sent first (DESIGN §4, first contact)."""

    DICOM = "dicom"
    """May be DICOM in clear: the first segment is a whole A-ASSOCIATE-RQ."""
    DICOM_TLS = "dicom-tls"
    """DICOM inside TLS (PS3.15 B.12): the first segment is a ClientHello."""
    WEB = "web"
    """HTTP in clear: never sent DICOM."""
    WEB_TLS = "web-tls"
    """HTTPS: the first segment is a ClientHello."""
    HL7 = "hl7"
    """HL7 v2 over MLLP: never sent more than an empty frame."""


ON_DICOM: Final = frozenset({Service.DICOM, Service.DICOM_TLS})
ON_WEB: Final = frozenset({Service.WEB, Service.WEB_TLS})
INSIDE_TLS: Final = frozenset({Service.DICOM_TLS, Service.WEB_TLS})


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of an inventory: an address, a network in CIDR notation or a host name.

    ``port`` and ``service`` are None where the inventory does not name them; the scope's ports
    are used then. ``source`` says where the entry comes from, for messages: ``"targets.txt:12"``.
    ``scanned`` is true where a tool wrote it down and not the user: then what lies outside the scope
    is left out and counted, not refused (adr 0022).
    """

    host: str
    port: int | None = None
    service: Service | None = None
    source: str = COMMAND_LINE
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place to dial: a canonical address (RFC 5952 form, never a disguise), a port, its service.

    ``name`` is the host name it was resolved from, for TLS server name indication and reports.
    """

    address: str
    port: int
    service: Service = Service.DICOM
    name: str | None = None

    @property
    def authority(self) -> str:
        """``address:port``, IPv6 in brackets (RFC 3986 §3.2.2)."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def place_order(endpoint: Endpoint) -> tuple[int, int, str, int]:
    """The order of every list of places: by address as a number, IPv4 before IPv6, then by port."""
    address = ip_address(endpoint.address)
    return address.version, int(address), endpoint.address, endpoint.port
