from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "orthanc.py"


@pytest.mark.timeout(115)
def test_a_quick_run_counts_every_study_with_every_client() -> None:
    """2,000 studies in a real Orthanc: both clients and the whole command count them, findscu lists them."""
    done = subprocess.run(
        (sys.executable, str(BENCH), "--quick"), capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2,000 studies, all counted exactly" in done.stdout
    for client in ("dosimeter, one answer", "pynetdicom send_c_find", "findscu -sr", "dosimeter survey"):
        assert client in done.stdout
    assert done.stdout.count("x pynetdicom") == 1
