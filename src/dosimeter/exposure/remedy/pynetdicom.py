"""pynetdicom: a library, and qrscp, its demonstration server."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_REPLACE: Final = Remedy(
    say("pynetdicom: check who calls, and do not run qrscp in service"),
    (
        (
            say(
                "If this is qrscp (`python -m pynetdicom qrscp`): it is a demonstration. Stop it, or bind it "
                "to loopback (`-ba 127.0.0.1`)."
            )
        ),
        (
            say(
                "If it is a program of yours: set `ae.require_called_aet = True` and "
                "`ae.require_calling_aet = [titles]`, and pass `ssl_context=` with "
                "`verify_mode = ssl.CERT_REQUIRED` to `ae.start_server()`."
            )
        ),
        say("Run release 3.0.4 or later."),
        say("The re-test must show guarded or unreachable."),
    ),
)

BOOK: Final[Book] = MappingProxyType(
    dict.fromkeys(
        (
            Need.QUERY,
            Need.RETRIEVE,
            Need.WORKLIST,
            Need.TITLES,
            Need.STORE,
            Need.CLEAR_TEXT,
            Need.CLIENT_CERTIFICATE,
        ),
        _REPLACE,
    )
)
