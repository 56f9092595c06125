"""The written authorisation: who allowed what, where, until when, and how gently."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import IntEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from dosimeter.model.owned import OwnedNetwork
from dosimeter.model.target import Service

Network = IPv4Network | IPv6Network

DEFAULT_PORTS: Final = (80, 104, 443, 2575, 2762, 3000, 4242, 8042, 8043, 8080, 8443, 11112)
DEFAULT_TLS_PORTS: Final = (2762,)
"""dicom-tls, registered with IANA."""
DEFAULT_WEB_PORTS: Final = (80, 443, 3000, 8042, 8043, 8080, 8443)
WEB_TLS_PORTS: Final = frozenset((443, 8043, 8443))
"""Web ports that are asked inside TLS first; a port that turns out otherwise is asked the other way."""
DEFAULT_HL7_PORTS: Final = (2575,)
"""hl7, registered with IANA."""


class Touch(IntEnum):
    """How far a question may go (DESIGN §4). There is no touch for retrieving or storing."""

    NEGOTIATE = 1
    PROVE = 2
    COUNT = 3
    SAMPLE = 4

    @property
    def word(self) -> str:
        """The word the scope file and the command line use."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Hours:
    """The part of the day, in the local time of the machine, when connections may start.

    ``end`` is exclusive; a window may cross midnight; equal ends mean the whole day.
    """

    start: time = time(0, 0)
    end: time = time(0, 0)

    def contain(self, moment: datetime) -> bool:
        """Whether a connection may start at this moment."""
        now = moment.time()
        if self.start == self.end:
            return True
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Pace:
    """Manners, in seconds and hosts. The defaults would not hurt a twenty-year-old archive.

    ``new_hosts_per_second`` 0 means no limit; a scope may say so for loopback alone.
    """

    new_hosts_per_second: float = 1.0
    hosts_in_flight: int = 32
    seconds_between_associations: float = 2.0
    hours: Hours = field(default_factory=Hours)
    connect_seconds: float = 5.0
    answer_seconds: float = 10.0
    host_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class CountBudget:
    """What counting one archive may cost it. The defaults would not hurt a twenty-year-old archive.

    ``rows_per_answer`` is the longest answer that is asked for on purpose. ``patience_seconds``: an
    archive that takes longer to begin an answer, and longer than three times its first echo, is
    asked no more. ``received_bytes`` and ``seconds`` are over all associations.
    """

    rows: int = 250_000
    rows_per_answer: int = 25_000
    received_bytes: int = 67_108_864
    seconds: float = 300.0
    associations: int = 6
    patience_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What the owner, or the law, has allowed in writing.

    ``sha256`` is the hash of the scope file's bytes, printed in every report. ``signed_by`` names
    the trusted key whose Ed25519 signature over those bytes was verified, or is None.
    ``second_person`` is the named second person that the touch ``sample`` needs (DESIGN §4). ``owners``
    say whose networks are, for the report alone: they allow nothing.
    """

    authorised_by: str
    role: str
    reference: str
    legal_basis: str
    contact: str
    valid_from: datetime
    valid_until: datetime
    touch: Touch
    networks: tuple[Network, ...]
    sha256: str
    names: tuple[str, ...] = ()
    exclude_networks: tuple[Network, ...] = ()
    exclude_names: tuple[str, ...] = ()
    ports: tuple[int, ...] = DEFAULT_PORTS
    tls_ports: tuple[int, ...] = DEFAULT_TLS_PORTS
    web_ports: tuple[int, ...] = DEFAULT_WEB_PORTS
    hl7_ports: tuple[int, ...] = DEFAULT_HL7_PORTS
    called_ae_titles: tuple[str, ...] = ()
    calling_ae_titles: tuple[str, ...] = ()
    pace: Pace = field(default_factory=Pace)
    count: CountBudget = field(default_factory=CountBudget)
    signed_by: str | None = None
    second_person: str | None = None
    owners: tuple[OwnedNetwork, ...] = ()

    def service_of(self, port: int) -> Service:
        """What a port of the scope is for, unless an inventory names its service."""
        if port in self.tls_ports:
            return Service.DICOM_TLS
        if port in self.web_ports:
            return Service.WEB_TLS if port in WEB_TLS_PORTS else Service.WEB
        return Service.HL7 if port in self.hl7_ports else Service.DICOM
