from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

from dosimeter.lab.archives import CALLED_TITLE, CALLING_TITLE, lab_archives
from dosimeter.lab.authorise import scope_text, targets_text
from dosimeter.lab.policy import Counters, Door
from dosimeter.model.scope import Touch
from dosimeter.model.verdict import Exposure
from dosimeter.scopefile.read import read_scope

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def test_every_rung_of_the_ladder_has_an_archive() -> None:
    """From unreachable to browsable."""
    assert {port.expected.exposure for archive in lab_archives() for port in archive.ports} == set(Exposure)


def test_every_rung_that_a_browser_can_reach_has_a_web_face() -> None:
    """An open one, a guarded one, an ordinary web server, and one that nothing is learnt of."""
    shown = {expected.exposure for archive in lab_archives() for _, expected in archive.faces}
    assert shown == {Exposure.BROWSABLE, Exposure.GUARDED, Exposure.NOT_DICOM, Exposure.INCONCLUSIVE}


def test_the_scope_says_of_every_port_what_it_is_for(tmp_path: Path) -> None:
    """Except of those that speak TLS where nobody expects it: that is for a survey to find."""
    path = tmp_path / "scope.toml"
    path.write_text(scope_text(lab_archives(), NOW), encoding="utf-8")
    scope = read_scope(path, trusted_keys=tmp_path / "none", now=NOW)
    others = {
        port.endpoint.authority
        for archive in lab_archives()
        for port in archive.ports
        if scope.service_of(port.endpoint.port) is not port.endpoint.service
    }
    assert others == {"127.20.0.63:8042"}


def test_each_archive_has_its_own_name_and_loopback_address() -> None:
    """No two share an address, so that a host in a report is one archive."""
    archives = lab_archives()
    assert len({archive.address for archive in archives}) == len(archives) >= 12
    assert len({archive.name for archive in archives}) == len(archives)
    assert all(ip_address(archive.address) in ip_network("127.20.0.0/24") for archive in archives)


def test_archives_that_hold_patients_hold_a_few_hundred() -> None:
    """Enough for counts to mean something, few enough to start at once; two are the same on purpose."""
    held = {archive.name: archive for archive in lab_archives() if archive.patients or archive.shape}
    assert all(100 <= archive.catalogue().patients.size <= 999 for archive in held.values())
    seeds = {name: archive.seed for name, archive in held.items() if name != "mirror"}
    assert len(set(seeds.values())) == len(seeds)
    assert held["mirror"].catalogue().truth() == held["open"].catalogue().truth()


def test_counting_the_lab_shows_what_counting_can_meet() -> None:
    """A silent limit, one that is said, studies without a date, zeros, rows that repeat, slowness."""
    by_name = {archive.name: archive for archive in lab_archives()}
    policies = {name: archive.policy for name, archive in by_name.items()}
    silent, said = policies["tls-on-plain-port"], policies["cut-off"]
    assert (silent.most_rows, silent.cut_status) == (100, 0x0000)
    assert by_name["tls-on-plain-port"].catalogue().truth().studies > 100
    assert (said.most_rows, said.cut_status) == (10, 0xFE00)
    assert by_name["known-callers"].catalogue().truth().undated == 24
    assert policies["query-only"].counters is Counters.ZERO
    assert policies["row-per-instance"].row_per_instance
    assert policies["tls-open"].tempo.first > 1500


def test_the_scope_allows_the_lab_and_no_more(tmp_path: Path) -> None:
    """The written scope is read back: its network, its two titles, a pace for loopback."""
    path = tmp_path / "scope.toml"
    path.write_text(scope_text(lab_archives(), NOW), encoding="utf-8")
    scope = read_scope(path, trusted_keys=tmp_path / "none", now=NOW)
    assert [str(network) for network in scope.networks] == ["127.20.0.0/24"]
    assert (scope.called_ae_titles, scope.calling_ae_titles) == ((CALLED_TITLE,), (CALLING_TITLE,))
    assert scope.pace.new_hosts_per_second == 0
    assert scope.pace.seconds_between_associations == 0
    assert tomllib.loads(path.read_text())["authorisation"]["touch"] == "count"


def test_the_scope_lets_every_archive_of_the_lab_be_counted(tmp_path: Path) -> None:
    """The rows suffice for the largest archive many times over, and each of its answers for all of it."""
    path = tmp_path / "scope.toml"
    path.write_text(scope_text(lab_archives(), NOW), encoding="utf-8")
    scope = read_scope(path, trusted_keys=tmp_path / "none", now=NOW)
    largest = max(archive.catalogue().truth().studies for archive in lab_archives())
    assert scope.touch is Touch.COUNT
    assert scope.count.rows >= 10 * largest
    assert scope.count.rows_per_answer >= largest


def test_the_list_of_targets_names_each_port_once() -> None:
    """One line per port, the closed one too."""
    lines = targets_text(lab_archives(4)).splitlines()
    assert lines[0] == "127.20.4.1:11112"
    assert len(lines) == len(set(lines)) == sum(len(archive.ports) for archive in lab_archives())
    assert any(archive.door is Door.CLOSED for archive in lab_archives())
