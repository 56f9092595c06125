"""JSON Lines and JSON, as docs/schema/survey.v1.json describes them (DESIGN §7).

Every character outside ASCII is escaped, so no line of it can act on a terminal or end early.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from json.encoder import encode_basestring_ascii
from typing import Final, TextIO

from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.model.place import Place
from dosimeter.model.survey import SurveyHeader
from dosimeter.model.verdict import Severity
from dosimeter.report.archive import LADDER, Archive, Findings
from dosimeter.report.archive_json import (
    SCHEMA_VERSION,
    answers_json,
    archive_json,
    archive_object,
    door_json,
)
from dosimeter.report.counts_json import Json, cost_object, stakes_object
from dosimeter.report.document import Document
from dosimeter.report.figures import Figures, Tally, Totals
from dosimeter.report.place_json import country_word, geo_source_of, operator_word, place_object
from dosimeter.report.study import Study
from dosimeter.report.study_build import study_of
from dosimeter.report.study_json import study_object
from dosimeter.report.words import utc

_encode: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode

_quoted: Final = encode_basestring_ascii
"""What the encoder does with a string, without the way through the encoder."""

_OWN: Final = re.compile(
    '"(address|name|port|retest|began|ended|same_as|country|operator|place|first_seen)": null'
)
"""What endpoints that answered alike do not share.

Inside a string of JSON a quote is escaped, so this finds keys alone.
"""

_FORMS_KEPT: Final = 256


def write_json_lines(document: Document, out: TextIO) -> None:
    """The header, one line for every endpoint, the totals."""
    header = document.header
    ending = totals_object(header.id, document.totals, document.study)
    opening = header_object(header, _geo_source(document))
    _write_lines(header.id, opening, document.endpoints(), lambda: ending, out)


def stream_json_lines(
    header: SurveyHeader, archives: Iterable[Archive], out: TextIO, geo_source: str | None = None
) -> None:
    """The same lines in the order the archives come, in memory that does not grow with their number.

    ``geo_source`` (`geo_source_of`) has to be known before the first of them.
    """
    tally = Tally()

    def ending() -> Json:
        totals = tally.totals()
        return totals_object(header.id, totals, study_of(header, totals, tally.study()))

    _write_lines(header.id, header_object(header, geo_source), _counted(archives, tally), ending, out)


def write_json(document: Document, out: TextIO) -> None:
    """One object with the same header, archives and totals; one line of it for each of them."""
    survey = document.header.id
    encoder = _ArchiveEncoder(survey)
    out.write(f'{{"schema_version": "{SCHEMA_VERSION}", "type": "report",\n"header": ')
    out.write(_encode(header_object(document.header, _geo_source(document))))
    out.write(',\n"archives": [')
    comma = "\n"
    for archive in document.endpoints():
        out.write(comma + encoder.encode(archive))
        comma = ",\n"
    out.write('],\n"totals": ')
    out.write(_encode(totals_object(survey, document.totals, document.study)))
    out.write("}\n")


def _write_lines(
    survey: str, opening: Json, archives: Iterable[Archive], ending: Callable[[], Json], out: TextIO
) -> None:
    encoder = _ArchiveEncoder(survey)
    out.write(_encode(opening) + "\n")
    out.writelines(encoder.encode(archive) + "\n" for archive in archives)
    out.write(_encode(ending()) + "\n")


def _counted(archives: Iterable[Archive], tally: Tally) -> Iterator[Archive]:
    for archive in archives:
        tally.add(archive)
        yield archive


class _ArchiveEncoder:
    """Encodes what endpoints that answered alike have in common once, and fills in the rest for each.

    An archive with several doors, or with neighbours, is like no other.
    """

    def __init__(self, survey: str) -> None:
        self._survey = survey
        self._form = lru_cache(maxsize=_FORMS_KEPT)(partial(_form, survey))

    def encode(self, archive: Archive) -> str:
        if archive.joined or archive.neighbours:
            return _encode(archive_object(self._survey, archive))
        endpoint = archive.endpoint
        own = {
            "address": f'"address": {_quoted(endpoint.address)}',
            "name": '"name": null' if endpoint.name is None else f'"name": {_quoted(endpoint.name)}',
            "port": f'"port": {endpoint.port}',
            "retest": f'"retest": {_quoted(archive.retest)}',
            "began": f'"began": "{utc(archive.began)}"',
            "ended": f'"ended": "{utc(archive.ended)}"',
            "same_as": f'"same_as": {"null" if archive.same_as is None else _quoted(archive.same_as)}',
            "first_seen": '"first_seen": null'
            if archive.first_seen is None
            else f'"first_seen": "{utc(archive.first_seen)}"',
            **_placed(archive.place),
        }
        pieces, places = self._form(archive.findings)
        pieces = pieces.copy()
        for place in places:
            pieces[place] = own[pieces[place]]
        return "".join(pieces)


@lru_cache(maxsize=_FORMS_KEPT)
def _placed(place: Place) -> dict[str, str]:
    """The keys that say where an archive is; most endpoints share a country, and closed ports have none."""
    said = {
        "country": country_word(place),
        "operator": operator_word(place.operator),
        "place": place_object(place),
    }
    return {key: f'"{key}": {_encode(value)}' for key, value in said.items()}


def _form(survey: str, findings: Findings) -> tuple[list[str], range]:
    """The JSON of an archive in pieces, and the places of the keys that each endpoint has for its own."""
    blank = {
        **archive_json(survey, findings),
        "endpoints": [door_json(findings)],
        **answers_json([findings]),
    }
    pieces = _OWN.split(_encode(blank))
    return pieces, range(1, len(pieces), 2)


def _geo_source(document: Document) -> str | None:
    """None in an edition that holds no archive: the name of a file may be a hospital's."""
    return geo_source_of(archive.place for archive in document.endpoints())


