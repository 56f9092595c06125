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
    HTTP_LOGIN = "http_login"
    """401 with a challenge (RFC 9110 §11)."""
    LOGIN_FORM = "login_form"
    """A page, or a redirect to one, that asks for a password."""
    SINGLE_SIGN_ON = "single_sign_on"
    """OAuth 2.0, OpenID Connect, SAML or CAS, or a 401 that wants a bearer token."""
    HTTP_FORBIDDEN = "http_forbidden"
    """403 to all that was asked of it."""


class TlsProfile(StrEnum):
    """The secure transport profile of PS3.15 Annex B that a TLS peer keeps to; retired ones as such."""

    BCP195_RFC8996 = "bcp195_rfc8996"
    """B.12, BCP 195 RFC 8996, 9325 TLS Secure Transport Connection Profile."""
    MODIFIED_BCP195_RFC8996 = "modified_bcp195_rfc8996"
    """B.13, Modified BCP 195 RFC 8996, 9325."""
    BCP195 = "bcp195"
    """B.9, retired."""
    NON_DOWNGRADING_BCP195 = "non_downgrading_bcp195"
    """B.10, retired."""
    EXTENDED_BCP195 = "extended_bcp195"
    """B.11, retired."""
    AES = "aes"
    """B.3, retired."""
    BASIC = "basic"
    """B.1, retired."""
    NONE = "none"
    """No profile of PS3.15 allows what it accepts."""


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
class Advisory:
    """A published advisory that names the version announced; that it applies was not tried.

    ``fixed_in`` is the first version without it, None where there is none.
    """

    id: str
    product: str
    version: str
    fixed_in: str | None
    says: str
    source: str


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
    advisories: tuple[Advisory, ...] = ()
    tls_profile: TlsProfile | None = None
