"""Where DICOMweb may be: published roots, roots that a server named, and what was answered at each.

Beside it, what the DICOMweb probes share: what their answers have to be, and what a control has to be.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Final

from dosimeter.dicom.aetitle import parse_ae_title
from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.dicom.uids import fresh_uid
from dosimeter.model.facts import Fact
from dosimeter.model.web import (
    ArchiveDescribed,
    BodyShape,
    DataSourceNamed,
    LoginSign,
    MediaType,
    Purpose,
    RedirectTo,
    WebAnswered,
)
from dosimeter.net.web import WebResponse, is_path
from dosimeter.probes._declare import NotAsked, Visit
from dosimeter.probes._products import unless_another
from dosimeter.probes._web import Heard, Question, ask, read_json, seen_control
from dosimeter.probes._web_reading import media_type_of

DICOM_JSON: Final = "application/dicom+json"
MAX_NAMED: Final = 4
"""Roots of each kind that servers named and that are asked: AE titles, data sources of viewers."""

MAX_REFUSING_ROOTS: Final = 3
"""More roots than that refuse by themselves on no archive: there it is the server that refuses any path."""

QIDO_RS: Final = "qido_rs"
"""The name of the null query: its facts tell the probes after it which roots there are."""

STUDIES: Final = "studies"
STUDY: Final = "StudyInstanceUID"

_MAX_ROOT: Final = 64
_WORD: Final = 16
_DCM4CHEE: Final = "dcm4chee"
_OK: Final = 200
_NO_CONTENT: Final = 204
_UNAUTHORISED: Final = 401
_FORBIDDEN: Final = 403
_CLIENT_ERRORS: Final = range(400, 500)
_NOT_THERE: Final = frozenset({404, 410})
_PUT_OTHERWISE: Final = frozenset({400, 406, 415, 422})
_OTHER_FORMS: Final = frozenset({MediaType.XML, MediaType.MULTIPART, MediaType.DICOM})
_JSON: Final = frozenset({MediaType.DICOM_JSON, MediaType.JSON})
_TAG_DIGITS: Final = 8
_HEXADECIMAL: Final = frozenset("0123456789ABCDEFabcdef")
_PATH_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")


@dataclass(frozen=True, slots=True)
class Root:
    """A base URI of DICOMweb (PS3.18 §8.2), and the source that says so.

    Where retrieve and store are at another base than search, ``retrieve`` and ``store`` say where.
    ``product`` is the one archive that has it, if it is one's alone: a key of ``web_products`` or a name of
    our own. ``is_common``: other applications too may have studies under such a path, and answer with JSON.
    """

    path: str
    source: str
    retrieve: str | None = None
    store: str | None = None
    product: str | None = None
    is_common: bool = False


PUBLISHED: Final = (
    Root("/dicom-web", "Orthanc DICOMweb plugin: Root as shipped; Raccoon"),
    Root("/orthanc/dicom-web", "Orthanc Book: behind nginx and Apache under /orthanc/", product="orthanc"),
    Root("/pacs/dicom-web", "OHIF documentation: recipe of nginx before Orthanc"),
    Root(
        "/dcm4chee-arc/aets/DCM4CHEE/rs",
        "dcm4chee-arc-light wiki: RESTful services, AE title as shipped",
        product="dcm4chee",
    ),
    Root("/dicomweb", "OHIF static-wado; OHIF documentation, app-config.js"),
    Root("/api/dicom/rs", "Conquest: webserver/htdocs/api/dicom/index.php", product="conquest"),
    Root(
        "/pacsone/qidors.php", "PacsOne: qidors.php", "/pacsone/wadors.php", "/pacsone/stowrs.php", "pacsone"
    ),
    Root("/qidors", "DICOMcloud; dicomweb-client documentation", "/wadors", "/stowrs", "dicomcloud"),
    Root("/qido-rs", "PS3.18 2014 names of the services, used as paths", "/wado-rs", "/stow-rs"),
    Root(
        "/rs",
        "dcm4che: RESTful services behind a proxy that takes the context path off",
        product="dcm4chee",
        is_common=True,
    ),
    Root(
        "/v2",
        "Microsoft, Medical Imaging Server for DICOM: conformance statement v2",
        product="microsoft",
        is_common=True,
    ),
    Root("/dicom", "3D Slicer: WebServer module, DICOMweb of its database", product="slicer", is_common=True),
    Root("/api", "Kheops: DICOMweb of its API", product="kheops", is_common=True),
    Root("/api/dicom-web", "API gateways before Orthanc"),
)
"""The published roots, those of open-source archives as shipped first."""


def roots_of(visit: Visit) -> Iterator[Root]:
    """Each root once: those that the archive or a viewer named, then the published ones.

    A server whose archive is known is not asked at those that are another's alone.
    """
    asked = set()
    for root in _all_roots(visit.seen):
        if root.path not in asked and is_its_own(visit, root.product):
            asked.add(root.path)
            yield root


def _all_roots(seen: tuple[Fact, ...]) -> tuple[Root, ...]:
    return (*_named(seen), *PUBLISHED)


def is_its_own(visit: Visit, product: str | None) -> bool:
    """Whether what is one product's alone can be here: no other archive was recognised."""
    if product is None:
        return True
    try:
        unless_another(visit, product)
    except NotAsked:
        return False
    return True


