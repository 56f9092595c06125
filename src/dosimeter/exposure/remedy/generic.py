"""Advice that holds for any archive, where the product is unknown or has no key for it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_PERIMETER: Final = (
    (
        say(
            "Today: take the port off every network that does not need it. Delete the NAT, port-forwarding "
            "or UPnP rule, then allow in the firewall the addresses of the modalities and workstations "
            "alone."
        )
    ),
    (
        say(
            "Keep the archive's association log and the firewall's log, and tell the data protection "
            "officer: they show who else may have asked."
        )
    ),
)

_CLOSE: Final = Remedy(
    say("Close the archive to strangers"),
    (
        *_PERIMETER,
        (
            say(
                "In the archive: accept listed calling AE titles from listed addresses only, and refuse "
                "unknown called titles."
            )
        ),
        (
            say(
                "Then DICOM TLS with client certificates required (PS3.15 B.12), or a VPN, for every "
                "caller that leaves the imaging network."
            )
        ),
        say("The re-test must show guarded, or associates with no query answered."),
    ),
)

BOOK: Final[Book] = MappingProxyType(
    {
        Need.QUERY: _CLOSE,
        Need.RETRIEVE: _CLOSE,
        Need.WORKLIST: Remedy(
            say("Close the worklist to strangers"),
            (
                *_PERIMETER,
                say("In the worklist server: answer listed calling AE titles from listed addresses only."),
                say("The re-test must show worklist false."),
            ),
        ),
        Need.TITLES: Remedy(
            say("Do not let an AE title alone open the archive"),
            (
                say("Bind each calling AE title to its address, in the archive or in the firewall."),
                (
                    say(
                        "Require client certificates (DICOM TLS, PS3.15 B.12): a certificate is a proof, a "
                        "title is not."
                    )
                ),
                say("A new title alone closes nothing: it is known again at the next service visit."),
                say("The re-test, with the same titles in the scope, must show guarded."),
            ),
        ),
        Need.STORE: Remedy(
            say("Refuse storage from strangers"),
            (
                say("Accept storage from listed calling AE titles at listed addresses only."),
                say("The re-test must show accepts_writes false, or guarded."),
            ),
        ),
        Need.CLEAR_TEXT: Remedy(
            say("Encrypt the traffic"),
            (
                (
                    say(
                        "Offer DICOM TLS by the profiles of PS3.15 B.12 or B.13 (TLS 1.2 or later), then "
                        "close the clear port."
                    )
                ),
                say("Where a device cannot speak TLS, put stunnel or a VPN gateway beside it."),
                say("The re-test of the clear port must show unreachable."),
            ),
        ),
        Need.CLIENT_CERTIFICATE: Remedy(
            say("Demand a client certificate"),
            (
                (
                    say(
                        "In the TLS settings of the archive, require and verify a client certificate of "
                        "your own authority."
                    )
                ),
                say("The re-test must list client_certificate among the protections."),
            ),
        ),
        Need.OLD_TLS: Remedy(
            say("Bring TLS to the current profile"),
            (
                (
                    say(
                        "Allow TLS 1.2 and 1.3 alone, with ECDHE (256 bits or more) or DHE (2048 or more) "
                        "and AEAD suites (PS3.15 B.12, RFC 9325)."
                    )
                ),
                say("The re-test must no longer name the old protocol or suite."),
            ),
        ),
        Need.CERTIFICATE: Remedy(
            say("Renew the certificate"),
            (
                say(
                    "Install a valid certificate of an authority that the callers trust, and note "
                    "its last day."
                ),
                say("The re-test must no longer name the certificate."),
            ),
        ),
    }
)
