from __future__ import annotations

import os
from datetime import UTC, datetime, time
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path

import pytest

from dosimeter.model.scope import Authorisation, CountBudget, Hours, Touch
from dosimeter.model.target import Service
from dosimeter.scopefile.problem import ScopeProblem
from dosimeter.scopefile.read import read_scope

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

GOOD = """\
[authorisation]
authorised_by = "Ada Lovelace"
role = "owner"
reference = "SEC-1"
legal_basis = "own order"
contact = "+33 1 23"
valid_from = 2026-01-01T00:00:00Z
valid_until = 2026-12-31T00:00:00Z
touch = "prove"

[scope]
networks = ["10.20.0.0/16"]
names = []
exclude = []
ports = [104, 11112]

[pace]
hours = "00:00-24:00"
"""


def read(tmp_path: Path, text: str | bytes = GOOD, now: datetime = NOW) -> Authorisation:
    file = tmp_path / "scope.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_scope(file, trusted_keys=None, now=now)


def problem(tmp_path: Path, text: str | bytes, now: datetime = NOW) -> ScopeProblem:
    with pytest.raises(ScopeProblem) as refused:
        read(tmp_path, text, now)
    assert str(refused.value).isprintable()
    assert str(refused.value).startswith(str(tmp_path / "scope.toml"))
    return refused.value


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_the_least_scope_has_careful_defaults(tmp_path: Path) -> None:
    """Who, where and when are enough; touch, ports and pace have defaults."""
    text = changed('touch = "prove"\n', "").replace("ports = [104, 11112]\n", "").partition("[pace]")[0]
    scope = read(tmp_path, text)
    assert scope.touch is Touch.PROVE
    assert scope.ports == (80, 104, 443, 2575, 2762, 3000, 4242, 8042, 8043, 8080, 8443, 11112)
    assert scope.tls_ports == (2762,)
    assert scope.web_ports == (80, 443, 3000, 8042, 8043, 8080, 8443)
    assert scope.hl7_ports == (2575,)
    assert scope.pace.new_hosts_per_second == 1.0
    assert scope.pace.hours == Hours()
    assert scope.count == CountBudget()
    assert scope.signed_by is None


def test_every_key_arrives_in_the_authorisation(tmp_path: Path) -> None:
    """A scope that uses all keys says all it says."""
    text = """\
authorisation = {authorised_by = "Ada", role = "owner", reference = "R", legal_basis = "L", contact = "C", \
valid_from = 2026-01-01T01:00:00+01:00, valid_until = 2026-07-01T00:00:00Z, touch = "sample", \
second_person = "Bob"}
[scope]
networks = ["10.20.0.0/16", "fd00::/64", "10.21.0.9", "10.20.0.0/16"]
names = ["PACS.Example.", "pacs.example"]
exclude = ["10.20.1.0/24", "10.20.2.2", "ICU.example"]
ports = [11112, 104, 104, 2762, 8042, 443, 2575]
tls_ports = [2762]
web_ports = [8042, 443]
hl7_ports = [2575]
called_ae_titles = ["ANY-SCP", "ORTHANC"]
calling_ae_titles = ["WS 1"]
[pace]
new_hosts_per_second = 0.5
hosts_in_flight = 4
seconds_between_associations = 3
hours = "20:00-24:00"
connect_seconds = 2
answer_seconds = 7.5
host_seconds = 30
[count]
rows = 90_000
rows_per_answer = 1_000
received_bytes = 1_000_000
seconds = 45.5
associations = 2
patience_seconds = 1
"""
    scope = read(tmp_path, text)
    assert scope.valid_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert (scope.touch, scope.second_person) == (Touch.SAMPLE, "Bob")
    assert scope.networks == tuple(map(ip_network, ("10.20.0.0/16", "fd00::/64", "10.21.0.9/32")))
    assert scope.names == ("pacs.example",)
    assert scope.exclude_networks == tuple(map(ip_network, ("10.20.1.0/24", "10.20.2.2/32")))
    assert scope.exclude_names == ("icu.example",)
    assert scope.ports == (104, 443, 2575, 2762, 8042, 11112)
    assert (scope.tls_ports, scope.web_ports, scope.hl7_ports) == ((2762,), (443, 8042), (2575,))
    assert [scope.service_of(port) for port in scope.ports] == [
        Service.DICOM,
        Service.WEB_TLS,
        Service.HL7,
        Service.DICOM_TLS,
        Service.WEB,
        Service.DICOM,
    ]
    assert (scope.called_ae_titles, scope.calling_ae_titles) == (("ANY-SCP", "ORTHANC"), ("WS 1",))
    assert scope.pace.hours == Hours(time(20), time(0))
    assert (scope.pace.new_hosts_per_second, scope.pace.hosts_in_flight) == (0.5, 4)
    assert (scope.pace.connect_seconds, scope.pace.answer_seconds, scope.pace.host_seconds) == (2, 7.5, 30)
    assert scope.count == CountBudget(90_000, 1_000, 1_000_000, 45.5, 2, 1.0)


