"""What a survey tells whoever watches it."""

from __future__ import annotations

from typing import Protocol

from dosimeter.model.facts import CellCounted
from dosimeter.model.survey import EndpointRecord
from dosimeter.model.target import Endpoint


class Observer(Protocol):
    """Hears how a survey goes on. Must not raise, and must not take long."""

    def host_started(self, address: str) -> None:
        """The first endpoint of a host is about to be asked."""

    def counted(self, endpoint: Endpoint, so_far: int, cell: CellCounted) -> None:
        """One cell more of a census is kept; ``so_far`` are the different studies found until now.

        In the census of a worklist they are its items.
        """

    def endpoint_recorded(self, record: EndpointRecord) -> None:
        """All that was to be asked of an endpoint was asked."""

    def host_ended(self, address: str) -> None:
        """The last endpoint of a host was asked, or the host was interrupted."""

    def tick(self) -> None:
        """Some time has passed: about ten a second."""
