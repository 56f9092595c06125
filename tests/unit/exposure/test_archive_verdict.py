from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.exposure.archive_verdict import judge_archive
from dosimeter.model.facts import ClientCertificate
from dosimeter.model.target import Service
from dosimeter.model.verdict import Decoy, DecoyTier, Exposure, Protection, Severity, TlsProfile, Verdict
from dosimeter.model.web import Purpose, RedirectTo
from tests.unit.exposure.seen import EVERYTHING, STUDY, associated, query, rejected, retrieve, rules, verdict
from tests.unit.exposure.seen_web import (
    answer,
    control,
    inside_tls,
    landing,
    orthanc_open,
    qido,
    refused,
    source,
    told,
    web,
)

OPEN = web(*orthanc_open())
REFUSING = verdict(rejected(1, 1, 7))
GUARDED = web(*told(control(401, challenges=("basic",)), refused("orthanc_system", signs=("orthanc_realm",))))
QUERYABLE = verdict(
    associated(*EVERYTHING, uid="1.2.276.0.7230010.3.0.3.6.7", name="OFFIS_DCMTK_367"),
    query(STUDY),
    retrieve(0x0124),
)
DOORS = ("10.0.0.1:4242", "10.0.0.1:8042")


def test_the_highest_rung_wins_with_its_own_guards() -> None:
    """A guarded DICOM port does not guard what the browser reads."""
    judged = judge_archive([REFUSING, OPEN], doors=DOORS)
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.severity is Severity.CRITICAL
    assert judged.protections == ()
    assert judged.reasons[0].rule == "browsable_viewer"
    assert judged.reasons[0].fact == "10.0.0.1:8042/dicomweb_query#0"
    assert judged.reasons[0].says.startswith("10.0.0.1:8042: ")


def test_the_other_way_round_too() -> None:
    """A login before the web face does not guard the DICOM port."""
    judged = judge_archive([QUERYABLE, GUARDED], doors=DOORS)
    assert judged.exposure is Exposure.QUERYABLE
    assert Protection.HTTP_LOGIN not in judged.protections
    assert "open_beside_guard" in rules(judged)


def test_reasons_come_gravest_first_and_say_their_door() -> None:
    """The reason for the exposure leads."""
    judged = judge_archive([QUERYABLE, OPEN], doors=DOORS)
    gravity = [reason.severity for reason in judged.reasons[1:]]
    assert gravity == sorted(gravity, reverse=True)
    assert {reason.fact.partition("/")[0] for reason in judged.reasons} == set(DOORS)


def test_clear_text_beside_tls_is_said_of_the_archive() -> None:
    """No door shows it alone."""
    tls = web(*told(inside_tls(), probe="web_landing"), *told(control(), qido()), service=Service.WEB_TLS)
    judged = judge_archive([QUERYABLE, tls], doors=DOORS)
    assert "clear_text_beside_tls" in rules(judged)
    assert "clear_text_beside_tls" not in rules(judge_archive([QUERYABLE, OPEN], doors=DOORS))


def test_the_rest_is_united() -> None:
    """Writes and worklist by any door, the product that says most, remedies once."""
    writes = replace(REFUSING, accepts_writes=False, worklist=True)
    judged = judge_archive([QUERYABLE, OPEN, writes])
    assert judged.accepts_writes is True
    assert judged.worklist is True
    assert judged.product is not None
    assert (judged.product.name, judged.product.version) == ("Orthanc", "1.10.1")
    assert len(judged.remedies) == len(set(judged.remedies))
    assert judge_archive([replace(OPEN, accepts_writes=None)] * 2).accepts_writes is None


def test_the_weakest_tls_profile_is_the_archives() -> None:
    """Who is on the path picks the door."""
    one = replace(OPEN, tls_profile=TlsProfile.BCP195_RFC8996)
    other = replace(GUARDED, tls_profile=TlsProfile.BASIC)
    assert judge_archive([one, other]).tls_profile is TlsProfile.BASIC


def test_the_gravest_suspicion_is_the_archives() -> None:
    """Also one that only shows beside a neighbour."""
    low = replace(OPEN, decoy=Decoy(DecoyTier.LOW, ("one",)))
    beside = Decoy(DecoyTier.MEDIUM, ("two",))
    assert judge_archive([low], suspicion=beside).decoy == Decoy(DecoyTier.MEDIUM, ("one", "two"))
    assert judge_archive([low, GUARDED], suspicion=beside).decoy.tier is DecoyTier.MEDIUM


def test_an_archive_of_one_door_is_that_door() -> None:
    """Nothing is said twice."""
    assert judge_archive([OPEN]) == OPEN
    assert judge_archive([OPEN], doors=("10.0.0.1:8042",)) == OPEN


def test_an_archive_has_a_door_and_each_door_a_name() -> None:
    """Anything else is a fault of the caller."""
    with pytest.raises(ValueError, match="at least one door"):
        judge_archive([])
    with pytest.raises(ValueError, match="one name"):
        judge_archive([OPEN, GUARDED], doors=("10.0.0.1:8042",))


def test_a_demand_for_a_certificate_guards_one_door_alone() -> None:
    """The clear door beside it is open."""
    certificate = web(
        *told(inside_tls(ClientCertificate.REQUIRED, None), probe="web_landing"), service=Service.WEB_TLS
    )
    assert certificate.exposure is Exposure.GUARDED
    assert judge_archive([certificate, QUERYABLE]).exposure is Exposure.QUERYABLE


def test_clear_text_beside_tls_is_said_of_two_web_doors() -> None:
    """One archive over HTTP and over HTTPS."""
    clear = web(*told(control(), qido()))
    inside = web(*told(inside_tls(), probe="web_landing"), *told(control(), qido()), service=Service.WEB_TLS)
    judged = judge_archive([clear, inside], doors=("10.0.0.1:8080", "10.0.0.1:8443"))
    (said,) = [reason for reason in judged.reasons if reason.rule == "clear_text_beside_tls"]
    assert said.says.startswith("10.0.0.1:8080: ")


@pytest.mark.parametrize("other", [OPEN, GUARDED])
def test_a_viewer_does_not_say_that_its_archive_was_not_asked_where_it_was(other: Verdict) -> None:
    """The data source it names is a door of the same archive."""
    viewer = web(
        *told(landing(signs=("ohif_title",)), control(), source(RedirectTo.ELSEWHERE, "10.0.0.1:8042")),
        *told(answer("qido_rs", Purpose.QUERY, 404, root="/dicom-web")),
    )
    assert "was not asked for it here" in viewer.reasons[0].says
    judged = judge_archive([viewer, other], doors=DOORS)
    (said,) = [reason for reason in judged.reasons if reason.rule == "inconclusive_viewer"]
    assert "was asked too" in said.says
    assert "not asked for it" not in said.says


def test_an_archive_built_on_a_toolkit_has_none_of_its_programs() -> None:
    """Orthanc is no storescp and no worklist server; what is in the library it has."""
    alone = QUERYABLE.advisories
    assert {"CVE-2026-5663", "CVE-2026-50254"} <= {each.id for each in alone}
    ids = {each.id for each in judge_archive([QUERYABLE, OPEN], doors=DOORS).advisories}
    assert "CVE-2026-5663" not in ids
    assert {"CVE-2026-50254", "CVE-2026-5442"} <= ids
