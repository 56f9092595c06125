"""Lab archives that lie in every way of real archives §5, counted: what is called exact is true.

One survey, in a process of its own, of one archive for each row of the table; the archives answer on
sockets, from this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from dosimeter.dicom.uids import PATIENT_ROOT_FIND
from dosimeter.lab.archive import PLAIN_PORT, Archive, Expected
from dosimeter.lab.attributes import Tag
from dosimeter.lab.catalogue import Catalogue, Truth
from dosimeter.lab.generated import Shape
from dosimeter.lab.ledger import Ledger
from dosimeter.lab.policy import (
    WORKLIST_SERVICE,
    Counters,
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
UNKNOWN: Final = "unknown"
SEEN: Final = "seen"
"""Exact, or at least what is true: everything was seen, and it may not be certain that it is all."""
TOLD: Final = "told"
"""Seen, or claimed by the archive as it is."""
LIED: Final = "lied"
"""Claimed by the archive, and not so: called a claim, therefore."""
SOME: Final = "some"
"""At least a part of it."""
ANY: Final = "any"
"""Whatever is honest."""

DATES: Final = frozenset((Tag.STUDY_DATE,))
TIMES: Final = frozenset((Tag.STUDY_TIME,))
MODALITIES: Final = frozenset((Tag.MODALITIES_IN_STUDY,))
STUDY_UIDS: Final = frozenset((Tag.STUDY_INSTANCE_UID,))
PATIENT_IDS: Final = frozenset((Tag.PATIENT_ID,))
PATIENT_ROOT: Final = frozenset((PATIENT_ROOT_FIND,))
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
    """One archive, and how well each of its four numbers should be known, in the order of `NUMBERS`."""

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


def ignoring(tags: frozenset[int]) -> Policy:
    """Orthanc, with keys that select nothing."""
    return matching(ignored=tags)


ALL_EXACT: Final = (EXACT,) * 4
ALL_SEEN: Final = (SEEN,) * 4
ALL_UNKNOWN: Final = (UNKNOWN,) * 4
STUDIES_ALONE: Final = (EXACT, EXACT, UNKNOWN, UNKNOWN)
STRICT: Final = (EXACT, EXACT, TOLD, TOLD)
"""Series and instances have no relational query there: the archive's own counters are all there is."""
LIMITED: Final = (EXACT, EXACT, EXACT, TOLD)
STOPPED: Final = (ANY, SOME, ANY, ANY)

