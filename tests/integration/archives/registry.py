"""Every archive of reference/real-archives.md §3, how to start it, and the verdict that is right for it.

``stranger`` is right when the scope lists no AE title, ``owner`` when it lists the archive's own.
``accepts_writes`` is judged from negotiation alone (DESIGN §3): Orthanc accepts the storage contexts
of a stranger whose C-STORE it would abort, so "findonly" and "aeonly" count as accepting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from ipaddress import IPv4Address
from typing import Final

from dosimeter.model.verdict import Exposure, Protection
from tests.integration.archives import dcmtk, not_dicom, orthanc
from tests.integration.archives.health import (
    Check,
    association_request,
    echoes,
    echoes_inside_tls,
    listens_not,
    rejects,
    says,
    says_nothing,
    serves_http,
    serves_https,
)
from tests.integration.archives.odil_scp import odil_scp
from tests.integration.archives.qrscp import qrscp
from tests.integration.archives.running import Start
from tests.peers.scripted import (
    ACCEPT_IN_PART,
    BUSY,
    OVERSIZED,
    answering,
    close_at_once,
    dripping,
    echo,
    http_error,
    reset,
    silent,
    ssh_banner,
)

_FIRST_ADDRESS: Final = IPv4Address("127.30.0.1")


class Kind(Enum):
    """What the port is; TLS ports are named in the scope."""

    DICOM = "dicom"
    DICOM_TLS = "dicom-tls"
    OTHER = "other"
    OTHER_TLS = "other-tls"

    @property
    def inside_tls(self) -> bool:
        """Whether the first bytes must be a ClientHello."""
        return self in (Kind.DICOM_TLS, Kind.OTHER_TLS)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a right verdict says, no more and no less."""

    exposure: Exposure
    accepts_writes: bool | None = None
    worklist: bool | None = None
    protections: frozenset[Protection] = frozenset()


@dataclass(frozen=True, slots=True)
class Archive:
    """One row: a server in one configuration.

    ``called`` and ``calling`` are titles its owner would list in a scope. ``loaded`` says whether
    the data set is in it.
    """

    name: str
    start: Start
    check: Check
    stranger: Expected
    owner: Expected
    kind: Kind = Kind.DICOM
    called: tuple[str, ...] = ()
    calling: tuple[str, ...] = ()
    loaded: bool = False
    address: str = ""


_CALLED: Final = frozenset({Protection.CALLED_AE_CHECK})
_POLICY: Final = frozenset({Protection.QUERY_POLICY})
_TLS: Final = frozenset({Protection.TLS})
_MUTUAL_TLS: Final = frozenset({Protection.TLS, Protection.CLIENT_CERTIFICATE})
_BOTH_TITLES: Final = frozenset({Protection.CALLED_AE_CHECK, Protection.CALLING_AE_CHECK})

_OPEN: Final = Expected(Exposure.RETRIEVABLE, accepts_writes=True, worklist=True)
_RECEIVES: Final = Expected(Exposure.ASSOCIATES, accepts_writes=True, worklist=False)
_WRONG_CALLED: Final = Expected(Exposure.GUARDED, protections=_CALLED)
_TITLE_OPENS: Final = Expected(Exposure.NAME_GATED, protections=_CALLED)
_TITLE_OPENS_WORKLIST: Final = Expected(Exposure.NAME_GATED, worklist=True, protections=_CALLED)
_REFUSES_ALL: Final = Expected(Exposure.GUARDED, protections=frozenset({Protection.ASSOCIATION_POLICY}))
_SHUT: Final = Expected(Exposure.GUARDED, protections=_MUTUAL_TLS)
_NOT_SHOWN: Final = Expected(Exposure.INCONCLUSIVE)
_NOT_DICOM: Final = Expected(Exposure.NOT_DICOM)
_NOBODY: Final = Expected(Exposure.UNREACHABLE)


def _both(
    name: str,
    start: Start,
    check: Check,
    expected: Expected,
    *,
    kind: Kind = Kind.DICOM,
    called: tuple[str, ...] = (),
    calling: tuple[str, ...] = (),
    loaded: bool = False,
) -> Archive:
    """A row whose verdict does not change when its titles are listed."""
    return Archive(name, start, check, expected, expected, kind, called, calling, loaded)


def _dcmqrscp(
    name: str,
    title: str,
    *options: str,
    calling: tuple[str, ...] = (),
    access: str = "RW",
    peers: str = "ANY",
) -> Archive:
    return Archive(
        f"dcmqrscp-{name}",
        dcmtk.dcmqrscp(title, *options, access=access, peers=peers),
        echoes(title, calling[0] if calling else "STRANGER"),
        _WRONG_CALLED,
        _TITLE_OPENS,
        called=(title,),
        calling=calling,
        loaded=True,
    )


def _wlmscpfs(name: str, title: str) -> Archive:
    return Archive(
        f"wlmscpfs-{name}",
        dcmtk.wlmscpfs(title),
        echoes(title),
        _WRONG_CALLED,
        _TITLE_OPENS_WORKLIST,
        called=(title,),
        loaded=True,
    )


