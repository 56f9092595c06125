"""How the archives of the fleet behave: the products and quirks of real archives, in plausible shares.

What hides how much there is (counters that lie, a row for each image, no counters at all) is given to small
archives, which a census lists down to the images; ADR 0027 says why, and which quirks are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from dosimeter.dicom import uids
from dosimeter.lab.policy import (
    COMMITMENT_SERVICE,
    QUERY_SERVICES,
    RETRIEVE_SERVICES,
    STORAGE_SERVICES,
    Counters,
    Hierarchy,
    Identity,
    Policy,
    Reaction,
    Rejection,
    Tempo,
)
from dosimeter.lab.products import (
    DCM4CHE_IDENTITY,
    DCMTK_IDENTITY,
    LIKE_DCMTK,
    LIKE_ORTHANC,
    LIKE_PYNETDICOM,
)

CALLED_TITLE: Final = "FLEETPACS"
CALLING_TITLE: Final = "FLEETSTATION"
"""The AE titles that the fleet's scope lists."""
_UNLISTED_TITLE: Final = "FLEETVAULT"

_ARCHIVE: Final = QUERY_SERVICES | RETRIEVE_SERVICES
_PATIENT_ROOT: Final = frozenset((uids.PATIENT_ROOT_FIND, uids.PATIENT_ROOT_GET))
_CONQUEST: Final = Identity("1.2.826.0.1.3680043.2.135.1066.101", "1.4.19c/WIN32", 32768)
_FO_DICOM: Final = Identity("1.3.6.1.4.1.30071.8", "fo-dicom 4.0.1", 16384)
_CLEAR_CANVAS: Final = Identity("1.3.6.1.4.1.25403.1.1.1", "Dicom 0.1", 16384)
_OSIRIX: Final = Identity("1.2.276.0.7238010.5.0.3.5.4", "OSIRIX_354", 16384)


class Rung(StrEnum):
    """What a stranger is let do, as the fleet means it."""

    BROWSABLE = "browsable"
    RETRIEVABLE = "retrievable"
    QUERYABLE = "queryable"
    NAME_GATED = "name_gated"
    ASSOCIATES = "associates"
    GUARDED = "guarded"
    BUSY = "busy"
    SILENT = "silent"
    CLOSES = "closes"
    DECOY = "decoy"


