from __future__ import annotations

import pytest

from dosimeter.exposure.remedy import (
    conquest,
    dcm4chee,
    dcmtk,
    generic,
    horos_osirix,
    orthanc,
    pynetdicom,
    web_archives,
    web_generic,
    web_orthanc,
)
from dosimeter.exposure.remedy.choose import choose
from dosimeter.exposure.remedy.choose_web import choose_web
from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.attempt import Cause
from dosimeter.model.verdict import Confidence, Product
from dosimeter.report.plain import spans
from tests.unit.exposure.seen import (
    COMMITMENT,
    CT,
    STUDY,
    STUDY_FIND,
    associated,
    failed,
    query,
    rejected,
    verdict,
)

BOOKS = [
    conquest.BOOK,
    dcm4chee.BOOK,
    dcmtk.BOOK,
    generic.BOOK,
    horos_osirix.BOOK,
    orthanc.BOOK,
    pynetdicom.BOOK,
    web_archives.CONQUEST,
    web_archives.DCM4CHEE,
    web_archives.DICOOGLE,
    web_archives.HOROS,
    web_archives.OHIF,
    web_generic.BOOK,
    web_orthanc.BOOK,
]


def steps(product: str | None, need: Need, *, may_be_orthanc: bool = False) -> str:
    """All steps for one need, as one text."""
    announced = Product(product, None, Confidence.ANNOUNCED) if product else None
    remedies = choose([need], announced, may_be_orthanc=may_be_orthanc)
    return "\n".join(step for remedy in remedies for step in (remedy.title, *remedy.steps))


@pytest.mark.parametrize(
    ("product", "need", "key"),
    [
        ("DCMTK or Orthanc", Need.QUERY, '"DicomAlwaysAllowFind": false'),
        ("DCMTK or Orthanc", Need.QUERY, "AETable"),
        ("DCMTK or Orthanc", Need.STORE, '"DicomAlwaysAllowStore": false'),
        ("DCMTK or Orthanc", Need.TITLES, '"DicomCheckModalityHost": true'),
        ("DCMTK or Orthanc", Need.CLIENT_CERTIFICATE, "--require-peer-cert"),
        ("dcm4che or dcm4chee", Need.QUERY, "dcmAcceptedCallingAETitle"),
        ("dcm4che or dcm4chee", Need.CLIENT_CERTIFICATE, "dcmTLSNeedClientAuth"),
        ("Conquest", Need.QUERY, "dgatesop.lst"),
        ("Horos or OsiriX", Need.QUERY, "activateCFINDSCP"),
        ("pynetdicom", Need.QUERY, "ae.require_calling_aet = [titles]"),
        ("DCMTK or Orthanc", Need.OLD_TLS, '"DicomTlsMinimumProtocolVersion": 4'),
        ("DCMTK or Orthanc", Need.OLD_TLS, "--profile-aes"),
        ("Conquest", Need.WORKLIST, "FindModalityWorkList"),
    ],
)
def test_the_advice_quotes_the_key_to_change(product: str, need: Need, key: str) -> None:
    """Each product's own key, marked as what is to be typed exactly."""
    code = [span.text for span in spans(steps(product, need)) if span.code]
    assert any(key in text for text in code)


@pytest.mark.parametrize(("product", "need"), [("fo-dicom", Need.QUERY), (None, Need.STORE)])
def test_without_a_key_the_advice_holds_for_any_archive(product: str | None, need: Need) -> None:
    """A product that is unknown, or has no key for it, gets the generic advice."""
    assert "listed calling AE titles" in steps(product, need)


@pytest.mark.parametrize("book", [book for book in BOOKS if book not in (generic.BOOK, web_generic.BOOK)])
def test_every_advice_for_a_product_says_what_to_type(book: Book) -> None:
    """At least one key, file or command of it is marked, and every mark is closed."""
    for remedy in book.values():
        assert any(span.code for step in remedy.steps for span in spans(step))
        assert all(step.count("`") % 2 == 0 for step in remedy.steps)


