"""Every web face that a survey is held against, how to start it, and the verdict that is right for it.

The Orthancs are those of the DICOM side, asked over HTTP: what they refuse over DICOM they may show to a
browser, and the other way round. Stand-ins say in their files what they were written from.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Final

from dosimeter.model.target import Service
from dosimeter.model.verdict import Exposure, Protection
from tests.integration.archives import web_servers
from tests.integration.archives.nginx import ClientCertificate
from tests.integration.archives.ohif import DataSource
from tests.integration.archives.web_checks import Check, answers, frames
from tests.integration.archives.web_servers import HTTPS_PORT, WebStart, behind_nginx, stand_in
from tests.peers.standins import conquest, dcm4chee, dicoogle, fhir, horos
from tests.peers.standins.serve import Guard, Holdings, guarded

_OURS: Final = 16 + os.getpid() % 200
"""Two runs of the tests on one machine use the same fixed ports, at addresses of their own."""

_FIRST_ADDRESS: Final = IPv4Address(f"127.48.{_OURS}.1")
NOT_IN_SCOPE: Final = f"127.49.{_OURS}.1"
"""A host that a viewer names and no scope allows."""
NOT_IN_SCOPE_PORT: Final = 8042


@dataclass(frozen=True, slots=True)
class Counted:
    """What the archive's own counters say, None where it has no such counter."""

    patients: int | None = None
    studies: int | None = None
    series: int | None = None
    instances: int | None = None
    worklist_items: int | None = None


@dataclass(frozen=True, slots=True)
class WebExpected:
    """What a right verdict says of a web face."""

    exposure: Exposure
    is_archive: bool
    product: str | None = None
    protections: frozenset[Protection] = frozenset()
    accepts_writes: bool | None = None
    worklist: bool | None = None
    claimed: Counted = Counted()
    service: Service = Service.WEB


@dataclass(frozen=True, slots=True)
class WebFace:
    """One row: a web server in one configuration, alone on its address.

    ``inside_tls`` is what the check speaks; the survey finds it out. ``service`` is what the scope says
    that the port is for.
    """

    name: str
    start: WebStart
    check: Check
    expected: WebExpected
    asked_as: Service = Service.WEB
    address: str = ""


_HELD: Final = Counted(patients=32, studies=48, series=54, instances=225)
_LOGIN: Final = frozenset({Protection.HTTP_LOGIN})
_FORM: Final = frozenset({Protection.LOGIN_FORM})
_SIGN_ON: Final = frozenset({Protection.SINGLE_SIGN_ON})
_FORBIDDEN: Final = frozenset({Protection.HTTP_FORBIDDEN})
_TLS: Final = frozenset({Protection.TLS})

_ORTHANC_OPEN: Final = WebExpected(
    Exposure.BROWSABLE, True, "Orthanc", accepts_writes=True, claimed=_HELD
)  # fmt: skip
_ORTHANC_ASKS: Final = WebExpected(Exposure.GUARDED, True, "Orthanc", _LOGIN)
_ORTHANC_OVER_TLS: Final = replace(_ORTHANC_OPEN, protections=_TLS, service=Service.WEB_TLS)
_WALL: Final = WebExpected(Exposure.GUARDED, False, service=Service.WEB_TLS)
_SYSTEM: Final = answers("/system", holds=b'"IsHttpServerSecure"')

_ORTHANC: Final = (
    WebFace("orthanc-default", web_servers.web_face_of("orthanc-default"), _SYSTEM, _ORTHANC_OPEN),
    WebFace(
        "orthanc-default-from-elsewhere",
        web_servers.seen_from_elsewhere("orthanc-default"),
        answers("/system", 401),
        _ORTHANC_ASKS,
    ),
    WebFace("orthanc-open", web_servers.web_face_of("orthanc-open"), _SYSTEM, _ORTHANC_OPEN),
    WebFace(
        "orthanc-open-from-elsewhere",
        web_servers.seen_from_elsewhere("orthanc-open"),
        _SYSTEM,
        _ORTHANC_OPEN,
    ),
    # What DicomAlwaysAllow… refuses over DICOM is open over HTTP.
    WebFace("orthanc-findonly", web_servers.web_face_of("orthanc-findonly"), _SYSTEM, _ORTHANC_OPEN),
    WebFace(
        "orthanc-locked",
        web_servers.web_face_of("orthanc-locked"),
        answers("/system", logs_in=True),
        _ORTHANC_ASKS,
    ),
    WebFace("orthanc-limit", web_servers.web_face_of("orthanc-limit"), _SYSTEM, _ORTHANC_OPEN),
    # A port that the scope holds for DICOM: its answer to an A-ASSOCIATE-RQ is HTTP.
    WebFace(
        "orthanc-where-dicom-is-expected",
        web_servers.web_face_of("orthanc-open"),
        _SYSTEM,
        _ORTHANC_OPEN,
        asked_as=Service.DICOM,
    ),
    WebFace("orthanc-remoteonly", web_servers.remote_only, answers("/system", 401), _ORTHANC_ASKS),
)

