from __future__ import annotations

import pytest

from dosimeter.report.plain import Span, plain_text, spans


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Orthanc 1.12", "Orthanc 1.12"),
        ("Hôpital Saint-Étienne", "Hôpital Saint-Étienne"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb", "a\\x0ab"),
        ("\u202egnp", "\\u202egnp"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_acts_is_spelled_out(text: str, shown: str) -> None:
    """Letters of any script pass; controls, overrides and invisible characters are written as codes."""
    assert plain_text(text) == shown


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Set `A` to `true`.", [("Set ", False), ("A", True), (" to ", False), ("true", True), (".", False)]),
        ("`whole`", [("whole", True)]),
        ("nothing", [("nothing", False)]),
        ("one ` alone", [("one ` alone", False)]),
        ("`A` and ` alone", [("A", True), (" and ` alone", False)]),
        (
            'Set "DicomCheckCalledAet": true, then restart.',
            [("Set ", False), ('"DicomCheckCalledAet": true', True), (", then restart.", False)],
        ),
        (
            '"DicomModalities": {"ct": ["CT", "192.0.2.7", 104]} lists',
            [('"DicomModalities": {"ct": ["CT", "192.0.2.7", 104]}', True), (" lists", False)],
        ),
        (
            'rights: {"AET": "CT", "AllowFind": false}.',
            [("rights: ", False), ('{"AET": "CT", "AllowFind": false}', True), (".", False)],
        ),
        ('with "DicomTlsCertificate".', [("with ", False), ('"DicomTlsCertificate"', True), (".", False)]),
        ('a "quoted phrase" is none', [('a "quoted phrase" is none', False)]),
        ("", []),
    ],
)
def test_what_is_typed_exactly_is_code(sentence: str, expected: list[tuple[str, bool]]) -> None:
    """Text between two backticks is code, and so is a key of a JSON file with its value."""
    assert spans(sentence) == tuple(Span(*each) for each in expected)
