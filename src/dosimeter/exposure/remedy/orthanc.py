"""Orthanc. Keys and defaults as in its own orthanc.json (1.10.1); TLS since 1.9.0.

The keys of the TLS version and suites are those of its changeset b1a18218860c (release 1.12.4).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_FILE: Final = say("In `orthanc.json` (Debian: `/etc/orthanc/orthanc.json`)")
_MODALITIES: Final = say(
    'List every caller in "DicomModalities": {"name": ["AETITLE", "ADDRESS", PORT]}, and set '
    '"DicomCheckModalityHost": true, so that a title counts from its own address alone.'
)
_RESTART: Final = say("Restart Orthanc (`systemctl restart orthanc`).")

_QUERY: Final = Remedy(
    say("Orthanc: answer listed modalities only"),
    (
        (
            say(
                '{file} set "DicomAlwaysAllowFind": false, "DicomAlwaysAllowFindWorklist": false, '
                '"DicomAlwaysAllowGet": false and "DicomAlwaysAllowMove": false.',
                file=_FILE,
            )
        ),
        _MODALITIES,
        say('Set "DicomCheckCalledAet": true. If nobody needs DIMSE, set "DicomServerEnabled": false.'),
        _RESTART,
        say(
            "The re-test must show associates or guarded: Orthanc then ends a stranger's query with A-ABORT."
        ),
    ),
)

BOOK: Final[Book] = MappingProxyType(
    {
        Need.QUERY: _QUERY,
        Need.RETRIEVE: _QUERY,
        Need.WORKLIST: Remedy(
            say("Orthanc: close the worklist"),
            (
                say('{file} set "DicomAlwaysAllowFindWorklist": false.', file=_FILE),
                _MODALITIES,
                _RESTART,
                say("The re-test must show worklist false."),
            ),
        ),
        Need.TITLES: Remedy(
            say("Orthanc: bind titles to addresses"),
            (
                (
                    say(
                        '{file} set "DicomCheckModalityHost": true: the default, false, lets a known '
                        "title in from anywhere.",
                        file=_FILE,
                    )
                ),
                (
                    say(
                        'Give each modality its rights: {"AET": "…", "Host": "…", "Port": …, "AllowFind": '
                        'false, "AllowGet": false, "AllowMove": false} where it only sends.'
                    )
                ),
                say('Better: "DicomTlsEnabled": true with "DicomTlsRemoteCertificateRequired": true.'),
                _RESTART,
                say("The re-test, with the same titles in the scope, must show guarded or associates."),
            ),
        ),
        Need.STORE: Remedy(
            say("Orthanc: refuse storage from strangers"),
            (
                (
                    say(
                        '{file} set "DicomAlwaysAllowStore": false and "DicomAlwaysAllowEcho": false: '
                        "the default lets anybody store.",
                        file=_FILE,
                    )
                ),
                _MODALITIES,
                _RESTART,
                say(
                    "The re-test must show guarded: with nothing allowed to strangers, Orthanc rejects them."
                ),
            ),
        ),
        Need.CLEAR_TEXT: Remedy(
            say("Orthanc: DICOM TLS"),
            (
                (
                    say(
                        '{file} set "DicomTlsEnabled": true, with "DicomTlsCertificate", '
                        '"DicomTlsPrivateKey" and "DicomTlsTrustedCertificates".',
                        file=_FILE,
                    )
                ),
                (
                    say(
                        'Leave "DicomTlsRemoteCertificateRequired" at its default, true. TLS then replaces '
                        'clear text on "DicomPort".'
                    )
                ),
                _RESTART,
                say("The re-test must list tls and client_certificate among the protections."),
            ),
        ),
        Need.CLIENT_CERTIFICATE: Remedy(
            say("Orthanc: demand a client certificate"),
            (
                (
                    say(
                        '{file} set "DicomTlsRemoteCertificateRequired": true, with the authority of your '
                        'callers in "DicomTlsTrustedCertificates".',
                        file=_FILE,
                    )
                ),
                _RESTART,
                say("The re-test must list client_certificate among the protections."),
            ),
        ),
        Need.OLD_TLS: Remedy(
            say("Orthanc: TLS 1.2 or later"),
            (
                say("Upgrade to 1.12.4 or later: older releases have no key for it."),
                (
                    say(
                        '{file} set "DicomTlsMinimumProtocolVersion": 4 (TLS 1.2 or later) and list the '
                        'suites of PS3.15 B.12 in "DicomTlsCiphersAccepted", which Orthanc then asks for.',
                        file=_FILE,
                    )
                ),
                _RESTART,
                say("The re-test must no longer name the old protocol or suite."),
            ),
        ),
    }
)
