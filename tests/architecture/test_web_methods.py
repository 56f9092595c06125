from __future__ import annotations

import ast
import dataclasses
import re
from email import message_from_bytes

import pytest

from dosimeter.net.http_client import NOTHING, NOTHING_TYPE
from dosimeter.net.web import Method, WebRequest
from tests.architecture.source_tree import Module, modules

CHANGES = re.compile(r"PUT|DELETE|PATCH|MKCOL|COPY|MOVE|PROPPATCH|CONNECT|TRACE")
VERBS = {"put", "delete", "patch", "post", "request", "stream", "send"}
SPEAKERS = {"dosimeter.net.http_client"}
HTTP_CLIENTS = {"httpx2", "h11", "httpx", "requests", "urllib3", "aiohttp", "http.client", "urllib.request"}


def _imported(module: Module) -> set[str]:
    """The modules that a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def test_three_methods_exist_and_none_of_them_changes_anything() -> None:
    """GET, OPTIONS, and a POST of nothing; a fourth has to be argued for here."""
    assert {method.value for method in Method} == {"GET", "OPTIONS", "POST"}
    assert Method.POST_NOTHING.value == "POST"


def test_a_request_has_no_field_for_a_body_a_header_or_a_credential() -> None:
    """Whoever asks chooses a path, a method of the three, what it accepts, how much it reads.

    ``shown`` is never sent: it is what the audit log says instead of the path.
    """
    fields = [field.name for field in dataclasses.fields(WebRequest)]
    assert fields == ["path", "method", "accept", "most", "shown"]


def test_the_constant_body_holds_no_part() -> None:
    """Read by the standard library, it is a multipart/related of application/dicom without an object."""
    message = message_from_bytes(f"Content-Type: {NOTHING_TYPE}\r\n\r\n".encode() + NOTHING)
    assert message.get_content_type() == "multipart/related"
    assert message.get_param("type") == "application/dicom"
    assert [part for part in message.walk() if part.get_content_type() == "application/dicom"] == []
    assert b"--dosimeter\r\n" not in NOTHING


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_one_module_speaks_http_and_no_text_names_a_method_that_changes_things(module: Module) -> None:
    """No other client in the source, and no constant that is the name of such a method; the lab answers."""
    if module.name not in SPEAKERS:
        answers = {"h11"} if module.name.startswith("dosimeter.lab.") else set()
        assert (_imported(module) & HTTP_CLIENTS) - answers == set()
    named = [
        node.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHANGES.fullmatch(node.value)
    ]
    assert named == []


def test_the_client_is_given_requests_in_one_place() -> None:
    """httpx2's own verbs are not called: one ``send`` stands in `HttpClient.ask`."""
    (speaker,) = [module for module in modules() if module.name in SPEAKERS]
    called = [
        node.func.attr
        for node in ast.walk(speaker.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in VERBS
        and ast.unparse(node.func.value) == "self._client"
    ]
    assert called == ["send"]
    made = [ast.unparse(node) for node in ast.walk(speaker.tree) if isinstance(node, ast.Call)]
    assert len([one for one in made if one.startswith("httpx2.Request(")]) == 1
    assert len([one for one in made if one.startswith("httpx2.AsyncClient(")]) == 1
