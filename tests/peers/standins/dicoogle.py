"""Dicoogle 2 and 3.

Written from the dicoogle repository: DicoogleWeb.java (paths), VersionResource.java, SearchServlet.java
(400 without a query; results, numResults, elapsedTime), AETitleServlet.java, ServicesServlet.java. Not held
against a running one: none is packaged.
"""

from __future__ import annotations

from tests.peers.standins.serve import NOT_FOUND, Answer, Request, Site, page, said


def site(version: object = "3.3.2", *, ignores_the_query: bool = False) -> Site:
    """An open one; with ``ignores_the_query`` it finds something whatever is asked."""

    def answer(request: Request) -> Answer:
        if request.path == "/search":
            return _search(request, found=ignores_the_query)
        if request.path == "/":
            return page("Dicoogle")
        answers = {
            "/ext/version": said({"version": version}),
            "/management/settings/dicom": said({"aetitle": "DICOOGLE-STORAGE"}),
            "/management/dicom/storage": said({"isRunning": True, "port": 6666, "autostart": True}),
        }
        return answers.get(request.path, NOT_FOUND)

    return answer


def _search(request: Request, *, found: bool) -> Answer:
    if not request.query.get("query"):
        return Answer(400, b"No query supplied!", "text/html")
    fields = {"SOPInstanceUID": "1.2.3"}
    results = [{"uri": f"file:/{number}", "fields": fields} for number in range(3)] if found else []
    return said({"results": results, "numResults": len(results), "elapsedTime": 4})