def test_the_hash_is_of_the_bytes_of_the_file(tmp_path: Path) -> None:
    """A comment more is another scope."""
    assert read(tmp_path).sha256 == sha256(GOOD.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("[scope]", "[scoop]", "scoop", "did you mean scope?"),
        ("exclude = []", "exlude = []", "scope.exlude", "did you mean exclude?"),
        ("exclude = []", "zzz = 1", "scope.zzz", "the known ones are"),
        ("exclude = []", "hours = '1'", "scope.hours", "belongs in [pace]"),
        ('role = "owner"\n', "", "authorisation.role", "missing"),
        ('networks = ["10.20.0.0/16"]\n', "", "scope.networks", "missing"),
        ('role = "owner"', "role = 3", "authorisation.role", "quotation marks"),
        ('role = "owner"', 'role = " "', "authorisation.role", "is empty"),
        ('role = "owner"', 'role = "REPLACE: role"', "authorisation.role", "template"),
        ('role = "owner"', f'role = "{"x" * 201}"', "authorisation.role", "200 characters"),
        ('role = "owner"', 'role = "a\\u001b[2J"', "authorisation.role", "control character"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00", "authorisation.valid_from", "time zone"),
        ("2026-01-01T00:00:00Z", "2026-01-01", "authorisation.valid_from", "date and time"),
        ("2026-01-01T00:00:00Z", '"2026-01-01T00:00:00Z"', "authorisation.valid_from", "date and time"),
        ("2026-12-31T00:00:00Z", "2025-12-31T00:00:00Z", "authorisation.valid_until", "not after"),
        ("2026-12-31T00:00:00Z", "2026-01-01T00:00:00Z", "authorisation.valid_until", "not after"),
        ("2026-12-31T00:00:00Z", "2027-01-02T00:00:01Z", "authorisation.valid_until", "366 days"),
        ('"prove"', '"provee"', "authorisation.touch", "negotiate, prove, count, sample"),
        ('"prove"', '"retrieve"', "authorisation.touch", "is not a touch"),
        ('"prove"', '"sample"', "authorisation.second_person", "second person"),
        (
            '"prove"',
            '"sample"\nsecond_person = "ada lovelace"',
            "authorisation.second_person",
            "other than authorised_by",
        ),
        ('["10.20.0.0/16"]', '["10.20.1.5/16"]', "scope.networks[0]", "write 10.20.0.0/16 or 10.20.1.5"),
        ('["10.20.0.0/16"]', '["0.0.0.0/0"]', "scope.networks[0]", "whole internet"),
        ('["10.20.0.0/16"]', '["::/0"]', "scope.networks[0]", "whole internet"),
        ('["10.20.0.0/16"]', '["192.0.0.0/15"]', "scope.networks[0]", "/16 at the most"),
        ('["10.20.0.0/16"]', '["10.0.0.0/7"]', "scope.networks[0]", "/16 at the most"),
        ('["10.20.0.0/16"]', '["2606::/31"]', "scope.networks[0]", "/32 at the most"),
        ('["10.20.0.0/16"]', '["::ffff:10.0.0.0/104"]', "scope.networks[0]", "disguise"),
        ('["10.20.0.0/16"]', '["10.20.0.1", "010.0.0.1"]', "scope.networks[1]", "different ways"),
        ('["10.20.0.0/16"]', '["pacs.example"]', "scope.networks[0]", "is not an IP address"),
        ('["10.20.0.0/16"]', "[10]", "scope.networks[0]", "quotation marks"),
        ('["10.20.0.0/16"]', '"10.20.0.0/16"', "scope.networks", "square brackets"),
        ('["10.20.0.0/16"]', "[]", "scope.networks", "nothing may be contacted"),
        ('["10.20.0.0/16"]\nnames = []', '[]\nnames = ["a.example"]', "scope.networks", "names resolve into"),
        ('["10.20.0.0/16"]', '["192.0.2.0/24"]', "scope.networks", "dosimeter scope sign"),
        ("names = []", 'names = ["a b"]', "scope.names[0]", "host name"),
        ("names = []", 'names = ["10.0.0.1"]', "scope.names[0]", "number"),
        ("exclude = []", 'exclude = ["10.20.1.5/24"]', "scope.exclude[0]", "host bits"),
        ("exclude = []", 'exclude = ["10.20.1"]', "scope.exclude[0]", "different ways"),
        ("[104, 11112]", "[]", "scope.ports", "is empty"),
        ("[104, 11112]", "[0]", "scope.ports[0]", "1 to 65535"),
        ("[104, 11112]", "[104, 65536]", "scope.ports[1]", "1 to 65535"),
        ("[104, 11112]", '["104"]', "scope.ports[0]", "whole number"),
        ("[104, 11112]", "[true]", "scope.ports[0]", "whole number"),
        ("[104, 11112]", "[104.0]", "scope.ports[0]", "whole number"),
        ("[104, 11112]", "[104]\ntls_ports = [2763]", "scope.tls_ports[0]", "not in scope.ports"),
        ("[104, 11112]", "[104]\ntls_ports = [104]\nweb_ports = [104]", "scope.web_ports", "one of the two"),
        ("exclude = []", 'called_ae_titles = [""]', "scope.called_ae_titles[0]", "1 to 16"),
        ("exclude = []", f'called_ae_titles = ["{"A" * 17}"]', "scope.called_ae_titles[0]", "1 to 16"),
        ("exclude = []", r'calling_ae_titles = ["A\\B"]', "scope.calling_ae_titles[0]", "backslash"),
        ("exclude = []", r'calling_ae_titles = ["A\u001b"]', "scope.calling_ae_titles[0]", "ASCII"),
        ("exclude = []", 'calling_ae_titles = ["Ä"]', "scope.calling_ae_titles[0]", "ASCII"),
        ("exclude = []", 'calling_ae_titles = [" A"]', "scope.calling_ae_titles[0]", "either end"),
        ('"00:00-24:00"', '"8-17"', "pace.hours", "20:00-06:00"),
        ('"00:00-24:00"', '"24:00-06:00"', "pace.hours", "not a part of the day"),
        ('"00:00-24:00"', '"08:00-25:00"', "pace.hours", "not a part of the day"),
        ('"00:00-24:00"', '"08:00-08:00"', "pace.hours", "same minute"),
        ("[pace]", "[pace]\nnew_hosts_per_second = 0", "pace.new_hosts_per_second", "all loopback"),
        ("[pace]", "[pace]\nnew_hosts_per_second = -1", "pace.new_hosts_per_second", "out of bounds"),
        ("[pace]", "[pace]\nnew_hosts_per_second = inf", "pace.new_hosts_per_second", "inf or nan"),
        ("[pace]", "[pace]\nnew_hosts_per_second = nan", "pace.new_hosts_per_second", "inf or nan"),
        ("[pace]", "[pace]\nhosts_in_flight = 0", "pace.hosts_in_flight", "1 to 4096"),
        ("[pace]", "[pace]\nhosts_in_flight = 12000", "pace.hosts_in_flight", "all loopback"),
        ("[pace]", "[pace]\nseconds_between_associations = 1", "pace.seconds_between_associations", "2 to"),
        ("[pace]", "[pace]\nconnect_seconds = 0", "pace.connect_seconds", "0.1 to 60"),
        ("[pace]", "[pace]\nhost_seconds = 1e9", "pace.host_seconds", "1 to 3600"),
        ("[pace]", "[pace]\nrows = 1", "pace.rows", "belongs in [count]"),
        ("[pace]", "[cuont]\n[pace]", "cuont", "did you mean count?"),
        ("[pace]", "[count]\nrow = 1\n[pace]", "count.row", "did you mean rows?"),
        ("[pace]", "[count]\nrows = 0\n[pace]", "count.rows", 'lower the touch to "prove"'),
        ("[pace]", "[count]\nrows = -1\n[pace]", "count.rows", "from 1 to 100000000"),
        ("[pace]", "[count]\nrows = 100_000_001\n[pace]", "count.rows", "100000001 is out of bounds"),
        ("[pace]", "[count]\nrows = 1e5\n[pace]", "count.rows", "whole number"),
        ("[pace]", "[count]\nrows = true\n[pace]", "count.rows", "whole number"),
        ("[pace]", '[count]\nrows = "1"\n[pace]', "count.rows", "whole number"),
        ("[pace]", "[count]\nrows_per_answer = 0\n[pace]", "count.rows_per_answer", "from 1 to 1000000"),
        (
            "[pace]",
            "[count]\nrows = 500\nrows_per_answer = 501\n[pace]",
            "count.rows_per_answer",
            "501 is more than count.rows, 500",
        ),
        ("[pace]", "[count]\nreceived_bytes = 65_535\n[pace]", "count.received_bytes", "from 65536 to"),
        (
            "[pace]",
            "[count]\nreceived_bytes = 1_000_000_000_000\n[pace]",
            "count.received_bytes",
            "17179869184",
        ),
        ("[pace]", "[count]\nseconds = 0\n[pace]", "count.seconds", "from 1 to 86400"),
        ("[pace]", "[count]\nseconds = nan\n[pace]", "count.seconds", "inf or nan"),
        ("[pace]", "[count]\nseconds = 1e6\n[pace]", "count.seconds", "from 1 to 86400"),
        ("[pace]", "[count]\nassociations = 0\n[pace]", "count.associations", "from 1 to 60"),
        ("[pace]", "[count]\nassociations = 61\n[pace]", "count.associations", "from 1 to 60"),
        ("[pace]", "[count]\nassociations = 1.5\n[pace]", "count.associations", "whole number"),
        ("[pace]", "[count]\npatience_seconds = 0.0\n[pace]", "count.patience_seconds", "from 0.1 to 60"),
        ("[pace]", "[count]\npatience_seconds = -2\n[pace]", "count.patience_seconds", "from 0.1 to 60"),
        ("[pace]", "count = 3\n[pace]", "scope.count", "there is no such key"),
    ],
)
def test_one_wrong_key_is_named_with_what_to_do(
    tmp_path: Path, old: str, new: str, key: str, words: str
) -> None:
    """Each problem says which key, what is wrong with it and how to mend it."""
    refused = problem(tmp_path, changed(old, new))
    assert (refused.key, words in refused.says) == (key, True), str(refused)


