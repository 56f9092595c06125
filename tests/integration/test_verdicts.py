"""The verdict table: what ``dosimeter survey`` says of every real archive and of every decoy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.integration.archives.fleet import Fleet
from tests.integration.archives.registry import ARCHIVES, Archive
from tests.integration.surveying import TITLED, Got, owners_verdicts, strangers_verdicts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything the surveys wrote."""
    return tmp_path_factory.mktemp("surveys")


@pytest.fixture(scope="module")
def strangers(archives: Fleet, folder: Path) -> Mapping[str, Got]:
    """The verdicts under a scope without AE titles."""
    return strangers_verdicts(archives, folder / "stranger")


@pytest.fixture(scope="module")
def owners(archives: Fleet, folder: Path) -> Mapping[str, Got]:
    """The verdicts under scopes that list the archives' titles."""
    return owners_verdicts(archives, folder / "owner")


def _name(archive: Archive) -> str:
    return archive.name


@pytest.mark.parametrize("archive", ARCHIVES, ids=_name)
def test_without_titles_the_verdict_is_right(strangers: Mapping[str, Got], archive: Archive) -> None:
    """Exposure, writes, worklist and protections of what a stranger met."""
    got = strangers[archive.name]

    assert got.verdict == archive.stranger, got.line


@pytest.mark.parametrize("archive", ARCHIVES, ids=_name)
def test_after_a_strangers_survey_it_still_answers(
    archives: Fleet, strangers: Mapping[str, Got], archive: Archive
) -> None:
    """Nothing that a stranger asked took a server down or left it waiting."""
    archives.check(archive)


@pytest.mark.parametrize("archive", TITLED, ids=_name)
def test_with_its_titles_listed_the_verdict_is_right(owners: Mapping[str, Got], archive: Archive) -> None:
    """The same when the scope lists the titles the archive goes by, and those of its neighbours."""
    got = owners[archive.name]

    assert got.verdict == archive.owner, got.line


def test_every_archive_has_its_line(strangers: Mapping[str, Got], owners: Mapping[str, Got]) -> None:
    """No endpoint is lost and none is reported twice under another name."""
    assert set(strangers) == {archive.name for archive in ARCHIVES}
    assert set(owners) == {archive.name for archive in TITLED}


def test_nothing_of_the_patients_is_kept(
    archives: Fleet, strangers: Mapping[str, Got], owners: Mapping[str, Got], folder: Path
) -> None:
    """No name, identifier or UID of the loaded data is in store, audit log or scope folder."""
    data = archives.site.dataset
    secrets = {b"INVENTED", b"NOBODY^", b"TEST-00", *(study.uid.encode() for study in data.studies)}

    leaks = [(path, secret) for path, content in _contents(folder) for secret in secrets if secret in content]

    assert leaks == []
    assert any(path.suffix == ".db" for path, _ in _contents(folder))


def _contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    return ((path, path.read_bytes()) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("archive", ARCHIVES, ids=_name)
def test_after_its_owners_survey_it_still_answers(
    archives: Fleet, owners: Mapping[str, Got], archive: Archive
) -> None:
    """Neither did the questions under listed titles; archives without titles are still there too."""
    archives.check(archive)
