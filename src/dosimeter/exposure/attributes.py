"""The personal attributes of the study of 2019 and their kin, and which of them a server must return.

Sources: PS3.4 Table C.6-5 (Study Root, STUDY level: R and U must be supported, O may be) and PS3.18 Table
10.6.3-3 (what every answer of QIDO-RS to a search for studies has), editions of 2024.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.model.message import say


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its keyword (or ours, for what is no attribute of its own) and its plain name.

    ``over_dimse``: its key is of type U or R, and it must be returned where it is asked for and held.
    ``over_qido``: QIDO-RS must return it unasked. ``of_the_study`` is the word of Greenbone's report of 2019,
    None where it named none.
    """

    keyword: str
    name: str
    over_dimse: bool = False
    over_qido: bool = False
    of_the_study: str | None = None


ATTRIBUTES: Final = (
    Attribute("PatientName", say("name"), over_dimse=True, over_qido=True, of_the_study="name"),
    Attribute(
        "PatientGivenName", say("first name"), over_dimse=True, over_qido=True, of_the_study="first name"
    ),
    Attribute("PatientBirthDate", say("date of birth"), over_qido=True, of_the_study="birth date"),
    Attribute(
        "StudyDate",
        say("date of the examination"),
        over_dimse=True,
        over_qido=True,
        of_the_study="examination date",
    ),
    Attribute("StudyDescription", say("description of the examination"), of_the_study="procedure"),
    Attribute("RequestedProcedureDescription", say("requested procedure"), of_the_study="procedure"),
    Attribute(
        "ReferringPhysicianName",
        say("referring physician"),
        over_qido=True,
        of_the_study="referring physician",
    ),
    Attribute("InstitutionName", say("institution"), of_the_study="institution"),
    Attribute(
        "NumberOfStudyRelatedInstances",
        say("number of images"),
        over_qido=True,
        of_the_study="number of images",
    ),
    Attribute("PatientID", say("patient identifier"), over_dimse=True, over_qido=True),
    Attribute("AccessionNumber", say("accession number"), over_dimse=True, over_qido=True),
    Attribute("OtherPatientIDs", say("other patient identifiers")),
    Attribute("OtherPatientIDsSequence", say("other patient identifiers, listed")),
    Attribute("LooksLikeNationalNumber", say("what looks like a social security or national number")),
    Attribute("PatientAddress", say("address")),
    Attribute("PatientTelephoneNumbers", say("telephone numbers")),
    Attribute("AdditionalPatientHistory", say("medical history")),
    Attribute("PatientComments", say("comments on the patient")),
    Attribute("StudyComments", say("comments on the examination")),
    Attribute("ImageComments", say("comments on the images")),
    Attribute("InterpretationText", say("text of a report")),
)
"""Each attribute once, those of the study of 2019 first."""

_BY_KEYWORD: Final = {attribute.keyword: attribute for attribute in ATTRIBUTES}


def attribute_of(keyword: str) -> Attribute | None:
    """The attribute that a fill rate is about; None of a keyword that this version does not know."""
    return _BY_KEYWORD.get(keyword)


def obliged(*, over_dimse: bool, over_qido: bool) -> tuple[Attribute, ...]:
    """What the standard obliges a server to return that answers queries by these ways.

    Over DIMSE keys of types U and R, which it must return where they are asked for and held; over QIDO-RS
    what every answer has, asked for or not. Nothing of this was looked at.
    """
    return tuple(
        attribute
        for attribute in ATTRIBUTES
        if (over_dimse and attribute.over_dimse) or (over_qido and attribute.over_qido)
    )
