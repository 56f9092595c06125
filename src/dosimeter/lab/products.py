"""Policies that answer queries as products were measured to (real archives §4): examples, not rules."""

from __future__ import annotations

from typing import Final

from dosimeter.lab.attributes import Tag
from dosimeter.lab.policy import Counters, Hierarchy, Identity, Matching, Policy, UidWildcards

DCMTK_IDENTITY: Final = Identity("1.2.276.0.7230010.3.0.3.6.7", "OFFIS_DCMTK_367", 16384)
"""Orthanc's too: it is built on DCMTK and says so."""
DCM4CHE_IDENTITY: Final = Identity("1.2.40.0.13.1.3", "dcm4che-5.34.1", 16378)
PYNETDICOM_IDENTITY: Final = Identity("1.2.826.0.1.3680043.9.3811.3.0.4", "PYNETDICOM_304", 16382)

_MODALITIES: Final = frozenset((Tag.MODALITIES_IN_STUDY,))

LIKE_ORTHANC: Final = Policy(
    matching=Matching(uid_wildcards=UidWildcards.REFUSED, before_finds_undated=True, as_text=True),
    hierarchy=Hierarchy.FREE,
    patient_level_everywhere=True,
    limit_ignores_case=True,
    unknown_level_status=0xC000,
    identity=DCMTK_IDENTITY,
)
"""Relational queries, counters that are true, ranges compared as text."""

LIKE_DCMTK: Final = Policy(
    matching=Matching(ignored=_MODALITIES, levels_apart=True),
    hierarchy=Hierarchy.PRESENT,
    unkeyed_status=0xC000,
    unknown_level_status=0xC000,
    collapses_without_key=True,
    counters=Counters.ABSENT,
    unsent=_MODALITIES,
    honours_cancel=False,
    identity=DCMTK_IDENTITY,
)
"""dcmqrscp: no counters, ModalitiesInStudy ignored, dates too below a study."""

LIKE_PYNETDICOM: Final = Policy(
    matching=Matching(ignored=_MODALITIES, ignores_case=True, as_text=True),
    hierarchy=Hierarchy.PRESENT,
    row_per_instance=True,
    counters=Counters.ABSENT,
    unsent=_MODALITIES,
    identity=PYNETDICOM_IDENTITY,
)
"""qrscp: a row for each instance at every level."""