_BEHIND: Final = (
    WebFace(
        "nginx-tls-login",
        behind_nginx(web_servers.proxy_with_login("orthanc-open"), ClientCertificate.NOT_ASKED),
        answers("/system", inside_tls=True, logs_in=True),
        replace(_WALL, protections=_TLS | _LOGIN),
    ),
    WebFace(
        "nginx-tls-certificate-required",
        behind_nginx(web_servers.proxy_of("orthanc-open"), ClientCertificate.REQUIRED),
        answers("/system", inside_tls=True, shows_certificate=True),
        replace(_WALL, protections=_TLS | {Protection.CLIENT_CERTIFICATE}),
    ),
    WebFace(
        "nginx-tls-certificate-optional",
        behind_nginx(web_servers.proxy_of("orthanc-open"), ClientCertificate.OPTIONAL),
        answers("/system", inside_tls=True),
        _ORTHANC_OVER_TLS,
    ),
    WebFace(
        "nginx-tls-certificate-or-403",
        behind_nginx(
            web_servers.proxy_of("orthanc-open", "if ($ssl_client_verify != SUCCESS) { return 403; }"),
            ClientCertificate.OPTIONAL,
        ),
        answers("/system", inside_tls=True, shows_certificate=True),
        replace(_WALL, protections=_TLS | _FORBIDDEN),
    ),
    WebFace(
        "nginx-tls-open",
        behind_nginx(web_servers.proxy_of("orthanc-open"), ClientCertificate.NOT_ASKED),
        answers("/system", inside_tls=True),
        _ORTHANC_OVER_TLS,
    ),
    # Orthanc as Debian has it answers this machine alone; the proxy is on this machine.
    WebFace(
        "nginx-before-orthanc-default",
        behind_nginx(web_servers.proxy_of("orthanc-default")),
        _SYSTEM,
        _ORTHANC_OPEN,
    ),
    WebFace(
        "nginx-login-before-orthanc",
        behind_nginx(web_servers.proxy_with_login("orthanc-open")),
        answers("/system", logs_in=True),
        WebExpected(Exposure.GUARDED, False, protections=_LOGIN),
    ),
    WebFace(
        "stunnel-before-orthanc",
        web_servers.behind_stunnel("orthanc-open"),
        answers("/system", inside_tls=True),
        _ORTHANC_OVER_TLS,
    ),
    WebFace(
        "https-where-https-is-expected",
        behind_nginx(web_servers.proxy_of("orthanc-open"), ClientCertificate.NOT_ASKED, port=HTTPS_PORT),
        answers("/system", inside_tls=True),
        _ORTHANC_OVER_TLS,
        asked_as=Service.WEB_TLS,
    ),
    WebFace(
        "http-where-https-is-expected",
        behind_nginx(web_servers.proxy_of("orthanc-open"), port=HTTPS_PORT),
        _SYSTEM,
        _ORTHANC_OPEN,
        asked_as=Service.WEB_TLS,
    ),
)

_VIEWERS: Final = (
    WebFace(
        "ohif-open",
        behind_nginx(web_servers.viewer(archive="orthanc-open")),
        answers("/any/path", holds=b"OHIF Viewer"),
        # The viewer's page is open, and the archive behind it shows by its errors whose it is.
        WebExpected(Exposure.BROWSABLE, True, "Orthanc", accepts_writes=True),
    ),
    WebFace(
        "ohif-closed",
        behind_nginx(web_servers.viewer(archive="orthanc-open", wants_login=True)),
        answers("/dicom-web/studies?limit=0", logs_in=True),
        WebExpected(Exposure.GUARDED, True, "OHIF viewer", _LOGIN, accepts_writes=False),
    ),
    WebFace(
        "ohif-of-another-host",
        behind_nginx(web_servers.viewer(DataSource(authority=f"http://{NOT_IN_SCOPE}:{NOT_IN_SCOPE_PORT}"))),
        answers("/app-config.js", holds=NOT_IN_SCOPE.encode()),
        WebExpected(Exposure.INCONCLUSIVE, True, "OHIF viewer"),
    ),
)

_DCM4CHEE_HOLDS: Final = Holdings(patients=41, studies=57, series=103, instances=1009, worklist_items=7)
_DCM4CHEE_CLAIMS: Final = Counted(patients=41, studies=57, series=103, instances=1009, worklist_items=7)
_DCM4CHEE: Final = web_servers.with_dicomweb(dcm4chee.site(_DCM4CHEE_HOLDS), "/dcm4chee-arc/aets/DCM4CHEE/rs")
_FHIR: Final = fhir.site(Holdings(patients=43, studies=59))
_PORTAL: Final = horos.site()


def _behind_login(name: str, product: str | None, start: WebStart, check: Check) -> WebFace:
    expected = WebExpected(Exposure.GUARDED, product is not None, product, _LOGIN)
    return WebFace(name, start, check, expected)


