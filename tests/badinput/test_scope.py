from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.badinput.settled import Settled

POLITE = {"new_hosts_per_second": 1, "seconds_between_associations": 2}


def test_a_scope_that_is_missing(settled: Settled) -> None:
    """Without the file nothing is contacted, and the file is named."""
    settled.refused("--scope", "nowhere.toml", words=("nowhere.toml",))


def test_a_scope_that_is_a_folder(settled: Settled) -> None:
    """A path is not always a file."""
    settled.refused("--scope", settled.terminal.folder, words=(str(settled.terminal.folder),))


def test_a_scope_that_has_expired(settled: Settled) -> None:
    """Yesterday's authorisation is none."""
    now = datetime.now(UTC)
    scope = settled.terminal.scope(settled.archive, valid_until=now - timedelta(minutes=1))
    settled.refused("--scope", scope, words=("valid_until",))


def test_a_scope_that_is_not_yet_valid(settled: Settled) -> None:
    """Tomorrow's authorisation is none yet."""
    now = datetime.now(UTC)
    scope = settled.terminal.scope(settled.archive, valid_from=now + timedelta(minutes=5))
    settled.refused("--scope", scope, words=("valid_from",))


@pytest.mark.parametrize("network", ["203.0.114.0/24", "8.8.8.8", "2a00:1450::/32", "::ffff:8.8.8.8"])
def test_an_unsigned_scope_with_a_public_address(settled: Settled, network: str) -> None:
    """Public addresses need the signature of their authoriser; the message says how."""
    scope = settled.terminal.scope(settled.archive, networks=["127.0.0.1/32", network], pace=POLITE)
    settled.refused("--scope", scope, words=("dosimeter scope sign",))


@pytest.mark.parametrize("network", ["127.0.0.1/8", "0.0.0.0/0", "::/0", "127.0.0.0/33", "127.0.0.1-9"])
def test_a_scope_that_is_wider_than_it_says(settled: Settled, network: str) -> None:
    """One host written with a short prefix, or everything, is not what anybody authorised."""
    scope = settled.terminal.scope(settled.archive, networks=[network])
    settled.refused("--scope", scope, words=("networks",))


def test_a_scope_that_is_wider_than_its_second_person_allows(settled: Settled) -> None:
    """The touch sample needs a named second person."""
    scope = settled.terminal.scope(settled.archive, touch="sample")
    settled.refused("--scope", scope, words=("second_person",))


@pytest.mark.parametrize(
    "text",
    [
        "[authorisation",
        "authorised_by = yes please",
        "\x00",
        "[scope]\nnetworks = [",
        "\ufeff[authorisation]\n",
    ],
    ids=["bracket", "value", "nul", "list", "byte order mark"],
)
def test_a_scope_that_is_not_toml(settled: Settled, text: str) -> None:
    """The sentence says where it breaks."""
    path = settled.terminal.folder / "broken.toml"
    path.write_text(text)
    settled.refused("--scope", path, words=("broken.toml",))


def test_a_scope_that_is_not_text(settled: Settled) -> None:
    """Bytes that are not UTF-8."""
    path = settled.terminal.folder / "bytes.toml"
    path.write_bytes(bytes(range(128, 256)))
    settled.refused("--scope", path, words=("bytes.toml",))


@pytest.mark.parametrize("key", ["netwroks", "ports_of_call"])
def test_a_scope_with_an_unknown_key(settled: Settled, key: str) -> None:
    """A typing error must not become a rule that is silently not there."""
    scope = settled.terminal.scope(settled.archive, **{key: ["127.0.0.1"]})
    settled.refused("--scope", scope, words=(key,))


def test_a_scope_with_an_unknown_table(settled: Settled) -> None:
    """The same for a whole table."""
    scope = settled.terminal.scope(settled.archive)
    scope.write_text(scope.read_text() + "\n[exclusions]\nnetworks = []\n")
    settled.refused("--scope", scope, words=("exclusions",))


def test_a_pace_that_is_out_of_bounds(settled: Settled) -> None:
    """Manners have limits."""
    scope = settled.terminal.scope(settled.archive, pace={"hosts_in_flight": 10_000_000})
    settled.refused("--scope", scope, words=("hosts_in_flight",))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rows", 0),
        ("rows_per_answer", 1_000_000_000),
        ("received_bytes", 1),
        ("seconds", -5),
        ("associations", 0),
        ("patience_seconds", 0),
    ],
)
def test_a_budget_that_is_none_or_has_no_end(settled: Settled, key: str, value: int) -> None:
    """Zero does not mean without limit, and no limit is no budget."""
    scope = settled.terminal.scope(settled.archive, touch="count", count={key: value})
    settled.refused("--scope", scope, words=(f"count.{key}",))


def test_a_budget_with_an_unknown_key(settled: Settled) -> None:
    """A limit that is misspelt must not be one that is not there."""
    scope = settled.terminal.scope(settled.archive, touch="count", count={"row": 10})
    settled.refused("--scope", scope, words=("count.row", "rows"))


def test_hours_in_which_nothing_may_start_now(settled: Settled) -> None:
    """Outside the hours the survey is kept for later: it ends early (4), and nobody is contacted."""
    start, end = (
        datetime.now().astimezone() + timedelta(hours=2),
        datetime.now().astimezone() + timedelta(hours=3),
    )
    scope = settled.terminal.scope(settled.archive, pace={"hours": f"{start:%H:%M}-{end:%H:%M}"})
    said = settled.terminal.run("survey", "--scope", scope, "--store", "sqlite:///later.sqlite")
    assert said.code == 4
    assert "dosimeter survey resume" in said.err
    assert len(settled.archive.visits) == settled.visits
