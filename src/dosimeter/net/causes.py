"""What can go wrong between two sockets, under eight names: one mapping, tested complete."""

from __future__ import annotations

import errno
import ssl
from typing import Final

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Fact
from dosimeter.model.message import say


class WireFailure(Exception):
    """A question that got no answer. ``detail`` is our own sentence, never the server's text.

    ``facts`` were seen before it failed.
    """

    def __init__(self, cause: Cause, detail: str, facts: tuple[Fact, ...] = ()) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail
        self.facts = facts


class AuthorisedTimeOver(Exception):
    """Not now: nothing was learnt about the peer, which is to be asked when the time has come again."""


_BY_ERRNO: Final = {
    errno.ECONNREFUSED: (Cause.REFUSED, say("the port is closed")),
    errno.ECONNRESET: (Cause.CLOSED_EARLY, say("the peer reset the connection")),
    errno.ECONNABORTED: (Cause.CLOSED_EARLY, say("the peer reset the connection")),
    errno.EPIPE: (Cause.CLOSED_EARLY, say("the peer closed the connection")),
    errno.ESHUTDOWN: (Cause.CLOSED_EARLY, say("the peer closed the connection")),
    errno.ENOTCONN: (Cause.CLOSED_EARLY, say("the peer closed the connection")),
    errno.ETIMEDOUT: (Cause.UNREACHABLE, say("no answer to the connection")),
    errno.EHOSTUNREACH: (Cause.UNREACHABLE, say("the network says the host cannot be reached")),
    errno.ENETUNREACH: (Cause.UNREACHABLE, say("there is no route to the network")),
    errno.EHOSTDOWN: (Cause.UNREACHABLE, say("the network says the host is down")),
    errno.ENETDOWN: (Cause.UNREACHABLE, say("the network interface is down")),
    errno.ENOPROTOOPT: (Cause.UNREACHABLE, say("the network says the port cannot be reached")),
    errno.EPROTO: (Cause.UNREACHABLE, say("the network refused the connection")),
    errno.EMFILE: (Cause.LOCAL, say("no file descriptor is left: lower hosts_in_flight or raise ulimit -n")),
    errno.ENFILE: (Cause.LOCAL, say("the system has no file descriptor left: lower hosts_in_flight")),
    errno.ENOBUFS: (Cause.LOCAL, say("the system has no network buffer left: lower hosts_in_flight")),
    errno.ENOMEM: (Cause.LOCAL, say("the system has no memory left for a connection")),
    errno.EADDRNOTAVAIL: (Cause.LOCAL, say("no local port is left for this destination")),
    errno.EAFNOSUPPORT: (Cause.LOCAL, say("this machine has no such address family (IPv6 may be off)")),
    errno.EACCES: (Cause.LOCAL, say("this machine's firewall forbids the connection")),
    errno.EPERM: (Cause.LOCAL, say("this machine's firewall forbids the connection")),
}


def failure_of(error: OSError) -> WireFailure:
    """The failure behind an error of the socket or TLS layer. Every `OSError` has one."""
    if isinstance(error, ssl.SSLError):
        return WireFailure(Cause.TLS_FAILED, say("the TLS layer failed"))
    cause, detail = _BY_ERRNO.get(error.errno or 0, (Cause.LOCAL, ""))
    return WireFailure(
        cause,
        detail or say("the system call failed ({code})", code=errno.errorcode.get(error.errno or 0, "?")),
    )
