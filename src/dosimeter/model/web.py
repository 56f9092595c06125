"""What was seen of an archive's web face, of its TLS, and of its neighbours: facts, as in `facts`.

No page title, no body, no query string and no path that a server sent is kept: any of them can hold a
patient's name. What a page shows is kept as the names of the signs of our own table that it bears.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from dosimeter.model.census import Things
from dosimeter.model.text import ServerText

FHIR: Final = "fhir"
"""The product under which a FHIR server's own counts are kept: they are of people, and no archive's."""


class Purpose(StrEnum):
    """What an answer to a question over HTTP would prove."""

    LANDING = "landing"
    """A page that a browser is shown first, or a product's own page: who is this?"""
    CONTROL = "control"
    """A path that cannot exist: what is answered to anything at all?"""
    DESCRIPTION = "description"
    """A product's account of itself: version, AE titles, ports, data sources."""
    COUNTER = "counter"
    """How much is there, by the product's own count."""
    QUERY = "query"
    """The null query over HTTP (DESIGN §3)."""
    RETRIEVE = "retrieve"
    """The null retrieve over HTTP (DESIGN §3)."""
    STORE = "store"
    """Whether strangers may store: OPTIONS, or a multipart with no part. Never an object."""
    WORKLIST = "worklist"
    """A null query for workitems or scheduled procedures."""
    NEIGHBOUR = "neighbour"
    """The same people behind another door: FHIR."""


class BodyShape(StrEnum):
    """What a body looks like, read to its shape alone."""

    EMPTY = "empty"
    JSON_EMPTY_LIST = "json_empty_list"
    JSON_LIST = "json_list"
    JSON_OBJECT = "json_object"
    JSON_OTHER = "json_other"
    HTML = "html"
    HTML_LOGIN = "html_login"
    """HTML with a field for a password."""
    XML = "xml"
    MULTIPART = "multipart"
    DICOM = "dicom"
    TEXT = "text"
    OTHER = "other"
    BROKEN = "broken"
    """It says that it is JSON, and is not."""
    CUT = "cut"
    """It went on past what is read of an answer."""


class MediaType(StrEnum):
    """The Content-Type, as far as it matters; parameters aside."""

    NONE = "none"
    DICOM_JSON = "application/dicom+json"
    JSON = "application/json"
    FHIR_JSON = "application/fhir+json"
    MULTIPART = "multipart/related"
    DICOM = "application/dicom"
    HTML = "text/html"
    XML = "xml"
    TEXT = "text/plain"
    SCRIPT = "javascript"
    IMAGE = "image"
    OTHER = "other"


class LoginSign(StrEnum):
    """What kind of login a redirect leads to, judged by its path and the names of its parameters."""

    NONE = "none"
    FORM = "form"
    OAUTH = "oauth"
    """OAuth 2.0 or OpenID Connect (RFC 6749 §4.1.1)."""
    SAML = "saml"
    CAS = "cas"


class RedirectTo(StrEnum):
    """Where a Location, or a URL in a viewer's configuration, leads, seen from where it was read."""

    SAME_ORIGIN = "same_origin"
    SAME_HOST = "same_host"
    """The same host under another port or scheme."""
    ELSEWHERE = "elsewhere"
    NOT_HTTP = "not_http"


@dataclass(frozen=True, slots=True)
class Redirect:
    """A Location (RFC 9110 §10.2.2). ``authority`` is host and port where it leads elsewhere."""

    to: RedirectTo
    login: LoginSign
    authority: ServerText | None = None


@dataclass(frozen=True, slots=True)
class WebAnswered:
    """How one question over HTTP was answered (RFC 9110).

    ``asked`` is our name of the question (``qido_rs``, ``orthanc_system``), ``method`` and ``path`` what
    was sent, identifiers made on the spot written as ``{null}``. ``root`` is the part of the path before
    the service's own, where it has one. ``as_specified`` says whether status, media type and shape are
    those that the specification of the asked service gives for this answer; a page that answers anything
    is never that. ``rows`` counts the items of a JSON list: a conformant answer to a null query has none.
    ``challenges`` are the schemes of WWW-Authenticate in lower case, those we do not know as ``other``.
    ``signs`` are names of the signs (exposure.web_signs) that head and body bear, ``marks`` those of the
    security headers that it has. ``received`` is in bytes of body.
    """

    asked: str
    purpose: Purpose
    method: str
    path: str
    status: int
    body: BodyShape
    media_type: MediaType
    as_specified: bool
    root: str | None = None
    rows: int = 0
    challenges: tuple[str, ...] = ()
    realm: ServerText | None = None
    server: ServerText | None = None
    redirect: Redirect | None = None
    signs: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    milliseconds: int = 0
    received: int = 0
    kind: Literal["web_answered"] = "web_answered"


