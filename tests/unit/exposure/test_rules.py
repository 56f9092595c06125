from __future__ import annotations

import re
from string import Formatter

import pytest

from dosimeter.exposure import predicates
from dosimeter.exposure.findings import FINDINGS
from dosimeter.exposure.rules import LADDER, RULESET_VERSION, SAID_BY_RUNG, Rule
from dosimeter.exposure.web_findings import WEB_FINDINGS
from dosimeter.exposure.web_rules import WEB_LADDER
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Exposure, Severity
from tests.unit.exposure.seen import associated, verdict

ALL: list[Rule] = [*LADDER, *FINDINGS]


def test_every_rule_has_an_identity_of_its_own() -> None:
    """Reports, stored reasons and tests name rules by their id."""
    assert len({rule.id for rule in ALL}) == len(ALL)
    assert all(re.fullmatch(r"[a-z_]+", rule.id) for rule in ALL)


@pytest.mark.parametrize("rule", [*ALL, *WEB_LADDER, *WEB_FINDINGS], ids=lambda rule: rule.id)
def test_a_reference_is_one_that_a_reader_can_look_up(rule: Rule) -> None:
    """A standard, an RFC or a public list of weaknesses; never a file of this project."""
    assert not re.search(r"DESIGN|\.md|^[a-z]+\.[a-z]+$", rule.reference)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_every_rule_is_a_sentence_with_a_reference(rule: Rule) -> None:
    """Words for a security officer, and where the standard says so."""
    assert rule.says.endswith((".", "{weaker}", "{names}"))
    assert rule.says[0].isupper() or rule.says.startswith("{")
    assert rule.reference
    assert "secure" not in rule.says.lower()


def test_the_last_rung_always_applies() -> None:
    """The ladder cannot be fallen off."""
    assert LADDER[-1].when is predicates.always
    assert LADDER[-1].exposure is Exposure.INCONCLUSIVE


def test_what_was_proved_stands_above_what_is_unknown_and_that_above_what_is_safe() -> None:
    """The order of the table is the order of the ladder."""
    order = [rung.exposure for rung in LADDER]
    unknown = [place for place, exposure in enumerate(order) if exposure is Exposure.INCONCLUSIVE]
    proved = [
        place
        for place, exposure in enumerate(order)
        if exposure in (Exposure.RETRIEVABLE, Exposure.QUERYABLE, Exposure.NAME_GATED)
    ]
    assert max(proved) < min(unknown)
    assert order.index(Exposure.ASSOCIATES) > min(unknown)
    assert order.index(Exposure.GUARDED) > order.index(Exposure.INCONCLUSIVE)


def test_the_rungs_grow_graver_with_the_exposure() -> None:
    """No rung of an open archive is below one of a closed one."""
    gravest = {
        exposure: max((rung.severity for rung in LADDER if rung.exposure is exposure), default=Severity.INFO)
        for exposure in Exposure
    }
    assert gravest[Exposure.RETRIEVABLE] is Severity.CRITICAL
    assert gravest[Exposure.QUERYABLE] is Severity.HIGH
    assert gravest[Exposure.NAME_GATED] is Severity.MEDIUM
    assert gravest[Exposure.GUARDED] is gravest[Exposure.UNREACHABLE] is Severity.INFO


def test_findings_left_out_are_findings_of_the_table() -> None:
    """A typing error there would repeat a sentence."""
    ids = {rule.id for rule in FINDINGS}
    assert set(SAID_BY_RUNG) <= {rung.id for rung in LADDER}
    assert frozenset().union(*SAID_BY_RUNG.values()) <= ids


def test_placeholders_are_plain_names() -> None:
    """No attribute and no index of a value is ever reached from a sentence."""
    for rule in ALL:
        for _, name, spec, conversion in Formatter().parse(rule.says):
            assert name is None or name.isidentifier()
            assert not spec
            assert conversion is None


def test_braces_in_a_servers_text_are_not_filled() -> None:
    """What a peer calls itself is put into the sentence as it is, never read as a template."""
    hostile = "{says.__class__}"
    judged = verdict(associated("1.2.840.10008.1.1", name=hostile))
    assert f'"{ServerText.of(hostile)}"' in next(
        r.says for r in judged.reasons if r.rule == "product_unknown"
    )


def test_the_rule_set_has_a_version() -> None:
    """Old surveys are judged again by newer rules, and say by which."""
    assert re.fullmatch(r"\d{4}\.\d{1,2}\.\d+", RULESET_VERSION)