def test_manners_may_be_dropped_where_every_network_is_loopback(tmp_path: Path) -> None:
    """The lab runs at full speed; one other network more, and it may not."""
    fast = "[pace]\nnew_hosts_per_second = 0\nseconds_between_associations = 0\nhosts_in_flight = 12000"
    text = changed("[pace]", fast)
    scope = read(tmp_path, text.replace('"10.20.0.0/16"', '"127.20.0.0/16", "::1"'))
    assert scope.pace.new_hosts_per_second == 0
    assert scope.pace.hosts_in_flight == 12000
    mixed = problem(tmp_path, text.replace('"10.20.0.0/16"', '"127.20.0.0/16", "10.0.0.1"'))
    assert {one.key for one in mixed.all} == {
        "pace.new_hosts_per_second",
        "pace.seconds_between_associations",
        "pace.hosts_in_flight",
    }


@pytest.mark.parametrize("network", ["127.20.0.0/16", "10.20.0.0/16", "192.0.2.0/24"])
def test_a_budget_is_the_same_on_loopback_private_and_public_networks(tmp_path: Path, network: str) -> None:
    """Manners may be dropped for our own lab; what counting may cost is bounded everywhere."""
    text = changed('"10.20.0.0/16"', f'"{network}"') + "[count]\nassociations = 61\npatience_seconds = 0\n"
    keys = [one.key for one in problem(tmp_path, text).all]
    assert keys == ["count.associations", "count.patience_seconds"]


