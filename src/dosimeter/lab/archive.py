"""One synthetic archive: where it is, what it imitates, how it behaves, what a survey should find."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from dosimeter.lab.catalogue import Catalogue, catalogue_of
from dosimeter.lab.face import Face
from dosimeter.lab.generated import Shape, invent_catalogue
from dosimeter.lab.holdings import Holdings, invent_holdings
from dosimeter.lab.policy import Door, Policy
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.verdict import DecoyTier, Exposure, Protection, Verdict

PLAIN_PORT: Final = 11112
TLS_PORT: Final = 2762
"""As registered with IANA: dicom, dicom-tls."""
WEB_PORT: Final = 8080
WEB_TLS_PORT: Final = 8443
WEB_PORTS: Final = (8042, WEB_PORT, WEB_TLS_PORT)
HL7_PORT: Final = 2575


@dataclass(frozen=True, slots=True)
class Expected:
    """The verdict that a survey with the lab's scope should give, as far as it is told by the ladder."""

    exposure: Exposure
    accepts_writes: bool | None = None
    worklist: bool | None = None
    protections: tuple[Protection, ...] = ()
    decoy: DecoyTier = DecoyTier.NONE

    @property
    def says(self) -> str:
        """The same in a few words, for a table."""
        beside = [protection.value for protection in self.protections]
        if self.accepts_writes:
            beside.append("accepts writes")
        if self.worklist:
            beside.append("worklist")
        if self.decoy is not DecoyTier.NONE:
            beside.append(f"decoy: {self.decoy.value}")
        return ", ".join((self.exposure.value, *beside))

    def differences(self, verdict: Verdict) -> tuple[str, ...]:
        """What a verdict says otherwise, in words; empty if nothing."""
        pairs = (
            ("exposure", self.exposure.value, verdict.exposure.value),
            ("accepts_writes", self.accepts_writes, verdict.accepts_writes),
            ("worklist", self.worklist, verdict.worklist),
            ("protections", _words(self.protections), _words(verdict.protections)),
            ("decoy", self.decoy.value, verdict.decoy.tier.value),
        )
        return tuple(
            f"{name} is {found}, not {expected}" for name, expected, found in pairs if expected != found
        )


@dataclass(frozen=True, slots=True)
class Port:
    """One port of an archive, the verdict that a survey should give of it alone, and what it is like."""

    endpoint: Endpoint
    expected: Expected
    says: str


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive of the lab. ``name`` is its word in tables, ``imitates`` says what it is like."""

    name: str
    address: str
    imitates: str
    expected: Expected
    policy: Policy = field(default_factory=Policy)
    door: Door = Door.PLAIN
    port: int = PLAIN_PORT
    seed: int = 0
    patients: int = 0
    appointments: int = 0
    shape: Shape | None = None
    faces: tuple[tuple[Face, Expected], ...] = ()
    """Its other ports, with the verdict for each."""
    holdings: Holdings | Catalogue | None = field(default=None, repr=False)
    """What it holds; None: invented from ``seed`` when it starts, as many patients or of that shape."""

    def catalogue(self) -> Catalogue:
        """What it holds, as columns; invented anew with each call."""
        if isinstance(self.holdings, Catalogue):
            return self.holdings
        if self.holdings is not None:
            return catalogue_of(self.holdings)
        if self.shape is not None:
            return invent_catalogue(self.seed, self.shape)
        return catalogue_of(
            invent_holdings(self.seed, patients=self.patients, appointments=self.appointments)
        )

    def with_faces(self, *faces: tuple[Face, Expected]) -> Archive:
        """The same archive with these other ports."""
        return replace(self, faces=faces)

    @property
    def endpoint(self) -> Endpoint:
        """Where it is reached in DICOM, as a survey names it."""
        return Endpoint(
            self.address, self.port, Service.DICOM_TLS if self.port == TLS_PORT else Service.DICOM
        )

    @property
    def ports(self) -> tuple[Port, ...]:
        """Every port of it that a survey is to ask: that of DICOM first, if it has one."""
        faces = tuple(
            Port(Endpoint(self.address, face.port, face.service), expected, face.says)
            for face, expected in self.faces
        )
        return (
            faces if self.door is Door.NONE else (Port(self.endpoint, self.expected, self.imitates), *faces)
        )


def _words(protections: tuple[Protection, ...]) -> str:
    return ", ".join(protection.value for protection in protections) or "none"