def header_object(header: SurveyHeader, geo_source: str | None = None) -> Json:
    """The survey header: who asked what, under which scope, with which version; the sources of countries."""
    return {
        "schema_version": SCHEMA_VERSION,
        "type": "survey",
        "survey": header.id,
        "tool": "dosimeter",
        "version": header.tool_version,
        "ruleset_version": header.ruleset_version,
        "judged_by": RULESET_VERSION,
        "scope_sha256": header.scope_sha256,
        "authorised_by": header.authorised_by,
        "reference": header.reference,
        "touch": header.touch.word,
        "started": utc(header.started),
        "completed": utc(header.completed) if header.completed else None,
        "state": header.state.value,
        "geo_source": geo_source,
    }


def totals_object(survey: str, totals: Totals, study: Study) -> Json:
    """All figures, with and without the suspected decoys, and the study that they make."""
    return {
        "schema_version": SCHEMA_VERSION,
        "type": "totals",
        "survey": survey,
        "with_decoys": _figures(totals.with_decoys),
        "without_decoys": _figures(totals.without_decoys),
        "suspected_decoys": totals.suspected_decoys,
        "attempts": {
            "completed": totals.attempts.completed,
            "failed": totals.attempts.failed,
            "skipped": totals.attempts.skipped,
        },
        "count_cost": cost_object(totals.counting_cost),
        "errors": [
            {"cause": line.cause.value, "questions": line.questions, "endpoints": line.endpoints}
            for line in totals.errors
        ],
        "not_asked": [
            {"probe": line.probe, "why": line.why, "endpoints": line.endpoints} for line in totals.not_asked
        ],
        "study": study_object(study),
    }


def _figures(figures: Figures) -> Json:
    return {
        "endpoints": figures.endpoints,
        "asked": figures.asked,
        "archives": figures.archives,
        "open_to_anybody": figures.open_to_anybody,
        "exposure": {exposure.value: figures.on(exposure) for exposure in LADDER},
        "severity": {severity.word: figures.of(severity) for severity in Severity},
        "accepts_writes": figures.accepts_writes,
        "worklist": figures.worklist,
        "hosts": figures.hosts,
        "doors": figures.doors,
        "distinct_archives": figures.archives,
        "archive_exposure": {exposure.value: figures.archives_on(exposure) for exposure in LADDER},
        "speaks_dicom": figures.speaking,
        "lets_fetch": figures.fetching,
        "neighbours": figures.neighbours,
        "open_neighbours": figures.open_neighbours,
        **stakes_object(figures.stakes),
    }