@dataclass(frozen=True, slots=True)
class ArchiveDescribed:
    """What a product's own interface says of the archive behind it: claims all.

    ``product`` is a key of exposure.web_products. ``ae_titles`` and ``dicom_ports`` are those it names as
    its own, never those of others that it knows.
    """

    product: str
    version: ServerText | None = None
    ae_titles: tuple[ServerText, ...] = ()
    dicom_ports: tuple[int, ...] = ()
    kind: Literal["archive_described"] = "archive_described"


@dataclass(frozen=True, slots=True)
class CounterRead:
    """One counter of a product; None if what it said is no plausible number (never added up)."""

    things: Things
    value: int | None


@dataclass(frozen=True, slots=True)
class ProductCounted:
    """A product's own counters. ``asked`` is the question that read them."""

    product: str
    asked: str
    counters: tuple[CounterRead, ...]
    kind: Literal["product_counted"] = "product_counted"


@dataclass(frozen=True, slots=True)
class DataSourceNamed:
    """A DICOMweb root that a viewer's configuration names. ``root`` is its path.

    ``in_scope`` says whether the gate would let it be dialled; None for the same origin.
    """

    product: str
    to: RedirectTo
    root: ServerText
    authority: ServerText | None = None
    in_scope: bool | None = None
    kind: Literal["data_source_named"] = "data_source_named"


@dataclass(frozen=True, slots=True)
class ProtocolSeen:
    """Whether one version of TLS was accepted; None: not learnt. ``protocol`` as OpenSSL: ``TLSv1.2``."""

    protocol: str
    accepted: bool | None


@dataclass(frozen=True, slots=True)
class SuiteSeen:
    """A cipher suite that was accepted, by its IANA name, under one version of TLS.

    ``group_bits`` is the size of the ephemeral key's group where it was seen: bits of p for DHE, of the
    curve for ECDHE; None for others.
    """

    protocol: str
    suite: str
    group_bits: int | None = None


@dataclass(frozen=True, slots=True)
class TlsPostureSeen:
    """Which versions and suites a TLS peer accepts, found by handshakes that offer a part each.

    ``is_whole`` is false where the budget of handshakes or the host's time ended before all was known:
    then further suites may be accepted. ``prefers_own_order``: it chose by its own order, not by ours.
    """

    protocols: tuple[ProtocolSeen, ...]
    suites: tuple[SuiteSeen, ...]
    is_whole: bool
    handshakes: int
    prefers_own_order: bool | None = None
    kind: Literal["tls_posture_seen"] = "tls_posture_seen"


class MllpEnding(StrEnum):
    """What an empty MLLP frame was answered with (HL7 v2, Transport Specification: MLLP)."""

    FRAMED = "framed"
    """Bytes in a frame, or a commit acknowledgement or negative of MLLP release 2: it speaks MLLP."""
    SILENT = "silent"
    """Nothing: it listens, and waits for a message. Many do."""
    CLOSED = "closed"
    OTHER = "other"
    """Bytes that are no MLLP."""


@dataclass(frozen=True, slots=True)
class MllpAnswered:
    """How an HL7 v2 port answered an empty frame; no message is ever sent."""

    ending: MllpEnding
    milliseconds: int
    kind: Literal["mllp_answered"] = "mllp_answered"


class SampledOver(StrEnum):
    """Where a sample of answers came from."""

    DIMSE = "dimse"
    QIDO_RS = "qido_rs"


@dataclass(frozen=True, slots=True)
class AttributeFill:
    """Of the sampled answers, how many had an attribute filled, empty, or not at all.

    ``test_like`` are those of ``filled`` that look like test data. ``attribute`` is our keyword
    (``PatientName``), never a value.
    """

    attribute: str
    filled: int
    empty: int
    absent: int
    test_like: int


@dataclass(frozen=True, slots=True)
class AttributesSampled:
    """Fill rates of at most 20 answers (DESIGN §4, touch sample); the values were never kept."""

    over: SampledOver
    answers: int
    fills: tuple[AttributeFill, ...]
    kind: Literal["attributes_sampled"] = "attributes_sampled"


WebFact = (
    WebAnswered
    | ArchiveDescribed
    | ProductCounted
    | DataSourceNamed
    | TlsPostureSeen
    | MllpAnswered
    | AttributesSampled
)