_ORTHANC: Final = (
    _both(
        "orthanc-default",
        orthanc.as_packaged(),
        echoes(),
        replace(_RECEIVES, protections=_POLICY),
        called=(orthanc.TITLE,),
        loaded=True,
    ),
    _both("orthanc-open", orthanc.opened(), echoes(), _OPEN, called=(orthanc.TITLE,), loaded=True),
    _both(
        "orthanc-findonly",
        orthanc.find_only(),
        echoes(),
        Expected(Exposure.QUERYABLE, accepts_writes=True, worklist=False),
        loaded=True,
    ),
    Archive(
        "orthanc-locked",
        orthanc.locked(),
        echoes(orthanc.TITLE, orthanc.KNOWN),
        _WRONG_CALLED,
        replace(_TITLE_OPENS, protections=_BOTH_TITLES),
        called=(orthanc.TITLE,),
        calling=(orthanc.KNOWN,),
        loaded=True,
    ),
    Archive(
        "orthanc-locked-to-another-host",
        orthanc.locked(host="127.9.9.9"),
        rejects(1, 1, 7),
        _WRONG_CALLED,
        replace(_WRONG_CALLED, protections=_BOTH_TITLES),
        called=(orthanc.TITLE,),
        calling=(orthanc.KNOWN,),
        loaded=True,
    ),
    _both(
        "orthanc-tlsmut",
        orthanc.over_tls(client_certificate_required=True),
        echoes_inside_tls,
        _SHUT,
        kind=Kind.DICOM_TLS,
        loaded=True,
    ),
    _both(
        "orthanc-tlsany",
        orthanc.over_tls(client_certificate_required=False),
        echoes_inside_tls,
        replace(_OPEN, protections=_TLS),
        kind=Kind.DICOM_TLS,
        loaded=True,
    ),
    _both("orthanc-limit", orthanc.limited(), echoes(), _OPEN, loaded=True),
    _both("orthanc-limit-7", orthanc.limited(7), echoes(), _OPEN, loaded=True),
    _both("orthanc-limit-1", orthanc.limited(1), echoes(), _OPEN, loaded=True),
    Archive(
        "orthanc-aeonly",
        orthanc.ae_only(),
        echoes(),
        replace(_RECEIVES, protections=_POLICY),
        Expected(Exposure.NAME_GATED, accepts_writes=True, worklist=False, protections=_POLICY),
        calling=(orthanc.KNOWN,),
        loaded=True,
    ),
)

_DCMTK: Final = (
    _dcmqrscp("anyrw", "ANYRW"),
    _dcmqrscp("read", "READ", access="R"),
    _dcmqrscp("wonly", "WONLY", access="W"),
    _dcmqrscp("rest", "REST", calling=(dcmtk.KNOWN,), peers="known"),
    _dcmqrscp("no-study-root", "PRONLY", "-QS"),
    _dcmqrscp("no-get", "NOGET", "--disable-get"),
    _dcmqrscp("strict", "STRICT", "--check-find", "--check-move"),
    _wlmscpfs("wlae", dcmtk.WORKLIST_TITLE),
    _wlmscpfs("otherwl", dcmtk.EMPTY_WORKLIST_TITLE),
    _both("storescp", dcmtk.storescp(), echoes(), _RECEIVES),
    _both("storescp-refuse", dcmtk.storescp("--refuse"), rejects(1, 1, 1), _REFUSES_ALL),
    _both("storescp-tls-rc", dcmtk.storescp_over_tls("-rc"), echoes_inside_tls, _SHUT, kind=Kind.DICOM_TLS),
    _both(
        "storescp-tls-ic",
        dcmtk.storescp_over_tls("-ic"),
        echoes_inside_tls,
        replace(_RECEIVES, protections=_TLS),
        kind=Kind.DICOM_TLS,
    ),
    _both("dcmrecv", dcmtk.dcmrecv(), echoes(), _RECEIVES),
)

_OTHER_DICOM: Final = (
    _both("pynetdicom-qrscp", qrscp(), echoes(), _OPEN, loaded=True),
    # odil accepts a context of a service that does not exist, and was not asked for its worklist.
    _both("odil-scp", odil_scp(), echoes(), replace(_RECEIVES, worklist=None)),
    _both("busy", not_dicom.scripted(answering(BUSY)), says(BUSY), _NOT_SHOWN),
    _both("accept-of-4-gib", not_dicom.scripted(answering(OVERSIZED)), says(OVERSIZED), _NOT_SHOWN),
)

_OTHER: Final = (
    _both("http-server", not_dicom.python_http_server(), serves_http, _NOT_SHOWN, kind=Kind.OTHER),
    _both("http-error", not_dicom.scripted(http_error), says(b"HTTP/1.1 400"), _NOT_DICOM, kind=Kind.OTHER),
    _both(
        "https", not_dicom.https(), serves_https, replace(_NOT_DICOM, protections=_TLS), kind=Kind.OTHER_TLS
    ),
    _both("tcp-echo", not_dicom.scripted(echo), says(association_request()), _NOT_DICOM, kind=Kind.OTHER),
    _both("ssh", not_dicom.scripted(ssh_banner), says(b"SSH-2.0-"), _NOT_DICOM, kind=Kind.OTHER),
    _both("tarpit", not_dicom.scripted(silent), says_nothing, _NOT_SHOWN, kind=Kind.OTHER),
    _both("close-at-once", not_dicom.scripted(close_at_once), says(b""), _NOT_SHOWN, kind=Kind.OTHER),
    _both("mllp-reset", not_dicom.scripted(reset), says(b""), _NOT_SHOWN, kind=Kind.OTHER),
    _both(
        "drip", not_dicom.scripted(dripping(ACCEPT_IN_PART, 0.5)), says(b"\x02"), _NOT_SHOWN, kind=Kind.OTHER
    ),
    _both("nobody", not_dicom.nothing(), listens_not, _NOBODY, kind=Kind.OTHER),
)

ARCHIVES: Final = tuple(
    replace(archive, address=str(_FIRST_ADDRESS + index))
    for index, archive in enumerate((*_ORTHANC, *_DCMTK, *_OTHER_DICOM, *_OTHER))
)
