from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.model.facts import Fact
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.web import DataSourceNamed, RedirectTo
from dosimeter.probes.ohif import PROBE, locators_of, source_named
from dosimeter.probes.orthanc import PROBE as ORTHANC
from dosimeter.probes.web_landing import PROBE as LANDING
from tests.peers.standins import dcm4chee, orthanc, pages
from tests.peers.standins.serve import NOT_FOUND, Answer, Guard, Request, Site, StandIn, guarded
from tests.unit.probes.product_visits import answer, declines, look, specified, visit

CONFIGURATION = """
window.config = {
  routerBasename: '/',
  dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
    configuration: {
      friendlyName: 'the archive', // as in qidoRoot: 'https://oldest.example/dicom-web'
      about: 'https://not.a.comment.example', it: 'isn\\'t',
      // qidoRoot: 'https://old.example/dicom-web',
      /* wadoRoot: 'https://older.example/dicom-web', */
      wadoUriRoot: '/wado',
      qidoRoot: "/dicom-web",
      wadoRoot: `/dicom-web`,
    },
  }, { configuration: { 'qidoRoot' : 'https://user:secret@pacs.example:8443/rs/?token=1' } }],
};
"""
HERE = Endpoint("127.43.0.1", 3000, Service.WEB, "viewer.example")


def sources(facts: tuple[Fact, ...]) -> list[DataSourceNamed]:
    """The data sources among facts."""
    return [fact for fact in facts if isinstance(fact, DataSourceNamed)]


def named(text: str, endpoint: Endpoint = HERE, asked: str = "/app-config.js") -> DataSourceNamed | None:
    """What becomes of a text, with a gate that allows one host."""
    return source_named(text, endpoint, asked, lambda host, _port: host == "pacs.example")


def test_each_source_of_the_configuration_is_named_once() -> None:
    """Those of the same origin by their path, the other by its place; it is outside the scope."""
    facts, asked = visit(pages.ohif(CONFIGURATION), PROBE)
    assert sources(facts) == [
        DataSourceNamed("ohif", RedirectTo.SAME_ORIGIN, ServerText("/wado")),
        DataSourceNamed("ohif", RedirectTo.SAME_ORIGIN, ServerText("/dicom-web")),
        DataSourceNamed(
            "ohif", RedirectTo.ELSEWHERE, ServerText("/rs"), ServerText("pacs.example:8443"), in_scope=False
        ),
    ]
    assert asked == ["GET /app-config.js"]
    assert specified(facts) == ["ohif_configuration"]


def test_nothing_of_a_name_a_password_or_a_query_is_kept() -> None:
    """A URL can hold secrets."""
    facts, _ = visit(pages.ohif(CONFIGURATION), PROBE)
    assert "secret" not in repr(facts)
    assert "token" not in repr(facts)


def test_the_same_host_by_another_port_is_the_same_host() -> None:
    """And whether it may be asked is the gate's word."""
    there: list[str] = []

    def site(request: Request) -> Answer:
        return pages.ohif(f"window.config={{qidoRoot:'http://{there[-1]}/rs'}}")(request)

    with StandIn(site) as standin:
        there.append(f"{standin.address}:{standin.port + 1}")
        (source,) = sources(look(standin, PROBE))
        assert (source.to, source.in_scope) == (RedirectTo.SAME_HOST, False)
        there.append(f"{standin.address}:{standin.port}")
        (source,) = sources(look(standin, PROBE))
        assert (source.to, source.in_scope) == (RedirectTo.SAME_ORIGIN, None)


@pytest.mark.parametrize(
    ("text", "to", "root", "authority"),
    [
        ("/dicom-web/", RedirectTo.SAME_ORIGIN, "/dicom-web", None),
        ("/dicom-web/?token=1#x", RedirectTo.SAME_ORIGIN, "/dicom-web", None),
        ("../dicom-web", RedirectTo.SAME_ORIGIN, "/dicom-web", None),
        ("http://127.43.0.1:3000/rs", RedirectTo.SAME_ORIGIN, "/rs", None),
        ("http://viewer.example:3000/rs", RedirectTo.SAME_ORIGIN, "/rs", None),
        ("http://viewer.example/rs", RedirectTo.SAME_HOST, "/rs", "viewer.example:80"),
        ("//pacs.example/rs", RedirectTo.ELSEWHERE, "/rs", "pacs.example:80"),
        ("HTTPS://PACS.example/rs#x", RedirectTo.ELSEWHERE, "/rs", "pacs.example:443"),
        ("https://[2001:db8::1]:8443/rs", RedirectTo.ELSEWHERE, "/rs", "[2001:db8::1]:8443"),
        ("https://pacs.example", RedirectTo.ELSEWHERE, "/", "pacs.example:443"),
    ],
)
def test_where_a_root_leads(text: str, to: RedirectTo, root: str, authority: str | None) -> None:
    """By scheme, host and port; a relative one starts from the configuration."""
    source = named(text)
    assert source is not None
    assert (source.to, str(source.root)) == (to, root)
    assert (None if source.authority is None else str(source.authority)) == authority
    assert source.in_scope is (None if authority is None else "pacs.example" in text.lower())


