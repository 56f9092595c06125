from __future__ import annotations

from dosimeter.lab.holdings import invent_holdings


def test_the_same_seed_invents_the_same_patients() -> None:
    """A lab is the same every time; another seed gives other patients."""
    assert invent_holdings(7, patients=50, appointments=5) == invent_holdings(7, patients=50, appointments=5)
    assert invent_holdings(7, patients=50) != invent_holdings(8, patients=50)


def test_nobody_could_take_them_for_real_people() -> None:
    """Every name, identifier and institution says that it was invented."""
    holdings = invent_holdings(1, patients=200, appointments=20)
    for number, patient in enumerate(holdings.patients, 1):
        assert patient.name == f"LAB^INVENTED-{number:04d}"
        assert patient.patient_id.startswith("LAB-")
        for study in patient.studies:
            assert study.accession_number.startswith("LAB")
            assert study.referring_physician.startswith("LAB^")
            assert all(series.institution.startswith("LAB INVENTED") for series in study.series)


def test_counts_are_those_of_a_small_archive() -> None:
    """Several studies for some, dates over years, a few studies without one, and no UID twice."""
    holdings = invent_holdings(1, patients=300, appointments=24)
    studies = [study for patient in holdings.patients for study in patient.studies]
    assert 300 < len(studies) < 900
    assert holdings.studies == len(studies)
    assert len({study.day[:4] for study in studies if study.day}) >= 10
    assert 0 < sum(not study.day for study in studies) < 30
    uids = [series.instance_uid(1) for study in studies for series in study.series]
    assert len(set(uids)) == len(uids)
    assert all(len(uid) <= 64 for uid in uids)
    assert len(holdings.appointments) == 24