_STAND_INS: Final = (
    WebFace(
        "dcm4chee-open",
        stand_in(_DCM4CHEE),
        answers("/dcm4chee-arc/aets", holds=b"AS_RECEIVED"),
        WebExpected(
            Exposure.BROWSABLE,
            True,
            "dcm4chee-arc",
            accepts_writes=False,
            worklist=True,
            claimed=_DCM4CHEE_CLAIMS,
        ),
    ),
    # Counters alone answer, and nothing is refused: the issue counts that as browsable.
    WebFace(
        "dcm4chee-counters-alone",
        stand_in(dcm4chee.site(Holdings(5, 6, 7, 8, 9), titles=("ANOTHER",))),
        answers("/dcm4chee-arc/aets", holds=b"ANOTHER"),
        WebExpected(Exposure.BROWSABLE, True, "dcm4chee-arc", claimed=Counted(5, 6, 7, 8, 0)),
    ),
    WebFace(
        "dcm4chee-with-keycloak",
        stand_in(dcm4chee.with_keycloak(_DCM4CHEE)),
        answers("/dcm4chee-arc/aets", 401),
        WebExpected(Exposure.GUARDED, True, "dcm4chee-arc", _SIGN_ON, accepts_writes=False),
    ),
    _behind_login(
        "dcm4chee-behind-401",
        None,
        stand_in(guarded(_DCM4CHEE, Guard.UNAUTHORISED)),
        answers("/dcm4chee-arc/aets", 401),
    ),
    WebFace(
        "dcm4chee-behind-a-redirect",
        stand_in(guarded(_DCM4CHEE, Guard.LOGIN_REDIRECT)),
        answers("/dcm4chee-arc/aets", 302),
        WebExpected(Exposure.GUARDED, False, None, _FORM),
    ),
    WebFace(
        "dicoogle-open",
        stand_in(dicoogle.site()),
        answers("/ext/version", holds=b"3.3.2"),
        WebExpected(Exposure.BROWSABLE, True, "Dicoogle"),
    ),
    WebFace(
        "dicoogle-behind-a-form",
        stand_in(guarded(dicoogle.site(), Guard.LOGIN_FORM)),
        answers("/search", holds=b"password"),
        WebExpected(Exposure.GUARDED, False, None, _FORM),
    ),
    WebFace(
        "dicoogle-whose-search-is-forbidden",
        stand_in(guarded(dicoogle.site(), Guard.FORBIDDEN, shown=frozenset({"/", "/ext/version"}))),
        answers("/search", 403),
        WebExpected(Exposure.GUARDED, True, "Dicoogle", _FORBIDDEN),
    ),
    WebFace(
        "conquest-open",
        stand_in(conquest.site()),
        answers("/cgi-bin/dgate?mode=top", holds=b"Conquest"),
        WebExpected(Exposure.BROWSABLE, True, "Conquest"),
    ),
    WebFace(
        "conquest-behind-403",
        stand_in(guarded(conquest.site(), Guard.FORBIDDEN)),
        answers("/cgi-bin/dgate?mode=top", 403),
        WebExpected(Exposure.GUARDED, False, None, _FORBIDDEN),
    ),
    WebFace(
        "horos-open",
        stand_in(_PORTAL),
        answers("/main", holds=b"studyList"),
        WebExpected(Exposure.BROWSABLE, True, "Horos or OsiriX"),
    ),
    WebFace(
        "horos-with-login",
        stand_in(horos.site(wants_login=True)),
        answers("/main", 401),
        WebExpected(Exposure.GUARDED, True, "Horos or OsiriX", _FORM),
    ),
    _behind_login(
        "orthanc-realm-alone",
        "Orthanc",
        stand_in(guarded(conquest.site(), Guard.UNAUTHORISED, realm="Orthanc Secure Area")),
        answers("/", 401),
    ),
)

_NEIGHBOURS: Final = (
    WebFace(
        "fhir-open",
        stand_in(_FHIR),
        answers("/fhir/metadata", holds=b"CapabilityStatement"),
        WebExpected(Exposure.NOT_DICOM, False, "FHIR server"),
    ),
    WebFace(
        "fhir-that-counts-for-nobody",
        stand_in(guarded(_FHIR, Guard.UNAUTHORISED, shown=frozenset({"/fhir/metadata"}))),
        answers("/fhir/Patient", 401),
        WebExpected(Exposure.GUARDED, False, "FHIR server", _LOGIN),
    ),
    WebFace(
        "mllp",
        web_servers.scripted(web_servers.mllp),
        frames,
        WebExpected(Exposure.NOT_DICOM, False, service=Service.HL7),
        asked_as=Service.HL7,
    ),
)

WEB_FACES: Final = tuple(
    replace(face, address=str(_FIRST_ADDRESS + index))
    for index, face in enumerate((*_ORTHANC, *_BEHIND, *_VIEWERS, *_STAND_INS, *_NEIGHBOURS))
)
