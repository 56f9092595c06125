"""What a lab archive's web face answers: a request in, a reply out.

Written after the products' own documentation and, for Orthanc, after what it was seen to send; PS3.18 for
DICOMweb, FHIR R4 for FHIR.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias
from urllib.parse import parse_qs, urlsplit

from dosimeter.lab.attributes import VR_OF, Tag
from dosimeter.lab.catalogue import Catalogue, Column, Truth
from dosimeter.lab.face import Face, Kind, Login

_JSON: Final = "application/json; charset=utf-8"
_DICOM_JSON: Final = "application/dicom+json"
_FHIR_JSON: Final = "application/fhir+json"
_HTML: Final = "text/html"
_PATIENT_COLUMNS: Final = (Tag.PATIENT_NAME, Tag.PATIENT_ID, Tag.PATIENT_BIRTH_DATE, Tag.PATIENT_SEX)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the path without its query, and the query's first value of each name."""

    method: str
    path: str
    query: dict[str, str]

    @classmethod
    def of(cls, method: str, target: str) -> Asked:
        """Of the first line of a request."""
        parts = urlsplit(target)
        return cls(method, parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})


class Shown(Protocol):
    """What a face tells of, where that is no catalogue."""

    @property
    def appointments(self) -> Sized:
        """The worklist."""

    def truth(self) -> Truth:
        """How much there is of everything."""

    def items(self, query: Mapping[str, str]) -> list[dict[str, object]]:
        """The studies that match, in the DICOM JSON model."""


Held: TypeAlias = "Catalogue | Shown"


@dataclass(frozen=True, slots=True)
class Reply:
    """A response."""

    status: int
    media_type: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


NOT_FOUND: Final = Reply(404, _HTML, b"<html><title>404</title><p>Not found.</html>")
_FORBIDDEN_METHOD: Final = Reply(405)
_BUSY: Final = Reply(503, _HTML, b"<html><title>503</title><p>Later.</html>", (("Retry-After", "60"),))
_APPLICATION: Final = (
    b"<!doctype html><html><head><title>Canteen</title></head><body><div id=root></div>"
    b'<script src="/assets/app.js"></script></body></html>'
)
_OHIF_PAGE: Final = (
    b'<!doctype html><html><head><meta name="application-name" content="OHIF Viewer"/>'
    b'<script src="/app-config.js"></script><title>OHIF Viewer</title></head>'
    b'<body><div id="root"></div></body></html>'
)
_OHIF_CONFIGURATION: Final = b"""window.config = {
  routerBasename: '/',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'lab',
      configuration: { qidoRoot: '/dicom-web', wadoRoot: '/dicom-web', wadoUriRoot: '/wado' },
    },
  ],
  defaultDataSourceName: 'lab',
};
"""
_ORTHANC_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>Orthanc Explorer</title></head><body></body></html>"
)
_DCM4CHEE_PAGE: Final = (
    b"<!doctype html><html><head><title>dcm4chee-arc-ui</title></head><body></body></html>"
)


def answer(face: Face, held: Held, asked: Asked) -> Reply:
    """What this face answers to anybody who shows no password."""
    if face.kind is Kind.BUSY:
        return _BUSY
    if face.login is Login.BASIC:
        return _challenge(face)
    if face.login is Login.SINGLE_SIGN_ON:
        return _sign_on(asked)
    return _ANSWERS[face.kind](face, held, asked)


def _challenge(face: Face) -> Reply:
    realm = "Orthanc Secure Area" if face.kind is Kind.ORTHANC else "Restricted"
    return Reply(401, headers=(("WWW-Authenticate", f'Basic realm="{realm}"'),))


def _sign_on(asked: Asked) -> Reply:
    if asked.path.startswith("/dcm4chee-arc/ui2"):
        login = "https://sso.lab.invalid/realms/dcm4che/protocol/openid-connect/auth"
        where = f"{login}?response_type=code&client_id=dcm4chee-arc-ui"
        return Reply(302, headers=(("Location", where),))
    if asked.path.startswith("/dcm4chee-arc/"):
        return Reply(401, headers=(("WWW-Authenticate", 'Bearer realm="dcm4che"'),))
    return NOT_FOUND


def _orthanc(face: Face, held: Held, asked: Asked) -> Reply:
    if asked.path.startswith("/dicom-web/"):
        return _dicomweb(held, asked, "/dicom-web")
    if asked.method != "GET":
        return _FORBIDDEN_METHOD
    if asked.path == "/":
        return Reply(301, headers=(("Location", "app/explorer.html"),))
    if asked.path == "/app/explorer.html":
        return Reply(200, _HTML, _ORTHANC_PAGE)
    if asked.path == "/system":
        return _json(_orthanc_system(face))
    if asked.path == "/statistics":
        return _json(_orthanc_statistics(held))
    if asked.path.startswith(("/studies/", "/patients/", "/series/")):
        return Reply(404)
    missing = {"HttpError": "Not Found", "HttpStatus": 404, "OrthancStatus": 17, "Uri": asked.path}
    return Reply(404, body=json.dumps({**missing, "Message": "Unknown resource"}).encode())


def _orthanc_system(face: Face) -> dict[str, object]:
    return {
        "ApiVersion": 16,
        "DicomAet": face.ae_title,
        "DicomPort": face.dicom_port,
        "HttpPort": face.port,
        "IsHttpServerSecure": False,
        "Name": "Lab",
        "PluginsEnabled": True,
        "Version": "1.10.1",
    }


