"""Orthanc, for what a real one of Debian cannot be made to say: absurd counters, a path prefix, plugins.

Checked against Orthanc 1.10.1 (FACTS4): statuses, keys, types, the 404 with and without a body.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.peers.standins.serve import NOT_FOUND, Answer, Holdings, Request, Site, page, said

REALM = "Orthanc Secure Area"


def site(
    holdings: Holdings | None = None,
    root: str = "",
    plugins: tuple[str, ...] = (),
    statistics: object = None,
    metrics: bytes | None = None,
) -> Site:
    """An open one. ``statistics`` replaces the body of its counters, ``metrics`` that of its metrics."""
    held = holdings or Holdings()
    answers: Mapping[str, Answer] = {
        "/system": said(
            {
                "ApiVersion": 16,
                "DicomAet": "ORTHANC",
                "DicomPort": 4242,
                "HttpPort": 8042,
                "IsHttpServerSecure": False,
                "Name": "MyOrthanc",
                "PluginsEnabled": True,
                "Version": "1.10.1",
            },
            "application/json; charset=utf-8",
        ),
        "/statistics": said(counters(held) if statistics is None else statistics),
        "/tools/metrics-prometheus": Answer(
            200, metrics_of(held) if metrics is None else metrics, "text/plain"
        ),
        "/plugins": said(["explorer.js", *plugins]),
        "/app/explorer.html": page("Orthanc Explorer"),
        "/ui/app/": page("Orthanc Explorer 2"),
        "/web-viewer/app/viewer.html": page("Orthanc Web Viewer"),
        "/stone-webviewer/index.html": page("Stone Web viewer"),
        "/ohif/": page("OHIF Viewer"),
        "/ohif/app-config.js": Answer(
            200, b"window.config = {dataSources: [{qidoRoot: '../dicom-web'}]};", "application/javascript"
        ),
        "/dicom-web/app/client/index.html": page("Orthanc - DICOMweb client"),
    }

    def answer(request: Request) -> Answer:
        if not request.path.startswith(f"{root}/"):
            return NOT_FOUND
        path = request.path.removeprefix(root)
        if path.startswith("/studies/"):
            return Answer(404)
        unknown = (
            b'{"HttpError":"Not Found","HttpStatus":404,"OrthancError":"Unknown resource","OrthancStatus":17}'
        )
        return answers.get(path, Answer(404, unknown))

    return answer


def counters(held: Holdings) -> dict[str, object]:
    """The body of /statistics."""
    return {
        "CountInstances": held.instances,
        "CountPatients": held.patients,
        "CountSeries": held.series,
        "CountStudies": held.studies,
        "TotalDiskSize": "202794",
        "TotalDiskSizeMB": 0,
        "TotalUncompressedSize": "202794",
        "TotalUncompressedSizeMB": 0,
    }


def metrics_of(held: Holdings) -> bytes:
    """The body of /tools/metrics-prometheus."""
    counted = {
        "patients": held.patients,
        "studies": held.studies,
        "series": held.series,
        "instances": held.instances,
    }
    lines = [f"orthanc_count_{things} {number} 1795537748404" for things, number in counted.items()]
    return "\n".join(["orthanc_jobs_running 0 1795537748404", *lines, ""]).encode()
