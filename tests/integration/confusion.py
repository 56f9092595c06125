"""Print the confusion tables of the verdicts: expected against got, over all real archives and decoys.

The second table is that of the web faces, and of the web applications that are no archive.

Run as ``python3 dev.py run tests/integration/confusion.py``; exit code 1 unless all are right.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, NoReturn

sys.path.insert(0, str(Path(__file__).parents[2]))  # a script's own folder is not the clone's

from dosimeter.model.target import Service
from dosimeter.model.verdict import Exposure
from tests.integration.archives.fleet import Fleet, fleet
from tests.integration.archives.registry import ARCHIVES, Expected
from tests.integration.archives.web_applications import applications, expected_of
from tests.integration.archives.web_fleet import web_fleet
from tests.integration.archives.web_registry import WEB_FACES, WebExpected
from tests.integration.surveying import TITLED, Got, owners_verdicts, strangers_verdicts
from tests.integration.web_surveying import Door, survey_doors, verdict_of, web_verdicts


class Judged(NamedTuple):
    """One verdict beside the right one; ``got`` is None if the survey has no line for it."""

    name: str
    expected: Expected | WebExpected
    got: Expected | WebExpected | None

    @property
    def is_right(self) -> bool:
        """All of it: exposure, writes, worklist, protections; of a web face product and counters too."""
        return self.got == self.expected


def collect() -> tuple[list[Judged], list[Judged]]:
    """Start everything, survey it, stop everything: the DICOM side and the web side."""
    with TemporaryDirectory(prefix="dosimeter-confusion-") as name:
        root = Path(name)
        with fleet(root / "archives") as archives:
            strangers = strangers_verdicts(archives, root / "stranger")
            owners = owners_verdicts(archives, root / "owner")
            faces = _web_faces(archives, root)
        others = _web_applications(root)
    dicom = [
        *(Judged(f"{each.name}, stranger", each.stranger, _got(strangers, each.name)) for each in ARCHIVES),
        *(Judged(f"{each.name}, titles listed", each.owner, _got(owners, each.name)) for each in TITLED),
    ]
    return dicom, [*faces, *others]


def _web_faces(archives: Fleet, root: Path) -> list[Judged]:
    with web_fleet(archives, root / "web-faces") as faces:
        got = web_verdicts(faces, root / "web")
    return [Judged(each.name, each.expected, got[each.name].verdict) for each in WEB_FACES]


def _web_applications(root: Path) -> list[Judged]:
    with applications() as running:
        doors = {name: Door(peer.address, peer.port, Service.WEB) for name, peer in running.items()}
        said = survey_doors(list(doors.values()), root / "applications")
    return [Judged(name, expected_of(name), verdict_of(said.at(door), door)) for name, door in doors.items()]


def _got(verdicts: Mapping[str, Got], name: str) -> Expected | None:
    return verdicts[name].verdict if name in verdicts else None


def table(judged: Sequence[Judged]) -> list[str]:
    """Expected exposure downwards, got exposure across; the right ones are on the diagonal."""
    cells = Counter((each.expected.exposure, each.got.exposure if each.got else None) for each in judged)
    rows = [exposure for exposure in Exposure if any(exposure is expected for expected, _ in cells)]
    columns: list[Exposure | None] = [
        exposure for exposure in Exposure if any(exposure in cell for cell in cells)
    ]
    if any(got is None for _, got in cells):
        columns.append(None)
    corner = "expected \\ got"
    lines = [f"{corner:14}" + "".join(f"{column or 'no line':>14}" for column in columns)]
    lines += [f"{row:14}" + "".join(f"{cells[row, column] or '.':>14}" for column in columns) for row in rows]
    return lines


def report(judged: Sequence[Judged]) -> str:
    """The table, what is wrong, and the share that is right."""
    wrong = [
        f"WRONG {each.name}: expected {each.expected}, got {each.got}" for each in judged if not each.is_right
    ]
    right = len(judged) - len(wrong)
    share = f"{right} of {len(judged)} verdicts right in every part ({right / len(judged):.1%})"
    return "\n".join([*table(judged), "", *wrong, share, ""])


def _terminated(*_: object) -> NoReturn:
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminated)  # leave through the blocks that stop the servers
    dicom_side, web_side = collect()
    sys.stdout.write(f"DICOM\n{report(dicom_side)}\nWeb\n{report(web_side)}")
    sys.exit(0 if all(each.is_right for each in (*dicom_side, *web_side)) else 1)
