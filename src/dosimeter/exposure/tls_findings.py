"""What is said of TLS and of certificates, of DICOM and of web ports alike: rules as in `findings`."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure import tls_predicates as tls
from dosimeter.exposure.remedy.need import Need
from dosimeter.exposure.rules import Rule
from dosimeter.exposure.tls_predicates import TlsCase
from dosimeter.model.message import Template, say
from dosimeter.model.verdict import Severity

TLS_FINDINGS: Final[tuple[Rule[TlsCase], ...]] = (
    Rule(
        "tls_old_protocol",
        Severity.MEDIUM,
        Template(
            "Settled on {protocol}, which is broken or withdrawn: the current profiles start at TLS 1.2."
        ),
        tls.tls_old,
        "RFC 8996, PS3.15 B.12",
        (Need.OLD_TLS,),
    ),
    Rule(
        "tls_unencrypted",
        Severity.HIGH,
        Template("Settled on {suite}, which {weakness}."),
        tls.tls_unencrypted,
        "RFC 9325 4.1, PS3.15 B.12",
        (Need.OLD_TLS,),
    ),
    Rule(
        "tls_retired_profile",
        Severity.LOW,
        Template(
            "Settled on {suite}, which has no forward secrecy: it fits the retired profiles of PS3.15 alone."
        ),
        tls.tls_retired_profile,
        "RFC 9325 4.1, PS3.15 B.12",
        (Need.OLD_TLS,),
    ),
    Rule(
        "tls_below_profiles",
        Severity.MEDIUM,
        Template("No TLS profile of PS3.15 allows what it accepts: it {why}."),
        tls.tls_below_profiles,
        "PS3.15 B.12, RFC 9325 4.1",
        (Need.OLD_TLS,),
    ),
    Rule(
        "tls_keeps_retired_profile",
        Severity.LOW,
        Template(
            "Keeps to a retired TLS profile, the {profile}. It is kept from the current one, for it {why}."
        ),
        tls.tls_keeps_retired_profile,
        "PS3.15 B.12, RFC 9325 4.1",
        (Need.OLD_TLS,),
    ),
    Rule(
        "tls_old_accepted",
        Severity.LOW,
        Template(
            "Still accepts {protocols} from whoever asks: withdrawn, the current profiles start at TLS 1.2."
        ),
        tls.tls_old_accepted,
        "RFC 8996, PS3.15 B.12",
        (Need.OLD_TLS,),
    ),
    Rule(
        "tls_broken_accepted",
        Severity.MEDIUM,
        Template("Accepts suites that encrypt nothing, name nobody or can be broken: {suites}."),
        tls.tls_broken_accepted,
        "RFC 9325 4.1, PS3.15 B.12",
        (Need.OLD_TLS,),
    ),
    Rule(
        "tls_small_keys",
        Severity.LOW,
        Template(
            "Agrees on keys of {bits} bits in {suite}: the profiles want 2048 for DHE and 256 for ECDHE."
        ),
        tls.tls_small_keys,
        "PS3.15 B.13, RFC 9325 4.1",
        (Need.OLD_TLS,),
    ),
    Rule(
        "certificate_not_yet_valid",
        Severity.LOW,
        Template("Its certificate is not valid before {day}."),
        tls.certificate_not_yet_valid,
        "RFC 5280 4.1.2.5",
        (Need.CERTIFICATE,),
    ),
    Rule(
        "certificate_weak_key",
        Severity.MEDIUM,
        Template("The key of its certificate is weak: {key}."),
        tls.certificate_weak_key,
        "RFC 9325 4.5, PS3.15 B.13",
        (Need.CERTIFICATE,),
    ),
    Rule(
        "certificate_weak_signature",
        Severity.LOW,
        Template("Its certificate is signed with a broken hash: {signature}."),
        tls.certificate_weak_signature,
        "RFC 9325 4.5",
        (Need.CERTIFICATE,),
    ),
    Rule(
        "certificate_expired",
        Severity.LOW,
        Template("Its certificate expired on {day}."),
        tls.certificate_expired,
        "RFC 5280 4.1.2.5",
        (Need.CERTIFICATE,),
    ),
    Rule(
        "certificate_other_name",
        Severity.LOW,
        Template(
            "Its certificate is not for {host}, the name by which the scope has it: a caller that checks "
            "names turns away."
        ),
        tls.certificate_other_name,
        "RFC 9525 6",
        (Need.CERTIFICATE,),
    ),
    Rule(
        "certificate_self_signed",
        Severity.LOW,
        say(
            "Its certificate is self-signed: a caller can trust it only if it was handed over by another way."
        ),
        tls.certificate_self_signed,
        "RFC 5280 6.1",
        (Need.CERTIFICATE,),
    ),
)
