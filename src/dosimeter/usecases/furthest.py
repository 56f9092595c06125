"""How far the questions of this version go, against how far a scope lets them go."""

from __future__ import annotations

from dosimeter.model.scope import Touch
from dosimeter.probes._declare import discover


def beyond_our_probes(touch: Touch) -> tuple[str, ...]:
    """A sentence for whoever allows a touch that no probe of this version makes use of; else none."""
    furthest = max(probe.touch for probe in discover())
    if touch <= furthest:
        return ()
    return (
        f'The touch is "{touch.word}", but this version of dosimeter asks no further than "{furthest.word}".',
    )
