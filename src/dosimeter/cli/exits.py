"""The exit codes (DESIGN §7)."""

from __future__ import annotations

from typing import Final

EXIT_FAILURE: Final = 1
EXIT_USAGE: Final = 2
"""Bad input, a refused scope, a store that cannot be used."""
EXIT_FINDINGS: Final = 3
EXIT_ENDED_EARLY: Final = 4
EXIT_INTERRUPTED: Final = 130
