"""What counting costs an archive: dosimeter survey --touch count beside a naive full listing, in one run.

    python3 dev.py run bench/polite.py [--studies N] [--sample N] [--product NAME] [--json FILE]

Both ask the same lab archive on loopback, and everything is counted on the archive's side: associations,
requests, rows (pending responses) and bytes, proofs and negotiation included. The naive listing is what
people write with pynetdicom: every study with the usual keys, then the series of each study, then the
instances of each series, in one association. It is measured on a sample of studies and scaled by what
the archive holds of each level; dosimeter's figures are not scaled.

Exit code 0: every figure of dosimeter's is below the listing's. 1: one is not. 2: it cannot run here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as StudyRoot

from dosimeter.lab.archive import PLAIN_PORT, Archive, Expected
from dosimeter.lab.catalogue import Truth
from dosimeter.lab.generated import Shape
from dosimeter.lab.ledger import Ledger, Tally
from dosimeter.lab.policy import Policy
from dosimeter.lab.products import LIKE_DCMTK, LIKE_ORTHANC
from dosimeter.lab.server import Lab
from dosimeter.model.problem import Problem
from dosimeter.model.verdict import Exposure

ADDRESS: Final = "127.21.61.1"
PRODUCTS: Final = {"standard": Policy(), "orthanc": LIKE_ORTHANC, "dcmtk": LIKE_DCMTK}

_STUDY_KEYS: Final = (
    *("StudyInstanceUID", "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate"),
    *("StudyTime", "AccessionNumber", "StudyDescription", "ReferringPhysicianName", "StudyID"),
    *("ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances"),
)
_SERIES_KEYS: Final = (
    *("SeriesInstanceUID", "Modality", "SeriesNumber", "SeriesDescription"),
    "NumberOfSeriesRelatedInstances",
)
_IMAGE_KEYS: Final = ("SOPInstanceUID", "SOPClassUID", "InstanceNumber")
_SCOPE: Final = """\
[authorisation]
authorised_by = "bench"
role = "owner of this process"
reference = "bench/polite.py"
legal_basis = "our own machine"
contact = "nobody@test.example"
valid_from = {begins}
valid_until = {ends}
touch = "count"
[scope]
networks = ["{address}/32"]
ports = [{port}]
tls_ports = []
web_ports = []
[pace]
seconds_between_associations = 0
host_seconds = 400
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an archive was asked for and sent."""

    associations: int
    requests: int
    rows: int
    sent_bytes: int
    received_bytes: int

    @classmethod
    def of(cls, tally: Tally) -> Cost:
        """Of what a ledger says."""
        return cls(tally.associations, tally.requests, tally.rows, tally.sent_bytes, tally.received_bytes)

    def scaled(self, factor: float) -> Cost:
        """As much of everything, rounded."""
        return Cost(*(round(value * factor) for value in asdict(self).values()))

    def __add__(self, other: Cost) -> Cost:
        """Both together."""
        pairs = zip(asdict(self).values(), asdict(other).values(), strict=True)
        return Cost(*(one + another for one, another in pairs))


def main(arguments: Sequence[str]) -> int:
    """Measure both; returns the exit code."""
    options = _parse(arguments)
    archive = Archive(
        *("polite", ADDRESS, "a bench", Expected(Exposure.QUERYABLE), PRODUCTS[options.product]),
        seed=1,
        shape=Shape(options.studies),
    )
    truth = archive.catalogue().truth()
    try:
        with Lab((archive,)) as lab:
            counts, ours = _count(lab.ledgers[0])
            naive, sampled = _list_naively(lab.ledgers[0], truth, options.sample)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    _print(truth, options.product, sampled, naive, ours)
    _print_counts(truth, counts)
    if options.json:
        figures = {"dosimeter": asdict(ours), "naive": asdict(naive), "sampled": sampled, "counts": counts}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    ours_by_name, naive_by_name = asdict(ours), asdict(naive)
    # Negotiating, proving and counting take an association each; the listing has one.
    compared = [name for name in ours_by_name if name != "associations"]
    return 0 if all(ours_by_name[name] < naive_by_name[name] for name in compared) else 1


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--studies", type=int, default=100_000, help="what the archive holds (100000)")
    parser.add_argument(
        "--sample", type=int, default=150, help="studies that are listed down to instances (150)"
    )
    parser.add_argument("--product", choices=PRODUCTS, default="standard", help="how it answers (standard)")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    options = parser.parse_args(arguments)
    if options.studies < 1000 or options.sample < 1:
        parser.error("at least 1,000 studies and a sample of one")
    return options


def _count(ledger: Ledger) -> tuple[dict[str, dict[str, object]], Cost]:
    """A whole survey of the archive, as a user runs it."""
    now = datetime.now(UTC).replace(microsecond=0)
    begins, ends = (f"{now + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (-1, 1))
    before = ledger.tally
    with tempfile.TemporaryDirectory() as folder:
        scope = Path(folder, "scope.toml")
        scope.write_text(_SCOPE.format(begins=begins, ends=ends, address=ADDRESS, port=PLAIN_PORT))
        done = subprocess.run(
            [
                *(sys.executable, "-m", "dosimeter", "survey", "--scope", scope, "--touch", "count"),
                *("--store", f"sqlite:///{folder}/survey.db", "-f", "jsonl", f"{ADDRESS}:{PLAIN_PORT}"),
            ],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "HOME": folder, "XDG_DATA_HOME": folder},
        )
    if done.returncode != 0:
        raise Problem(f"dosimeter survey ended with {done.returncode}: {done.stderr}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    (counts,) = (line["counts"] for line in lines if line["type"] == "archive")
    return counts, Cost.of(ledger.tally - before)


def _list_naively(ledger: Ledger, truth: Truth, sample: int) -> tuple[Cost, str]:
    """Three levels, one after the other, each measured for itself and scaled to the whole level."""
    ae = AE("NAIVE")
    ae.add_requested_context(StudyRoot)
    before = ledger.tally
    listing = ae.associate(ADDRESS, PLAIN_PORT)
    if not listing.is_established:
        raise Problem("pynetdicom was given no association")
    try:
        studies = _find(listing, "STUDY", _STUDY_KEYS, StudyDate="20250101-20250131")
        by_study = Cost.of(ledger.tally - before)
        before = ledger.tally
        chosen = studies[:: max(1, len(studies) // sample)][:sample]
        series = [each for study in chosen for each in _find(listing, "SERIES", _SERIES_KEYS, **_uids(study))]
        by_series = Cost.of(ledger.tally - before)
        before = ledger.tally
        instances = [each for one in series for each in _find(listing, "IMAGE", _IMAGE_KEYS, **_uids(one))]
        by_instance = Cost.of(ledger.tally - before)
    finally:
        listing.release()
    # One request brings every study; the association is the same throughout.
    of_studies = by_study.scaled(truth.studies / len(studies))
    whole = Cost(1, 1, truth.studies, of_studies.sent_bytes, by_study.received_bytes)
    naive = (
        whole + by_series.scaled(truth.studies / len(chosen)) + by_instance.scaled(truth.series / len(series))
    )
    said = (
        f"{len(studies)} studies, {len(series)} series of {len(chosen)} of them, {len(instances)} instances"
    )
    return naive, said


def _find(listing: Association, level: str, keys: tuple[str, ...], **matched: str) -> list[Dataset]:
    asked = Dataset()
    asked.QueryRetrieveLevel = level
    for keyword in keys:
        setattr(asked, keyword, "")
    for keyword, value in matched.items():
        setattr(asked, keyword, value)
    answers = listing.send_c_find(asked, StudyRoot)
    return [_with_parents(row, matched) for _, row in answers if row is not None]


def _with_parents(row: Dataset, matched: dict[str, str]) -> Dataset:
    """The unique key above is what the next level is asked with."""
    if "StudyInstanceUID" in matched:
        row.StudyInstanceUID = matched["StudyInstanceUID"]
    return row


def _uids(row: Dataset) -> dict[str, str]:
    uids = {"StudyInstanceUID": str(row.StudyInstanceUID)}
    if "SeriesInstanceUID" in row:
        uids["SeriesInstanceUID"] = str(row.SeriesInstanceUID)
    return uids


def _print(truth: Truth, product: str, sampled: str, naive: Cost, ours: Cost) -> None:
    print(
        f"One lab archive ({product}): {truth.studies:,} studies of {truth.patients:,} patients, "
        f"{truth.series:,} series, {truth.instances:,} instances."
    )
    print(f"The listing was measured on {sampled}, and scaled.\n")
    print(f"{'counted by the archive':24}{'dosimeter count':>18}{'naive listing':>18}{'ratio':>10}")
    theirs = asdict(naive)
    for name, value in asdict(ours).items():
        words = name.replace("_", " ")
        print(f"{words:24}{value:>18,}{theirs[name]:>18,}{theirs[name] / value:>10,.1f}")


def _print_counts(truth: Truth, counts: dict[str, dict[str, object]]) -> None:
    print("\nWhat dosimeter says of it:")
    for name in ("patients", "studies", "series", "instances"):
        count = counts[name]
        value = count.get("value")
        said = f"{value:,}" if isinstance(value, int) else ""
        print(f"{name:24}{count['kind']!s:>18}{said:>18}{getattr(truth, name):>18,} held")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
