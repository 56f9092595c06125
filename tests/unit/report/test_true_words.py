"""A report says of an endpoint what happened to it: not asked, asked in vain, or held back by the touch."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from dosimeter.exposure.classify import judge
from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.facts import AssociationAccepted, Titles
from dosimeter.model.scope import Touch
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import Archive, findings_of
from dosimeter.report.document import Document, build_document
from dosimeter.report.json_lines import header_object
from dosimeter.report.render import Format, render
from tests.unit.report import counted, samples
from tests.unit.report.pages import Page

NO_TIME = "the time allowed for this host was used up by its other ports"
STUDY_FIND = "1.2.840.10008.5.1.4.1.2.2.1"


def seen(*attempts: Attempt, port: int = 104, name: str | None = None) -> Archive:
    """An endpoint as it was really judged."""
    endpoint = Endpoint("127.20.1.1", port, Service.DICOM, name)
    said = judge(attempts, service=Service.DICOM)
    return Archive(endpoint, findings_of(attempts, said), samples.STARTED, samples.STARTED)


def accepted() -> Completed:
    """A healthy archive that accepts a stranger's association."""
    stranger = Titles("NOBODY-7F3A9C", "DOSIMETER")
    fact = AssociationAccepted(stranger, (STUDY_FIND,), (), False, None, None, 16384)
    return Completed("dicom_associate", (fact,))


def words_of(document: Document) -> str:
    """Everything that a document says, and how the table and the page print it."""
    table, page = io.StringIO(), io.StringIO()
    render(document, Format.TABLE, table, width=120, detail=True)
    render(document, Format.HTML, page)
    return " ".join((table.getvalue() + " ".join(Page(page.getvalue()).texts)).split())


def figure(document: Document, label: str) -> int | None:
    """One of the figures that stand large."""
    return next(each.value for each in document.key_figures if each.label == label)


@pytest.mark.parametrize("why", ["a web port: nothing but HTTP would be sent there", NO_TIME])
def test_an_endpoint_that_was_not_asked_is_not_counted_as_asked(why: str) -> None:
    """Nothing was sent: not asked, and why; neither busy nor silent nor contradictory."""
    document = build_document(samples.HEADER, [seen(Skipped("dicom_associate", why))])

    assert document.summary.headline == "Nothing was asked."
    assert document.summary.sentences == (f"1 endpoint was not asked ({why}). What is there is not known.",)
    assert document.totals.with_decoys.asked == 0
    assert [(group.exposure, group.says) for group in document.others] == [
        (Exposure.INCONCLUSIVE, f"Not asked ({why}): what is there is not known.")
    ]
    assert f"What is at the endpoints that were not asked ({why})." in document.not_tested
    assert figure(document, "not judged") == 1
    assert figure(document, "answer anybody") is None
    assert [rung.word for rung in document.ladder if rung.tested] == ["inconclusive"]
    for untrue in ("busy, silent or contradictory", "1 endpoint was asked", "could not be judged"):
        assert untrue not in words_of(document).replace("was not asked", "")


def test_endpoints_that_were_not_asked_stand_in_groups_by_reason() -> None:
    """Beside those that were asked, each reason with its number."""
    web = [samples.spared(port=port) for port in (8042, 8043)]
    document = build_document(samples.HEADER, [*web, samples.spared(NO_TIME, 104), samples.busy()])

    assert document.summary.sentences[0] == "1 endpoint was asked, and it is an imaging archive."
    assert (
        "3 endpoints were not asked: 2 (a web port: nothing but HTTP would be sent there); "
        f"1 ({NO_TIME}). What is there is not known."
    ) in document.summary.sentences
    assert any(line.startswith("1 endpoint could not be judged") for line in document.summary.sentences)
    assert [len(group.archives) for group in document.others] == [2, 1]


