"""What the dialer tells the audit log; the log itself lives above this layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dosimeter.model.facts import Titles
    from dosimeter.model.target import Endpoint, Service


class Auditor(Protocol):
    """Hears of every connection. Nothing a server said is ever passed to it.

    Both methods may raise: then nobody may be contacted any more.
    """

    def contact(self, endpoint: Endpoint, titles: Titles | None, over: Service) -> None:
        """A connection is about to be opened; ``titles`` are those of its association request."""

    def ended(self, endpoint: Endpoint, asked: tuple[str, ...], why: str) -> None:
        """A connection is over: the questions asked on it, and our own words for why it stopped."""
