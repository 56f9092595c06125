"""Rules for every test: no packet leaves the machine, property tests keep no clock."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("dosimeter", deadline=None)
settings.load_profile("dosimeter")

_connect_ex = socket.socket.connect_ex


def _loopback_connect_ex(self: socket.socket, address: Any) -> int:  # noqa: ANN401 - as socket declares it
    """Guard the non-blocking connect, which pytest-socket's --allow-hosts does not watch."""
    if self.family in {socket.AF_INET, socket.AF_INET6} and not ipaddress.ip_address(address[0]).is_loopback:
        raise AssertionError(f"a test dialled {address[0]}: only 127.0.0.0/8 and ::1 may be")
    return _connect_ex(self, address)


@pytest.fixture(scope="session", autouse=True)
def _loopback_alone() -> Any:  # noqa: ANN401 - a generator
    """Watch every non-blocking connect of the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect_ex", _loopback_connect_ex)
        yield
