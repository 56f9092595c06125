from __future__ import annotations

from dosimeter.model.scope import Touch
from dosimeter.probes._declare import Rides, discover

PROBES = discover()


def test_every_probe_is_found_once_and_in_its_order() -> None:
    """Names and places are unique, and the stranger's association comes first."""
    assert [probe.name for probe in PROBES] == [
        "dicom_associate",
        "dicom_tls",
        "dicom_echo",
        "null_query_study_root",
        "null_query_patient_root",
        "null_query_worklist",
        "null_retrieve",
        "ae_titles",
        "count",
        "sample_dimse",
        "web_landing",
        "web_control",
        "orthanc",
        "dcm4chee",
        "dicoogle",
        "conquest",
        "horos",
        "oviyam",
        "weasis",
        "ohif",
        "meddream",
        "pacsone",
        "vue_pacs",
        "synapse",
        "visage",
        "dicomweb_query",
        "dicomweb_retrieve",
        "wado_uri",
        "dicomweb_store",
        "dicomweb_worklist",
        "sample_qido",
        "fhir",
        "tls_posture",
        "hl7_mllp",
    ]
    assert len({probe.order for probe in PROBES}) == len(PROBES)


def test_three_probes_go_further_than_to_prove() -> None:
    """What moves identifiers, undecoded, is one; what asks for personal attributes are two."""
    assert {probe.name: probe.touch for probe in PROBES if probe.touch > Touch.PROVE} == {
        "count": Touch.COUNT,
        "sample_dimse": Touch.SAMPLE,
        "sample_qido": Touch.SAMPLE,
    }


def test_the_consent_to_counting_says_what_becomes_of_the_identifiers() -> None:
    """Whoever allows it reads that they pass, that nobody reads them, and what sets the cost."""
    (asks,) = (probe.asks for probe in PROBES if probe.name == "count")
    assert asks.startswith("counts what is there: ")
    assert "identifiers pass by undecoded" in asks
    assert "rows, bytes, seconds and associations" in asks


def test_what_rides_on_the_strangers_association_comes_before_what_opens_its_own() -> None:
    """Otherwise the stranger's association would be over when its questions come."""
    riders = [probe.order for probe in PROBES if probe.rides is Rides.STRANGERS]
    others = [probe.order for probe in PROBES if probe.rides is not Rides.STRANGERS][1:]
    assert max(riders) < min(others)


def test_every_probe_says_what_it_asks_and_where_that_is_defined() -> None:
    """Consent is given to these words."""
    for probe in PROBES:
        assert len(probe.asks) > 5
        assert probe.reference.startswith(("PS3.", "RFC", "HL7")) or len(probe.reference) > 10
