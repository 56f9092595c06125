"""Published figures: each with a source, a date and a definition, and beside ours only if defined alike."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from dosimeter.model.census import Claimed, Exact
from dosimeter.model.message import Message
from dosimeter.report.published import published_figures
from dosimeter.report.study import Amount, Edition, PublishedComparison, Unit
from tests.unit.report import samples, studies

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schema/published.v1.json").read_text())
DATA = json.loads((files("dosimeter.report") / "data" / "published.json").read_text(encoding="utf-8"))


def comparisons() -> dict[tuple[str, str], PublishedComparison]:
    """What stands beside the country survey, by key and region."""
    return {(each.key, each.region): each for each in studies.document().study.published}


def test_every_figure_keeps_to_the_schema() -> None:
    """Source, date and definition are there, and no figure is there twice."""
    jsonschema.validate(DATA, SCHEMA)
    told = [(each.study, each.key, each.region, each.value, each.source) for each in published_figures()]
    assert len(told) == len(set(told)) > 100


@pytest.mark.parametrize("missing", ["source", "published", "definition"])
def test_a_figure_without_source_date_or_definition_is_refused(missing: str) -> None:
    """The schema is what keeps hearsay out."""
    figure = {key: value for key, value in DATA["figures"][0].items() if key != missing}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 1, "figures": [figure]}, SCHEMA)


def test_one_key_has_one_definition_and_one_unit() -> None:
    """Of the keys that may stand beside ours: else two things would have one name."""
    compared = {key for key, _ in comparisons()}
    for key in compared:
        mine = [each for each in published_figures() if each.key == key]
        assert len({each.unit for each in mine}) == 1
        assert len({each.definition.split(" ")[0] for each in mine}) == 1


def test_sources_that_disagree_are_both_there() -> None:
    """731 or 737 million images: nobody decides for the reader."""
    images = comparisons()["images.linked", ""].published
    of_2019 = [each.value for each in images if each.study == "Greenbone Networks 2019"]
    assert of_2019 == [737_000_000, 731_000_000]


def test_a_definition_that_stands_beside_a_survey_is_said_in_its_language() -> None:
    """It is a message, and no text of the data file alone."""
    figures = [figure for each in comparisons().values() for figure in each.published]
    assert [figure.definition for figure in figures if not isinstance(figure.definition, Message)] == []


def test_a_country_stands_beside_its_own_published_figures() -> None:
    """France 2 here, 7 then; no figure of France stands beside Turkey."""
    france = comparisons()["archives.queryable", "FR"]
    assert (france.here, [each.value for each in france.published]) == (Amount(Exact(2)), [7])
    assert all(
        figure.region == region for (_, region), each in comparisons().items() for figure in each.published
    )


def test_an_accepted_association_never_stands_beside_an_answered_query() -> None:
    """99.56 % of 2025 and 25.7 % of 2019 are not the same thing."""
    figures = [figure for each in comparisons().values() for figure in each.published]
    assert not [
        figure for figure in figures if "association" in figure.key or "association" in figure.definition
    ]
    assert not [figure for figure in figures if "title" in figure.definition]
    studied = comparisons()["share.queryable_of_studied", ""]
    assert (studied.unit, studied.here) == (Unit.SHARE, 3 / 5)


def test_a_hospital_is_not_measured_by_the_world() -> None:
    """With no country known, only shares are compared."""
    study = studies.document([samples.retrievable(), samples.guarded()]).study
    assert {each.unit for each in study.published} == {Unit.SHARE}


def test_what_an_edition_withholds_is_not_told_beside_a_published_figure() -> None:
    """Seven studies in France are no number of the shareable edition."""
    few = [
        studies.opened(1, studies.FRANCE, studies=Exact(7)),
        studies.opened(2, studies.TURKEY, studies=Exact(900)),
        studies.opened(3, studies.place("US"), studies=Exact(800)),
    ]
    published = studies.document(few, Edition.SHAREABLE).study.published
    assert ("studies.linked", "FR") not in {(each.key, each.region) for each in published}
    assert ("archives.queryable", "FR") in {(each.key, each.region) for each in published}


def test_what_archives_claim_stands_beside_what_was_counted() -> None:
    """7,000 images claimed in France are no part of 140,000 counted, are told, and have no share."""
    told = comparisons()
    images = told["images.linked", ""].here
    assert images == studies.document().study.whole.linked
    assert isinstance(images, Amount)
    assert (images.claimed, images.claims) == (7_000, 1)
    assert ("share.downloadable_of_linked", "") not in told


def test_what_archives_alone_claim_is_compared() -> None:
    """Nothing was counted: their own figures stand there as theirs."""
    claims = [
        studies.opened(number, where, studies=Claimed(900))
        for number, where in enumerate((studies.FRANCE, studies.TURKEY))
    ]
    published = {(each.key, each.region): each.here for each in studies.document(claims).study.published}
    here = published["studies.linked", ""]
    assert isinstance(here, Amount)
    assert (here.cell.kind, here.claimed) == ("unknown", 1_800)
