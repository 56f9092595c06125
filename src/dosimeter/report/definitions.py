"""What the words of a report mean."""

from __future__ import annotations

from typing import Final

from dosimeter.model.message import say
from dosimeter.report.definition import Definition

DEFINITIONS: Final = (
    Definition(
        say("archive"),
        say(
            "What speaks DICOM or DICOMweb, or guards a DICOM port with TLS, behind one door or several. "
            "Doors are one archive if evidence says so: the same studies, the same certificate, the same "
            "identity under the same AE title, a web face or a viewer that names the other door, or the "
            "only two doors of one product on a machine. That they share an address is no evidence: a "
            "machine may run several."
        ),
    ),
    Definition(
        say("door"),
        say(
            "An endpoint (address, port and protocol) of an archive. An archive stands where its most open "
            "door does; how each door is guarded is shown beside it."
        ),
    ),
    Definition(
        say("browsable"),
        say(
            "Patient data or images answer to HTTP requests, in clear or inside TLS, with no login: a null "
            "query or null retrieve over DICOMweb was answered as its standard says, or a product's own "
            "counters or interface answered. A page that answers anything, and a login page, are never "
            "that. No patient was read."
        ),
    ),
    Definition(
        say("neighbour"),
        say(
            "A FHIR or HL7 v2 service: the same people by another door. Neighbours are no archives and are "
            "in none of their totals."
        ),
    ),
    Definition(
        say("stranger"),
        say(
            "A caller that knows nothing: it calls itself DOSIMETER and calls a title made up for the survey."
        ),
    ),
    Definition(
        say("null query"),
        say(
            "C-FIND for a study, or a patient, whose identifier was made up on the spot. It can match "
            "nothing, so an answer proves that queries are answered and carries no patient data. Over HTTP: "
            "QIDO-RS for such a study."
        ),
    ),
    Definition(
        say("null retrieve"),
        say(
            "C-GET for such a study, with no storage context proposed: nothing exists that could be sent, "
            "and nothing could be received. Any status proves that retrieval is answered. Over HTTP: "
            "WADO-RS, WADO-URI or the product's own request for such a study."
        ),
    ),
    Definition(
        say("takes images"),
        say(
            "A storage presentation context was accepted from a stranger, or STOW-RS was offered to one. "
            "Judged from negotiation, or from an empty message; nothing is ever stored."
        ),
    ),
    Definition(
        say("worklist"),
        say("A Modality Worklist query was answered. Worklists name the coming patients."),
    ),
    Definition(
        say("unprotected"),
        say("No protection was seen at work. That is not proof that there is none."),
    ),
    Definition(
        say("AE title"),
        say(
            "The name of a DICOM application. It is sent in clear, it is often the product's default, "
            "and it is not a password."
        ),
    ),
    Definition(
        say("suspected decoy"),
        say(
            "Signs of a honeypot or a public demonstration server, of tier medium or high. Every figure is "
            "also given without them; tier low is a note and changes no figure."
        ),
    ),
    Definition(
        say("inconclusive"),
        say(
            "Nothing was proved: the endpoint was busy, kept silent, contradicted itself or broke the rules, "
            "or what matters was not asked. Never shown as safe."
        ),
    ),
    Definition(
        say("severity"),
        say(
            "critical, high, medium, low or info: the gravest reason of the verdict. What cannot be judged "
            "is inconclusive, never safe."
        ),
    ),
)
