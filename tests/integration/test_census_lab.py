"""The product counts lab archives that lie in every way of real archives §5: no number is called exact unless it is.

One survey, in a process of its own, of one archive for each row of the table; the archives answer on
sockets, from this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from dosimeter.lab.archive import PLAIN_PORT, Archive, Expected
from dosimeter.lab.attributes import Tag
from dosimeter.lab.catalogue import Truth
from dosimeter.lab.generated import Shape
from dosimeter.lab.ledger import Ledger
from dosimeter.lab.policy import (
    QUERY_SERVICES,
    WORKLIST_SERVICE,
    Counters,
    Hierarchy,
    Matching,
    OddDates,
    Policy,
    Reaction,
    RowOrder,
    Tempo,
)
from dosimeter.lab.products import LIKE_DCMTK, LIKE_ORTHANC, LIKE_PYNETDICOM
from dosimeter.lab.server import Lab
from dosimeter.model.verdict import Exposure

SURVEY_SECONDS: Final = 240
LARGE: Final = 100_000

NUMBERS: Final = ("patients", "studies", "series", "instances")
EXACT: Final = "exact"
AT_LEAST: Final = "at_least"
ESTIMATED: Final = "estimated"
CLAIMED: Final = "claimed"
UNKNOWN: Final = "unknown"

DATES: Final = frozenset((Tag.STUDY_DATE,))
TIMES: Final = frozenset((Tag.STUDY_TIME,))
MODALITIES: Final = frozenset((Tag.MODALITIES_IN_STUDY,))
STUDY_UIDS: Final = frozenset((Tag.STUDY_INSTANCE_UID,))
PATIENT_IDS: Final = frozenset((Tag.PATIENT_ID,))
PLAIN: Final = Shape(240)
UNDATED: Final = Shape(240, undated=50)
BARE: Final = Shape(240, bare=50)

_SCOPE: Final = """\
[authorisation]
authorised_by = "Test Suite"
role = "owner of these processes"
reference = "tests/integration/test_census_lab.py"
legal_basis = "our own machine"
contact = "nobody@test.example"
valid_from = {begins}
valid_until = {ends}
touch = "count"
[scope]
networks = ["127.21.60.0/24"]
ports = [{port}]
tls_ports = []
web_ports = []
[pace]
new_hosts_per_second = 0
hosts_in_flight = 64
seconds_between_associations = 0
connect_seconds = 5
answer_seconds = 10
host_seconds = 120
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One archive and how each of its four numbers should be known, in the order of `NUMBERS`."""

    name: str
    policy: Policy
    kinds: tuple[str, str, str, str]
    shape: Shape = PLAIN


def cut(rows: int, status: int = 0xFE00, policy: Policy = LIKE_ORTHANC) -> Policy:
    """An archive that ends its answers after so many rows."""
    return replace(policy, most_rows=rows, cut_status=status)


def matching(**options: object) -> Policy:
    """Orthanc, matching otherwise."""
    return replace(LIKE_ORTHANC, matching=replace(LIKE_ORTHANC.matching, **options))


ALL_EXACT: Final = (EXACT,) * 4
CASES: Final = (
    Case("truthful, relational", LIKE_ORTHANC, ALL_EXACT),
    Case("truthful, as the standard", Policy(), (EXACT, EXACT, CLAIMED, CLAIMED)),
    Case("empty", LIKE_ORTHANC, ALL_EXACT, Shape(0)),
    Case("dcmtk", LIKE_DCMTK, ALL_EXACT),
    Case("row per instance", LIKE_PYNETDICOM, ALL_EXACT),
    Case("every row three times", replace(LIKE_ORTHANC, row_repeats=3), ALL_EXACT),
    Case("pending is 0xFF01", replace(LIKE_ORTHANC, pending_status=0xFF01), ALL_EXACT),
    Case("0xFE00 after 100", cut(100), ALL_EXACT),
    Case("0xFE00 after 7", cut(7), ALL_EXACT),
    Case("0xFE00 after 1", cut(1), ALL_EXACT),
    Case("0xA700 after 100", cut(100, 0xA700), (UNKNOWN, AT_LEAST, UNKNOWN, UNKNOWN)),
    Case("0xC000 after 100", cut(100, 0xC000), ALL_EXACT),
    Case("silent after 100", cut(100, 0x0000), ALL_EXACT),
    Case("silent after 12", cut(12, 0x0000), ALL_EXACT),
    Case("silent after 1", cut(1, 0x0000), ALL_EXACT),
    Case("silent, just its size", cut(240, 0x0000), ALL_EXACT),
    Case("silent, one less", cut(239, 0x0000), ALL_EXACT),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the survey says of one archive, and what is true."""

    case: Case
    line: Mapping[str, object]
    truth: Truth
    ledger: Ledger


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Counted]]:
    """Every case, surveyed at once."""
    folder = tmp_path_factory.mktemp("census")
    archives = tuple(archive_of(case, number) for number, case in enumerate(CASES, 1))
    with Lab(archives) as lab:
        lines = survey(archives, folder)
        yield {
            case.name: Counted(case, lines[archive.address], archive.catalogue().truth(), ledger)
            for case, archive, ledger in zip(CASES, archives, lab.ledgers, strict=True)
        }


def archive_of(case: Case, number: int) -> Archive:
    """The archive of a case; no two hold the same."""
    return Archive(
        case.name,
        f"127.21.60.{number}",
        case.name,
        Expected(Exposure.QUERYABLE),
        case.policy,
        seed=number,
        shape=case.shape,
    )


def survey(archives: tuple[Archive, ...], folder: Path) -> dict[str, Mapping[str, object]]:
    """``dosimeter survey --touch count``, as a user runs it; the archive lines by address."""
    now = datetime.now(UTC).replace(microsecond=0)
    begins, ends = (f"{now + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (-1, 1))
    scope = folder / "scope.toml"
    scope.write_text(_SCOPE.format(begins=begins, ends=ends, port=PLAIN_PORT), encoding="utf-8")
    command = (
        *(sys.executable, "-m", "dosimeter", "survey", "--scope", scope, "--touch", "count"),
        *("--store", f"sqlite:///{folder / 'survey.db'}", "-f", "jsonl"),
        *(archive.endpoint.authority for archive in archives),
    )
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=SURVEY_SECONDS,
        env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["address"]: line for line in lines if line["type"] == "archive"}
