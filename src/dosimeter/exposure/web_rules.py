"""The ladder of web ports, and of HL7: read from the top, the first rule that applies decides. ADR 0017.

As in `rules`, what was proved comes before what is unknown, and what is unknown before what is safe.
"""

from __future__ import annotations

from typing import Final

from dosimeter.exposure import web_predicates as web
from dosimeter.exposure.remedy.need import Need
from dosimeter.exposure.rules import Rung
from dosimeter.exposure.web_case import WebCase
from dosimeter.model.message import Template, say
from dosimeter.model.verdict import Confidence, Exposure, Severity

_QIDO: Final = "PS3.18 10.6"
_WADO: Final = "PS3.18 10.4"
_HTTP_AUTH: Final = "RFC 9110 11"

_OPEN: Final[tuple[Rung[WebCase], ...]] = (
    Rung(
        "browsable_portal",
        Severity.CRITICAL,
        Template(
            "Shows the portal of {product} without a login: whoever opens it in a browser can list the "
            "examinations and look at the images. No list was opened."
        ),
        web.portal_is_open,
        "CWE-306",
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
    ),
    Rung(
        "browsable_viewer",
        Severity.CRITICAL,
        Template(
            "Shows {product} without a login, and the data behind it answer strangers ({data} was answered): "
            "whoever opens the page in a browser can list the examinations and look at the images."
        ),
        web.viewer_and_data,
        _QIDO,
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
    ),
    Rung(
        "browsable_dicomweb",
        Severity.CRITICAL,
        Template(
            "Answers strangers over DICOMweb: the QIDO-RS null query and {retrieve} were answered with no "
            "login. Whoever reaches the port can list the examinations and fetch the images with a browser."
        ),
        web.query_and_retrieve,
        _QIDO,
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
    ),
    Rung(
        "browsable_dicomweb_query",
        Severity.CRITICAL,
        say(
            "Answers strangers over DICOMweb: the QIDO-RS null query was answered with no login. Whoever "
            "reaches the port can list patients and examinations with a browser."
        ),
        web.query_alone,
        _QIDO,
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
    ),
    Rung(
        "browsable_rest",
        Severity.CRITICAL,
        Template(
            "The interface of {product} answers strangers: a question for what cannot exist was answered "
            "with no login. Whoever reaches the port can list patients and examinations with a browser."
        ),
        web.own_interface,
        "CWE-306",
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
    ),
    Rung(
        "browsable_rest_description",
        Severity.CRITICAL,
        Template(
            "The interface of {product} answers strangers: it described itself with no login, and it asks "
            "for one everywhere or nowhere. Whoever reaches the port can list patients and fetch images with "
            "a browser."
        ),
        web.all_or_nothing,
        "CWE-306",
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
    ),
    Rung(
        "browsable_rest_interface",
        Severity.CRITICAL,
        Template(
            "The interface of {product} answers strangers: it told {what} with no login, and refused nothing "
            "that it was asked. Whoever reaches the port can ask it for its patients and examinations; no "
            "list was asked for."
        ),
        web.interface_told,
        "CWE-306",
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
    ),
    Rung(
        "browsable_retrieve",
        Severity.HIGH,
        Template(
            "Answers strangers' requests for images over HTTP ({how}), though none of their queries was seen "
            "answered: whoever knows or learns the UID of an examination can fetch its images with a browser."
        ),
        web.retrieve_alone,
        _WADO,
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
    ),
    Rung(
        "browsable_ignores_keys",
        Severity.CRITICAL,
        say(
            "Sent records over HTTP, with no login, to a stranger who asked for an identifier that cannot "
            "exist. It is a decoy, or an archive so defective that it answers any question with records: its "
            "counts are not believed, and it is not safe."
        ),
        web.ignores_keys,
        _QIDO,
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
        confidence=Confidence.ANNOUNCED,
    ),
    Rung(
        "browsable_worklist",
        Severity.HIGH,
        say(
            "Answers strangers' worklist queries over HTTP: whoever reaches the port can list the patients "
            "who are expected. The list may be empty today."
        ),
        web.worklist_answered,
        "PS3.18 11.6",
        (Need.WEB_OPEN,),
        exposure=Exposure.BROWSABLE,
    ),
)

