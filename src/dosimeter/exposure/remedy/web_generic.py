"""Advice that holds for any web face, where the product is unknown or has no key for it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy import generic
from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_PROXY: Final = say(
    "Put a reverse proxy with a login in front, and let the archive itself listen on loopback alone: OpenID "
    "Connect, or at least HTTP authentication over TLS (nginx: `auth_basic` with `auth_basic_user_file`)."
)
_CLOSE: Final = say(
    "Today: take the port off every network that does not need it. Delete the NAT, port-forwarding or UPnP "
    "rule, then allow in the firewall those alone who work with it."
)

BOOK: Final[Book] = MappingProxyType(
    {
        **generic.BOOK,
        Need.WEB_OPEN: Remedy(
            say("Ask for a login before patients' data"),
            (
                _CLOSE,
                (
                    say(
                        "Keep the logs of web server and firewall, and tell the data protection officer: "
                        "they show who else may have looked."
                    )
                ),
                _PROXY,
                (
                    say(
                        "Guard the data and not only the page: QIDO-RS, WADO-RS, WADO-URI, STOW-RS and the "
                        "product's own interface must each answer 401 without a login."
                    )
                ),
                say("Give every user an account of their own, and change the passwords that the vendor set."),
                say("The re-test must show guarded."),
            ),
        ),
        Need.WEB_STORE: Remedy(
            say("Refuse STOW-RS from strangers"),
            (
                _PROXY,
                say("Where no client stores over HTTP, let the proxy pass GET and HEAD alone."),
                say("The re-test must show accepts_writes false."),
            ),
        ),
        Need.WEB_COUNTER: Remedy(
            say("Keep counters and descriptions behind the login"),
            (
                say("Let the login cover every path: in the proxy, guard `/` and not a list of paths."),
                say("Leave metrics to the address of the monitoring alone."),
                say("The re-test must no longer name counters or a description."),
            ),
        ),
        Need.WEB_CLEAR_TEXT: Remedy(
            say("HTTPS alone"),
            (
                (
                    say(
                        "Offer HTTPS by the profiles of PS3.15 B.12 or B.13 (TLS 1.2 or later), then close "
                        "the clear port, or let it do nothing but redirect."
                    )
                ),
                say("Send `Strict-Transport-Security` over HTTPS."),
                say(
                    "The re-test must list tls among the protections; the clear port must answer no question."
                ),
            ),
        ),
        Need.WEB_HEADERS: Remedy(
            say("Let no other site read along"),
            (
                (
                    say(
                        "Name in `Access-Control-Allow-Origin` the origin of your own viewer, never `*`; "
                        "leave the field out where the viewer has the same origin."
                    )
                ),
                say("Send a `Content-Security-Policy` of your own sources, at least `default-src 'self'`."),
                say("The re-test must no longer name the headers."),
            ),
        ),
        Need.FHIR: Remedy(
            say("FHIR: ask for a login"),
            (
                _CLOSE,
                (
                    say(
                        "Let every interaction but `/metadata` want a token (SMART App Launch, OAuth 2.0), "
                        "in the server or in a gateway before it. HAPI FHIR as shipped asks for none."
                    )
                ),
                say("The re-test must show that FHIR refuses to count patients."),
            ),
        ),
        Need.HL7: Remedy(
            say("HL7 v2: known senders alone"),
            (
                _CLOSE,
                (
                    say(
                        "Allow in the interface engine and in the firewall the addresses of the known "
                        "senders alone: MLLP has no login."
                    )
                ),
                say(
                    "For senders outside the site: MLLP inside TLS with client certificates (IHE "
                    "ITI-19, ATNA)."
                ),
                say("The re-test must show unreachable from an address that is not listed."),
            ),
        ),
        Need.UPGRADE: Remedy(
            say("Upgrade what published advisories name"),
            (
                (
                    say(
                        "Compare the version with the advisories, and with the vendor's own notes: a "
                        "correction may have been carried back without a new number."
                    )
                ),
                say("Upgrade, or ask the vendor in writing when they will."),
                say("The re-test must no longer name the advisories."),
            ),
        ),
    }
)
