from __future__ import annotations

import tomllib
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dosimeter.model.scope import Authorisation, CountBudget, Touch
from dosimeter.scopefile.describe import count_addresses, describe
from dosimeter.scopefile.narrow import narrow
from dosimeter.scopefile.problem import ScopeProblem
from dosimeter.scopefile.read import parse_scope, read_scope
from dosimeter.scopefile.template import scope_template, write_template

NOW = datetime(2026, 6, 1, 12, 34, tzinfo=UTC)

FILLED = """\
[authorisation]
authorised_by = "Ada Lovelace"
role = "head of security"
reference = "SEC-1"
legal_basis = "own order"
contact = "+33 1 23"
valid_from = 2026-01-01T00:00:00Z
valid_until = 2026-12-31T00:00:00Z
[scope]
networks = ["10.20.0.0/24", "10.20.0.128/25", "10.30.0.1"]
exclude = ["10.20.0.0/28", "icu.example"]
ports = [104, 2762, 8042]
called_ae_titles = ["ORTHANC"]
[pace]
hours = "20:00-06:00"
"""


def authorisation() -> Authorisation:
    return parse_scope(Path("scope.toml"), FILLED.encode())


def test_the_template_is_toml_and_is_refused_until_it_is_filled_in(tmp_path: Path) -> None:
    """Each placeholder is named, so that the check says what is left to do."""
    file = tmp_path / "scope.toml"
    write_template(file, NOW)
    tomllib.loads(file.read_text())
    with pytest.raises(ScopeProblem) as refused:
        read_scope(file, trusted_keys=None, now=NOW)
    named = {one.key for one in refused.value.all if "template" in one.says}
    assert named == {
        *(f"authorisation.{key}" for key in ("authorised_by", "role", "reference", "legal_basis", "contact")),
        "scope.networks",
    }


def test_the_template_is_accepted_once_its_placeholders_are_replaced(tmp_path: Path) -> None:
    """Nothing but the placeholders stands between the template and a survey."""
    file = tmp_path / "scope.toml"
    text = scope_template(NOW).replace("REPLACE: for example 10.20.0.0/16", "10.20.0.0/16")
    file.write_text(text.replace('"REPLACE: ', '"'))
    scope = read_scope(file, trusted_keys=None, now=NOW)
    assert scope.touch is Touch.PROVE
    assert scope.count == CountBudget()
    assert scope.valid_from == datetime(2026, 6, 1, tzinfo=UTC)
    assert scope.valid_until == datetime(2026, 7, 1, tzinfo=UTC)


def test_the_template_explains_every_key_of_the_budget() -> None:
    """Each key is written with its default, under a comment."""
    text = scope_template(NOW)
    written = tomllib.loads(text)["count"]
    assert CountBudget(**written) == CountBudget()
    assert set(written) == {one.name for one in fields(CountBudget)}
    lines = text.partition("[count]")[2].splitlines()
    for key in set(written) - {"rows_per_answer"}:
        at = next(n for n, line in enumerate(lines) if line.startswith(f"{key} ="))
        assert lines[at - 1].startswith("# "), key
    assert "identifiers cross the network, unread and not kept" in text


def test_the_template_never_overwrites_a_file(tmp_path: Path) -> None:
    """A scope somebody wrote is left alone."""
    file = tmp_path / "scope.toml"
    file.write_text("mine")
    with pytest.raises(ScopeProblem, match="left alone"):
        write_template(file, NOW)
    assert file.read_text() == "mine"
    with pytest.raises(ScopeProblem, match="cannot be written"):
        write_template(tmp_path / "none" / "scope.toml", NOW)


def test_the_description_says_who_what_how_many_until_when_and_signed_by_whom() -> None:
    """Overlaps are counted once, exclusions not at all."""
    says = "\n".join(describe(authorisation()))
    assert "Ada Lovelace (head of security) authorises this survey: SEC-1." in says
    assert "until 2026-12-31 00:00 UTC, between 20:00-06:00 local time." in says
    assert "It covers 241 addresses" in says
    assert "Never contacted: 10.20.0.0/28, icu.example." in says
    assert "The ports are 104, 2762 (DICOM inside TLS), 8042 (web)." in says
    assert 'The highest touch is "prove"' in says
    assert "called ORTHANC." in says
    assert "not signed by a trusted key" in says
    assert authorisation().sha256 in says


def test_the_budget_is_described_where_something_may_be_counted() -> None:
    """Rows, mebibytes, seconds, associations and patience in two sentences; none below the touch count."""
    text = (
        FILLED.replace("[scope]", 'touch = "count"\n[scope]') + "[count]\nassociations = 1\nrows = 40_000\n"
    )
    says = "\n".join(describe(parse_scope(Path("s"), text.encode())))
    assert 'The highest touch is "count": count what is there' in says
    assert "To count one archive may take 40,000 rows, 64 MiB, 300 s and 1 association;" in says
    assert "no answer is meant to be longer than 25,000 rows." in says
    assert "takes more than 2 s to begin an answer" in says
    assert "To count one archive" not in "\n".join(describe(authorisation()))


def test_addresses_are_counted_without_listing_them() -> None:
    """A private IPv6 network has more addresses than can be listed."""
    text = FILLED.replace('["10.20.0.0/24", "10.20.0.128/25", "10.30.0.1"]', '["fd00::/64"]')
    assert count_addresses(parse_scope(Path("s"), text.encode())) == 2**64


def test_the_command_line_narrows_the_scope_and_never_widens_it() -> None:
    """More may be excluded and the touch lowered; a higher touch is refused."""
    narrowed = narrow(authorisation(), exclude=["10.20.0.200", "b.example"], touch=Touch.NEGOTIATE)
    assert count_addresses(narrowed) == 240
    assert narrowed.exclude_names == ("icu.example", "b.example")
    assert narrowed.touch is Touch.NEGOTIATE
    assert narrow(authorisation()) == authorisation()
    with pytest.raises(ScopeProblem, match='allows "prove" at most'):
        narrow(authorisation(), touch=Touch.COUNT)
    with pytest.raises(ScopeProblem, match=r"--exclude\[0\]"):
        narrow(authorisation(), exclude=["10.20.0.1/24"])


def test_one_of_a_thing_is_said_as_one() -> None:
    """One host a second, one public network."""
    text = FILLED.replace('"10.30.0.1"]', '"8.8.8.8"]') + "hosts_in_flight = 1\n"
    says = "\n".join(describe(parse_scope(Path("s"), text.encode())))
    assert "1 of the networks is public." in says
    assert "The pace is 1 new host a second, 1 host at a time" in says
