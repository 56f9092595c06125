"""Real archives are sampled over DIMSE, inside TLS and over QIDO-RS: fill rates are those of the data set."""

from __future__ import annotations

from typing import Any, Final

import pytest

from dosimeter.model.facts import Ending, NullQueryAnswered, QueryService, Titles
from dosimeter.model.scope import Authorisation, Pace, Touch
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.web import (
    AttributesSampled,
    BodyShape,
    MediaType,
    Purpose,
    SampledOver,
    WebAnswered,
)
from dosimeter.net.dialer import Dialer
from dosimeter.net.gate import ScopeGate
from dosimeter.net.loop import Loop
from dosimeter.probes import sample_dimse, sample_qido
from dosimeter.probes._declare import Probe, Visit
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.registry import ARCHIVES
from tests.unit.net.driving import Lines, authorisation, drive, now

SECOND: Final = "Dr. B. Test"
PACE: Final = Pace(0, 8, 0, connect_seconds=5, answer_seconds=10, host_seconds=30)
FILLED: Final = {
    "StudyDate",
    "AccessionNumber",
    "PatientName",
    "PatientGivenName",
    "PatientID",
    "PatientBirthDate",
    "ReferringPhysicianName",
    "StudyDescription",
}
"""What every study of the data set has, and every archive here returns at STUDY level."""
OPTIONAL: Final = {"PatientBirthDate", "ReferringPhysicianName", "StudyDescription"}
"""Of these, what qrscp has no column for: it returns keys of types U and R alone (PS3.4 Table C.6-5)."""
NEVER: Final = {
    "PatientAddress",
    "PatientTelephoneNumbers",
    "PatientComments",
    "AdditionalPatientHistory",
    "StudyComments",
    "InterpretationText",
    "RequestedProcedureDescription",
}
"""What no study of the data set has."""


def titled(name: str) -> Titles:
    """What to call the archive so that it answers."""
    (archive,) = [archive for archive in ARCHIVES if archive.name == name]
    return Titles(*(archive.called or ("NOBODY-00C0DE",)), *(archive.calling or ("DOSIMETER",)))


def sample(endpoint: Endpoint, probe: Probe, fact: NullQueryAnswered | WebAnswered) -> AttributesSampled:
    """Ask one archive, to which this fact was seen."""
    allowed: Authorisation = authorisation(
        endpoint.port, pace=PACE, touch=Touch.SAMPLE, second_person=SECOND, web_ports=(endpoint.port,)
    )

    async def work(loop: Loop) -> tuple[Any, ...]:
        dialer = Dialer(loop, ScopeGate(allowed, now), Lines(), PACE)
        clock = dialer.host_clock()
        web = dialer.web_line(endpoint, clock) if endpoint.service is Service.WEB else None
        visit = Visit(dialer.line(endpoint, clock), allowed, "NOBODY-00C0DE", (fact,), web=web)
        try:
            return await probe.run(visit)
        finally:
            visit.line.drop("the test is over")
            if web is not None:
                await web.hang_up()

    (sampled,) = drive(work, 40)
    assert isinstance(sampled, AttributesSampled)
    return sampled


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("orthanc-open", QueryService.STUDY_ROOT),
        ("orthanc-open", QueryService.PATIENT_ROOT),
        ("orthanc-limit-7", QueryService.STUDY_ROOT),
        ("orthanc-tlsany", QueryService.STUDY_ROOT),
        ("dcmqrscp-anyrw", QueryService.STUDY_ROOT),
        ("dcmqrscp-strict", QueryService.STUDY_ROOT),
        ("pynetdicom-qrscp", QueryService.STUDY_ROOT),
    ],
)
def test_fill_rates_over_dimse_equal_the_truth(archives: Fleet, name: str, service: QueryService) -> None:
    """What the archive holds is filled in every answer, what it does not hold in none; at most twenty."""
    running = archives[name]
    inside = Service.DICOM_TLS if name == "orthanc-tlsany" else Service.DICOM
    fact = NullQueryAnswered(titled(name), service, Ending.STATUS, 0, 0)
    sampled = sample(Endpoint(running.address, running.port, inside), sample_dimse.PROBE, fact)
    check(sampled, SampledOver.DIMSE, FILLED - OPTIONAL if name == "pynetdicom-qrscp" else FILLED)


def test_fill_rates_over_qido_rs_equal_the_truth(archives: Fleet) -> None:
    """The same of the same archive, by the other door."""
    running = archives["orthanc-open"]
    assert running.http_port is not None
    fact = WebAnswered(
        asked="qido_rs",
        purpose=Purpose.QUERY,
        method="GET",
        path="/dicom-web/studies",
        status=200,
        body=BodyShape.JSON_EMPTY_LIST,
        media_type=MediaType.DICOM_JSON,
        as_specified=True,
        root="/dicom-web",
    )
    endpoint = Endpoint(running.address, running.http_port, Service.WEB)
    check(sample(endpoint, sample_qido.PROBE, fact), SampledOver.QIDO_RS, FILLED)


def check(sampled: AttributesSampled, over: SampledOver, filled: set[str]) -> None:
    """The fills of an archive that holds the data set and returns these attributes of it."""
    assert sampled.over is over
    assert 0 < sampled.answers <= 20
    fills = {fill.attribute: fill for fill in sampled.fills}
    for fill in sampled.fills:
        assert fill.filled + fill.empty + fill.absent == sampled.answers
    assert {name for name in filled if fills[name].filled != sampled.answers} == set()
    assert {name for name in NEVER if fills[name].filled} == set()
    assert fills["PatientID"].test_like == sampled.answers
    assert fills["PatientName"].test_like == 0
    assert fills["LooksLikeNationalNumber"].filled == 0
