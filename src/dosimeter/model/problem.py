"""What went wrong outside the program, said to the person who can act."""

from __future__ import annotations


class Problem(Exception):
    """Bad input or bad surroundings: ``str()`` is one sentence - what, where, what to do.

    The command line prints it and ends with exit code 2. Nothing that was stored is lost.
    """
