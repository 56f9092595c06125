from __future__ import annotations

import pytest

from tests.golden.report_files import FILES, FOLDER, rendered


@pytest.mark.parametrize("name", FILES)
def test_report_is_what_it_was(name: str) -> None:
    """Each format of three small surveys is byte for byte the file that somebody read and accepted."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        assert rendered(name) == file.read()
