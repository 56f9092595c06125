"""From the answer to an A-ASSOCIATE-RQ to the fact that is kept of it."""

from __future__ import annotations

from typing import Final

from dosimeter.dicom import uids
from dosimeter.dicom.association import AssociateAccepted, AssociateRejected, PeerAborted
from dosimeter.dicom.limits import ADVERTISED_MAX_PDU_LENGTH
from dosimeter.dicom.negotiation import Negotiation
from dosimeter.dicom.pdu import AAssociateRJ, UserInformation
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import (
    AssociationAborted,
    AssociationAccepted,
    AssociationRejected,
    ContextRefused,
    NullRetrieveAnswered,
    Titles,
)
from dosimeter.model.message import say
from dosimeter.model.text import ServerText
from dosimeter.net.causes import WireFailure
from dosimeter.net.dialer import Line, Negotiated
from dosimeter.net.scu import GET_SYNTAX, Proposal
from dosimeter.probes._proposals import MADE_UP_SERVICE, retrieve_proposal

_BUSY_SOURCE: Final = 3
_BUSY_REASONS: Final = frozenset({1, 2})
"""Presentation-related, temporary congestion and local limit exceeded (PS3.8 Table 9-21)."""

AssociationFact = AssociationAccepted | AssociationRejected | AssociationAborted


async def associate(line: Line, proposal: Proposal) -> AssociationFact:
    """Ask, and say what came back.

    Raises:
        WireFailure: as `Line.associate`; with cause busy, and the rejection among its facts, if the
            peer has no room.
    """
    return _fact_of(line, proposal, await line.associate(proposal))


def _fact_of(line: Line, proposal: Proposal, event: Negotiated) -> AssociationFact:
    if isinstance(event, AssociateAccepted) and line.association is not None:
        return _accepted(proposal.titles, line.association.negotiation, event.pdu.user_information)
    if isinstance(event, AssociateRejected):
        fact = _rejected(proposal.titles, event.pdu)
        if fact.source == _BUSY_SOURCE and fact.reason in _BUSY_REASONS:
            raise WireFailure(Cause.BUSY, say("the peer has no room for an association now"), (fact,))
        return fact
    if isinstance(event, PeerAborted):
        return AssociationAborted(proposal.titles, event.pdu.source, event.pdu.reason)
    raise WireFailure(Cause.CLOSED_EARLY, say("the association was over as soon as it was accepted"))


async def null_retrieve(line: Line, titles: Titles) -> NullRetrieveAnswered | AssociationFact:
    """The null retrieve in an association of its own: how it ended, or why it could not be asked.

    Raises:
        WireFailure: as `associate`.
    """
    proposal = retrieve_proposal(titles)
    event = await line.associate(proposal)
    association = line.association
    if association is not None:
        for service, syntax in GET_SYNTAX.items():
            if association.has(syntax):
                return await association.null_retrieve(service)
    return _fact_of(line, proposal, event)


def _rejected(titles: Titles, pdu: AAssociateRJ) -> AssociationRejected:
    return AssociationRejected(titles, pdu.result, pdu.source, pdu.reason)


def _accepted(titles: Titles, negotiation: Negotiation, said: UserInformation) -> AssociationAccepted:
    accepted = [context.abstract_syntax for context in negotiation.accepted]
    refused = [(context.abstract_syntax, context.result) for context in negotiation.refused]
    takes_anything = MADE_UP_SERVICE in accepted
    if takes_anything:
        accepted.remove(MADE_UP_SERVICE)
    mirrored = _mirrored(said)
    return AssociationAccepted(
        titles=titles,
        accepted=tuple(accepted),
        refused=tuple(
            ContextRefused(syntax, result) for syntax, result in refused if syntax != MADE_UP_SERVICE
        ),
        accepts_made_up_service=takes_anything,
        implementation_class_uid=_said(said.implementation_class_uid, "implementation_class_uid", mirrored),
        implementation_version_name=_said(
            said.implementation_version_name, "implementation_version_name", mirrored
        ),
        max_pdu_length=None if "max_pdu_length" in mirrored else said.max_pdu_length,
        mirrored=mirrored,
    )


def _mirrored(said: UserInformation) -> tuple[str, ...]:
    """Fields that equal what we sent: an acceptor that copies them says nothing about itself.

    16 KiB is everybody's favourite maximum, so it counts only beside a copied identity.
    """
    copied = []
    if said.implementation_class_uid == uids.IMPLEMENTATION_CLASS_UID:
        copied.append("implementation_class_uid")
    if said.implementation_version_name == uids.IMPLEMENTATION_VERSION_NAME:
        copied.append("implementation_version_name")
    if copied and said.max_pdu_length == ADVERTISED_MAX_PDU_LENGTH:
        copied.append("max_pdu_length")
    return tuple(copied)


def _said(value: str | None, name: str, mirrored: tuple[str, ...]) -> ServerText | None:
    return ServerText.of(value) if value and name not in mirrored else None
