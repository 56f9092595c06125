"""The only place of the lab that binds: loopback, and nothing else."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_address
from typing import Final

from dosimeter.model.problem import Problem

BACKLOG: Final = 128


class AddressTaken(Problem):
    """Something else listens there already."""


def listen_on_loopback(address: str, port: int) -> socket.socket:
    """Listen; port 0 lets the system choose one.

    Raises:
        ValueError: the address is not in 127.0.0.0/8 and not ::1. Nothing is bound then.
        AddressTaken: another program listens there.
        Problem: this machine has no such address, or does not allow it.
    """
    if not ip_address(address).is_loopback:
        raise ValueError(f"{address} is not a loopback address: the lab is for this machine alone")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise _problem_of(error, address, port) from None


def _problem_of(error: OSError, address: str, port: int) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return AddressTaken(
            f"cannot listen on {address}:{port}: another program does, perhaps another lab; end it first"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return Problem(
            f"cannot listen on {address}: this system has no such loopback address; on macOS and BSD, "
            f"`sudo ifconfig lo0 alias {address}` adds it"
        )
    return Problem(f"cannot listen on {address}:{port}: {error.strerror}")