def test_a_longest_answer_that_nobody_wrote_fits_into_the_rows(tmp_path: Path) -> None:
    """Who lowers the rows alone need not lower the answer too."""
    count = read(tmp_path, GOOD + "[count]\nrows = 500\n").count
    assert (count.rows, count.rows_per_answer) == (500, 500)


def test_the_limits_of_a_budget_are_allowed_themselves(tmp_path: Path) -> None:
    """The least and the most that the sentences name are accepted."""
    least = "rows = 1\nrows_per_answer = 1\nreceived_bytes = 65536\nseconds = 1\nassociations = 1\n"
    most = (
        "rows = 100000000\nrows_per_answer = 1000000\nreceived_bytes = 17179869184\n"
        "seconds = 86400\nassociations = 60\n"
    )
    assert read(tmp_path, f"{GOOD}[count]\n{least}patience_seconds = 0.1\n").count.rows == 1
    assert read(tmp_path, f"{GOOD}[count]\n{most}patience_seconds = 60\n").count.associations == 60


def test_all_problems_of_a_file_are_found_in_one_go(tmp_path: Path) -> None:
    """Nobody has to run the check five times."""
    text = changed('"prove"', '"all"').replace("[104, 11112]", "[0]").replace("24:00", "25:00")
    assert [one.key for one in problem(tmp_path, text).all] == [
        "authorisation.touch",
        "scope.ports[0]",
        "pace.hours",
    ]