@pytest.mark.parametrize(
    "text",
    [
        "ftp://pacs.example/",
        "javascript:alert(1)",
        "http://pacs.example:99999999/",
        "/" + "x" * 80,
        "/a b",
        "/\x1b[31m",
    ],
)
def test_what_cannot_be_asked_or_kept_whole_is_not_named(text: str) -> None:
    """A root that was cut would be another root."""
    assert named(text) is None


def test_a_hostile_configuration_is_read_in_no_time_at_all() -> None:
    """Names without end, quotes that never close, comments that never end: few are looked at."""
    for hostile in (
        "qidoRoot:" * 20_000,
        "qidoRoot:'" * 20_000,
        "/*" * 30_000 + "qidoRoot:'/x'",
        "qidoRoot: '" + "x" * 60_000,
    ):
        assert len(locators_of(hostile)) <= 72


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_viewer_names_nothing(guard: Guard) -> None:
    """Its configuration is behind the same login."""
    facts, asked = visit(guarded(pages.ohif(CONFIGURATION), guard), PROBE)
    assert specified(facts) == []
    assert sources(facts) == []
    assert asked == ["GET /app-config.js"]


@pytest.mark.parametrize(
    "site", [dcm4chee.site(), pages.visage(), pages.json_catch_all(), pages.ohif("<html>")]
)
def test_what_is_no_configuration_is_not_taken_for_one(site: Site) -> None:
    """The first page of a single-page application stands for every path."""
    facts, _ = visit(site, PROBE)
    assert specified(facts) == []
    assert sources(facts) == []


def test_orthancs_plugin_has_it_in_its_own_folder() -> None:
    """There the root is relative, and leads to the DICOMweb of that Orthanc."""
    facts, asked = visit(orthanc.site(plugins=("ohif",)), ORTHANC, PROBE)
    assert asked[-1] == "GET /ohif/app-config.js"
    assert [str(source.root) for source in sources(facts)] == ["/dicom-web"]


def test_an_orthanc_without_the_plugin_is_not_asked_for_it() -> None:
    """Its list of plugins was read."""
    facts, _ = visit(orthanc.site(), ORTHANC)
    assert declines(orthanc.site(), PROBE, facts) == "this is Orthanc, without OHIF"


def under(folder: str, landing: str) -> Site:
    """OHIF below a folder, where the front page leads to."""
    inner = pages.ohif(CONFIGURATION.replace('"/dicom-web"', '"dicom-web"'))

    def site(request: Request) -> Answer:
        if request.path.startswith(folder):
            return inner(replace(request, path=request.path.removeprefix(folder.rstrip("/"))))
        return Answer(302, fields=(("Location", landing),)) if request.path == "/" else NOT_FOUND

    return site


@pytest.mark.parametrize("landing", ["/viewer/", "/viewer/index.html?a=1", "viewer/"])
def test_the_configuration_is_looked_for_beside_the_page_that_was_landed_on(landing: str) -> None:
    """Behind a redirect it stands there, and what it names stands beside it; where was led is not kept."""
    facts, asked = visit(under("/viewer/", landing), LANDING, PROBE)
    assert asked[-1] == "GET /viewer/app-config.js"
    assert DataSourceNamed("ohif", RedirectTo.SAME_ORIGIN, ServerText("/viewer/dicom-web")) in sources(facts)
    assert answer(facts, "ohif_configuration").path == "/{redirect}/app-config.js"


def test_where_none_is_beside_the_page_it_is_looked_for_at_the_top() -> None:
    """A front page that leads to a page of something else."""
    inner = pages.ohif(CONFIGURATION)

    def site(request: Request) -> Answer:
        if request.path == "/":
            return Answer(302, fields=(("Location", "/start/here"),))
        return inner(request) if request.path == "/app-config.js" else NOT_FOUND

    facts, asked = visit(site, LANDING, PROBE)
    assert asked[-2:] == ["GET /start/app-config.js", "GET /app-config.js"]
    assert len(sources(facts)) == 3


def test_a_page_that_only_leads_on_is_no_page() -> None:
    """Three redirects and a fourth: nothing was landed on."""
    facts, asked = visit(
        lambda request: Answer(302, fields=(("Location", f"{request.path}a/"),)), LANDING, PROBE
    )
    assert asked[-1] == "GET /app-config.js"
    assert sources(facts) == []