@pytest.mark.parametrize(("commitment", "first"), [(True, "Orthanc"), (False, "DCMTK")])
def test_an_ambiguous_product_gets_both_advices_with_labels(*, commitment: bool, first: str) -> None:
    """DCMTK or Orthanc: both are given, the likelier first, each saying for whom it is."""
    contexts = (STUDY_FIND, COMMITMENT) if commitment else (STUDY_FIND,)
    judged = verdict(associated(*contexts, name="OFFIS_DCMTK_367"), query(STUDY))
    titles = [remedy.title for remedy in judged.remedies]
    assert titles[0].startswith(f"If it is {first}")
    assert any(title.startswith("If it is Orthanc") for title in titles)
    assert any(title.startswith("If it is DCMTK") for title in titles)


@pytest.mark.parametrize("need", list(Need))
def test_every_need_has_generic_advice(need: Need) -> None:
    """Nothing that is found goes without a way to close it."""
    assert need in web_generic.BOOK
    assert need in generic.BOOK or "re-test" in choose_web([need], None)[0].steps[-1]


@pytest.mark.parametrize(
    ("product", "need", "key"),
    [
        ("orthanc", Need.WEB_OPEN, '"AuthenticationEnabled": true'),
        ("orthanc", Need.WEB_OPEN, '"RemoteAccessAllowed": false'),
        ("orthanc", Need.WEB_OPEN, '"RegisteredUsers"'),
        ("orthanc", Need.WEB_CLEAR_TEXT, '"SslEnabled": true'),
        ("dcm4chee", Need.WEB_OPEN, "AUTH_SERVER_URL"),
        ("dicoogle", Need.WEB_OPEN, "confs/server.xml"),
        ("conquest", Need.WEB_OPEN, "/cgi-bin/"),
        ("horos", Need.WEB_OPEN, "passwordWebServer"),
        ("ohif", Need.WEB_OPEN, "oidc"),
        (None, Need.WEB_OPEN, "reverse proxy"),
        ("synapse", Need.WEB_OPEN, "reverse proxy"),
        ("fhir", Need.FHIR, "SMART"),
        (None, Need.HL7, "interface engine"),
        ("visage", Need.OLD_TLS, "PS3.15 B.12"),
    ],
)
def test_web_advice_quotes_the_key_to_change(product: str | None, need: Need, key: str) -> None:
    """An administrator can follow it without a manual; what has no key of its own gets what always holds."""
    assert any(key in step for remedy in choose_web([need], product) for step in remedy.steps)


def test_web_advice_is_given_once_and_in_order() -> None:
    """A need that was found twice is closed once; what opens patients' data comes first."""
    titles = [remedy.title for remedy in choose_web([Need.UPGRADE, Need.WEB_OPEN, Need.UPGRADE], None)]
    assert titles == ["Ask for a login before patients' data", "Upgrade what published advisories name"]


@pytest.mark.parametrize("book", BOOKS)
def test_every_advice_says_what_the_retest_must_show(book: Book) -> None:
    """A remedy without a proof is a hope."""
    for remedy in book.values():
        assert "re-test" in remedy.steps[-1]
        assert all(step.endswith(".") for step in remedy.steps)


def test_two_findings_with_one_remedy_get_it_once() -> None:
    """Query and retrieve of Orthanc are closed by the same keys."""
    product = Product("DCMTK or Orthanc", None, Confidence.ANNOUNCED)
    remedies = choose([Need.QUERY, Need.RETRIEVE, Need.QUERY], product, may_be_orthanc=True)
    assert len(remedies) == len({remedy.title for remedy in remedies}) == 2


def test_what_is_closed_needs_no_remedy() -> None:
    """Guarded and unreachable endpoints are left in peace."""
    assert verdict(rejected(1, 1, 7)).remedies == ()
    assert verdict(failed(Cause.REFUSED)).remedies == ()


def test_a_storage_server_is_told_how_to_refuse_strangers() -> None:
    """Writes alone are a finding with its remedy."""
    judged = verdict(associated("1.2.840.10008.1.1", CT))
    assert [remedy.title for remedy in judged.remedies] == ["Refuse storage from strangers"]
