from __future__ import annotations

import pytest

from dosimeter.exposure.advisories import ADVISORIES, Published, advisories_for, read_version
from dosimeter.exposure.product import CONQUEST, DCMTK, PYNETDICOM
from dosimeter.exposure.web_products import WEB_PRODUCTS

IDS = [row.id for row in ADVISORIES]
ORTHANC_2026 = [f"CVE-2026-{number}" for number in range(5437, 5446)]


def ids(product: str, version: str | None) -> list[str]:
    """The advisories that name a version."""
    return [advisory.id for advisory in advisories_for(product, version)]


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("1.12.10", (1, 12, 10)),
        ("3.7.0", (3, 7)),
        ("3.7", (3, 7)),
        ("0.0", (0,)),
        ("007", (7,)),
        ("1.10.1+dfsg", None),
        ("mainline", None),
        ("1.5.0c", None),
        ("1..2", None),
        ("-1.2", None),
        ("1_0.2", None),
        ("\u0661.2", None),
        ("", None),
        (None, None),
        ("1.2.3.4.5.6.7", None),
        ("9999999", None),
    ],
)
def test_a_version_is_numbers_with_dots_or_is_not_compared(version: str | None, numbers: object) -> None:
    """What cannot be compared honestly is compared with nothing."""
    assert read_version(version) == numbers


@pytest.mark.parametrize(
    ("version", "named"),
    [
        ("1.12.10", ORTHANC_2026),
        ("1.12.9", ORTHANC_2026),
        ("1.12.11", []),
        ("1.13", []),
        ("1.10.1", [*ORTHANC_2026, "CVE-2023-33466"]),
        ("1.5.7", [*ORTHANC_2026, "CVE-2023-33466", "CVE-2025-0896"]),
        ("1.12.10-mainline", []),
        (None, []),
    ],
)
def test_the_advisories_of_orthanc(version: str | None, named: list[str]) -> None:
    """1.12.9 is older than 1.12.10, though its text sorts behind it."""
    assert ids("orthanc", version) == named


@pytest.mark.parametrize(
    ("product", "version", "is_named", "id_"),
    [
        ("dcmtk", "3.7.0", True, "CVE-2026-50003"),
        ("dcmtk", "3.7.1", False, "CVE-2026-50003"),
        ("dcmtk", "3.6.7", True, "CVE-2024-34508"),
        ("dcmtk", "3.6.7", False, "CVE-2022-2119"),
        ("dcmtk", "3.6.6", True, "CVE-2022-2119"),
        ("dcmtk", "3.6.8", True, "CVE-2024-47796"),
        ("dcmtk", "3.6.7", False, "CVE-2024-47796"),
        ("pynetdicom", "3.0.3", True, "CVE-2026-56445"),
        ("pynetdicom", "3.0.4", False, "CVE-2026-56445"),
        ("pynetdicom", "0.9.1", False, "CVE-2026-56445"),
        ("gdcm", "3.2.2", True, "CVE-2026-3650"),
        ("dicoogle", "2.5.0", True, "EDB-45007"),
        ("dicoogle", "3.3.2", False, "EDB-45007"),
        ("pacsone", "6.6.2", True, "WLB-2018010303"),
        ("pacsone", "7.1.1", False, "CVE-2020-29164"),
        ("meddream", "6.7.1.1", True, "CVE-2018-25374"),
        ("sante", "4.1.0", True, "CVE-2025-2264"),
        ("sante", "4.2.0", False, "CVE-2025-2264"),
        ("horos", "2.1.0", True, "ZSL-2016-5387"),
    ],
)
def test_a_version_at_each_edge(product: str, version: str, is_named: object, id_: str) -> None:
    """The last one named, and the first that is not."""
    assert (id_ in ids(product, version)) is is_named


def test_products_that_announce_themselves_over_dicom_are_known_by_those_names_too() -> None:
    """Orthanc built on DCMTK announces the version of DCMTK there."""
    assert ids(DCMTK, "3.6.7") == ids("dcmtk", "3.6.7") != []
    assert ids(PYNETDICOM, "3.0.0") == ["CVE-2026-56445"]
    assert ids(CONQUEST, "1.5.0") == []
    (first, *_) = advisories_for(DCMTK, "3.6.7")
    assert (first.product, first.version) == (DCMTK, "3.6.7")


def test_an_advisory_keeps_the_version_as_announced_and_what_fixes_it() -> None:
    """The report says both."""
    first = advisories_for("orthanc", "1.12.10")[0]
    assert (first.id, first.version, first.fixed_in) == ("CVE-2026-5437", "1.12.10", "1.12.11")
    assert {one.fixed_in for one in advisories_for("gdcm", "3.2.2")} == {None}


def test_an_unknown_product_has_none() -> None:
    """Nothing is said of what is not in the table."""
    assert advisories_for("agfa", "1.0") == ()


@pytest.mark.parametrize("row", ADVISORIES, ids=IDS)
def test_every_row_is_whole(row: Published) -> None:
    """An identifier once, a product that can be recognised, one sentence, a source, versions that compare."""
    assert IDS.count(row.id) == 1
    assert row.product in {known.key for known in WEB_PRODUCTS} | {"dcmtk", "pynetdicom", "gdcm"}
    assert row.says
    assert not row.says.endswith(".")
    assert row.source
    assert row.fixed_in is None or row.last is None
    for version in (row.since, row.fixed_in, row.last):
        assert version is None or read_version(version) is not None