@pytest.mark.parametrize(
    ("now", "key", "words"),
    [
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), "authorisation.valid_from", "not yet valid"),
        (datetime(2026, 12, 31, tzinfo=UTC), "authorisation.valid_until", "expired at 2026-12-31 00:00 UTC"),
    ],
)
def test_a_scope_outside_its_dates_is_refused(tmp_path: Path, now: datetime, key: str, words: str) -> None:
    """Not yet valid and expired are two different sentences."""
    refused = problem(tmp_path, GOOD, now)
    assert refused.key == key
    assert words in refused.says


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "missing"),
        (b"[authorisation\n", "line 1"),
        (b"a = 1\na = 2\n", "line 2"),
        (b"\n\nx = \xff\n", "line 3"),
        (b"\xff\xfea\0", "UTF-8"),
        (b"x = " + b"[" * 100_000, "nested too deeply"),
        (b"#" * ((1 << 20) + 1), "larger than 1 MiB"),
        (b"scope = 3", "missing"),
    ],
)
def test_a_file_that_is_no_scope_is_refused_with_the_place(
    tmp_path: Path, content: bytes, words: str
) -> None:
    """Broken TOML names the line; nothing ends in a traceback."""
    assert words in str(problem(tmp_path, content))


def test_a_table_of_the_wrong_kind_is_named(tmp_path: Path) -> None:
    """A number where a table belongs is said to be one."""
    both = problem(tmp_path, b"scope = 3\nauthorisation = []\n")
    assert {(one.key, one.says.split(";")[0]) for one in both.all} == {
        ("scope", "must be a table"),
        ("authorisation", "must be a table"),
    }


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    """Some editors write one."""
    assert read(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()).role == "owner"


def test_a_missing_scope_says_how_to_get_one(tmp_path: Path) -> None:
    """The first message a new user may see names the next command."""
    assert "dosimeter scope init" in _unreadable(tmp_path / "none.toml")


def test_a_folder_and_a_closed_file_are_told_apart(tmp_path: Path) -> None:
    """What the system says becomes a sentence."""
    closed = tmp_path / "closed.toml"
    closed.write_text(GOOD)
    closed.chmod(0)
    assert "folder" in _unreadable(tmp_path)
    if os.geteuid():  # root may read everything, and there is nothing to refuse
        assert "permissions" in _unreadable(closed)


def _unreadable(path: Path) -> str:
    with pytest.raises(ScopeProblem) as refused:
        read_scope(path, trusted_keys=None, now=NOW)
    return refused.value.says
