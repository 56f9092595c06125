"""A user who has surveyed once, and what must still be true after a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dosimeter.model.survey import EndpointRecord, SurveyHeader
from dosimeter.store.sqlite import open_store
from tests.peers.archive import Archive
from tests.survey.terminal import Said, Terminal


@dataclass
class Settled:
    """A listening archive, its scope, and a store that holds one survey of it."""

    terminal: Terminal
    archive: Archive
    scope: Path

    def __post_init__(self) -> None:
        """Survey once."""
        said = self.terminal.survey("--scope", self.scope)
        assert said.code == 0, said.err
        self.visits = len(self.archive.visits)
        self.kept = self._kept()
        assert [len(records) for _header, records in self.kept] == [1]

    def refused(self, *arguments: object, store: str | None = None, words: tuple[str, ...] = ()) -> Said:
        """Run a survey that must be refused, and see that it was: nobody contacted, nothing lost."""
        said = self.terminal.run("survey", *arguments, "--store", store or self.terminal.store)
        assert_refused(said, *words)
        assert len(self.archive.visits) == self.visits, "somebody was contacted"
        assert self._kept() == self.kept, "the store has changed"
        return said

    def _kept(self) -> list[tuple[SurveyHeader, list[EndpointRecord]]]:
        """Everything in the store."""
        with open_store(self.terminal.store) as store:
            return [(header, list(store.records(header.id))) for header in store.headers()]


def assert_refused(said: Said, *words: str) -> None:
    """Exit code 2, nothing on stdout, and one sentence with these words that says who complains."""
    assert said.code == 2, said.err
    assert said.out == ""
    assert said.sentence.startswith("dosimeter: ")
    for word in words:
        assert word in said.sentence, said.sentence