def _orthanc_statistics(held: Held) -> dict[str, object]:
    truth = held.truth()
    return {
        "CountInstances": truth.instances,
        "CountPatients": truth.patients,
        "CountSeries": truth.series,
        "CountStudies": truth.studies,
        "TotalDiskSize": "0",
        "TotalDiskSizeMB": 0,
    }


def _dcm4chee(face: Face, held: Held, asked: Asked) -> Reply:
    if asked.path.startswith("/dcm4chee-arc/ui2"):
        return Reply(200, _HTML, _DCM4CHEE_PAGE)
    if asked.path == "/dcm4chee-arc/aets":
        return _json([{"dicomAETitle": face.ae_title, "dicomDescription": "lab"}])
    root = f"/dcm4chee-arc/aets/{face.ae_title}/rs"
    if asked.path.startswith(f"{root}/") and asked.path.endswith("/count"):
        return _dcm4chee_count(held, asked.path.removeprefix(f"{root}/"))
    if asked.path == f"{root}/mwlitems":
        return Reply(204)
    return _dicomweb(held, asked, root) if asked.path.startswith(f"{root}/") else NOT_FOUND


def _dcm4chee_count(held: Held, counted: str) -> Reply:
    truth = held.truth()
    counters = {
        "studies/count": truth.studies,
        "patients/count": truth.patients,
        "series/count": truth.series,
        "instances/count": truth.instances,
        "mwlitems/count": len(held.appointments),
    }
    return _json({"count": counters[counted]}) if counted in counters else NOT_FOUND


def _ohif(face: Face, held: Held, asked: Asked) -> Reply:
    if asked.path.startswith("/dicom-web/"):
        return _challenge(face) if face.login is Login.DATA else _dicomweb(held, asked, "/dicom-web")
    if asked.method != "GET":
        return _FORBIDDEN_METHOD
    if asked.path == "/app-config.js":
        return Reply(200, "application/javascript", _OHIF_CONFIGURATION)
    return Reply(200, _HTML, _OHIF_PAGE)


def _fhir(_face: Face, held: Held, asked: Asked) -> Reply:
    truth = held.truth()
    totals = {"/fhir/Patient": truth.patients, "/fhir/ImagingStudy": truth.studies}
    if asked.path == "/fhir/metadata":
        capability = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "status": "active"}
        return _json({**capability, "kind": "instance", "format": ["json"]}, _FHIR_JSON)
    if asked.path in totals and asked.query.get("_summary") == "count":
        return _json({"resourceType": "Bundle", "type": "searchset", "total": totals[asked.path]}, _FHIR_JSON)
    return NOT_FOUND


def _pages(_face: Face, _held: Held, _asked: Asked) -> Reply:
    return Reply(200, _HTML, _APPLICATION)


def _dicomweb(held: Held, asked: Asked, root: str) -> Reply:
    """QIDO-RS for studies (PS3.18 §10.6), and of WADO-RS and STOW-RS what needs no object."""
    below = asked.path.removeprefix(f"{root}/").split("/")
    if asked.method == "POST" and below == ["studies"]:
        return _json({"00081198": {"vr": "SQ"}, "00081199": {"vr": "SQ"}}, _DICOM_JSON)
    if asked.method != "GET":
        return _FORBIDDEN_METHOD
    if below == ["studies"]:
        return _json(_matches(held, asked.query), _DICOM_JSON)
    if below[0] == "studies":
        missing = {"HttpStatus": 404, "Message": "Accessing an inexistent item", "OrthancStatus": 7}
        return Reply(404, body=json.dumps(missing).encode())
    return Reply(404)


def _matches(held: Held, query: dict[str, str]) -> list[dict[str, object]]:
    return _matches_of(held, query) if isinstance(held, Catalogue) else held.items(query)


def _matches_of(catalogue: Catalogue, query: dict[str, str]) -> list[dict[str, object]]:
    uid = query.get("StudyInstanceUID")
    of_study = catalogue.studies.columns[Tag.STUDY_INSTANCE_UID]
    found = [number for number in range(catalogue.studies.size) if uid in {None, of_study(number)}]
    limit = query.get("limit", "")
    return [_item(catalogue, number) for number in found[: int(limit) if limit.isdecimal() else None]]


def _item(catalogue: Catalogue, study: int) -> dict[str, object]:
    """A study as QIDO-RS returns it: the patient's name with it, whether asked for or not."""
    item: dict[str, object] = {
        f"{tag:08X}": _element(tag, column, study) for tag, column in catalogue.studies.columns.items()
    }
    patient = catalogue.patient_of[study]
    item |= {
        f"{tag:08X}": _element(tag, catalogue.patients.columns[tag], patient) for tag in _PATIENT_COLUMNS
    }
    return item


def _element(tag: int, column: Column, number: int) -> dict[str, object]:
    """One attribute in the DICOM JSON model (PS3.18 §F.2); one without a value has none."""
    value, vr = column(number), VR_OF[tag]
    if not value:
        return {"vr": vr}
    if vr == "PN":
        return {"vr": vr, "Value": [{"Alphabetic": value}]}
    return {"vr": vr, "Value": [int(value)] if vr == "IS" else value.split("\\")}


def _json(value: object, media_type: str = _JSON) -> Reply:
    return Reply(200, media_type, json.dumps(value).encode())


_ANSWERS: Final[dict[Kind, Callable[[Face, Held, Asked], Reply]]] = {
    Kind.ORTHANC: _orthanc,
    Kind.DCM4CHEE: _dcm4chee,
    Kind.OHIF: _ohif,
    Kind.FHIR: _fhir,
    Kind.PAGES: _pages,
}
