"""The report as one HTML file: no script, no remote request, readable on paper and on a telephone.

Autoescape is on, and every printed value passes ``plain_text`` too. The Content-Security-Policy
allows one style sheet, by its hash, and nothing else (hostile-peers rows 33 and 38).
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Final, TextIO

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dosimeter.exposure.count_words import short_words
from dosimeter.model.verdict import DecoyTier, Severity
from dosimeter.report import words
from dosimeter.report.archive import Archive
from dosimeter.report.attributes import attribute_label, attributes_of, not_looked_in_words
from dosimeter.report.breakdown import breakdown_of
from dosimeter.report.census_words import numbers_of, parts_in_words, why_in_words
from dosimeter.report.document import Document
from dosimeter.report.door_words import door_guards, doors_in_short, place_of
from dosimeter.report.doors_picture import DoorsShape, draw_doors
from dosimeter.report.neighbour import neighbour_says
from dosimeter.report.picture import Shape, draw_ladder
from dosimeter.report.plain import plain_text, spans, unbroken
from dosimeter.report.words import tls_in_words
from dosimeter.report.years_picture import YearsPicture, draw_years

ADDRESSES_SHOWN: Final = 60
"""Addresses listed for each kind of endpoint that is no archive; JSON Lines names them all."""


def write_html(document: Document, out: TextIO) -> None:
    """Write the page, piece by piece as it is made."""
    environment = _environment()
    style = environment.get_template("report.css").render()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    page = environment.get_template("report.html.j2").generate(
        document=document,
        header=document.header,
        totals=document.totals,
        pictures={
            "wide": draw_ladder(document.ladder, Shape.WIDE),
            "narrow": draw_ladder(document.ladder, Shape.NARROW),
        },
        content_security_policy=(
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        ),
        addresses_shown=ADDRESSES_SHOWN,
    )
    out.writelines(page)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("dosimeter.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = _figure
    environment.globals.update(
        words=words,
        spans=spans,
        tls_in_words=tls_in_words,
        numbers_of=numbers_of,
        parts_in_words=parts_in_words,
        why_in_words=why_in_words,
        years_picture=_years_picture,
        draw_doors=draw_doors,
        DoorsShape=DoorsShape,
        place_of=place_of,
        doors_in_short=doors_in_short,
        door_guards=door_guards,
        attributes_of=attributes_of,
        attribute_label=attribute_label,
        not_looked_in_words=not_looked_in_words,
        neighbour_says=neighbour_says,
        short_words=short_words,
        Severity=Severity,
        DecoyTier=DecoyTier,
    )
    return environment


def _printed(value: object) -> object:
    """The last step before escaping; what the template itself wrote is left as it is."""
    return unbroken(plain_text(value)) if isinstance(value, str) and not isinstance(value, Markup) else value


def _years_picture(archive: Archive) -> YearsPicture | None:
    return draw_years(breakdown_of(archive.findings.census).years)


def _figure(number: int) -> str:
    return f"{number:,}"
