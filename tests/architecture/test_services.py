from __future__ import annotations

import ast
import dataclasses
import struct
import typing

import pytest

from dosimeter.dicom.dimse import (
    CancelRequest,
    CommandField,
    EchoRequest,
    FindRequest,
    NullGetRequest,
    Request,
    encode_request,
)
from tests.architecture.source_tree import modules

C_ECHO_RQ, C_FIND_RQ, C_GET_RQ, C_CANCEL_RQ = 0x0030, 0x0020, 0x0010, 0x0FFF
MOVE_SOP_CLASSES = {f"1.2.840.10008.5.1.4.1.2.{model}.2" for model in (1, 2, 3)}

_COMMAND_FIELD = struct.Struct("<HHI")


def _sent_field(command: bytes) -> int:
    """The Command Field (0000,0100) of an encoded command set, found by its own walk."""
    at = 0
    while at < len(command):
        group, element, length = _COMMAND_FIELD.unpack_from(command, at)
        at += _COMMAND_FIELD.size
        if (group, element) == (0x0000, 0x0100):
            return int.from_bytes(command[at : at + length], "little")
        at += length
    raise AssertionError("no Command Field")


def test_four_requests_exist_and_no_fifth() -> None:
    """C-STORE, C-MOVE and the N-services cannot be expressed: no operation, no request type."""
    assert {field.value for field in CommandField} == {C_ECHO_RQ, C_FIND_RQ, C_GET_RQ, C_CANCEL_RQ}
    assert set(typing.get_args(Request)) == {EchoRequest, FindRequest, CancelRequest, NullGetRequest}


@pytest.mark.parametrize(
    ("request_type", "field"),
    [
        (EchoRequest(7), C_ECHO_RQ),
        (FindRequest(7, "1.2.3"), C_FIND_RQ),
        (NullGetRequest(7, "1.2.3"), C_GET_RQ),
        (CancelRequest(7), C_CANCEL_RQ),
    ],
)
def test_a_request_is_sent_as_the_operation_it_names(request_type: Request, field: int) -> None:
    """The Command Field on the wire is that of PS3.7 Table E.1-1."""
    assert _sent_field(encode_request(request_type)) == field


def test_a_retrieve_cannot_name_an_object() -> None:
    """The null C-GET has no field that could hold the UID of a study."""
    assert [field.name for field in dataclasses.fields(NullGetRequest)] == ["message_id", "sop_class_uid"]


def test_no_move_service_is_named_in_the_source() -> None:
    """The SOP classes of C-MOVE (PS3.4 C.4.2) stand nowhere, so they cannot be proposed."""
    found = [
        f"{module.place}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and node.value in MOVE_SOP_CLASSES
    ]
    assert found == []