CASES: Final = (
    # What kind of archive it is.
    Case("orthanc", LIKE_ORTHANC, ALL_EXACT),
    Case("as the standard", Policy(), STRICT),
    Case("dcmtk", LIKE_DCMTK, (EXACT, EXACT, EXACT, ANY)),
    Case("row per instance", LIKE_PYNETDICOM, ALL_EXACT),
    Case("empty", LIKE_ORTHANC, ALL_EXACT, Shape(0)),
    Case("patient root alone", replace(LIKE_DCMTK, services=PATIENT_ROOT), (EXACT, ANY, ANY, ANY)),
    # 5. Rows are not studies.
    Case("each row three times", replace(LIKE_ORTHANC, row_repeats=3), ALL_EXACT),
    Case("rows without their key", replace(LIKE_ORTHANC, unsent=STUDY_UIDS), ALL_UNKNOWN),
    # 6. Count attributes lie.
    Case("counters absent", Policy(counters=Counters.ABSENT), STUDIES_ALONE),
    Case("counters zero", Policy(counters=Counters.ZERO), STUDIES_ALONE),
    Case("counters collapse", Policy(counters=Counters.COLLAPSE), (ANY, EXACT, UNKNOWN, UNKNOWN)),
    Case("counters inflated", Policy(counters=Counters.INFLATED), (EXACT, EXACT, LIED, LIED)),
    Case("counters absurd", Policy(counters=Counters.ABSURD), STUDIES_ALONE),
    Case("inflated, relational", replace(LIKE_ORTHANC, counters=Counters.INFLATED), ALL_EXACT),
    Case("zero, relational", replace(LIKE_ORTHANC, counters=Counters.ZERO), ALL_EXACT),
    Case("no patient identifiers", replace(LIKE_ORTHANC, unsent=PATIENT_IDS), (UNKNOWN, EXACT, EXACT, EXACT)),
    # 7. Keys that are not matched.
    Case("canned", Policy(canned_rows=30), ALL_UNKNOWN),
    Case("dates ignored", ignoring(DATES), (ANY, EXACT, ANY, ANY)),
    Case("times ignored", ignoring(TIMES), ALL_EXACT),
    Case("dates and times ignored", ignoring(DATES | TIMES), (ANY, EXACT, ANY, ANY)),
    Case("modalities ignored", ignoring(MODALITIES), ALL_EXACT),
    Case("no wildcards", matching(wildcards=False), ALL_SEEN),
    Case("patients in any case", matching(ignores_case=True), ALL_EXACT),
    # 8. Truncation.
    Case("0xFE00 after 100", cut(100), LIMITED),
    Case("0xFE00 after 7", cut(7), LIMITED),
    Case("0xFE00 after 1", cut(1), (ANY, SEEN, ANY, ANY)),
    Case("0xA700 after 100", cut(100, 0xA700), STOPPED),
    Case("0xC000 after 100", cut(100, 0xC000), LIMITED),
    Case("silent after 100", cut(100, 0x0000), LIMITED),
    Case("silent after 12", cut(12, 0x0000), LIMITED),
    Case("silent after 1", cut(1, 0x0000), STOPPED),
    Case("silent at its size", cut(240, 0x0000), LIMITED),
    Case("silent at one less", cut(239, 0x0000), LIMITED),
    Case("aborts after 100", replace(cut(100), breaks_off=Reaction.ABORT), STOPPED),
    Case("a limit for instances", replace(LIKE_ORTHANC, most_rows_at=(("IMAGE", 20),)), LIMITED),
    Case(
        "silent, shuffled", replace(cut(20, 0x0000), row_order=RowOrder.SHUFFLED), (EXACT, EXACT, EXACT, ANY)
    ),
    Case("cut, rows per instance", cut(2000, 0x0000, LIKE_PYNETDICOM), ALL_EXACT),
    Case("undated", LIKE_ORTHANC, ALL_EXACT, UNDATED),
    Case("undated, cut", cut(20), LIMITED, UNDATED),
    Case("undated, silently cut", cut(20, 0x0000), (ANY, EXACT, ANY, ANY), UNDATED),
    Case("bare", LIKE_ORTHANC, ALL_EXACT, BARE),
    Case("bare, silently cut", cut(20, 0x0000), (ANY, EXACT, ANY, ANY), BARE),
    Case("odd dates and times", cut(20), (ANY, EXACT, ANY, ANY), Shape(240, odd=100)),
    # 9. Dates that do not exist, 10. cancels ignored, 11. pending 0xFF01.
    Case("odd dates find all", matching(odd_dates=OddDates.EVERYTHING), ALL_EXACT),
    Case("pending is 0xFF01", replace(LIKE_ORTHANC, pending_status=0xFF01), ALL_EXACT),
    Case("endless", replace(LIKE_ORTHANC, endless=True), STOPPED),
    Case("endless, deaf", replace(LIKE_ORTHANC, endless=True, honours_cancel=False), STOPPED),
    # Manners.
    Case("out of resources", replace(LIKE_ORTHANC, gives_up_after=12), STOPPED),
    Case("tired", replace(LIKE_ORTHANC, tempo=Tempo(fresh=14, first=2500)), STOPPED),
    Case("a row a moment", replace(LIKE_ORTHANC, tempo=Tempo(row=1)), ALL_EXACT, Shape(60)),
    # Scale.
    Case("large", Policy(), (ANY, EXACT, ANY, ANY), Shape(LARGE)),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the survey says of one archive, and what is true."""

    name: str
    line: Mapping[str, Any]
    catalogue: Catalogue
    truth: Truth
    ledger: Ledger


WORKLIST: Final = "worklist"
TWIN: Final = "the same as orthanc"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Counted]]:
    """Every case, a worklist and a twin, surveyed at once."""
    folder = tmp_path_factory.mktemp("census")
    cases = tuple(
        archive_of(case.name, number, case.policy, case.shape) for number, case in enumerate(CASES, 1)
    )
    worklist = replace(
        archive_of(WORKLIST, 201, Policy(services=WORKLIST_SERVICE), None), patients=60, appointments=40
    )
    twin = replace(archive_of(TWIN, 202, Policy(), PLAIN), seed=cases[0].seed)
    archives = (*cases, worklist, twin)
    with Lab(archives) as lab:
        lines = survey(archives, folder)
        found = {}
        for archive, ledger in zip(archives, lab.ledgers, strict=True):
            catalogue = archive.catalogue()
            line = lines[archive.address]
            found[archive.name] = Counted(archive.name, line, catalogue, catalogue.truth(), ledger)
        yield found


def archive_of(name: str, number: int, policy: Policy, shape: Shape | None) -> Archive:
    """The archive of a case; no two hold the same."""
    expected = Expected(Exposure.QUERYABLE)
    return Archive(name, f"127.21.60.{number}", name, expected, policy, seed=number, shape=shape)


def survey(archives: tuple[Archive, ...], folder: Path) -> dict[str, Mapping[str, Any]]:
    """``dosimeter survey --touch count``, as a user runs it; the lines by the address of each door."""
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
    archives_found = [line for line in lines if line["type"] == "archive"]
    return {door["address"]: line for line in archives_found for door in line["endpoints"]}


def differences(case: Case, one: Counted) -> list[str]:
    """What is known less well than expected, number by number, in words."""
    said = []
    for name, how in zip(NUMBERS, case.kinds, strict=True):
        count, held = one.line["counts"][name], getattr(one.truth, name)
        if not is_as_expected(count, how, held):
            said.append(f"{name}: {count}, not {how}; {held} are held")
    return said


def is_as_expected(count: Mapping[str, object], how: str, held: int) -> bool:
    """Whether a number is known so well."""
    kind, value = count["kind"], count.get("value")
    counted = kind in {"exact", "at_least"}
    return {
        EXACT: kind == EXACT and value == held,
        SEEN: counted and value == held,
        TOLD: kind != UNKNOWN and value == held,
        LIED: kind == "claimed" and value != held,
        SOME: kind == "at_least" and isinstance(value, int) and 0 < value <= held,
        UNKNOWN: kind == UNKNOWN,
        ANY: is_honest(count, held),
    }[how]


def is_honest(count: Mapping[str, object], held: int) -> bool:
    """Whether a number is as true as its kind says. What an archive claims is its own affair."""
    match count:
        case {"kind": "exact", "value": value}:
            return value == held
        case {"kind": "at_least", "value": int(value)}:
            return value <= held
        case {"kind": "fewer_than", "value": int(value)}:
            return held < value
        case {"kind": "estimated", "low": int(low), "high": int(high)}:
            return low <= held <= high
        case {"kind": "claimed" | "unknown"}:
            return True
    return False


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_number_is_called_what_it_is(counted: Mapping[str, Counted], case: Case) -> None:
    """Patients, studies, series, instances: each as well as it can be known of this archive, and true."""
    one = counted[case.name]
    assert differences(case, one) == [], one.line["remarks"]


def test_no_number_is_called_exact_that_is_not(counted: Mapping[str, Counted]) -> None:
    """Whatever an archive does: exact is the truth, and no bound is crossed."""
    wrong = [
        f"{one.name}, {number}: {one.line['counts'][number]} of {getattr(one.truth, number)}"
        for one in counted.values()
        for number in NUMBERS
        if not is_honest(one.line["counts"][number], getattr(one.truth, number))
    ]
    assert wrong == []


def test_the_worklist_is_counted(counted: Mapping[str, Counted]) -> None:
    """Forty steps are scheduled, and nothing else is known of that archive."""
    counts = counted[WORKLIST].line["counts"]
    assert counts["worklist_items"] == {"kind": EXACT, "value": 40}
    assert {counts[name]["kind"] for name in NUMBERS} == {UNKNOWN}


def test_the_same_archive_behind_another_address_is_seen(counted: Mapping[str, Counted]) -> None:
    """Two addresses, one archive, however differently they answer; no other two are joined."""
    joined = {name for name, one in counted.items() if len(one.line["endpoints"]) > 1}
    assert joined == {TWIN, "orthanc"}
    (link,) = counted[TWIN].line["links"]
    assert link["evidence"] == "same_studies"


def test_undated_studies_are_told(counted: Mapping[str, Counted]) -> None:
    """Those with a time are counted; of those with neither, what showed is counted at least."""
    assert counted["undated"].line["undated_studies"] == {"kind": EXACT, "value": 12}
    assert counted["bare"].line["undated_studies"]["value"] == 12
    assert counted["as the standard"].line["undated_studies"]["value"] == 0


def test_a_limit_is_told(counted: Mapping[str, Counted]) -> None:
    """The archive's limit is in the report, said or unsaid."""
    limits = {name: counted[name].line["rows_limit"] for name in ("0xFE00 after 100", "silent after 100")}
    assert limits == {"0xFE00 after 100": 100, "silent after 100": 100}
    assert counted["orthanc"].line["rows_limit"] is None


def test_years_add_up(counted: Mapping[str, Counted]) -> None:
    """Each year that holds enough to be shown has what it holds."""
    one = counted["large"]
    years = {each["year"]: each["studies"] for each in one.line["by_year"]}
    assert years == {year: {"kind": EXACT, "value": held} for year, held in one.truth.years.items()}


def test_no_question_names_anybody(counted: Mapping[str, Counted]) -> None:
    """Ranges are closed; studies are asked for by made-up UIDs, patients by endings of three characters."""
    for one in counted.values():
        studies, patients = one.catalogue.studies, one.catalogue.patients
        uids = set(map(studies.columns[Tag.STUDY_INSTANCE_UID], range(studies.size)))
        people = set(map(patients.columns[Tag.PATIENT_ID], range(patients.size)))
        assert one.ledger.questions
        for keys in one.ledger.questions:
            assert keys.get(Tag.STUDY_INSTANCE_UID, "") not in uids
            patient = str(keys.get(Tag.PATIENT_ID, ""))
            assert patient not in people
            assert "*" not in patient or (patient[0] == "*" and len(patient) <= 4)
            for tag in (Tag.STUDY_DATE, Tag.STUDY_TIME):
                assert is_closed(str(keys.get(tag, ""))), (one.name, keys)


def test_nothing_is_asked_twice(counted: Mapping[str, Counted]) -> None:
    """But for the control of the small ones, no archive answers the same question over and over."""
    for one in counted.values():
        asked = Counter(json.dumps(keys) for keys in one.ledger.questions if Tag.STUDY_DATE in keys)
        assert max(asked.values(), default=0) <= 2, one.name


def is_closed(key: str) -> bool:
    """Whether a range has both ends; a key that is not asked for is none."""
    first, hyphen, last = key.partition("-")
    return not key or bool(first and hyphen and last)
