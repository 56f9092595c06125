from __future__ import annotations

from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.net.web import WebRequest, WebResponse
from dosimeter.probes.web_control import PROBE
from tests.unit.probes.web_visiting import new_visit, requests_of, says, visit_with


def test_a_path_that_cannot_exist_is_asked_once_and_not_kept() -> None:
    """Letters alone, right under the origin; the fact and the log have a placeholder in its place."""
    sent: list[str] = []

    def site(request: WebRequest) -> WebResponse:
        sent.append(request.path)
        return says(404, request.path)

    visit = new_visit(site)
    (fact,) = visit_with(visit, PROBE)
    (path,) = sent
    assert isinstance(fact, WebAnswered)
    assert (fact.asked, fact.purpose, fact.path, fact.status) == (
        "control",
        Purpose.CONTROL,
        "/{null}",
        404,
    )
    assert path[1:].isalpha()
    assert path.islower()
    assert path not in repr(fact)
    assert requests_of(visit) == ["GET /{null}"]


def test_it_cannot_be_prepared() -> None:
    """Each visit asks for another, of one length."""
    sent: list[str] = []

    def site(request: WebRequest) -> WebResponse:
        sent.append(request.path)
        return says(404)

    for _ in range(100):
        visit_with(new_visit(site), PROBE)
    assert len(set(sent)) == 100
    assert {len(path) for path in sent} == {17}
