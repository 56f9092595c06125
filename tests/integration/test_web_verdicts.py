"""The verdict table of the web side: what ``dosimeter survey`` says of every web face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dosimeter.model.verdict import Exposure
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.web_fleet import WebFleet
from tests.integration.archives.web_registry import (
    NOT_IN_SCOPE,
    NOT_IN_SCOPE_PORT,
    WEB_FACES,
    WebFace,
)
from tests.integration.web_surveying import Got, web_verdicts
from tests.peers.scripted import ScriptedServer, close_at_once


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything the survey wrote."""
    return tmp_path_factory.mktemp("web-survey")


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[ScriptedServer]:
    """A host that a viewer names, and that no scope allows; it would be reached if it were dialled."""
    with ScriptedServer(close_at_once, NOT_IN_SCOPE, NOT_IN_SCOPE_PORT) as server:
        yield server


@pytest.fixture(scope="module")
def verdicts(web_faces: WebFleet, folder: Path, elsewhere: ScriptedServer) -> Mapping[str, Got]:
    """What one survey says of all of them."""
    return web_verdicts(web_faces, folder / "survey")


def _name(face: WebFace) -> str:
    return face.name


@pytest.mark.parametrize("face", WEB_FACES, ids=_name)
def test_the_verdict_is_right(verdicts: Mapping[str, Got], face: WebFace) -> None:
    """Exposure, product, protections, writes, worklist, counters, and what the port turned out to speak."""
    got = verdicts[face.name]

    assert got.verdict == face.expected, got.line


@pytest.mark.parametrize("face", WEB_FACES, ids=_name)
def test_after_the_survey_it_still_answers(
    web_faces: WebFleet, verdicts: Mapping[str, Got], face: WebFace
) -> None:
    """Nothing that was asked took a server down or left it waiting."""
    web_faces.check(face)


@pytest.mark.parametrize("face", WEB_FACES, ids=_name)
def test_every_verdict_has_a_reason_that_points_at_a_fact(verdicts: Mapping[str, Got], face: WebFace) -> None:
    """No rung without the sentence that says why; and what is open has a remedy."""
    line = verdicts[face.name].line

    assert line["reasons"], line
    assert all(reason["says"] and reason["rule"] for reason in line["reasons"])
    if face.expected.exposure is Exposure.BROWSABLE:
        assert line["remedies"], line["reasons"]


def test_what_a_viewer_names_outside_the_scope_is_reported_and_never_dialled(
    verdicts: Mapping[str, Got], elsewhere: ScriptedServer
) -> None:
    """The host that OHIF's configuration names stands in the report; not one connection was made to it."""
    line = verdicts["ohif-of-another-host"].line

    says = " ".join(reason["says"] for reason in line["reasons"])
    assert f"{NOT_IN_SCOPE}:{NOT_IN_SCOPE_PORT}" in says
    assert elsewhere.connections == 0


def test_a_host_that_a_comment_names_is_not_reported(verdicts: Mapping[str, Got]) -> None:
    """The configuration has a URL in a comment behind its code."""
    for name in ("ohif-open", "ohif-closed", "ohif-of-another-host"):
        assert "comment.invalid" not in str(verdicts[name].line)


def test_nothing_of_the_patients_is_kept(archives: Fleet, verdicts: Mapping[str, Got], folder: Path) -> None:
    """No name, identifier or UID of the loaded data is in store, audit log or scope folder."""
    data = archives.site.dataset
    secrets = {b"INVENTED", b"NOBODY^", b"TEST-00", *(study.uid.encode() for study in data.studies)}
    files = [path for path in folder.rglob("*") if path.is_file()]

    leaks = [(path, secret) for path in files for secret in secrets if secret in path.read_bytes()]

    assert leaks == []
    assert any(path.suffix == ".db" for path in files)
