"""What a finding says of all archives that have it, where the rule speaks of one archive alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dosimeter.model.message import say

FINDING_SAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "retrievable": say("Answers a stranger's queries, and a stranger's requests to fetch images."),
        "queryable": say("Answers a stranger's queries: patients and examinations can be listed."),
        "queryable_ignores_keys": say(
            "Sent records to a stranger who asked for what cannot exist: a decoy, or a defective archive."
        ),
        "query_ignores_keys": say("Answers queries with records that were not asked for."),
        "query_answered": say("Answered a stranger's null query."),
        "name_gated": say("Answers queries to whoever knows an AE title of the scope."),
        "name_gated_worklist": say("Answers worklist queries to whoever knows an AE title of the scope."),
        "name_gated_retrieve": say("Hands out images to whoever knows an AE title of the scope."),
        "title_opens_worklist": say("Opens its worklist to whoever knows an AE title of the scope."),
        "title_opens_retrieve": say("Answers requests for images under an AE title of the scope."),
        "browsable_portal": say("Shows the portal of an archive with no login."),
        "browsable_viewer": say("Shows a web viewer with no login, and the data behind it answer strangers."),
        "browsable_dicomweb": say("Answers strangers over DICOMweb: examinations can be listed and fetched."),
        "browsable_rest": say("The web interface of its product answers strangers with no login."),
        "browsable_rest_description": say("The web interface of its product describes itself with no login."),
        "browsable_rest_interface": say("The web interface of its product refuses a stranger nothing."),
        "browsable_retrieve": say("Answers strangers' requests for images over HTTP."),
        "storage_accepted": say("Agrees to take images from a stranger. None was sent."),
        "storage_accepted_like_anything": say(
            "Agrees to take images from a stranger, as it agrees to anything: that proves little."
        ),
        "tls_without_client_certificate": say("Uses TLS and demands no client certificate."),
        "tls_old_protocol": say("Settled on a version of TLS that is broken or withdrawn."),
        "tls_unencrypted": say(
            "Settled on a TLS suite that encrypts nothing, names nobody or can be broken."
        ),
        "tls_retired_profile": say("Settled on a TLS suite with no forward secrecy."),
        "tls_below_profiles": say("Keeps to no TLS profile of PS3.15."),
        "tls_keeps_retired_profile": say("Keeps to a retired TLS profile of PS3.15."),
        "tls_old_accepted": say("Still accepts a version of TLS that is withdrawn."),
        "tls_broken_accepted": say(
            "Accepts TLS suites that encrypt nothing, name nobody or can be broken, from whoever asks."
        ),
        "tls_small_keys": say("Agrees on TLS keys that are smaller than the profiles allow."),
        "certificate_not_yet_valid": say("Its certificate is not valid yet."),
        "certificate_weak_key": say("The key of its certificate is weak."),
        "certificate_weak_signature": say("Its certificate is signed with a broken hash."),
        "certificate_expired": say("Its certificate has expired."),
        "certificate_other_name": say("Its certificate is not for the name of the host."),
        "fhir_open": say("Its FHIR interface answers a stranger: the same people by another door."),
        "viewer_without_login": say("Shows a page of its product to whoever opens it, with no login."),
        "counter_open": say("Tells strangers how much it holds."),
        "cors_any_origin": say("Lets the pages of any web site read its answers."),
        "advisory": say("Announces a version that published advisories name. That they apply was not tried."),
        "clear_text_beside_tls": say(
            "The same archive is reached inside TLS and in clear: TLS protects nobody who takes that door."
        ),
    }
)
"""By the id of the rule. Rules whose sentence is the same for every archive are not here."""