def _named(seen: tuple[Fact, ...]) -> Iterator[Root]:
    """Roots from facts: claims of a peer, so nothing but the path of the same origin is taken."""
    sources = [fact for fact in seen if isinstance(fact, DataSourceNamed)]
    paths = [fact.root.text.rstrip("/") for fact in sources if fact.to is RedirectTo.SAME_ORIGIN]
    yield from [Root(path, "named by a viewer") for path in paths if _is_root(path)][:MAX_NAMED]
    titles = dict.fromkeys(title for fact in seen for title in _dcm4chee_titles(fact))
    for title in tuple(titles)[:MAX_NAMED]:
        yield Root(f"/dcm4chee-arc/aets/{title}/rs", "named by dcm4chee-arc")


def _is_root(path: str) -> bool:
    """Whether a path that a server wrote can be a root: it may have been cut, or escaped."""
    return 1 < len(path) < _MAX_ROOT and is_path(path) and _PATH_SAFE.issuperset(path) and ".." not in path


def _dcm4chee_titles(fact: Fact) -> Iterator[str]:
    if not isinstance(fact, ArchiveDescribed) or fact.product != _DCM4CHEE:
        return
    for said in fact.ae_titles:
        try:
            title = parse_ae_title(said.text)
        except LocalProtocolError:
            continue
        if (_PATH_SAFE - {"/"}).issuperset(title) and title.strip("."):
            yield title


@dataclass(frozen=True, slots=True)
class KnownRoot:
    """A root whose null query was answered as specified.

    Or was refused where a control was not, or answered in a way that shows who takes such queries.
    """

    root: Root
    answers: bool


def known_roots(visit: Visit) -> tuple[KnownRoot, ...]:
    """The roots that the null queries showed, each once."""
    seen = visit.seen
    by_path = {root.path: root for root in _all_roots(seen)}
    asked = [
        (fact, by_path[fact.root])
        for fact in seen
        if isinstance(fact, WebAnswered) and fact.asked == QIDO_RS and fact.root in by_path
    ]
    answered = [KnownRoot(root, answers=True) for one, root in asked if one.as_specified]
    refused = [
        KnownRoot(root, answers=False)
        for one, root in asked
        if refuses(one) and any(not refuses(control) for control in controls_of(seen, one.root))
    ]
    shown = [
        KnownRoot(root, answers=False)
        for one, root in asked
        if not one.as_specified and shows_service(one, controls_of(seen, one.root))
    ]
    return (*answered, *(refused if len(refused) <= MAX_REFUSING_ROOTS else ()), *shown)


def may_show_service(fact: WebAnswered) -> bool:
    """Whether an answer to a null query may be that of a service which wants it put otherwise.

    Another form of DICOM, as was the default of QIDO-RS until 2017; or 400, 406, 415, 422 (RFC 9110 §15.5).
    """
    if fact.status == _OK:
        return fact.media_type in _OTHER_FORMS
    return fact.status in _PUT_OTHERWISE


def shows_service(fact: WebAnswered, controls: tuple[WebAnswered, ...]) -> bool:
    """Whether it is: what has no service is not found, the same query under the same root among it."""
    return (
        may_show_service(fact)
        and any(control.root == fact.root for control in controls)
        and not any(is_alike(fact, control) for control in controls)
        and all(control.status in _NOT_THERE for control in controls if control.root == fact.root)
    )


def is_alike(one: WebAnswered, other: WebAnswered) -> bool:
    """Whether two answers are the same as far as head lines go."""
    return _head(one) == _head(other)


def is_usual(fact: WebAnswered, seen: tuple[Fact, ...], *, to_the_byte: bool = False) -> bool:
    """Whether other paths were answered so that have no such service: it is its answer to anything.

    The path that cannot exist is compared by its head alone, all else by its body too; ``to_the_byte``
    compares the length of the body as well, where it is an error that is the answer.
    """
    everywhere = seen_control(seen)
    if not to_the_byte and everywhere is not None and is_alike(fact, everywhere):
        return True
    return any(
        is_alike(fact, one) and one.body is fact.body and not (to_the_byte and one.received != fact.received)
        for one in seen
        if isinstance(one, WebAnswered) and one.root != fact.root and not one.as_specified
    )


