from __future__ import annotations

import pytest

from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Exposure
from tests.unit.report import samples


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("127.20.0.8", "dosimeter survey --scope scope.toml 127.20.0.8:104"),
        ("::1", "dosimeter survey --scope scope.toml [::1]:104"),
    ],
)
def test_the_retest_is_the_exact_command(address: str, command: str) -> None:
    """It names the endpoint as it was asked, IPv6 in brackets."""
    archive = samples.judged(Endpoint(address, 104), samples.verdict(Exposure.QUERYABLE))
    assert archive.retest == command
