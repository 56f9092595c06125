"""Attempts at web ports as the probes leave them: what was asked, what came back, in a few words."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed
from dosimeter.model.census import NOT_COUNTED, Census, Things
from dosimeter.model.facts import ClientCertificate, Fact, TlsSeen
from dosimeter.model.target import Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Verdict
from dosimeter.model.web import (
    ArchiveDescribed,
    BodyShape,
    CounterRead,
    DataSourceNamed,
    LoginSign,
    MediaType,
    ProductCounted,
    Purpose,
    Redirect,
    RedirectTo,
    WebAnswered,
)

ROOT: Final = "/dicom-web"
PROBES: Final = {
    Purpose.LANDING: "web_landing",
    Purpose.CONTROL: "web_control",
    Purpose.QUERY: "dicomweb_query",
    Purpose.RETRIEVE: "dicomweb_retrieve",
    Purpose.STORE: "dicomweb_store",
    Purpose.WORKLIST: "dicomweb_worklist",
    Purpose.NEIGHBOUR: "fhir",
    Purpose.DESCRIPTION: "orthanc",
    Purpose.COUNTER: "orthanc",
}


def web(*attempts: Attempt, service: Service = Service.WEB, census: Census = NOT_COUNTED) -> Verdict:
    """The verdict on these attempts at a web port."""
    return judge(attempts, service=service, census=census)


def told(*facts: Fact, probe: str | None = None) -> tuple[Completed, ...]:
    """Each fact as the only one of its probe's attempt."""
    return tuple(Completed(probe or _probe_of(fact), (fact,)) for fact in facts)


def _probe_of(fact: Fact) -> str:
    return PROBES[fact.purpose] if isinstance(fact, WebAnswered) else "orthanc"


def answer(
    asked: str,
    purpose: Purpose,
    status: int = 200,
    body: BodyShape = BodyShape.EMPTY,
    media_type: MediaType = MediaType.NONE,
    *,
    specified: bool = False,
    root: str | None = None,
    rows: int = 0,
    method: str = "GET",
    challenges: tuple[str, ...] = (),
    login: LoginSign | None = None,
    to: RedirectTo = RedirectTo.SAME_ORIGIN,
    authority: str | None = None,
    signs: tuple[str, ...] = (),
    marks: tuple[str, ...] = (),
) -> WebAnswered:
    """One answer."""
    redirect = None
    if login is not None or authority is not None:
        redirect = Redirect(to, login or LoginSign.NONE, ServerText.of(authority) if authority else None)
    return WebAnswered(
        asked,
        purpose,
        method,
        "/asked",
        status,
        body,
        media_type,
        specified,
        root=root,
        rows=rows,
        challenges=challenges,
        redirect=redirect,
        signs=signs,
        marks=marks,
    )


def landing(body: BodyShape = BodyShape.HTML, **more: object) -> WebAnswered:
    """The first page."""
    return answer("landing", Purpose.LANDING, 200, body, MediaType.HTML, **more)  # type: ignore[arg-type]


def control(status: int = 404, body: BodyShape = BodyShape.EMPTY, **more: object) -> WebAnswered:
    """A path that cannot exist."""
    return answer("control", Purpose.CONTROL, status, body, **more)  # type: ignore[arg-type]


def no_such_path(root: str = ROOT, **more: object) -> WebAnswered:
    """A path that cannot exist, under a root."""
    return answer("qido_rs_control", Purpose.CONTROL, 404, BodyShape.EMPTY, root=root, **more)  # type: ignore[arg-type]


def qido(
    body: BodyShape = BodyShape.JSON_EMPTY_LIST,
    media_type: MediaType = MediaType.DICOM_JSON,
    *,
    specified: bool = True,
    rows: int = 0,
    root: str = ROOT,
    marks: tuple[str, ...] = (),
) -> WebAnswered:
    """The QIDO-RS null query was answered."""
    return answer(
        "qido_rs",
        Purpose.QUERY,
        200,
        body,
        media_type,
        specified=specified,
        rows=rows,
        root=root,
        marks=marks,
    )


def wado(*, specified: bool = True, root: str = ROOT) -> WebAnswered:
    """The WADO-RS null retrieve: no such study."""
    return answer("wado_rs", Purpose.RETRIEVE, 404, BodyShape.JSON_OBJECT, specified=specified, root=root)


def refused(
    asked: str = "qido_rs", purpose: Purpose = Purpose.QUERY, scheme: str = "basic", **more: object
) -> WebAnswered:
    """401 with a challenge."""
    return answer(asked, purpose, 401, challenges=(scheme,), **more)  # type: ignore[arg-type]


def orthanc_open() -> tuple[Attempt, ...]:
    """Orthanc with everything open, as FACTS4 measured it."""
    named = ServerText.of
    return (
        *told(
            answer("landing", Purpose.LANDING, 301, signs=("orthanc_location",)),
            control(404, BodyShape.JSON_OBJECT, signs=("orthanc_error",)),
        ),
        Completed(
            "orthanc",
            (
                answer(
                    "orthanc_system",
                    Purpose.DESCRIPTION,
                    200,
                    BodyShape.JSON_OBJECT,
                    MediaType.JSON,
                    specified=True,
                    root="",
                    signs=("orthanc_system", "orthanc_aet"),
                ),
                ArchiveDescribed("orthanc", named("1.10.1"), (named("ORTHANC"),), (4242,)),
                answer(
                    "orthanc_statistics",
                    Purpose.COUNTER,
                    200,
                    BodyShape.JSON_OBJECT,
                    MediaType.JSON,
                    specified=True,
                    root="",
                ),
                counted(studies=48, patients=32),
                answer("orthanc_study", Purpose.RETRIEVE, 404, BodyShape.EMPTY, specified=True, root=""),
                answer(
                    "orthanc_explorer",
                    Purpose.LANDING,
                    200,
                    BodyShape.HTML,
                    MediaType.HTML,
                    specified=True,
                    signs=("orthanc_explorer",),
                ),
            ),
        ),
        *told(qido(), no_such_path(), wado()),
    )


def counted(product: str = "orthanc", **counters: int | None) -> ProductCounted:
    """The product's own counters."""
    read = tuple(CounterRead(Things(things), value) for things, value in counters.items())
    return ProductCounted(product, f"{product}_statistics", read)


def source(to: RedirectTo, authority: str | None = None, *, in_scope: bool | None = None) -> DataSourceNamed:
    """The viewer's configuration names a data source."""
    named = ServerText.of(authority) if authority else None
    return DataSourceNamed("ohif", to, ServerText.of(ROOT), named, in_scope)


def inside_tls(
    wants: ClientCertificate = ClientCertificate.NOT_ASKED, protocol: str | None = "TLSv1.3"
) -> TlsSeen:
    """The handshake."""
    settled = ServerText.of(protocol) if protocol else None
    suite = ServerText.of("TLS_AES_256_GCM_SHA384") if protocol else None
    return TlsSeen(settled, suite, None, wants, None)


def silent(probe: str = "web_landing", cause: Cause = Cause.TIMED_OUT) -> Failed:
    """A question got no answer."""
    return Failed(probe, cause, "no answer")
