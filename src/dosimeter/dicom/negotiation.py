"""Holds an acceptor to what was proposed: only our contexts, only with a transfer syntax of ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from dosimeter.dicom.pdu import ACCEPTANCE, AAssociateAC, AAssociateRQ, ContextResult, ProposedContext


@dataclass(frozen=True, slots=True)
class AcceptedContext:
    """A presentation context that both sides agreed on."""

    context_id: int
    abstract_syntax: str
    transfer_syntax_uid: str


@dataclass(frozen=True, slots=True)
class RefusedContext:
    """A presentation context we proposed, and the result other than 0 that the peer gave it."""

    context_id: int
    abstract_syntax: str
    result: int


@dataclass(frozen=True, slots=True)
class Negotiation:
    """What became of the proposal, in the order of the answer.

    ``disregarded`` are answers that cannot count: to a context we did not propose, accepted with a
    transfer syntax we did not propose or with none, or a second answer to the same context (then the
    first does not count either). A context in none of the three was not answered.
    """

    accepted: tuple[AcceptedContext, ...]
    refused: tuple[RefusedContext, ...]
    disregarded: tuple[ContextResult, ...]

    def context_for(self, abstract_syntax: str) -> AcceptedContext | None:
        """The first accepted context of this service."""
        for context in self.accepted:
            if context.abstract_syntax == abstract_syntax:
                return context
        return None


class AnswerMemory:
    """What archives answered to one proposal, byte for byte: those of one product answer alike.

    Bounded: 256 answers of at most 2 KiB, then it starts afresh.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[AAssociateAC, Negotiation]] = {}

    def recall(self, raw: bytes) -> tuple[AAssociateAC, Negotiation] | None:
        """The answer and what it settled, if these very bytes were an answer before."""
        return self._known.get(raw)

    def keep(self, raw: bytes, answer: AAssociateAC, negotiation: Negotiation) -> None:
        """Remember an answer to the proposal this memory is for."""
        if len(raw) > _LONGEST_REMEMBERED:
            return
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[raw] = (answer, negotiation)


_LONGEST_REMEMBERED: Final = 2048
_MOST_REMEMBERED: Final = 256


def negotiate(proposal: AAssociateRQ, answer: AAssociateAC) -> Negotiation:
    """Match the answer with the proposal."""
    proposed = proposal.contexts
    results = answer.contexts
    if not _answers_in_order(proposed, results):
        return _negotiate_out_of_order(proposed, results)
    accepted: list[AcceptedContext] = []
    refused: list[RefusedContext] = []
    disregarded: list[ContextResult] = []
    for context, result in zip(proposed, results, strict=True):
        code, syntax = result.result, result.transfer_syntax_uid
        if code != ACCEPTANCE:
            refused.append(_refused(context.context_id, context.abstract_syntax, code))
        elif syntax in context.transfer_syntax_uids:
            accepted.append(_accepted(context.context_id, context.abstract_syntax, syntax))
        else:
            disregarded.append(result)
    return Negotiation(tuple(accepted), tuple(refused), tuple(disregarded))


def _answers_in_order(proposed: tuple[ProposedContext, ...], results: tuple[ContextResult, ...]) -> bool:
    return [context.context_id for context in proposed] == [result.context_id for result in results]


def _negotiate_out_of_order(
    proposed: tuple[ProposedContext, ...], results: tuple[ContextResult, ...]
) -> Negotiation:
    by_id = {context.context_id: context for context in proposed}
    seen: set[int] = set()
    twice: set[int] = set()
    for result in results:
        (twice if result.context_id in seen else seen).add(result.context_id)
    accepted: list[AcceptedContext] = []
    refused: list[RefusedContext] = []
    disregarded: list[ContextResult] = []
    for result in results:
        context = by_id.get(result.context_id)
        if context is None or result.context_id in twice:
            disregarded.append(result)
        else:
            _sort(context, result, accepted, refused, disregarded)
    return Negotiation(tuple(accepted), tuple(refused), tuple(disregarded))


def _sort(
    context: ProposedContext,
    result: ContextResult,
    accepted: list[AcceptedContext],
    refused: list[RefusedContext],
    disregarded: list[ContextResult],
) -> None:
    if result.result != ACCEPTANCE:
        refused.append(_refused(context.context_id, context.abstract_syntax, result.result))
    elif result.transfer_syntax_uid in context.transfer_syntax_uids:
        accepted.append(_accepted(context.context_id, context.abstract_syntax, result.transfer_syntax_uid))
    else:
        disregarded.append(result)


_accepted = lru_cache(maxsize=1024)(AcceptedContext)
_refused = lru_cache(maxsize=1024)(RefusedContext)
