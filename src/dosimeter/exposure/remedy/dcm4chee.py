"""dcm4chee-arc. LDAP attributes as in dcm4chee-arc-cs (Network AE, Network Connection, Archive Device)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_RELOAD: Final = say("Reload the configuration: Menu, Configuration, Control, Reload.")

_CALLERS: Final = Remedy(
    say("dcm4chee: accept listed callers only"),
    (
        (
            say(
                "In the Network AE (UI: Configuration, Devices, dcm4chee-arc, Network AE `DCM4CHEE`) fill "
                "Accepted Calling AE Title(s), LDAP `dcmAcceptedCallingAETitle`: if it is absent, any caller "
                "is accepted. Do so for every AE of the device (`AS_RECEIVED` and the `IOCM_` ones too)."
            )
        ),
        (
            say(
                "On the Archive Device set Validate Calling AE Hostname, LDAP "
                "`dcmValidateCallingAEHostname: TRUE`, so that a title counts from its own host alone."
            )
        ),
        _RELOAD,
        say("The re-test must show guarded."),
    ),
)

BOOK: Final[Book] = MappingProxyType(
    {
        Need.QUERY: _CALLERS,
        Need.RETRIEVE: _CALLERS,
        Need.WORKLIST: _CALLERS,
        Need.TITLES: _CALLERS,
        Need.STORE: _CALLERS,
        Need.CLEAR_TEXT: Remedy(
            say("dcm4chee: TLS only"),
            (
                (
                    say(
                        "Leave in each Network AE the reference to the `dicom-tls` connection alone "
                        "(LDAP `dicomNetworkConnectionReference`) and remove the one to `dicom` (port 11112)."
                    )
                ),
                say(
                    "On `dicom-tls` keep LDAP `dcmTLSNeedClientAuth` (Need Client Auth) at its "
                    "default `TRUE`."
                ),
                _RELOAD,
                say("The re-test of port 11112 must show unreachable."),
            ),
        ),
        Need.CLIENT_CERTIFICATE: Remedy(
            say("dcm4chee: demand a client certificate"),
            (
                say(
                    "On the connection `dicom-tls` set TLS Need Client Auth, LDAP "
                    "`dcmTLSNeedClientAuth: TRUE`."
                ),
                _RELOAD,
                say("The re-test must list client_certificate among the protections."),
            ),
        ),
        Need.OLD_TLS: Remedy(
            say("dcm4chee: the current TLS profile"),
            (
                (
                    say(
                        "On the connection `dicom-tls` replace LDAP `dicomTLSCipherSuite` "
                        "`TLS_RSA_WITH_AES_128_CBC_SHA` and `SSL_RSA_WITH_3DES_EDE_CBC_SHA`, which it ships "
                        "with, by `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384` and "
                        "`TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`."
                    )
                ),
                say("Set LDAP `dcmTLSProtocol` to `TLSv1.2` and `TLSv1.3`."),
                _RELOAD,
                say("The re-test must no longer name the old protocol or suite."),
            ),
        ),
    }
)