@pytest.mark.parametrize("cause", [Cause.LOCAL, Cause.OUT_OF_SCOPE])
def test_an_endpoint_that_no_packet_reached_was_not_asked(cause: Cause) -> None:
    """Our own machine or the scope stood in between."""
    document = build_document(samples.HEADER, [seen(Failed("dicom_associate", cause, "our own words"))])

    assert document.totals.with_decoys.asked == 0
    assert "1 endpoint was not asked (" in document.summary.sentences[0]


def test_an_endpoint_that_kept_silent_was_asked() -> None:
    """A question that got no answer is a question all the same."""
    figures = build_document(samples.HEADER, samples.every_rung()).totals.with_decoys

    assert figures.asked == figures.endpoints


def test_a_touch_that_allows_no_query_is_said_to_be_the_reason() -> None:
    """At touch negotiate a healthy archive is unjudged by our choice, and reads so everywhere."""
    header = replace(samples.HEADER, touch=Touch.NEGOTIATE)
    document = build_document(header, [seen(accepted())])
    words = words_of(document)

    assert document.summary.headline == "1 archive found. Queries were not asked."
    assert "Queries were not allowed by the touch of this survey, negotiate" in words
    assert "the touch of this survey does not allow these questions" in words
    assert "silent or contradictory" not in words


def test_survey_without_a_judged_archive_does_not_say_that_none_answered() -> None:
    """A closed port beside a busy archive judges no archive."""
    document = build_document(samples.HEADER, [samples.busy(), samples.unreachable(1)])

    assert document.summary.headline == "No archive could be judged."


def test_other_endpoints_carry_the_verdicts_own_words_and_advice() -> None:
    """What a closed connection may mean is said where it stands; a closed port is told plainly."""
    document = build_document(
        samples.HEADER,
        [
            seen(Failed("dicom_associate", Cause.CLOSED_EARLY, "closed without a word")),
            seen(Failed("dicom_associate", Cause.REFUSED, "the port is closed"), port=105),
        ],
    )

    closed, refused = document.others
    assert "list it in scope.tls_ports and survey again" in closed.says
    assert refused.says == "The machine answered that nothing listens on this port."
    assert "scope.tls_ports" in words_of(document)


def test_the_name_that_was_typed_is_in_every_table() -> None:
    """Whoever typed pacs.example finds it again, beside its address."""
    document = build_document(
        samples.HEADER,
        [
            samples.retrievable(),
            seen(Failed("dicom_associate", Cause.TIMED_OUT, "silence"), name="old.example"),
        ],
    )
    out = io.StringIO()
    render(document, Format.TABLE, out, width=80)
    lines = out.getvalue().splitlines()

    place = next(number for number, line in enumerate(lines) if line.startswith("127.20.0.8:4242"))
    assert lines[place + 1].startswith("pacs-test.example")
    assert any(line.endswith(" old.example") for line in lines)
    assert "old.example (127.20.1.1:104)" in words_of(document)


def test_a_long_name_does_not_push_the_table_off_the_terminal() -> None:
    """It takes several lines."""
    archive = replace(
        samples.retrievable(), endpoint=Endpoint("127.20.0.8", 4242, name="a" * 63 + ".example")
    )
    out = io.StringIO()
    render(build_document(samples.HEADER, [archive]), Format.TABLE, out, width=80)

    assert all(len(line) <= 80 for line in out.getvalue().splitlines())
    assert out.getvalue().count("a" * 21) == 3


def test_what_has_no_answer_stands_under_a_heading_of_its_own() -> None:
    """It is no part of how to prove the remedy."""
    out = io.StringIO()
    render(samples.document(), Format.TABLE, out, width=120, detail=True)
    gated = out.getvalue().split("127.20.0.6:104  name-gated")[1].split("\n\n127.20.0.5:4242")[0]

    proved = gated.index("=> To prove it")
    heading = gated.index("  What has no answer\n")
    assert proved < heading < gated.index("- null retrieve: not asked, because the association was refused")


