"""Conquest behind Apache: the CGI program, the newer web interface, the DICOMweb service in PHP.

Written from marcelvanherk/Conquest-DICOM-Server: cgi.cpp (modes top and querystudies, the title),
webserver/cgi-bin/newweb/start.lua, webserver/htdocs/api/dicom/index.php. Not held against a running one.
"""

from __future__ import annotations

from tests.peers.standins.serve import NOT_FOUND, Answer, Request, Site

_TITLE = "<HEAD><TITLE>Conquest DICOM server - version 1.5.0c</TITLE></HEAD><BODY BGCOLOR='CFDFCF'>"
_TOP = (
    f"{_TITLE}<H1>Welcome to the Conquest DICOM server - version 1.5.0c</H1>"
    '<table><tr><FORM ACTION="dgate"><INPUT NAME=mode TYPE=HIDDEN VALUE=querypatients>'
    "<td>Patient ID: <INPUT NAME=patientidmatch TYPE=Text VALUE=></FORM></tr></table></BODY>"
)
_START = _TOP.replace("querypatients", "listpatients")
_LIST = (
    f"{_TITLE}<H2>Conquest DICOM server - version 1.5.0c</H2><table RULES=ALL BORDER=1>"
    "<Caption>List of selected studies on local server</caption>"
    "<TR><TD>Patient ID<TD>Name<TD>Study date<TD>Study description<TD>Study modality</TR>"
)


def site(server: str = "Apache/2.4.57 (Debian)", *, api: bool = True, rows: int = 0) -> Site:
    """An open one; ``rows`` are listed whatever is asked, as by one that ignores the identifier."""
    ending = ".exe" if "Win" in server else ""

    def answer(request: Request) -> Answer:
        mode = request.query.get("mode", "top")
        if request.path == f"/cgi-bin/dgate{ending}":
            listed = _LIST + "<TR><TD>4711<TD>SOMEBODY</TR>" * rows + "</table></BODY>"
            return _html(listed if mode == "querystudies" else _TOP)
        if request.path == f"/cgi-bin/newweb/dgate{ending}" and mode == "start":
            return _html(_START)
        if request.path == "/api/dicom/" and api:
            return _html("Conquest DICOM api; partially supports wado-rs, wado-uri and qido-rs")
        return Answer(NOT_FOUND.status, NOT_FOUND.body, NOT_FOUND.media_type, (("Server", server),))

    def _html(text: str) -> Answer:
        return Answer(200, text.encode(), "text/html", (("Server", server),))

    return answer
