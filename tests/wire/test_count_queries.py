"""Golden bytes of counting identifiers, element by element (PS3.5 §7.1)."""

from __future__ import annotations

from datetime import date

import pytest

from dosimeter.dicom.count_query import CountKeys, CountLevel, count_identifier
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE

DAY = (date(2019, 12, 31), date(2019, 12, 31))
DAY_HEX = "32303139313233312D323031393132333120"  # 20191231-20191231 and a space
NOON_HEX = "31322D3132303030302E393939393939"  # 12-120000.999999

IMPLICIT = (
    (
        CountKeys(CountLevel.PATIENT),
        (
            "0800 5200 08000000 50415449454E5420"  # (0008,0052) "PATIENT "
            "1000 2000 00000000"
        ),  # (0010,0020) PatientID, asked back
    ),
    (
        CountKeys(CountLevel.PATIENT, counters=True),
        (
            "0800 5200 08000000 50415449454E5420 1000 2000 00000000"
            "2000 0012 00000000 2000 0212 00000000 2000 0412 00000000"
        ),  # studies, series, instances
    ),
    (
        CountKeys(CountLevel.STUDY, dates=DAY, times=(43_200, 43_200)),
        (
            f"0800 2000 12000000 {DAY_HEX}"  # (0008,0020) StudyDate
            f"0800 3000 10000000 {NOON_HEX}"  # (0008,0030) StudyTime
            "0800 5200 06000000 535455445920"  # "STUDY "
            "2000 0D00 00000000"
        ),  # (0020,000D) StudyInstanceUID
    ),
    (
        CountKeys(CountLevel.STUDY, modality="CT", counters=True),
        (
            "0800 5200 06000000 535455445920"
            "0800 6100 02000000 4354"  # (0008,0061) ModalitiesInStudy: CT
            "1000 2000 00000000"
            "2000 0D00 00000000"
            "2000 0612 00000000 2000 0812 00000000"
        ),  # series, instances
    ),
    (
        CountKeys(CountLevel.SERIES),
        (
            "0800 5200 06000000 5345524945532000 0D00 000000002000 0E00 00000000"
        ),  # (0020,000E) SeriesInstanceUID
    ),
    (
        CountKeys(CountLevel.IMAGE),
        (
            "0800 1800 00000000"  # (0008,0018) SOPInstanceUID
            "0800 5200 06000000 494D41474520 2000 0D00 00000000 2000 0E00 00000000"
        ),
    ),
    (
        CountKeys(CountLevel.WORKLIST, dates=DAY),
        (
            "2000 0D00 00000000"
            "4000 0001 2A000000"  # (0040,0100) ScheduledProcedureStepSequence: 42 bytes
            "FEFF 00E0 22000000"  # its item: 34 bytes
            f"4000 0200 12000000 {DAY_HEX}"  # (0040,0002) date
            "4000 0900 00000000"
        ),  # (0040,0009) identifier of the step
    ),
)

EXPLICIT = (
    (
        CountKeys(CountLevel.STUDY, dates=DAY, counters=True),
        (
            f"0800 2000 4441 1200 {DAY_HEX}"  # DA
            "0800 5200 4353 0600 535455445920"  # CS
            "0800 6100 4353 0000"  # CS
            "1000 2000 4C4F 0000"  # LO
            "2000 0D00 5549 0000"  # UI
            "2000 0612 4953 0000 2000 0812 4953 0000"
        ),  # IS
    ),
    (
        CountKeys(CountLevel.SERIES, counters=True),
        (
            "0800 5200 4353 0600 5345524945532000 0D00 5549 0000 2000 0E00 5549 00002000 0912 4953 0000"
        ),  # (0020,1209) NumberOfSeriesRelatedInstances
    ),
    (
        CountKeys(CountLevel.WORKLIST, times=(43_200, 43_200), modality="MR"),
        (
            "2000 0D00 5549 0000"
            "4000 0001 5351 0000 3A000000"  # SQ, two reserved bytes, 58
            "FEFF 00E0 32000000"  # 50
            "0800 6000 4353 0200 4D52"  # (0008,0060) Modality of the step
            "4000 0200 4441 0000"
            f"4000 0300 544D 1000 {NOON_HEX}"  # (0040,0003) time
            "4000 0900 5348 0000"
        ),  # SH
    ),
)


@pytest.mark.parametrize(("keys", "golden"), IMPLICIT)
def test_a_counting_query_in_implicit_vr(keys: CountKeys, golden: str) -> None:
    """Tags ascend, lengths are four bytes, text is padded with a space and a UID with a NUL."""
    assert count_identifier(keys, IMPLICIT_VR_LE).hex() == bytes.fromhex(golden).hex()


@pytest.mark.parametrize(("keys", "golden"), EXPLICIT)
def test_a_counting_query_in_explicit_vr(keys: CountKeys, golden: str) -> None:
    """The same with each VR, and two-byte lengths but for sequences."""
    assert count_identifier(keys, EXPLICIT_VR_LE).hex() == bytes.fromhex(golden).hex()
