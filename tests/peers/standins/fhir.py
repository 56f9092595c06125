"""A FHIR R4 server.

Written from HL7 FHIR R4: §5.2 CapabilityStatement, §3.1.0.13 and §3.2.1.5 (a search with _summary=count
returns a Bundle of type searchset with its total and no entry), and from HAPI FHIR's documentation (the
field X-Powered-By). Not held against a running one.
"""

from __future__ import annotations

import json

from tests.peers.standins.serve import NOT_FOUND, Answer, Holdings, Request, Site, said

FHIR_JSON = "application/fhir+json;charset=UTF-8"


def site(
    holdings: Holdings | None = None,
    root: str = "/fhir",
    padding: int = 0,
    totals: dict[str, object] | None = None,
) -> Site:
    """An open one. ``padding`` bytes make its statement long; ``totals`` replaces what it counts."""
    held = holdings or Holdings()
    numbers: dict[str, object] = {"Patient": held.patients, "ImagingStudy": held.studies} | (totals or {})
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "kind": "instance",
        "software": {"name": "HAPI FHIR Server", "version": "7.2.0"},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "documentation": "x" * padding}],
    }

    def answer(request: Request) -> Answer:
        if not request.path.startswith(f"{root}/"):
            return NOT_FOUND
        what = request.path.removeprefix(f"{root}/")
        if what == "metadata":
            powered = (("X-Powered-By", "HAPI FHIR 7.2.0 REST Server"),)
            return Answer(200, json.dumps(statement).encode(), FHIR_JSON, powered)
        if what in numbers and request.query.get("_summary") == "count":
            total = numbers[what]
            if isinstance(total, bytes):
                return said(b'{"resourceType":"Bundle","type":"searchset","total":' + total + b"}", FHIR_JSON)
            return said({"resourceType": "Bundle", "type": "searchset", "total": total}, FHIR_JSON)
        return NOT_FOUND

    return answer