_UNKNOWN: Final[tuple[Rung[WebCase], ...]] = (
    Rung(
        "inconclusive_web_contradiction",
        Severity.LOW,
        say("Contradicted itself: it spoke HTTP, and then bytes that are none. It is not shown to be safe."),
        web.contradicts_itself,
        "RFC 9112 2",
    ),
    Rung(
        "inconclusive_web_flapping",
        Severity.LOW,
        Template(
            "Answered {what} in one way and then in another: behind this address answers differ. What any of "
            "them lets strangers do is not known."
        ),
        web.answers_differ,
        "RFC 9110 15",
    ),
    Rung(
        "inconclusive_web_busy",
        Severity.LOW,
        Template("Answered {how}: it is busy, which says nothing about its guards. Ask again later."),
        web.busy,
        "RFC 6585 4, RFC 9110 15.6.4",
    ),
    Rung(
        "inconclusive_web_fault",
        Severity.LOW,
        Template(
            "Answered {what} with an error of its own ({status}): whether it guards its data is not known. "
            "Ask again before calling it safe."
        ),
        web.faults,
        "RFC 9110 15.6",
    ),
    Rung(
        "inconclusive_web_retrieve",
        Severity.LOW,
        Template(
            "Refused the QIDO-RS null query, and answered {what} under the same root with {status} and no "
            "guard: whether images want a login is not known. Ask by hand before calling it safe."
        ),
        web.retrieve_wants_no_login,
        _WADO,
    ),
    Rung(
        "inconclusive_web_question",
        Severity.LOW,
        Template(
            "Speaks HTTP, and a question was left open, because {why}{more}. Ask again before "
            "calling it safe."
        ),
        web.left_open,
        "RFC 9110 15",
    ),
)

_GUARDED: Final[tuple[Rung[WebCase], ...]] = (
    Rung(
        "guarded_web_client_certificate",
        Severity.INFO,
        say("Refuses, inside TLS, whoever shows no client certificate; what is behind was not seen."),
        web.certificate_demanded,
        "PS3.15 B.12",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_web_product",
        Severity.INFO,
        Template(
            "Shows itself as {product}, and guards what it was asked: in answer to {what} it {how}. No "
            "password was tried, so a weak or built-in one would look the same."
        ),
        web.product_refuses,
        _HTTP_AUTH,
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_web_everything",
        Severity.INFO,
        Template(
            "{refuses}: in answer to {what} it {how}. What is behind was not seen. No password was tried."
        ),
        web.everything_refused,
        _HTTP_AUTH,
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_web_data",
        Severity.INFO,
        Template(
            "Guards a path where archives answer: in answer to {what} it {how}, and not everywhere. What is "
            "behind was not seen. No password was tried."
        ),
        web.data_refused,
        _HTTP_AUTH,
        exposure=Exposure.GUARDED,
    ),
)

