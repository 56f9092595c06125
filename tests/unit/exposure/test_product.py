from __future__ import annotations

import itertools

import pytest

from dosimeter.exposure.product import FINGERPRINTS, find_by_name, find_by_uid
from dosimeter.model.verdict import Confidence
from tests.unit.exposure.seen import associated, rules, verdict


@pytest.mark.parametrize(
    ("uid", "name", "product", "version"),
    [
        ("1.2.276.0.7230010.3.0.3.6.7", "OFFIS_DCMTK_367", "DCMTK or Orthanc", "3.6.7"),
        ("1.2.276.0.7230010.3.0.3.6.7", None, "DCMTK or Orthanc", "3.6.7"),
        (None, "OFFIS_DCMTK_367", "DCMTK or Orthanc", "3.6.7"),
        ("1.2.276.0.7238010.5.0.3.5.4", "OSIRIX", "Horos or OsiriX", None),
        ("1.2.826.0.1.3680043.9.3811.3.0.4", "PYNETDICOM_304", "pynetdicom", "3.0.4"),
        ("1.2.40.0.13.1.3", "dcm4che-5.31.0", "dcm4che or dcm4chee", "5.31.0"),
        ("1.2.826.0.1.3680043.2.135.1066.101", "1.5.0/WIN32", "Conquest", "1.5.0"),
        ("1.3.6.1.4.1.30071.8", "fo-dicom 5.1.2", "fo-dicom", "5.1.2"),
        ("1.2.840.113619.6.144", "AW4_2_06_02_EXT", "GE Healthcare", None),
        ("2.16.840.1.113669.2.1.1", "MergeCOM3_390", "Merge DICOM Toolkit", "390"),
    ],
)
def test_an_announced_identity_is_looked_up(
    uid: str | None, name: str | None, product: str, version: str | None
) -> None:
    """Product and version as announced; how sure that is, is said."""
    found = verdict(associated("1.2.840.10008.1.1", uid=uid, name=name)).product
    assert found is not None
    assert (found.name, found.version) == (product, version)
    assert found.confidence is Confidence.ANNOUNCED


def test_dcmtks_identity_is_not_taken_for_orthancs() -> None:
    """Orthanc announces DCMTK: the reason names both and gives the version to neither alone."""
    judged = verdict(
        associated("1.2.840.10008.1.1", uid="1.2.276.0.7230010.3.0.3.6.7", name="OFFIS_DCMTK_367")
    )
    says = next(reason.says for reason in judged.reasons if reason.rule == "product")
    assert "DCMTK, as Orthanc and others" in says


def test_what_equals_our_own_identity_is_unknown() -> None:
    """A mirrored identity arrives as None: no product, no claim."""
    judged = verdict(associated("1.2.840.10008.1.1"))
    assert judged.product is None
    assert not {"product", "product_unknown"} & set(rules(judged))


def test_an_unknown_identity_is_quoted_and_not_guessed() -> None:
    """No product, and the announced name in quotes."""
    judged = verdict(associated("1.2.840.10008.1.1", uid="1.2.3.4.5", name="HOMEMADE_1"))
    assert judged.product is None
    assert '"HOMEMADE_1"' in next(r.says for r in judged.reasons if r.rule == "product_unknown")


@pytest.mark.parametrize("uid", ["", ".", "...", "1", ".1.2", "1.2.276.0.7230010.3.00", "x" * 64])
def test_any_text_in_place_of_a_uid_is_looked_up_without_an_error(uid: str) -> None:
    """A peer may announce anything; a root ends at a dot."""
    assert find_by_uid(uid) is None


@pytest.mark.parametrize(
    "name", ["OFFIS_DCMTK_", "OFFIS_DCMTK_3", "OFFIS_DCMTK_abc", "dcm4che-", "dcm4che-."]
)
def test_a_version_that_is_none_is_left_out(name: str) -> None:
    """The product is known, the version is not made up."""
    found = verdict(associated("1.2.840.10008.1.1", name=name)).product
    assert found is not None
    assert found.version is None


def test_the_table_does_not_contradict_itself() -> None:
    """No root and no name stands for two products, no name is the start of another, each has a source."""
    roots = [known.root for known in FINGERPRINTS if known.root is not None]
    assert len(roots) == len(set(roots))
    for first, second in itertools.permutations(FINGERPRINTS, 2):
        if first.name is not None and second.name is not None:
            assert not first.name.startswith(second.name)
        if first.root is not None and second.root is not None and first.root.startswith(f"{second.root}."):
            assert first.product == second.product
    for known in FINGERPRINTS:
        assert known.source
        assert known.root is not None or known.name is not None
        if known.root is not None:
            assert find_by_uid(known.root) is known
            assert len(known.root) <= 64
        if known.name is not None:
            assert find_by_name(f"{known.name}9") is known
