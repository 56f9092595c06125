"""Signs of a honeypot or a public demonstration server: tiers with reasons, never a verdict.

The method is several weak signs, each explained (EuroS&P 2025; reference/hostile-peers.md §2). Real
Orthanc, DCMTK, pynetdicom and odil must stay at low or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.exposure.decoy_counts import Sign, signs_of_counting
from dosimeter.exposure.evidence import Evidence, Outcome
from dosimeter.exposure.product import GO_NETDICOM, PYNETDICOM, Identity
from dosimeter.model.message import say
from dosimeter.model.verdict import Decoy, DecoyTier

_PYNETDICOM_MAX_PDU: Final = 16382
"""The default of pynetdicom, and of hardly anybody else."""

_LEVELS: Final = (DecoyTier.NONE, DecoyTier.LOW, DecoyTier.MEDIUM, DecoyTier.HIGH)

_CANNED: Final = say(
    "a query for a made-up identifier found something: its answers do not depend on the question, "
    "so it is a decoy or defective and its counts are not believed"
)
_MADE_UP: Final = say("accepts a service that does not exist")
_DICOMPOT: Final = say("announces the library of the dicompot honeypot (GODICOM)")
_TWO_NAMES: Final = say("its class UID and its version name announce two different products")
_TWO_VERSIONS: Final = say("its class UID and its version name announce two different versions")
_BORROWED: Final = say("announces another product with the maximum PDU length that is pynetdicom's own")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The tier with its reasons, and where the first sign stands; None if there is no sign."""

    decoy: Decoy
    pointer: str | None


_NO_SUSPICION: Final = Suspicion(Decoy(), None)


def judge_decoy(evidence: Evidence, identity: Identity | None) -> Suspicion:
    """Weigh the signs. The strongest decides; a second one beside a medium one makes it high."""
    signs: list[Sign] = []
    for question in (*evidence.queries, *evidence.listed):
        if question.outcome is Outcome.IGNORES_KEYS:
            signs.append((2, _CANNED, question.pointer))
            break
    for association in (*evidence.associations, *evidence.listed_associations):
        if association.fact.accepts_made_up_service:
            signs.append((1, _MADE_UP, association.pointer))
            break
    if identity is not None:
        signs.extend((weight, words, identity.pointer) for weight, words in _signs_of_identity(identity))
    signs.extend(signs_of_counting(evidence, identity))
    if not signs:
        return _NO_SUSPICION
    level = max(weight for weight, _, _ in signs)
    if level == _LEVELS.index(DecoyTier.MEDIUM) and len(signs) > 1:
        level += 1
    return Suspicion(Decoy(_LEVELS[level], tuple(words for _, words, _ in signs)), signs[0][2])


def _signs_of_identity(identity: Identity) -> list[tuple[int, str]]:
    signs: list[tuple[int, str]] = []
    by_uid, by_name = identity.by_uid, identity.by_name
    known = by_uid or by_name
    if known is None:
        return signs
    if GO_NETDICOM in (known.product, by_name.product if by_name is not None else None):
        signs.append((3, _DICOMPOT))
    if by_uid is not None and by_name is not None and by_uid.product != by_name.product:
        if by_uid.name is not None and not by_name.shared_name:
            signs.append((2, _TWO_NAMES))
    elif _versions_differ(identity):
        signs.append((1, _TWO_VERSIONS))
    if identity.max_pdu_length == _PYNETDICOM_MAX_PDU and known.product != PYNETDICOM:
        signs.append((2, _BORROWED))
    return signs


def _versions_differ(identity: Identity) -> bool:
    """Whether a product that writes its version into both fields wrote two different ones."""
    known = identity.by_uid
    if known is None or known is not identity.by_name or not known.version_in_uid or known.root is None:
        return False
    if identity.class_uid is None or identity.version_name is None or known.name is None:
        return False
    in_uid = identity.class_uid.text[len(known.root) + 1 :].replace(".", "")
    in_name = identity.version_name.text[len(known.name) :]
    return bool(in_uid) and in_uid != in_name
