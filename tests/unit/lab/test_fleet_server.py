from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as StudyRoot

from dosimeter.lab.face import Face, Kind
from dosimeter.lab.fleet.server import FleetServer, Speaker, Stand
from dosimeter.lab.fleet.speakers import ClosesAtOnce, Silent, StockShown, WebTalk
from dosimeter.lab.fleet.stock import Stock
from dosimeter.lab.fleet.talk import BlockTalk
from dosimeter.lab.policy import Tempo
from dosimeter.lab.products import LIKE_ORTHANC
from dosimeter.model.problem import Problem

STOCK = Stock(9, 3_004, 12_345, date(2024, 12, 30), date(2026, 3, 1), studies_each=2)
ADDRESS = "127.58.0.1"


@contextmanager
def serving(*speakers: Callable[[], Speaker]) -> Iterator[list[tuple[str, int]]]:
    """One stand for each, on ports of the system's choice."""
    stands = [Stand(ADDRESS, 0, speaker) for speaker in speakers]
    with FleetServer(stands) as server:
        yield list(server.endpoints)


def listed(place: tuple[str, int], level: str, **keys: str) -> list[Dataset]:
    """The rows that an independent implementation receives."""
    ae = AE("PEER")
    ae.add_requested_context(StudyRoot)
    association = ae.associate(*place)
    assert association.is_established
    asked = Dataset()
    asked.QueryRetrieveLevel = level
    asked.StudyInstanceUID = ""
    for keyword, value in keys.items():
        setattr(asked, keyword, value)
    answers = list(association.send_c_find(asked, StudyRoot))
    association.release()
    assert answers[-1][0].Status == 0
    return [row for _, row in answers[:-1] if row is not None]


def test_pynetdicom_counts_what_the_stock_holds() -> None:
    """An independent peer lists studies with their counters, and the images of some days."""
    with serving(lambda: BlockTalk(LIKE_ORTHANC, STOCK)) as (place,):
        rows = listed(place, "STUDY", NumberOfStudyRelatedInstances="", PatientID="")
        days = {"StudyDate": "20250101-20250102"}
        few = listed(place, "STUDY", NumberOfStudyRelatedInstances="", **days)
        images = listed(place, "IMAGE", SeriesInstanceUID="", SOPInstanceUID="", **days)
    assert len({row.StudyInstanceUID for row in rows}) == len(rows) == 3_004
    assert len({row.PatientID for row in rows}) == 1_502
    assert sum(row.NumberOfStudyRelatedInstances for row in rows) == 12_345
    assert len({row.SOPInstanceUID for row in images}) == sum(
        row.NumberOfStudyRelatedInstances for row in few
    )


def test_many_callers_are_served_side_by_side() -> None:
    """Ten associations at once, one of them of a slow archive: the others do not wait for it."""
    slow = replace(LIKE_ORTHANC, tempo=Tempo(first=400))
    with serving(lambda: BlockTalk(slow, STOCK), lambda: BlockTalk(LIKE_ORTHANC, STOCK)) as places:
        began = time.monotonic()
        assert len(listed(places[1], "STUDY", StudyDate="20250101")) > 0
        quick = time.monotonic() - began
        assert len(listed(places[0], "STUDY", StudyDate="20250101")) > 0
        assert time.monotonic() - began - quick >= 0.4


def test_a_web_face_tells_how_much_there_is_and_finds_no_made_up_study() -> None:
    """Orthanc's counters, on one kept connection, and an empty answer of QIDO-RS."""
    face = Face(Kind.ORTHANC, 8042, "", ae_title="FLEET", dicom_port=4242)
    with serving(lambda: WebTalk(face, StockShown(STOCK))) as ((address, port),):
        connection = http.client.HTTPConnection(address, port, timeout=5)
        connection.request("GET", "/statistics")
        statistics = json.loads(connection.getresponse().read())
        connection.request("GET", "/dicom-web/studies?StudyInstanceUID=2.25.77&limit=1")
        found = json.loads(connection.getresponse().read())
        connection.close()
    assert statistics["CountStudies"] == 3_004
    assert statistics["CountInstances"] == 12_345
    assert found == []


def test_one_says_nothing_and_one_closes_at_the_first_byte() -> None:
    """What takes every byte is silent for good; the other ends the connection."""
    with serving(Silent, ClosesAtOnce) as (silent, closing):
        with socket.create_connection(closing, timeout=5) as caller:
            caller.sendall(b"\x01")
            assert caller.recv(1) == b""
        with socket.create_connection(silent, timeout=0.3) as caller:
            caller.sendall(b"\x01")
            with pytest.raises(TimeoutError):
                caller.recv(1)


def test_what_is_not_http_ends_the_connection() -> None:
    """A web face has nothing to say to bytes that are no request."""
    face = Face(Kind.ORTHANC, 8042, "")
    with (
        serving(lambda: WebTalk(face, StockShown(STOCK))) as (place,),
        socket.create_connection(place, timeout=5) as caller,
    ):
        caller.sendall(b"\x01\x00\r\n\r\n")
        assert caller.recv(1) == b""


def test_nothing_is_bound_if_one_address_is_taken() -> None:
    """The sentence names the address, and the first stand is free again."""
    with serving(Silent) as ((address, port),):
        two = FleetServer([Stand("127.58.0.2", 11112, Silent), Stand(address, port, Silent)])
        with pytest.raises(Problem, match=f"{address}:{port}"), two:
            pass
        with FleetServer([Stand("127.58.0.2", 11112, Silent)]) as again:
            assert again.endpoints == (("127.58.0.2", 11112),)


def test_only_loopback_is_ever_bound() -> None:
    """An address of any other network is refused before anything listens."""
    with pytest.raises(ValueError, match="loopback"), FleetServer([Stand("192.0.2.1", 11112, Silent)]):
        pass
