"""Prints the figures that the budgets gate, at the end of every run that checks them."""

from __future__ import annotations

from statistics import median, quantiles

import pytest

from tests.architecture.source_tree import broad_excepts, cycles, functions, imports, modules


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each budget of docs/design.md."""
    files = [module.lines for module in modules()]
    measured = [function for module in modules() for function in functions(module)]
    lengths = [function.lines for function in measured]
    places = [place for module in modules() for place in broad_excepts(module)]
    typed = sum(function.is_typed for function in measured)
    write = terminalreporter.write_line
    terminalreporter.section("budgets (src)", sep="-")
    write(f"files      {len(files):5}  lines: median {median(files):.0f}, longest {max(files)} of 500")
    write(
        f"functions  {len(lengths):5}  lines: median {median(lengths):.0f}, "
        f"95th percentile {quantiles(lengths, n=20)[-1]:.0f} of 40, longest {max(lengths)} of 80"
    )
    write(f"typed      {100 * typed / len(measured):5.1f} %")
    write(f"broad except {len(places):3}  of 2: {', '.join(places) or 'none'}")
    write(f"import rings {len(cycles(imports())):3}  of 0")
