"""What is wrong with a scope file, in one sentence a person can act on."""

from __future__ import annotations

from pathlib import Path

from dosimeter.model.problem import Problem


class ScopeProblem(Problem):
    """A scope file that cannot be used.

    ``key`` is the dotted key (``scope.networks``) or None where the whole file is meant. ``says``
    is what happened and what to do. ``others`` are further problems of the same file.
    """

    def __init__(self, path: Path, key: str | None, says: str, others: tuple[ScopeProblem, ...] = ()) -> None:
        """Keep the parts; the message is ``file: key: sentence``."""
        self.path = path
        self.key = key
        self.says = says
        self.others = others
        super().__init__(": ".join(part for part in (str(path), key, says) if part))

    @property
    def all(self) -> tuple[ScopeProblem, ...]:
        """This problem and the others, in the order of the file's keys."""
        return (self, *self.others)


class Problems:
    """Collects what is wrong with one file, so that a person mends it in one go."""

    def __init__(self, path: Path) -> None:
        """Begin with none."""
        self.path = path
        self._found: list[ScopeProblem] = []

    def add(self, key: str | None, says: str) -> None:
        """Note one problem."""
        self._found.append(ScopeProblem(self.path, key, says))

    def settle(self) -> None:
        """Go on if nothing was found.

        Raises:
            ScopeProblem: the first problem, carrying the others.
        """
        if self._found:
            first, *others = self._found
            raise ScopeProblem(first.path, first.key, first.says, tuple(others))
