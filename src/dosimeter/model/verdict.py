"""The judgement of one archive, with the facts it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Exposure(StrEnum):
    """The ladder of DESIGN §3, lowest rung first; each says what was proved."""

    UNREACHABLE = "unreachable"
    NOT_DICOM = "not_dicom"
    """Answered, and what it answered is not DICOM."""
    INCONCLUSIVE = "inconclusive"
    """Nothing was proved: busy, silent, contradictory, or not asked. Never shown as safe."""
    GUARDED = "guarded"
    ASSOCIATES = "associates"
    NAME_GATED = "name_gated"
    QUERYABLE = "queryable"
    RETRIEVABLE = "retrievable"
    BROWSABLE = "browsable"


class Protection(StrEnum):
    """A guard that was seen at work. "Unprotected" means none was seen."""

    CALLED_AE_CHECK = "called_ae_check"
    CALLING_AE_CHECK = "calling_ae_check"
    QUERY_POLICY = "query_policy"
    """The association was accepted and the query refused (how Orthanc refuses strangers)."""
    ASSOCIATION_POLICY = "association_policy"
    """Refused the association without saying which title it did not like."""
    TLS = "tls"
    CLIENT_CERTIFICATE = "client_certificate"


class Severity(IntEnum):
    """The five words of nuclei, Trivy and DefectDojo."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The word a report prints."""
        return self.name.lower()


class Confidence(StrEnum):
    """How a statement is known."""

    ANNOUNCED = "announced"
    """The peer says so."""
    OBSERVED = "observed"
    """Seen on the wire."""
    COUNTED = "counted"


class DecoyTier(StrEnum):
    """How strongly the facts suggest a honeypot or a public demonstration server."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Decoy:
    """Signs of a decoy. Totals are always given with and without decoys."""

    tier: DecoyTier = DecoyTier.NONE
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """What software this seems to be. ``version`` is None where the peer does not announce it."""

    name: str
    version: str | None
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the verdict says so. ``fact`` points at the evidence: ``"null_query_study_root#0"``.

    The pointer is the probe's name and the place of the fact in its attempt.
    """

    rule: str
    severity: Severity
    says: str
    fact: str
    reference: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """What closes it: steps that quote the exact key to change, and what the re-test must then show."""

    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement. ``accepts_writes`` and ``worklist`` are None where nothing was learnt."""

    exposure: Exposure
    severity: Severity
    confidence: Confidence
    speaks_dicom: bool
    protections: tuple[Protection, ...]
    accepts_writes: bool | None
    worklist: bool | None
    decoy: Decoy
    product: Product | None
    reasons: tuple[Reason, ...]
    remedies: tuple[Remedy, ...]
