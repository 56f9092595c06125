"""dcm4chee-arc 5, unsecured, or with Keycloak before it.

Written from dcm4chee-arc-light: issues 1044 and 1773 (COUNT-RS, SIZE-RS), dcm4che issue 598 (the counters),
the wiki (AE list, Keycloak realm dcm4che), and answers that its users quote (``{"count": 2}``). Not held
against a running archive: none is packaged.
"""

from __future__ import annotations

from tests.peers.standins.serve import NOT_FOUND, Answer, Guard, Holdings, Request, Site, guarded, page, said

TITLES = ("AS_RECEIVED", "DCM4CHEE", "IOCM_REGULAR_USE", "WORKLIST")


def site(
    holdings: Holdings | None = None,
    titles: tuple[str, ...] = TITLES,
    counts: dict[str, object] | None = None,
) -> Site:
    """An open one. ``counts`` replaces what is said under ``count``, by the name of the counter."""
    held = holdings or Holdings()
    numbers: dict[str, object] = {
        "studies": held.studies,
        "patients": held.patients,
        "series": held.series,
        "instances": held.instances,
        "mwlitems": 0,
    } | (counts or {})

    def answer(request: Request) -> Answer:
        path = request.path.removeprefix("/dcm4chee-arc")
        if path == request.path:
            return NOT_FOUND
        if path == "/aets":
            return said([{"dicomAETitle": title, "dicomDescription": "an AE"} for title in titles])
        if path == "/ui2/":
            return page("dcm4chee-arc-ui", "<app-root></app-root>")
        parts = path.split("/")
        is_service = len(parts) == 6 and parts[1] == "aets" and parts[3] == "rs" and parts[2] in titles
        if not is_service:
            return NOT_FOUND
        if parts[4:] == ["studies", "size"]:
            return said({"size": 0 if "StudyInstanceUID" in request.query else 202_794})
        if parts[4:] == ["mwlitems", "count"] and parts[2] == "WORKLIST":
            return said({"count": held.worklist_items})
        if parts[5] == "count" and parts[4] in numbers:
            number = numbers[parts[4]]
            return said(b'{"count":' + number + b"}" if isinstance(number, bytes) else {"count": number})
        return NOT_FOUND

    return answer


def with_keycloak(inner: Site) -> Site:
    """Every page leads to the login of Keycloak, every service wants a token."""

    def answer(request: Request) -> Answer:
        if request.path.startswith("/dcm4chee-arc/ui2"):
            where = "https://idp.example:8843/realms/dcm4che/protocol/openid-connect/auth?client_id=ui&response_type=code"
            return Answer(302, fields=(("Location", where),))
        if request.path.startswith("/dcm4chee-arc"):
            return Answer(401, fields=(("WWW-Authenticate", 'Bearer realm="dcm4che"'),))
        return guarded(inner, Guard.OPEN)(request)

    return answer
