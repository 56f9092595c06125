"""A comparison as one HTML file: no script, no remote request, in the style of the report."""

from __future__ import annotations

from typing import TextIO

from dosimeter.exposure.compare import Change
from dosimeter.model.message import many
from dosimeter.report import comparison_words
from dosimeter.report.comparison_parts import Comparison
from dosimeter.report.language import Language
from dosimeter.report.page import content_security_policy, own_file, page_environment


def write_comparison_html(comparison: Comparison, out: TextIO, language: Language) -> None:
    """Write the page.

    Raises:
        OSError: ``out`` cannot be written.
    """
    environment = page_environment(language)
    style = own_file(environment, "report.css")
    words = {name: each for name, each in vars(comparison_words).items() if not name.startswith("_")}
    unchanged = comparison.changed(Change.UNCHANGED).number
    page = environment.get_template("compare.html.j2").generate(
        words,
        comparison=comparison,
        changed=comparison.shown,
        has_countries=any(row.country is not None for row in comparison.countries),
        unchanged=many(
            "{number} archive stands where it stood.", "{number} archives stand where they stood.", unchanged
        ),
        style=style,
        content_security_policy=content_security_policy(style),
    )
    out.writelines(page)
