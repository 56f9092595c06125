"""What software an archive says it is: announced, never proved.

Whoever builds on a toolkit often announces the toolkit: Orthanc calls itself DCMTK. A field that
equals what we sent is unknown (`AssociationAccepted.mirrored`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from dosimeter.exposure.evidence import Evidence
from dosimeter.model.message import say
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Confidence, Product

DCMTK: Final = say("DCMTK or Orthanc")
PYNETDICOM: Final = "pynetdicom"
DCM4CHE: Final = say("dcm4che or dcm4chee")
CONQUEST: Final = "Conquest"
HOROS: Final = say("Horos or OsiriX")
GO_NETDICOM: Final = "go-netdicom (dicompot)"
SYNAPSE: Final = "Fujifilm Synapse"
MERGE: Final = "Merge DICOM Toolkit"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One known identity: a root of implementation class UIDs, a start of version names, or both.

    ``version_in_uid`` says that the arcs after the root are the version. ``shared_name`` says
    that others announce the name beside class UIDs of their own, so that such a pair proves nothing.
    """

    product: str
    root: str | None
    name: str | None
    source: str
    version_in_uid: bool = False
    shared_name: bool = False


FINGERPRINTS: Final = (
    Fingerprint(
        DCMTK,
        "1.2.276.0.7230010.3.0",
        "OFFIS_DCMTK_",
        "DCMTK dcmdata/dcuid.h; Orthanc sets none of its own",
        version_in_uid=True,
    ),
    Fingerprint(
        HOROS,
        "1.2.276.0.7238010.5.0.3.5.4",
        "OSIRIX",
        "horos Binaries/dcmtk-source/dcmdata/dcuid.h",
        shared_name=True,
    ),
    Fingerprint(
        PYNETDICOM,
        "1.2.826.0.1.3680043.9.3811",
        "PYNETDICOM_",
        "pynetdicom/__init__.py 26-37",
        version_in_uid=True,
    ),
    Fingerprint(DCM4CHE, "1.2.40.0.13.1.3", "dcm4che-", "dcm4che-core Implementation.java 46-50"),
    Fingerprint("fo-dicom", "1.3.6.1.4.1.30071.8", "fo-dicom ", "fo-dicom DicomImplementation.cs"),
    Fingerprint("ClearCanvas", "1.3.6.1.4.1.25403.1.1.1", None, "ClearCanvas DicomImplementation.cs"),
    Fingerprint("ClearCanvas", "1.2.840.999999.1", None, "ClearCanvas, older releases (code search)"),
    Fingerprint(CONQUEST, "1.2.826.0.1.3680043.2.135.1066.101", None, "Conquest version.h 61"),
    Fingerprint(
        "GDCM", "1.2.826.0.1.3680043.2.1143.107.104.103.115", "GDCM ", "gdcmFileMetaInformation.cxx 32"
    ),
    Fingerprint(
        "dicom-rs",
        "2.25.175220362680028036156011002668768058626",
        "DICOM-rs ",
        "dicom-rs object/src/lib.rs 230",
    ),
    Fingerprint(
        GO_NETDICOM, "1.2.826.0.1.3680043.9.7133.1.1", "GODICOM_", "grailbio/go-dicom dicom.go 16-20"
    ),
    Fingerprint(
        SYNAPSE,
        "1.2.840.113845.1.1",
        "Syn",
        "honeytrap issue 396; conformance DOC-0062366-A",
        shared_name=True,
    ),
    Fingerprint(MERGE, "2.16.840.1.113669.2.1.1", "MergeCOM3_", "mergecom.pro samples", shared_name=True),
    Fingerprint("GE Healthcare", "1.2.840.113619", None, "OEM root"),
    Fingerprint("GE Healthcare", None, "AW4_", "GE Advantage Workstation (find_string)", shared_name=True),
    Fingerprint("Siemens Healthineers", "1.3.12.2.1107", None, "OEM root"),
    Fingerprint("Agfa", "1.2.840.114257", None, "OEM root, unverified"),
    Fingerprint("Philips", "1.3.46.670589", None, "OEM root"),
    Fingerprint("Philips", "1.2.840.113704", None, "OEM root"),
    Fingerprint("Carestream", "1.2.840.113564", None, "OEM root"),
    Fingerprint("Fujifilm", "1.2.392.200036", None, "OEM root"),
)
"""Facts of reference/prior-art.md §4.1, each with where it was read."""