async def is_steady(
    visit: Visit, *pairs: tuple[WebAnswered, Question]
) -> tuple[bool, tuple[WebAnswered, ...]]:
    """Whether each question is answered as its like was before; with the answers of this time.

    Servers behind one address can differ, and what answers by chance is no archive.
    """
    facts: list[WebAnswered] = []
    for before, question in pairs:
        again = (await ask(visit, question)).fact
        facts.append(again)
        if (*_head(again), again.body) != (*_head(before), before.body):
            return False, tuple(facts)
    return True, tuple(facts)


def _head(fact: WebAnswered) -> tuple[int, MediaType]:
    return fact.status, fact.media_type


def controls_of(seen: tuple[Fact, ...], root: str | None) -> tuple[WebAnswered, ...]:
    """How paths that cannot exist were answered: those under this root, and the one under the origin."""
    controls = [one for one in seen if isinstance(one, WebAnswered) and one.purpose is Purpose.CONTROL]
    return tuple(one for one in controls if one.root in {None, root})


def refuses(fact: WebAnswered) -> bool:
    """Whether an answer wants a login, or forbids: 401, 403, a redirect to a login, a password field."""
    is_sent_to_login = fact.redirect is not None and fact.redirect.login is not LoginSign.NONE
    return (
        fact.status in {_UNAUTHORISED, _FORBIDDEN} or is_sent_to_login or (fact.body is BodyShape.HTML_LOGIN)
    )


def is_refused_as_unknown(control: WebAnswered) -> bool:
    """Whether a control was answered as a path that does not exist should be: a client error."""
    return control.status in _CLIENT_ERRORS


def search(root: Root, service: str, asked: str, key: str = STUDY) -> Question:
    """A null search of a service: what has one UID, made on the spot (PS3.18 §8.3.4)."""
    query = f"{service}?{key}="
    return Question(
        asked,
        Purpose.QUERY if key == STUDY and service == STUDIES else Purpose.WORKLIST,
        f"{root.path}/{query}{fresh_uid()}&limit=1",
        accept=DICOM_JSON,
        shown_path=f"{root.path}/{query}{{null}}&limit=1",
        root=root.path,
    )


def control_of(question: Question, asked: str, word: int = 0) -> Question:
    """The same search, of the same kind and length, under the same root, for a service that nobody has."""
    root, query = question.root or "", question.path.partition("?")[2]
    shown = (question.shown_path or "").partition("?")[2]
    return replace(
        question,
        asked=asked,
        purpose=Purpose.CONTROL,
        path=f"{root}/{made_up_word(word or _WORD)}?{query}",
        shown_path=f"{root}/{{null}}?{shown}",
    )


def is_empty_result(response: WebResponse) -> bool:
    """Whether a search ended with nothing found: 204, or 200 with an empty list (PS3.18 §8.5, §10.6.3)."""
    if response.status == _NO_CONTENT:
        return not response.body
    return _is_whole_json(response) and read_json(response.body) == []


def is_dicom_json_list(response: WebResponse) -> bool:
    """Whether these are data sets in the DICOM JSON model (PS3.18 §F.2): objects named by tags."""
    if not _is_whole_json(response):
        return False
    said = read_json(response.body)
    return isinstance(said, list) and bool(said) and all(_is_data_set(one) for one in said)


def is_result(response: WebResponse) -> bool:
    """Whether this may be how a search ended: with nothing, or with data sets."""
    return is_empty_result(response) or is_dicom_json_list(response)


def _is_whole_json(response: WebResponse) -> bool:
    media_type = media_type_of(response.header("content-type"))
    return response.status == _OK and not response.is_cut and media_type in _JSON


def _is_data_set(value: object) -> bool:
    return isinstance(value, dict) and bool(value) and all(_is_tag(name) for name in value)


def _is_tag(name: object) -> bool:
    return isinstance(name, str) and len(name) == _TAG_DIGITS and _HEXADECIMAL.issuperset(name)


def differs(heard: Heard, control: Heard) -> bool:
    """Whether an answer is another than what a path of the same length that cannot exist was given."""
    one, other = heard.fact, control.fact
    return (one.status, one.body, one.media_type, one.received) != (
        other.status,
        other.body,
        other.media_type,
        other.received,
    )


def as_specified(heard: Heard, *, it_is: bool) -> WebAnswered:
    """The fact of an answer that only its control showed to be as specified, or not."""
    return replace(heard.fact, as_specified=it_is)


def made_up_word(length: int = _WORD) -> str:
    """A segment of a path that nothing has, of letters alone."""
    return "".join(ascii_lowercase[byte % len(ascii_lowercase)] for byte in os.urandom(length))
