"""PacsOne Server: its login page with the version, and its DICOMweb service, which a site can open to all.

Its counters stand behind the login.
"""

from __future__ import annotations

from typing import Final

from dosimeter.dicom.uids import fresh_uid
from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import ArchiveDescribed, Purpose
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import HTML, bears, list_of, open_page, unless_another, version_after
from dosimeter.probes._web import Question, ask

ROOT: Final = "/pacsone/qidors.php"
_LOGIN: Final = Question("pacsone_login", Purpose.LANDING, "/pacsone/login.php", accept=HTML)
_NAME: Final = b"pacsone server"
_BESIDE: Final = frozenset({"meddream"})
_DICOM_JSON: Final = "application/dicom+json"
_NO_CONTENT: Final = 204


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "pacsone", _BESIDE)
    login = await ask(visit, _LOGIN, open_page("pacsone"))
    if not bears(login.fact, "pacsone"):
        return (login.fact,)
    query = f"{ROOT}/studies?limit=1&StudyInstanceUID="
    question = Question(
        "pacsone_qido_rs",
        Purpose.QUERY,
        query + fresh_uid(),
        accept=_DICOM_JSON,
        shown_path=f"{query}{{null}}",
        root=ROOT,
    )
    queried = await ask(visit, question, _is_answer)
    described = ArchiveDescribed("pacsone", version_after(login.response, _NAME))
    return (login.fact, described, queried.fact)


def _is_answer(response: WebResponse) -> bool:
    """204, or a list of dicom+json: with no match it answers 204 (qidors.php)."""
    media_type = (response.header("content-type") or "").lower()
    return response.status == _NO_CONTENT or (
        media_type.startswith(_DICOM_JSON) and list_of(response) is not None
    )


PROBE = Probe(
    name="pacsone",
    asks="GET of PacsOne's login page, and of its QIDO-RS for a study that cannot exist",
    touch=Touch.PROVE,
    reference="PacsOne Server, qidors.php",
    rides=Rides.WEB,
    needs=None,
    order=245,
    run=_run,
    services=ON_WEB,
)
