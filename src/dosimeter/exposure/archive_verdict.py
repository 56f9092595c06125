"""One verdict of an archive with several doors: the worst of them decides. Pure (ADR 0018)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from dosimeter.exposure.advisories import advisories_of_product
from dosimeter.exposure.kin import is_toolkit, kin_of
from dosimeter.model.message import say
from dosimeter.model.verdict import (
    Decoy,
    DecoyTier,
    Exposure,
    Product,
    Protection,
    Reason,
    Severity,
    TlsProfile,
    Verdict,
)

_TIERS: Final = tuple(DecoyTier)


def judge_archive(
    verdicts: Sequence[Verdict], *, doors: Sequence[str] = (), suspicion: Decoy | None = None
) -> Verdict:
    """One verdict of an archive with several doors: the worst of them decides.

    The highest rung wins, with the protections and the certainty of that door. ``doors`` are the names of
    the doors, one for each verdict: a reason then says at which it was seen, and its pointer begins with
    it and ``/``. ``suspicion`` is `Joined.suspicion`. The verdict of a single door is that door's.

    Raises:
        ValueError: there is no verdict, or not one name for each.
    """
    if not verdicts:
        raise ValueError("an archive has at least one door")
    if doors and len(doors) != len(verdicts):
        raise ValueError("each door has one name")
    decoy = _gravest_decoy([*(each.decoy for each in verdicts), *([suspicion] if suspicion else ())])
    if len(verdicts) == 1:
        return replace(verdicts[0], decoy=decoy)
    worst = max(verdicts, key=lambda each: (_RUNGS.index(each.exposure), each.severity))
    reasons = [*_reasons(verdicts, doors), *_between_doors(verdicts, doors)]
    lead = _lead(worst, verdicts, doors)
    reasons = [lead, *sorted((each for each in reasons if each != lead), key=lambda each: -each.severity)]
    product = _best_product(verdicts)
    advisories = dict.fromkeys(advisory for each in verdicts for advisory in each.advisories)
    return Verdict(
        exposure=worst.exposure,
        severity=max(each.severity for each in reasons),
        confidence=worst.confidence,
        speaks_dicom=any(each.speaks_dicom for each in verdicts),
        protections=worst.protections,
        accepts_writes=_any([each.accepts_writes for each in verdicts]),
        worklist=_any([each.worklist for each in verdicts]),
        decoy=decoy,
        product=product,
        reasons=tuple(dict.fromkeys(reasons)),
        remedies=tuple(dict.fromkeys(remedy for each in verdicts for remedy in each.remedies)),
        advisories=advisories_of_product(advisories, product.name if product is not None else None),
        tls_profile=max(
            (each.tls_profile for each in verdicts if each.tls_profile is not None),
            key=_PROFILES.index,
            default=None,
        ),
    )


def _reasons(verdicts: Sequence[Verdict], doors: Sequence[str]) -> list[Reason]:
    return [
        _at(_beside(reason, verdicts), doors[place] if doors else None)
        for place, verdict in enumerate(verdicts)
        for reason in verdict.reasons
    ]


def _beside(reason: Reason, verdicts: Sequence[Verdict]) -> Reason:
    """What a viewer's own door could not know: that the archive behind it was asked too, as another door."""
    if reason.rule != _VIEWER or not any(each.exposure in _DECIDED for each in verdicts):
        return reason
    return replace(reason, says=_VIEWER_BESIDE)


def _lead(worst: Verdict, verdicts: Sequence[Verdict], doors: Sequence[str]) -> Reason:
    """The reason for the exposure itself comes first, as in the verdict of one door."""
    place = next(index for index, each in enumerate(verdicts) if each is worst)
    return _at(_beside(worst.reasons[0], verdicts), doors[place] if doors else None)


def _at(reason: Reason, door: str | None) -> Reason:
    if door is None:
        return reason
    return replace(
        reason, says=say("{door}: {says}", door=door, says=reason.says), fact=f"{door}/{reason.fact}"
    )


def _between_doors(verdicts: Sequence[Verdict], doors: Sequence[str]) -> list[Reason]:
    """What no door shows alone."""
    found: list[Reason] = []
    seen = [
        (place, each)
        for place, each in enumerate(verdicts)
        if each.exposure not in (Exposure.UNREACHABLE, Exposure.NOT_DICOM, Exposure.INCONCLUSIVE)
    ]
    clear = [place for place, each in seen if Protection.TLS not in each.protections and each.speaks_dicom]
    if clear and any(Protection.TLS in each.protections for _, each in seen):
        found.append(_between("clear_text_beside_tls", verdicts, doors, clear[0]))
    opened = [place for place, each in seen if each.exposure in _OPEN]
    if opened and any(each.exposure is Exposure.GUARDED for _, each in seen):
        found.append(_between("open_beside_guard", verdicts, doors, opened[0]))
    return found


def _between(rule: str, verdicts: Sequence[Verdict], doors: Sequence[str], place: int) -> Reason:
    severity, says, reference = _BETWEEN[rule]
    return _at(
        Reason(rule, severity, says, verdicts[place].reasons[0].fact, reference),
        doors[place] if doors else None,
    )


_BETWEEN: Final = {
    "clear_text_beside_tls": (
        Severity.MEDIUM,
        say("The same archive is reached inside TLS and in clear: TLS protects nobody who takes this door."),
        "PS3.15 B.12",
    ),
    "open_beside_guard": (
        Severity.INFO,
        say("Another door of the same archive is guarded: that keeps nobody out while this one is open."),
        "CWE-288",
    ),
}
_OPEN: Final = frozenset({Exposure.QUERYABLE, Exposure.RETRIEVABLE, Exposure.BROWSABLE})
_DECIDED: Final = (*_OPEN, Exposure.GUARDED, Exposure.NAME_GATED, Exposure.ASSOCIATES)
_VIEWER: Final = "inconclusive_viewer"
_VIEWER_BESIDE: Final = say(
    "Shows a viewer without a login; the archive behind it was asked too, and what it answered is said of "
    "the other doors."
)
_RUNGS: Final = tuple(Exposure)
_PROFILES: Final = tuple(TlsProfile)
"""From the current profile to none at all: of several doors the weakest is the archive's."""


def _any(values: Iterable[bool | None]) -> bool | None:
    """True if any is, else False if any is, else not learnt."""
    known = [value for value in values if value is not None]
    return any(known) if known else None


def _gravest_decoy(decoys: Sequence[Decoy]) -> Decoy:
    tier = max((each.tier for each in decoys), key=_TIERS.index)
    return Decoy(tier, tuple(dict.fromkeys(reason for each in decoys for reason in each.reasons)))


def _best_product(verdicts: Iterable[Verdict]) -> Product | None:
    """The most telling one: a product before a toolkit, one with a version before one without."""
    named = [each.product for each in verdicts if each.product is not None]
    return max(
        named,
        key=lambda product: (not is_toolkit(kin_of(product.name)), product.version is not None),
        default=None,
    )
