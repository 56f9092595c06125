"""What an archive sees of a whole survey, from its side of the wire."""

from __future__ import annotations

import json
from contextlib import ExitStack
from itertools import pairwise

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import CommandField
from tests.peers.archive import (
    Abort,
    Archive,
    Close,
    Drip,
    Raw,
    Reject,
    Script,
    Silence,
    Statuses,
    answers,
)
from tests.survey.terminal import Terminal

KINDS = {
    "open": Script(),
    "guarded": Script(on_associate=lambda _request: Reject()),
    "busy": Script(on_associate=lambda _request: Reject(2, 3, 2)),
    "silent": Script(on_associate=lambda _request: Silence()),
    "closing": Script(on_associate=lambda _request: Close()),
    "aborting": Script(on_request=answers(find=Abort())),
    "mute": Script(on_request=answers(find=Silence(), get=Silence())),
    "dripping": Script(on_associate=lambda _request: Drip(b"\x02\x00\x00\x00\x08\x00" + bytes(2048))),
    "web": Script(on_associate=lambda _request: Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n", then_close=True)),
    "endless": Script(on_request=answers(find=Statuses((0xFF00,) * 40))),
    "clinging": Script(on_release=Silence()),
}
ITS_OWN_END = {"our reject", "our abort", "our close"}


@pytest.mark.parametrize(("touch", "associations"), [("prove", 2), ("count", 3)])
def test_every_kind_of_archive_is_met_with_the_same_manners(
    terminal: Terminal, touch: str, associations: int
) -> None:
    """One association at a time, whole first segments, pauses kept, ends told, nothing stored or taken."""
    first = Archive(KINDS["open"], address="127.0.13.1")
    town = {"open": first}
    for number, kind in enumerate(KINDS):
        if kind != "open":
            town[kind] = Archive(KINDS[kind], address=f"127.0.13.{number + 1}", port=first.port)
    with ExitStack() as stack:
        for archive in town.values():
            stack.enter_context(archive)
        scope = terminal.scope(
            *town.values(),
            touch=touch,
            pace={"seconds_between_associations": 0.3},
            called_ae_titles=["PACS"],
        )
        said = terminal.survey("--scope", scope, "-f", "json")
        for archive in town.values():
            archive.wait_for_ends(1)
    assert said.code == 0, said.err
    # Who has answered a DICOM request in HTTP is asked in HTTP, with the same pauses; this one closes then
    # without a word, as some TLS servers do in clear, and is asked once more inside TLS.
    _, in_clear, inside_tls = town["web"].visits
    assert in_clear.first_segment.startswith(b"GET /")
    assert inside_tls.first_segment.startswith(b"\x16\x03")
    for kind, archive in town.items():
        for seen in archive.visits[:1] if kind == "web" else archive.visits:
            assert seen.first_segment[:1] == b"\x01", kind
            assert len(seen.first_segment) <= 1220, kind
            assert len(seen.first_segment) == 6 + int.from_bytes(seen.first_segment[2:6], "big"), kind
            assert seen.request is not None
            assert seen.request.user_information.implementation_class_uid == uids.IMPLEMENTATION_CLASS_UID
            expected = ITS_OWN_END if kind in {"guarded", "busy", "closing", "aborting", "web"} else set()
            assert seen.ended_by in {"release", "abort"} | expected, kind
        assert archive.most_at_once == 1, kind
        pauses = [later.opened - earlier.closed for earlier, later in pairwise(archive.visits)]
        assert all(pause > 0.2 for pause in pauses), (kind, pauses)
        assert {field for field, _service in archive.asked} <= {
            CommandField.C_ECHO,
            CommandField.C_FIND,
            CommandField.C_GET,
        }
    assert len(town["open"].visits) == associations
    assert len(town["busy"].visits) == 1
    contacts = [event for event in terminal.events() if event["event"] == "contact"]
    ends = [event for event in terminal.events() if event["event"] == "ended"]
    assert len(contacts) == len(ends) == sum(len(archive.visits) for archive in town.values())
    assert len({event["scope_sha256"] for event in contacts}) == 1
    json.loads(said.out)
