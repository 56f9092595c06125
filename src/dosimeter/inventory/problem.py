"""What is wrong with an inventory, in one sentence a person can act on."""

from __future__ import annotations

from dosimeter.model.problem import Problem


class InventoryProblem(Problem):
    """An inventory that cannot be read to its end.

    ``source`` names the file (or "standard input", "command line"), ``line`` the line where reading
    stopped, counted from 1, or None. ``says`` is what happened and what to do.
    """

    def __init__(self, source: str, line: int | None, says: str) -> None:
        """Keep the parts; the message is ``source:line: sentence``."""
        self.source = source
        self.line = line
        self.says = says
        where = source if line is None else f"{source}:{line}"
        super().__init__(f"{where}: {says}")