def test_what_was_not_asked_is_told_once_for_each_reason() -> None:
    """Five questions behind one refusal are one line, in the table, on the page and in its summary."""
    probes = ("dicom_echo", "null_query_study_root", "null_retrieve")
    skipped = tuple(Skipped(probe, "the stranger's association was not accepted") for probe in probes)
    document = build_document(
        samples.HEADER,
        [
            samples.judged(
                Endpoint("127.20.1.1", port),
                samples.verdict(Exposure.GUARDED),
                (Completed("dicom_associate", ()), *skipped),
            )
            for port in (104, 11112)
        ],
    )
    line = "C-ECHO; null query, Study Root; null retrieve: not asked, because the stranger's association"

    assert words_of(document).count(line) == 3  # once on the sheet that both share, twice in the table
    (reason,) = document.totals.not_asked_by_reason
    assert (reason.probes, reason.questions) == (probes, 6)
    assert "the stranger's association was not accepted 6 C-ECHO; null query" in words_of(document)


@pytest.mark.parametrize(
    ("touch", "says"),
    [
        (Touch.PROVE, "nothing was counted. That needs the touch count; this survey had prove."),
        (Touch.COUNT, "nothing was counted."),
    ],
)
def test_a_survey_that_counted_nothing_says_why(touch: Touch, says: str) -> None:
    """Whether nothing was allowed to be counted, or nothing could be, stands under what is not said."""
    document = build_document(replace(samples.HEADER, touch=touch), [samples.queryable()])

    assert any(line.endswith(says) for line in document.not_tested)
    assert document.stakes == ()


def test_one_is_written_in_the_singular() -> None:
    """One archive, one endpoint, one question: no plural anywhere."""
    document = build_document(samples.HEADER, [samples.retrievable()])
    words = words_of(document)

    assert [each.label for each in document.key_figures][:6] == [
        "archive found",
        "answers anybody",
        "open to any web browser",
        "lets anybody fetch images",
        "takes images from anybody",
        "answers worklist queries",
    ]
    for plural in ("1 hosts", "1 endpoints", "1 addresses", "1 archives", "1 questions", "1 answer "):
        assert plural not in words


@pytest.mark.parametrize("is_counted", [True, False])
def test_a_counted_survey_says_that_identifiers_crossed_the_network(*, is_counted: bool) -> None:
    """Null queries move none; counting does, and neither the page nor the table may deny it."""
    words = words_of(
        counted.document(*counted.survey())
        if is_counted
        else build_document(samples.HEADER, [samples.retrievable()])
    )

    assert ("identifiers of patients and examinations cross the network, unread" in words) is is_counted
    assert ("identifiers cross the network unread and are not kept" in words) is is_counted
    assert "numbers of the studies alone" not in words


def test_what_counting_cost_the_archive_is_told_without_its_rows() -> None:
    """Its log shows so many queries; the rows would give a small part away. The sum stands in the footer."""
    words = words_of(counted.document(counted.exact()))

    assert words.count("40 queries, 0.9 MB and 8 s over 1 association") == 4
    assert "12,000" not in words


def test_a_survey_that_counted_nothing_tells_no_cost() -> None:
    """No line without a census."""
    assert "Counting took" not in words_of(build_document(samples.HEADER, [samples.retrievable()]))


def test_a_survey_that_is_judged_again_names_both_rule_sets() -> None:
    """The verdicts are those of the rules that made the report, not of those that the survey began with."""
    old = build_document(samples.HEADER, [samples.retrievable()])
    assert words_of(old).count(f"rules 2026.11, judged again by {RULESET_VERSION}") == 2
    new = build_document(replace(samples.HEADER, ruleset_version=RULESET_VERSION), [samples.retrievable()])
    assert "judged again" not in words_of(new)
    for document in (old, new):
        header = header_object(document.header)
        assert header["ruleset_version"] == document.header.ruleset_version
        assert header["judged_by"] == RULESET_VERSION
