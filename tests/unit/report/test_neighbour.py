from __future__ import annotations

import pytest

from dosimeter.model.census import Claimed, Things, Unknown
from dosimeter.model.web import (
    BodyShape,
    CounterRead,
    MllpAnswered,
    MllpEnding,
    ProductCounted,
    Purpose,
)
from dosimeter.report.neighbour import NeighbourKind, neighbour_of, neighbour_says
from tests.unit.report.doors import answered

METADATA = answered("fhir_metadata", Purpose.NEIGHBOUR, body=BodyShape.JSON_OBJECT)


def test_a_fhir_server_that_counts_its_patients_for_anybody_is_open() -> None:
    """Its figures are its own, and one that is no plausible number is none."""
    found = neighbour_of(
        [
            METADATA,
            answered("fhir_patient_count", Purpose.NEIGHBOUR, body=BodyShape.JSON_OBJECT),
            ProductCounted(
                "fhir",
                "fhir_patient_count",
                (CounterRead(Things.PATIENTS, 12), CounterRead(Things.STUDIES, None)),
            ),
        ]
    )

    assert found is not None
    assert (found.kind, found.is_open) == (NeighbourKind.FHIR, True)
    assert (found.patients, found.studies) == (Claimed(12), Unknown())
    assert neighbour_says(found).endswith("By its own figures: 12 patients.")


def test_a_fhir_server_that_wants_a_login_is_closed() -> None:
    """It describes itself to anybody, as the standard has it."""
    refused = answered("fhir_patient_count", Purpose.NEIGHBOUR, status=401, specified=False)
    found = neighbour_of([METADATA, refused])

    assert found is not None
    assert found.is_open is False


def test_a_fhir_server_that_was_asked_no_further_is_not_known() -> None:
    """Neither open nor closed."""
    found = neighbour_of([METADATA])
    assert found is not None
    assert found.is_open is None


def test_what_does_not_answer_as_fhir_is_no_neighbour() -> None:
    """A page that answers anything, or a refusal of everything."""
    assert neighbour_of([answered("fhir_metadata", Purpose.NEIGHBOUR, specified=False)]) is None
    assert neighbour_of([answered("orthanc_statistics", Purpose.COUNTER)]) is None


@pytest.mark.parametrize(
    ("ending", "is_open", "is_neighbour"),
    [
        (MllpEnding.FRAMED, True, True),
        (MllpEnding.SILENT, None, True),
        (MllpEnding.CLOSED, None, False),
        (MllpEnding.OTHER, None, False),
    ],
)
def test_an_hl7_port_is_a_neighbour_if_it_speaks_or_waits(
    ending: MllpEnding, *, is_open: bool | None, is_neighbour: bool
) -> None:
    """One that closes, or speaks something else, is none."""
    found = neighbour_of([MllpAnswered(ending, 3)])

    assert (found is not None) is is_neighbour
    assert found is None or (found.kind, found.is_open) == (NeighbourKind.HL7, is_open)
