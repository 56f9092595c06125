"""What the command line may change of an authorisation: make it narrower, never wider."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dosimeter.model.scope import Authorisation, Touch
from dosimeter.scopefile.places import read_exclusions
from dosimeter.scopefile.problem import Problems


def narrow(
    authorisation: Authorisation, *, exclude: Iterable[str] = (), touch: Touch | None = None
) -> Authorisation:
    """The same authorisation with more left out, or a lower touch.

    Raises:
        ScopeProblem: an exclusion is no network, address or name, or the touch is higher than the
            scope allows.
    """
    problems = Problems(Path("command line"))
    more = read_exclusions(exclude, "--exclude", problems)
    if touch is not None and touch > authorisation.touch:
        says = f'"{touch.word}" is more than the scope allows; it allows "{authorisation.touch.word}" at most'
        problems.add("--touch", says)
    problems.settle()
    return replace(
        authorisation,
        exclude_networks=(*authorisation.exclude_networks, *more.networks),
        exclude_names=(*authorisation.exclude_names, *more.names),
        touch=authorisation.touch if touch is None else touch,
    )
