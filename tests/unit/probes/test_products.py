from __future__ import annotations

import pytest

from dosimeter.model.facts import Fact
from dosimeter.model.web import ArchiveDescribed, DataSourceNamed, ProductCounted
from dosimeter.probes._products import count_of, ports_of, text_of, titles_of
from dosimeter.probes.conquest import PROBE as CONQUEST
from dosimeter.probes.dcm4chee import PROBE as DCM4CHEE
from dosimeter.probes.dicoogle import PROBE as DICOOGLE
from dosimeter.probes.fhir import PROBE as FHIR
from dosimeter.probes.horos import PROBE as HOROS
from dosimeter.probes.meddream import PROBE as MEDDREAM
from dosimeter.probes.ohif import PROBE as OHIF
from dosimeter.probes.orthanc import PROBE as ORTHANC
from dosimeter.probes.oviyam import PROBE as OVIYAM
from dosimeter.probes.pacsone import PROBE as PACSONE
from dosimeter.probes.synapse import PROBE as SYNAPSE
from dosimeter.probes.visage import PROBE as VISAGE
from dosimeter.probes.vue_pacs import PROBE as VUE_PACS
from dosimeter.probes.weasis import PROBE as WEASIS
from tests.peers.standins import conquest, dcm4chee, dicoogle, fhir, orthanc, pages
from tests.peers.standins.serve import NOT_FOUND, Answer, Guard, Site, StandIn, guarded, page
from tests.unit.probes.product_visits import look, specified

ASKED_ANYWHERE = (
    ORTHANC, DCM4CHEE, DICOOGLE, CONQUEST, HOROS, OVIYAM, WEASIS,
    OHIF, MEDDREAM, PACSONE, VUE_PACS, SYNAPSE, VISAGE, FHIR,
)  # fmt: skip
SITES: dict[str, tuple[Site, set[str]]] = {
    "orthanc": (orthanc.site(plugins=("ohif",)), {"orthanc", "ohif"}),
    "dcm4chee": (dcm4chee.site(), {"dcm4chee"}),
    "dicoogle": (dicoogle.site(), {"dicoogle"}),
    "conquest": (conquest.site(), {"conquest"}),
    "oviyam": (pages.oviyam(), {"oviyam"}),
    "weasis": (pages.weasis(), {"weasis"}),
    "ohif": (pages.ohif("window.config = {qidoRoot: '/rs'}"), {"ohif"}),
    "meddream": (pages.meddream(), set()),
    "pacsone": (pages.pacsone(bypass=True), {"pacsone"}),
    "vue_pacs": (pages.vue_pacs(), set()),
    "synapse": (pages.synapse(), set()),
    "visage": (pages.visage(), set()),
    "fhir": (fhir.site(), {"fhir"}),
    "nothing": (lambda _request: NOT_FOUND, set()),
    "catch-all page": (lambda _request: page("Welcome", "<div id=root></div>"), set()),
    "catch-all list": (pages.json_catch_all(), set()),
    "catch-all object": (lambda _request: Answer(200, b'{"status":"ok"}', "application/json"), set()),
    "catch-all number": (lambda _request: Answer(200, b'{"count":12}', "application/json"), set()),
    "catch-all nothing": (lambda _request: Answer(204), set()),
}


@pytest.mark.parametrize("name", SITES)
def test_every_product_is_told_from_every_other(name: str) -> None:
    """All probes in turn: what is as specified is the product's own, and no other's."""
    site, expected = SITES[name]
    facts, asked = _all(site)
    assert {question.partition("_")[0] for question in specified(facts)} == expected
    named = {
        fact.product
        for fact in facts
        if isinstance(fact, (ArchiveDescribed, ProductCounted, DataSourceNamed))
    }
    assert named <= expected
    assert len(asked) <= 32


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guard_before_everything_is_asked_few_questions(guard: Guard) -> None:
    """Each product has its few doors; none opens."""
    facts, asked = _all(guarded(orthanc.site(), guard))
    assert specified(facts) == []
    assert len(asked) <= 20


def test_a_server_of_nobody_is_asked_at_most_twenty_questions() -> None:
    """What an ordinary web server costs."""
    _, asked = _all(SITES["nothing"][0])
    assert len(asked) <= 20
    assert all(line.startswith("GET /") for line in asked)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (0, 0),
        (48, 48),
        ("48", 48),
        (9_999_999_999, 9_999_999_999),
        (10**10, None),
        (-1, None),
        (True, None),
        (48.0, None),
        (float("inf"), None),
        ("", None),
        ("-1", None),
        ("1_000", None),
        ("1e9", None),
        (" 48", None),
        ("\u0664\u0668", None),
        ("9" * 11, None),
        (None, None),
        ([48], None),
    ],
)
def test_a_counter_is_a_plain_number_or_nothing(value: object, count: int | None) -> None:
    """Absurd numbers are never added up."""
    assert count_of(value) == count


def test_titles_ports_and_texts_are_what_they_can_be() -> None:
    """A title has sixteen characters at most, a port can be dialled, a text is one."""
    assert [str(title) for title in titles_of(["A", "A", " B ", "", "X" * 17, 7, None])] == ["A", "B"]
    assert len(titles_of([f"AE{number}" for number in range(40)])) == 16
    assert ports_of(104, 104, 0, -1, 70_000, True, "104", None) == (104,)
    assert [text_of(value) for value in (None, "", "  ", 7, b"x")] == [None] * 5
    assert str(text_of("1.0\x1b[31m")) == "1.0\\x1b[31m"


def _all(site: Site) -> tuple[tuple[Fact, ...], list[str]]:
    """Every probe in its order, those that find that they do not apply left out."""
    with StandIn(site) as standin:
        return look(standin, *ASKED_ANYWHERE, is_lenient=True), standin.asked
