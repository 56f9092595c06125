"""DCMTK's servers. dcmqrscp.cfg as in its example file (3.6.7); TLS options of storescp(1)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_FILE: Final = say("In `dcmqrscp.cfg` (Debian: `/etc/dcmtk/dcmqrscp.cfg`)")

_PEERS: Final = Remedy(
    say("DCMTK dcmqrscp: name the peers instead of ANY"),
    (
        (
            say(
                "{file}, `AETable`: replace the last column `ANY` by names of the `HostTable`, as in "
                "`READ  /var/lib/dcmtk/db/READ  R (200, 1024mb)  workstations`.",
                file=_FILE,
            )
        ),
        (
            say(
                "`HostTable`: `workstations = (AETITLE, HOSTNAME, PORT)`, … The caller's host name is "
                "checked together with its title."
            )
        ),
        say("Access `W` does not stop queries: a write-only area still answers them. Peers do."),
        say("Restart `dcmqrscp`."),
        say("The re-test, with the title in the scope, must show guarded."),
    ),
)
_TLS: Final = (
    say(
        "`storescp`: `+tls KEY CERTIFICATE` with `+cf AUTHORITY` and `-rc` (`--require-peer-cert`, "
        "the default)."
    ),
    (
        say(
            "`dcmqrscp` and `wlmscpfs` of Debian have no TLS options: put stunnel in front "
            "(`verifyChain = yes`, `CAfile = AUTHORITY`) and bind the server to loopback with the firewall."
        )
    ),
)

BOOK: Final[Book] = MappingProxyType(
    {
        Need.QUERY: _PEERS,
        Need.RETRIEVE: _PEERS,
        Need.TITLES: _PEERS,
        Need.WORKLIST: Remedy(
            say("DCMTK wlmscpfs: keep strangers out"),
            (
                (
                    say(
                        "`wlmscpfs` answers any calling title that names one of the folders under "
                        "`--data-files-path` as called title: allow the modalities' addresses alone in the "
                        "firewall."
                    )
                ),
                (
                    say(
                        "Put stunnel in front, with client certificates required, for callers outside the "
                        "imaging network."
                    )
                ),
                (
                    say(
                        "The re-test, with the title in the scope, must show worklist unknown and no "
                        "connection or a refusal."
                    )
                ),
            ),
        ),
        Need.STORE: Remedy(
            say("DCMTK: refuse storage from strangers"),
            (
                (
                    say(
                        "{file}, `AETable`: access `R`, or peers instead of `ANY`. With a quota, each stored "
                        "study may delete the oldest.",
                        file=_FILE,
                    )
                ),
                (
                    say(
                        "`storescp` and `dcmrecv` accept any title: allow the senders' addresses alone in "
                        "the firewall, or run `storescp` with `+tls KEY CERTIFICATE`, `+cf AUTHORITY` and "
                        "`-rc`."
                    )
                ),
                say("Never run `--exec-on-reception` with names that a peer chose."),
                say("The re-test must show accepts_writes false, or no connection."),
            ),
        ),
        Need.CLEAR_TEXT: Remedy(
            say("DCMTK: TLS"),
            (*_TLS, say("The re-test must list tls and client_certificate among the protections.")),
        ),
        Need.CLIENT_CERTIFICATE: Remedy(
            say("DCMTK: demand a client certificate"),
            (
                (
                    say(
                        "`storescp`: replace `-ic` (`--ignore-peer-cert`) or `-vc` by `-rc` "
                        "(`--require-peer-cert`), with `+cf AUTHORITY`."
                    )
                ),
                say("The re-test must list client_certificate among the protections."),
            ),
        ),
        Need.OLD_TLS: Remedy(
            say("DCMTK: the current TLS profile"),
            (
                (
                    say(
                        "Drop `+pa` (`--profile-aes`) and `+pn` (`--profile-null`); `+py` "
                        "(`--profile-bcp195-nd`) is the default of 3.6.7, and newer releases have the RFC "
                        "8996 profile."
                    )
                ),
                say("The re-test must no longer name the old protocol or suite."),
            ),
        ),
    }
)