OPEN: Final = (Rung.BROWSABLE, Rung.RETRIEVABLE, Rung.QUERYABLE)


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to behave: its name, how often it occurs, its policy, and the port where it is found."""

    name: str
    share: int
    policy: Policy
    port: int = 11112


_STANDARD: Final = Policy(services=_ARCHIVE, identity=DCM4CHE_IDENTITY)
_PRESENT: Final = replace(_STANDARD, hierarchy=Hierarchy.PRESENT)
_RELATIONAL: Final = replace(_STANDARD, hierarchy=Hierarchy.FREE)
_ORTHANC: Final = replace(LIKE_ORTHANC, services=_ARCHIVE)

LARGE: Final = (
    Kind("Orthanc, open", 30, replace(_ORTHANC, services=_ARCHIVE | STORAGE_SERVICES), 4242),
    Kind("dcm4chee-like", 22, _PRESENT),
    Kind("Conquest-like, relational", 10, replace(_RELATIONAL, identity=_CONQUEST)),
    Kind("OsiriX-like, relational", 10, replace(_PRESENT, identity=_OSIRIX)),
    Kind("built on fo-dicom", 6, replace(_PRESENT, identity=_FO_DICOM)),
    Kind("ClearCanvas-like", 5, replace(_PRESENT, identity=_CLEAR_CANVAS)),
    Kind("announces nothing known", 9, replace(_PRESENT, identity=Identity())),
    Kind("Patient Root only", 5, replace(_PRESENT, services=_PATIENT_ROOT)),
    Kind("slow to begin", 3, replace(_ORTHANC, tempo=Tempo(first=40)), 4242),
)
"""They hold what the study counted; their counters are right."""

_FREE_BELOW: Final = (("SERIES", 1_000_000), ("IMAGE", 1_000_000))

CAPPED: Final = (
    Kind("stops at 500 and says so", 3, replace(_ORTHANC, most_rows=500, most_rows_at=_FREE_BELOW), 4242),
    Kind("stops at 1,000 and says so", 2, replace(_ORTHANC, most_rows=1000, most_rows_at=_FREE_BELOW), 4242),
    Kind(
        "stops at 500 in silence",
        2,
        replace(_RELATIONAL, most_rows=500, most_rows_at=_FREE_BELOW, cut_status=0),
    ),
    Kind(
        "stops at 1,000 in silence",
        1,
        replace(_ORTHANC, most_rows=1000, most_rows_at=_FREE_BELOW, cut_status=0),
        4242,
    ),
)
"""A limit on answers of studies, none below: given to archives of some thousand studies."""

SMALL: Final = (
    Kind("dcmqrscp-like: no counters", 11, replace(LIKE_DCMTK, services=_ARCHIVE)),
    Kind("counters are all 0", 4, replace(_ORTHANC, counters=Counters.ZERO), 4242),
    Kind("counters are no numbers", 1, replace(_ORTHANC, counters=Counters.ABSURD), 4242),
    Kind("pynetdicom's qrscp: a row for each image", 4, replace(LIKE_PYNETDICOM, services=_ARCHIVE)),
)
"""Held as columns, study by study, and counted down to the images."""

NAME_GATED: Final = (
    Kind("dcmqrscp: knows who calls it by its name", 5, replace(LIKE_DCMTK, called_titles=(CALLED_TITLE,))),
    Kind("rejects callers it was not told of", 3, replace(_STANDARD, calling_titles=(CALLING_TITLE,))),
    Kind(
        "Orthanc with a list of modalities",
        4,
        replace(_ORTHANC, find=Reaction.ABORT, get=Reaction.ABORT, trusted_callers=(CALLING_TITLE,)),
        4242,
    ),
)
ASSOCIATES: Final = (
    Kind(
        "Orthanc as it is installed: stores, and aborts a query",
        6,
        Policy(
            services=_ARCHIVE | STORAGE_SERVICES | COMMITMENT_SERVICE,
            find=Reaction.ABORT,
            get=Reaction.ABORT,
            identity=DCMTK_IDENTITY,
        ),
        4242,
    ),
    Kind(
        "refuses with 0x0124",
        3,
        replace(_STANDARD, find=Reaction.REFUSE, get=Reaction.REFUSE),
    ),
    Kind("storescp: nothing to ask for", 3, Policy(services=STORAGE_SERVICES, identity=DCMTK_IDENTITY)),
)
GUARDED: Final = (
    Kind("checks both titles", 6, replace(_STANDARD, called_titles=(_UNLISTED_TITLE,))),
    Kind("checks who calls", 3, replace(_STANDARD, calling_titles=(_UNLISTED_TITLE,))),
    Kind("storescp --refuse", 2, Policy(rejection=Rejection(1, 1, 1), identity=DCMTK_IDENTITY)),
)
BUSY: Final = (Kind("no association left", 1, Policy(rejection=Rejection(2, 3, 2))),)
SILENT: Final = (Kind("takes every byte and says nothing", 1, Policy()),)
CLOSES: Final = (Kind("closes at the first byte", 1, Policy()),)
DECOY: Final = (Kind("the same records whatever is asked", 1, Policy(canned_rows=3)),)

SHARES: Final = {
    Rung.ASSOCIATES: (640, ASSOCIATES),
    Rung.GUARDED: (560, GUARDED),
    Rung.NAME_GATED: (240, NAME_GATED),
    Rung.SILENT: (130, SILENT),
    Rung.CLOSES: (80, CLOSES),
    Rung.BUSY: (50, BUSY),
    Rung.DECOY: (10, DECOY),
}
"""Of the 1,710 archives that are not open to anybody: how many, and how. No study published that."""
