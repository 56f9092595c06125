from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = Path(__file__).parents[2] / "bench" / "probe.py"


def probe(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the bench in a process of its own, as its users do."""
    return subprocess.run(
        (sys.executable, str(PROBE), *arguments), capture_output=True, text=True, timeout=110, check=False
    )


@pytest.mark.timeout(115)
def test_a_quick_run_finds_every_archive_beside_its_peers(tmp_path: Path) -> None:
    """256 archives: the survey, nmap and the bare loop find all of them, pynetdicom answers for a sample."""
    report = tmp_path / "report.json"
    done = probe("--quick", "--scenario", "everything", "--json", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    (scenario,) = json.loads(report.read_text())["scenarios"]
    samples = {name: runs[0] for name, runs in scenario["results"].items()}
    assert [name.split()[0] for name in samples] == ["dosimeter", "nmap", "pynetdicom,", "bare"]
    sample = samples.pop("pynetdicom, 8 threads")
    assert sample["scaled"]
    assert sample["found"] > 0
    assert [each["found"] for each in samples.values()] == [256, 256, 256]
    seen = samples["dosimeter survey"]["seen"]
    assert (seen["echoes"], seen["finds"], seen["gets"], seen["releases"]) == (256, 768, 256, 512)
    assert "CPU of dosimeter / nmap" in done.stdout


def test_a_fleet_too_small_to_prove_anything_is_refused() -> None:
    """Under 2,048 hosts start-up decides, so only --quick, which gates nothing, takes fewer."""
    done = probe("--hosts", "100")
    assert done.returncode == 2
    assert "2,048" in done.stderr