_BY_ROOT: Final[Mapping[str, Fingerprint]] = MappingProxyType(
    {known.root: known for known in FINGERPRINTS if known.root is not None}
)
_BY_NAME: Final = tuple((known.name, known) for known in FINGERPRINTS if known.name is not None)
_NAME_STARTS: Final = tuple(name for name, _ in _BY_NAME)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a peer announced, looked up. ``by_uid`` and ``by_name`` may disagree: see ``decoy``."""

    product: Product | None
    by_uid: Fingerprint | None
    by_name: Fingerprint | None
    class_uid: ServerText | None
    version_name: ServerText | None
    max_pdu_length: int | None
    pointer: str


def identify(evidence: Evidence) -> Identity | None:
    """Look up the first association that announces something, a stranger's before a listed title's."""
    for associations in (evidence.associations, evidence.listed_associations):
        for association in associations:
            fact = association.fact
            if fact.implementation_class_uid is not None or fact.implementation_version_name is not None:
                return _look_up(
                    fact.implementation_class_uid,
                    fact.implementation_version_name,
                    fact.max_pdu_length,
                    association.pointer,
                )
    return None


def find_by_uid(class_uid: str) -> Fingerprint | None:
    """The fingerprint with the longest root of this class UID."""
    known = _BY_ROOT.get(class_uid)
    while known is None:
        cut = class_uid.rfind(".")
        if cut <= 0:
            return None
        class_uid = class_uid[:cut]
        known = _BY_ROOT.get(class_uid)
    return known


def find_by_name(version_name: str) -> Fingerprint | None:
    """The fingerprint whose version names start so."""
    if not version_name.startswith(_NAME_STARTS):
        return None
    return next(known for name, known in _BY_NAME if version_name.startswith(name))


def _look_up(
    class_uid: ServerText | None, version_name: ServerText | None, max_pdu_length: int | None, pointer: str
) -> Identity:
    found = _find(
        class_uid.text if class_uid is not None else None,
        version_name.text if version_name is not None else None,
    )
    return Identity(*found, class_uid, version_name, max_pdu_length, pointer)


@lru_cache(maxsize=1024)
def _find(
    class_uid: str | None, version_name: str | None
) -> tuple[Product | None, Fingerprint | None, Fingerprint | None]:
    """Product, fingerprint by UID, fingerprint by name. Few identities make up a whole survey."""
    by_uid = find_by_uid(class_uid) if class_uid is not None else None
    by_name = find_by_name(version_name) if version_name is not None else None
    known = by_uid or by_name
    if known is None:
        return None, None, None
    version = None
    if version_name is not None and (by_name is known or known.name is None):
        version = version_of_name(known, version_name)
    if version is None and class_uid is not None and known is by_uid and known.version_in_uid:
        version = version_of_uid(known, class_uid)
    return Product(known.product, version, Confidence.ANNOUNCED), by_uid, by_name


def version_of_name(known: Fingerprint, version_name: str) -> str | None:
    """The version inside a version name: ``OFFIS_DCMTK_367`` is 3.6.7, ``dcm4che-5.31.0`` is 5.31.0."""
    if known.name is None:
        return _plain_version(version_name.partition("/")[0]) if known.product == CONQUEST else None
    rest = version_name[len(known.name) :]
    if known.version_in_uid:
        if not (rest.isdigit() and len(rest) >= 3):  # noqa: PLR2004 - major, minor, build: one digit each at least
            return None
        return f"{rest[0]}.{rest[1]}.{rest[2:]}"
    return _plain_version(rest)


def version_of_uid(known: Fingerprint, class_uid: str) -> str | None:
    """The version in the last arcs of a class UID: ``….3.0.3.6.7`` is 3.6.7."""
    if known.root is None:
        return None
    return _plain_version(class_uid[len(known.root) + 1 :])


def _plain_version(text: str) -> str | None:
    """Digits, dots and letters that start with a digit, and nothing else."""
    plain = text.replace(".", "").replace(",", "").replace("-", "")
    return text if plain.isalnum() and text[0].isdigit() else None
