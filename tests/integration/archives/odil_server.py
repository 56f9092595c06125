"""An odil acceptor for Debian's own Python: answers C-ECHO, stores nothing, and knows no query.

odil accepts every presentation context it is offered. It ends an association whose request it has
no provider for by closing the connection, without A-ABORT. It closes its listener while it serves:
"connection refused" in between is not "closed".

Usage: /usr/bin/python3 odil_server.py PORT
"""

import sys

import odil  # type: ignore[import-not-found]  # in Debian's Python alone

_SUCCESS = 0x0000


def serve(port: int) -> None:
    """Accept one association and answer it until it ends, in whichever way."""
    association = odil.Association()
    association.set_tcp_timeout(30)
    try:
        association.receive_association("v4", port)
        dispatcher = odil.SCPDispatcher(association)
        echo = odil.EchoSCP(association)
        echo.set_callback(lambda _request: _SUCCESS)
        dispatcher.set_echo_scp(echo)
        while True:
            dispatcher.dispatch()
    except (odil.AssociationReleased, odil.AssociationAborted, odil.Exception) as ending:
        sys.stdout.write(f"association ended: {ending!r}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    while True:
        serve(int(sys.argv[1]))
