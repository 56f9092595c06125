"""What a survey tells whoever watches it."""

from __future__ import annotations

from typing import Protocol

from dosimeter.model.survey import EndpointRecord


class Observer(Protocol):
    """Hears how a survey goes on. Must not raise, and must not take long."""

    def host_started(self, address: str) -> None:
        """The first endpoint of a host is about to be asked."""

    def endpoint_recorded(self, record: EndpointRecord) -> None:
        """All that was to be asked of an endpoint was asked."""

    def host_ended(self, address: str) -> None:
        """The last endpoint of a host was asked, or the host was interrupted."""

    def tick(self) -> None:
        """Some time has passed: about ten a second."""
