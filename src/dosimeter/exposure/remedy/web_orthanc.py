"""Orthanc over HTTP. Keys as in its own orthanc.json (1.10.1) and in the Orthanc Book, on security."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_FILE: Final = say("In `orthanc.json` (Debian: `/etc/orthanc/orthanc.json`)")
_RESTART: Final = say("Restart Orthanc (`systemctl restart orthanc`).")
_LOGIN: Final = say(
    '{file} set "AuthenticationEnabled": true, with a user of your own and a long password in '
    '"RegisteredUsers". If that is empty, a built-in user lets everybody in who has read the manual.',
    file=_FILE,
)
_REMOTE: Final = say(
    'Where nobody needs HTTP from another machine, set "RemoteAccessAllowed": false: nobody else is answered.'
)
_PROXY: Final = say(
    "Behind a reverse proxy on the same machine every caller comes from loopback, and is let in: ask for the "
    'login in the proxy as well, and keep "AuthenticationEnabled" at true.'
)

BOOK: Final[Book] = MappingProxyType(
    {
        Need.WEB_OPEN: Remedy(
            say("Orthanc: ask for a login over HTTP"),
            (
                say("Today: take the HTTP port (8042 as shipped) off every network that does not need it."),
                _LOGIN,
                _REMOTE,
                _PROXY,
                _RESTART,
                say("The re-test must show guarded, with http_login among the protections."),
            ),
        ),
        Need.WEB_STORE: Remedy(
            say("Orthanc: refuse STOW-RS from strangers"),
            (
                _LOGIN,
                (
                    say(
                        'Where no client uses DICOMweb, set "Enable": false in the section "DicomWeb". Where '
                        "none stores, let the reverse proxy pass GET alone."
                    )
                ),
                _RESTART,
                say("The re-test must show accepts_writes false."),
            ),
        ),
        Need.WEB_CLEAR_TEXT: Remedy(
            say("Orthanc: HTTPS"),
            (
                (
                    say(
                        '{file} set "SslEnabled": true and "SslCertificate" to a PEM file with certificate '
                        "and key, or put a reverse proxy with TLS in front and close the clear port in the "
                        "firewall.",
                        file=_FILE,
                    )
                ),
                say('"SslMinimumProtocolVersion": 4 allows TLS 1.2 and later alone.'),
                _RESTART,
                say(
                    "The re-test must list tls among the protections, and the clear port must be unreachable."
                ),
            ),
        ),
        Need.UPGRADE: Remedy(
            say("Orthanc: upgrade"),
            (
                (
                    say(
                        "Upgrade to 1.12.11 or later (Debian: `apt-get install --only-upgrade orthanc`). "
                        "Distributions carry corrections back under the old number: "
                        "compare the advisories with their changelog."
                    )
                ),
                say("The re-test must no longer name the advisories."),
            ),
        ),
    }
)
