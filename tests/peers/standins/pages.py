"""Products of which a page or two is published, and OHIF's files on a web server.

Written from: Oviyam 2's login.jsp and viewer.html; weasis-pacs-connector RequestManifest.java and
BuildManifest.java; nuclei and NASL (MedDream, PacsOne, Vue PACS); PacsOne's qidors.php; DICOMHawk
fujifilm.yaml (Synapse); sdnewhop/dicom (Visage); the OHIF documentation. None held against a running one.
"""

from __future__ import annotations

from tests.peers.standins.serve import LOGIN_FORM, NOT_FOUND, Answer, Request, Site, page, said

OVIYAM_LOGIN = '<form name="login" action="j_security_check"><h4>DICOM Web Workstation</h4>' + LOGIN_FORM


def oviyam(*, wants_login: bool = False) -> Site:
    """Oviyam 2; with ``wants_login`` every page is the login of the servlet container."""
    form = page("Oviyam ", OVIYAM_LOGIN)
    shown = page("Oviyam", "<div id='tabs'></div>")
    return _site(
        {"/oviyam2/": form if wants_login else shown, "/oviyam2/viewer.html": form if wants_login else shown}
    )


def weasis(*, patients: int = 0, is_allowed: bool = True) -> Site:
    """The connector; it lists ``patients`` whatever study is asked for."""
    listed = '<Patient PatientID="4711" />' * patients
    manifest = f'<?xml version="1.0"?><manifest xmlns="http://www.weasis.org/xsd/2.5">{listed}</manifest>'

    def answer(request: Request) -> Answer:
        if request.path == "/weasis-pacs-connector/RequestManifest":
            return Answer(400, b"Missing or bad 'id' parameter in request", "text/html")
        if request.path == "/weasis-pacs-connector/manifest":
            if not is_allowed:
                return Answer(403)
            return Answer(200, manifest.encode(), "text/xml") if patients else Answer(204)
        return NOT_FOUND

    return answer


def meddream() -> Site:
    """An older MedDream: a cookie, a script, a form."""
    body = f'<div class="loginSplash"></div><script src="js/md.main.min.js"></script>{LOGIN_FORM}'
    form = page("MedDream", body)
    cookie = (("Set-Cookie", "MEDDREAMSESSID=0; path=/"),)
    return _site({"/pacs/login.php": Answer(200, form.body, form.media_type, cookie)})


def pacsone(version: str = "6.6.2", *, bypass: bool = False) -> Site:
    """PacsOne; with ``bypass`` its site lets anybody query."""
    login = page("PacsOne Server", f"<b>PacsOne Server {version}</b>{LOGIN_FORM}")
    refusal = Answer(
        401, b"<h2>", "text/html", (("WWW-Authenticate", 'Basic realm="PacsOne Server QIDO-RS"'),)
    )
    return _site(
        {"/pacsone/login.php": login, "/pacsone/qidors.php/studies": Answer(204) if bypass else refusal}
    )


def synapse() -> Site:
    """The sign-on page of Synapse."""
    form = page("Synapse Sign-On", LOGIN_FORM)
    return _site(
        {"/SynapseSignOn/": Answer(200, form.body, form.media_type, (("Server", "Microsoft-IIS/10.0"),))}
    )


def vue_pacs() -> Site:
    """The login page of Vue PACS."""
    return _site({"/portal/WebLogin.aspx": page("Vue PACS", LOGIN_FORM)})


def visage() -> Site:
    """The first page of Visage 7."""
    return _site({"/": page("Visage 7", LOGIN_FORM)})


def ohif(configuration: str) -> Site:
    """OHIF's built application on a web server that answers every path with its first page."""
    shell = page("OHIF Viewer", '<div id="root"></div>')

    def answer(request: Request) -> Answer:
        if request.path == "/app-config.js":
            return Answer(200, configuration.encode(), "application/javascript")
        return shell

    return answer


def json_catch_all() -> Site:
    """An API that answers everything with an empty list."""
    return lambda _request: said([])


def _site(answers: dict[str, Answer]) -> Site:
    return lambda request: answers.get(request.path, NOT_FOUND)