_REST: Final[tuple[Rung[WebCase], ...]] = (
    Rung(
        "inconclusive_web_form",
        Severity.LOW,
        Template(
            "Answered the QIDO-RS null query {how}, where other paths are not found: a service is there, and "
            "whether it tells strangers of patients is not known. Ask by hand before calling it safe."
        ),
        web.wants_another_form,
        _QIDO,
    ),
    Rung(
        "inconclusive_web_not_reached",
        Severity.LOW,
        Template(
            "{shows}. Whether patients' data answer there was not asked ({why}). Survey again before calling "
            "it safe."
        ),
        web.not_reached,
        _QIDO,
    ),
    Rung(
        "inconclusive_web_touch",
        Severity.LOW,
        say(
            "Speaks HTTP. Whether patients' data answer there is not known: the touch of this survey does "
            "not allow these questions. Survey again with the touch prove before calling it safe."
        ),
        web.held_back,
        _QIDO,
    ),
    Rung(
        "inconclusive_viewer",
        Severity.LOW,
        Template(
            "Shows a viewer without a login; {where}. Survey the archive behind it before calling it safe."
        ),
        web.viewer_alone,
        _QIDO,
    ),
    Rung(
        "inconclusive_web_product",
        Severity.LOW,
        Template(
            "Shows itself as {product}, and no question about its data was answered or refused where such "
            "archives answer: whether they answer elsewhere is not known."
        ),
        web.product_alone,
        _QIDO,
    ),
    Rung(
        "unreachable",
        Severity.INFO,
        Template("No connection: {why}."),
        web.is_unreachable,
        "RFC 9293 3.5.2",
        exposure=Exposure.UNREACHABLE,
    ),
    Rung(
        "not_dicom_fhir",
        Severity.INFO,
        say(
            "Is a server of health records (FHIR), no archive of images: what it tells strangers is "
            "said below."
        ),
        web.is_neighbour,
        "HL7 FHIR R4 3.1",
        exposure=Exposure.NOT_DICOM,
    ),
    Rung(
        "not_dicom_web",
        Severity.INFO,
        say("Is a web server, and nothing at the paths where archives answer shows one."),
        web.is_web_server,
        _QIDO,
        exposure=Exposure.NOT_DICOM,
    ),
    Rung(
        "inconclusive_web_other_way",
        Severity.LOW,
        Template(
            "Asked over HTTP as the scope says, it {how}: survey it as what it is before calling it safe."
        ),
        web.wants_the_other_way,
        "RFC 9110 4.2",
    ),
    Rung(
        "not_http",
        Severity.INFO,
        Template("Answered {asked} with {what}: this port does not speak HTTP."),
        web.is_not_http,
        "RFC 9112 2",
        exposure=Exposure.NOT_DICOM,
    ),
    Rung(
        "inconclusive_web_silent",
        Severity.LOW,
        Template("Not shown to speak HTTP, and not shown to be safe, because {why}{more}."),
        web.no_answer,
        "RFC 9110 15",
    ),
    Rung(
        "inconclusive_not_asked",
        Severity.LOW,
        Template("Not asked ({why}): what is there is not known."),
        web.not_asked,
        _QIDO,
    ),
    Rung(
        "inconclusive_nothing_seen",
        Severity.LOW,
        say("Nothing was learnt: there is no record of a question."),
        web.always,
        _QIDO,
    ),
)

WEB_LADDER: Final = (*_OPEN, *_UNKNOWN, *_GUARDED, *_REST)

HL7_LADDER: Final[tuple[Rung[WebCase], ...]] = (
    Rung(
        "hl7_speaks",
        Severity.INFO,
        say("Speaks HL7 v2 (MLLP) and is no archive: what follows from it is said below."),
        web.mllp_speaks,
        "HL7 v2 MLLP",
        exposure=Exposure.NOT_DICOM,
    ),
    Rung(
        "hl7_silent",
        Severity.LOW,
        say(
            "Listens on a port for HL7 v2 and said nothing to an empty frame, as most interfaces do: whether "
            "it takes strangers' messages is not known, for none is ever sent."
        ),
        web.mllp_silent,
        "HL7 v2 MLLP",
    ),
    Rung(
        "hl7_closed",
        Severity.LOW,
        say("Closed the connection at an empty HL7 v2 frame: whether it would take a message is not known."),
        web.mllp_closed,
        "HL7 v2 MLLP",
    ),
    Rung(
        "hl7_other",
        Severity.INFO,
        say("Answered an empty HL7 v2 frame with bytes of another protocol."),
        web.mllp_other,
        "HL7 v2 MLLP",
        exposure=Exposure.NOT_DICOM,
    ),
    *(rung for rung in _REST if rung.id in {"unreachable", "inconclusive_not_asked"}),
    Rung(
        "hl7_no_answer",
        Severity.LOW,
        Template("Not shown to be anything, and not shown to be safe, because {why}{more}."),
        web.no_answer,
        "HL7 v2 MLLP",
    ),
    _REST[-1],
)
