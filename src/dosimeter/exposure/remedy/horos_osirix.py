"""Horos and OsiriX. Preference keys as in Horos' sources: DefaultsOsiriX.m, DCMTKQueryRetrieveSCP.mm."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_QUERY: Final = Remedy(
    say("Horos/OsiriX: stop answering queries"),
    (
        (
            say(
                "Preferences, Listener: switch off C-FIND SCP and C-GET SCP (keys `activateCFINDSCP` and "
                "`activateCGETSCP`, and `activateCMOVESCP`; all three are on as shipped)."
            )
        ),
        say("If nothing is sent to this workstation, switch the DICOM listener off (key `STORESCP`)."),
        (
            say(
                "In the firewall of the Mac or the site, allow port 11112 from the imaging network alone; "
                "3333 is its web portal."
            )
        ),
        say("The re-test must show associates with no query answered, or unreachable."),
    ),
)
_TLS: Final = Remedy(
    say("Horos/OsiriX: TLS listener"),
    (
        (
            say(
                "Preferences, Listener: use the TLS listener (key `STORESCPTLS`, port `TLSStoreSCPAEPORT`), "
                "and require the peer's certificate (key `TLSStoreSCPCertificateVerification`)."
            )
        ),
        say("Then switch the clear listener off (key `STORESCP`)."),
        say("The re-test must list client_certificate among the protections."),
    ),
)

BOOK: Final[Book] = MappingProxyType(
    {
        Need.QUERY: _QUERY,
        Need.RETRIEVE: _QUERY,
        Need.TITLES: _QUERY,
        Need.STORE: Remedy(
            say("Horos/OsiriX: refuse storage from strangers"),
            (
                (
                    say(
                        "It accepts images of any caller while its listener is on (key `STORESCP`): allow "
                        "port 11112 from the senders' addresses alone."
                    )
                ),
                say("The re-test must show unreachable from an address that is not listed."),
            ),
        ),
        Need.CLEAR_TEXT: _TLS,
        Need.CLIENT_CERTIFICATE: _TLS,
    }
)
