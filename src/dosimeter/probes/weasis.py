"""The Weasis connector: does it build a manifest for a stranger?

First a manifest by an identifier that is not given, which it refuses in words of its own; where it does, a
manifest of a study that cannot exist. The manifest is read to what it lists, never as XML. No counter.
"""

from __future__ import annotations

from typing import Final

from dosimeter.dicom.uids import fresh_uid
from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import bears, unless_another, was_seen, with_rows
from dosimeter.probes._web import Question, ask

_REQUEST: Final = Question(
    "weasis_request", Purpose.DESCRIPTION, "/weasis-pacs-connector/RequestManifest", most=4_096
)
_MANIFEST: Final = "/weasis-pacs-connector/manifest?noGzip&studyUID="
_BESIDE: Final = frozenset({"dcm4chee"})
_MANIFESTS: Final = (b"<manifest", b"<wado_query")
_WORDS: Final = b"Missing or bad 'id' parameter"
_PATIENT: Final = b"<Patient "
_OK: Final = 200
_NO_CONTENT: Final = 204
_BAD_REQUEST: Final = 400


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "weasis", _BESIDE)
    heard = await ask(visit, _REQUEST, _refuses_in_its_words)
    if not bears(heard.fact, "weasis") and not was_seen(visit, "weasis"):
        return (heard.fact,)
    question = Question(
        "weasis_manifest",
        Purpose.QUERY,
        _MANIFEST + fresh_uid(),
        shown_path=f"{_MANIFEST}{{null}}",
        most=4_096,
    )
    manifest = await ask(visit, question, lambda response: patients_listed(response) is not None)
    return (heard.fact, with_rows(visit, manifest, patients_listed(manifest.response)))


def _refuses_in_its_words(response: WebResponse) -> bool:
    return response.status == _BAD_REQUEST and _WORDS in response.body


def patients_listed(response: WebResponse) -> int | None:
    """How many patients a manifest lists; none at all in a 204. None if this is no manifest."""
    if response.status == _NO_CONTENT:
        return 0
    if response.status != _OK or not any(name in response.body for name in _MANIFESTS):
        return None
    return response.body.count(_PATIENT)


PROBE = Probe(
    name="weasis",
    asks="GET of the Weasis connector's manifests, by no identifier and of a study that cannot exist",
    touch=Touch.PROVE,
    reference="weasis-pacs-connector README",
    rides=Rides.WEB,
    needs=None,
    order=230,
    run=_run,
    services=ON_WEB,
)
