"""From the plan to the ports: what speaks where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dosimeter.lab.catalogue import Catalogue
from dosimeter.lab.conversation import Conversation
from dosimeter.lab.face import Face
from dosimeter.lab.fleet.kinds import Rung
from dosimeter.lab.fleet.plan import Member
from dosimeter.lab.fleet.server import Speaker, Stand
from dosimeter.lab.fleet.speakers import ClosesAtOnce, Silent, StockShown, WebTalk
from dosimeter.lab.fleet.stock import Stock
from dosimeter.lab.fleet.talk import BlockTalk
from dosimeter.lab.generated import Shape, invent_catalogue
from dosimeter.lab.ledger import Ledger
from dosimeter.lab.policy import Policy


def stands_of(members: Iterable[Member]) -> Iterator[Stand]:
    """Every port of the fleet."""
    nothing = invent_catalogue(0, Shape(0))
    for member in members:
        yield Stand(member.address, member.port, _speaker(member, nothing))
        if member.face is not None and isinstance(member.holdings, Stock):
            yield Stand(member.address, member.face.port, _web_speaker(member.face, member.holdings))


def _speaker(member: Member, nothing: Catalogue) -> Callable[[], Speaker]:
    if member.rung is Rung.SILENT:
        return Silent
    if member.rung is Rung.CLOSES:
        return ClosesAtOnce
    ledger = Ledger()
    if isinstance(member.holdings, Stock):
        return _block_speaker(member.kind.policy, member.holdings, ledger)
    return _row_speaker(member.kind.policy, member.holdings or nothing, ledger)


def _block_speaker(policy: Policy, stock: Stock, ledger: Ledger) -> Callable[[], Speaker]:
    return lambda: BlockTalk(policy, stock, ledger)


def _row_speaker(policy: Policy, catalogue: Catalogue, ledger: Ledger) -> Callable[[], Speaker]:
    return lambda: Conversation(policy, catalogue, ledger)


def _web_speaker(face: Face, stock: Stock) -> Callable[[], Speaker]:
    return lambda: WebTalk(face, StockShown(stock))
