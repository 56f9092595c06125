"""A counted survey: one archive of every kind of count, one behind two doors, and a decoy."""

from __future__ import annotations

from dataclasses import replace

from dosimeter.census import words
from dosimeter.exposure.archive_verdict import judge_archive
from dosimeter.exposure.joining import Link, LinkEvidence
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed
from dosimeter.model.census import (
    AtLeast,
    Census,
    CensusEnd,
    Claimed,
    Count,
    Counts,
    Estimated,
    Exact,
    ModalityCount,
    Things,
    YearCount,
)
from dosimeter.model.facts import (
    CensusEnded,
    Ending,
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
    Titles,
)
from dosimeter.model.scope import Touch
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Decoy, DecoyTier, Exposure, Severity, Verdict
from dosimeter.report.archive import Archive, findings_of
from dosimeter.report.document import Document, build_document
from dosimeter.report.joined import archive_of
from tests.unit.report import samples

STRANGER = Titles("NOBODY-7F3A9C", "DOSIMETER")

HEADER = replace(samples.HEADER, touch=Touch.COUNT)

EXACT = Census(
    counts=Counts(Exact(8001), Exact(12_430), Exact(40_112), Exact(731_225), Exact(12)),
    years=(
        YearCount(2022, Exact(5)),
        YearCount(2023, Exact(410)),
        YearCount(2024, Exact(7_004)),
        YearCount(2025, Exact(5_008)),
    ),
    undated_studies=Exact(3),
    modalities=(
        ModalityCount("CT", 9_000, verified=True),
        ModalityCount("MR", 3_400, verified=True),
        ModalityCount("PT", 7, verified=True),
        ModalityCount("XX", 99),
    ),
    oldest_year=2022,
    newest_year=2025,
)
AT_LEAST = Census(
    counts=Counts(studies=AtLeast(120), instances=AtLeast(340)),
    years=(YearCount(2025, AtLeast(120)),),
    oldest_year=2025,
    newest_year=2025,
    rows_limit=10,
    remarks=(
        words.at_least(120, Things.STUDIES, words.limited(10)),
        words.unknown(Things.PATIENTS, words.NOT_LISTED),
        words.at_least(340, Things.INSTANCES, words.ENDED[CensusEnd.SILENT]),
    ),
)
ESTIMATED = Census(
    counts=Counts(studies=Estimated(41_112, 38_245, 43_871)),
    years=(YearCount(2024, Estimated(30_050, 28_020, 32_500)), YearCount(2025, Exact(11_062))),
    oldest_year=2024,
    newest_year=2025,
    remarks=("studies are estimated: the number of records that the scope allows was used up",),
)
CLAIMED = Census(counts=Counts(studies=Exact(48), patients=Exact(32), instances=Claimed(225)))


def said(exposure: Exposure) -> Verdict:
    """An archive that answers anybody, or whoever knows its title."""
    severity = Severity.CRITICAL if exposure is Exposure.RETRIEVABLE else Severity.HIGH
    find = samples.reason(
        "find", severity, "A stranger's null query was answered.", "null_query_study_root#0"
    )
    return replace(samples.verdict(exposure, severity), worklist=False, accepts_writes=False, reasons=(find,))


def attempts(
    end: CensusEnd = CensusEnd.ALL_ASKED, *, fetches: bool | None = None, stranger: bool = True
) -> tuple[Attempt, ...]:
    """A null query that was answered, a null retrieve that was answered or refused, and a census."""
    titles = STRANGER if stranger else replace(STRANGER, stranger=False)
    service = QueryService.STUDY_ROOT
    made: list[Attempt] = [
        Completed("dicom_associate", ()),
        Completed("null_query_study_root", (NullQueryAnswered(titles, service, Ending.STATUS, 0, 0),)),
    ]
    if fetches is not None:
        ending, status = (Ending.STATUS, 0) if fetches else (Ending.ABORT, None)
        made.append(Completed("null_retrieve", (NullRetrieveAnswered(titles, service, ending, status),)))
    made.append(Completed("count", (CensusEnded(titles, end, 40, 12_000, 900_000, 1, 8_000),)))
    return tuple(made)


def archive(
    number: int,
    exposure: Exposure,
    census: Census,
    kept: tuple[Attempt, ...] | None = None,
    *,
    verdict: Verdict | None = None,
    same_as: str | None = None,
) -> Archive:
    """One counted endpoint."""
    findings = findings_of(kept or attempts(), verdict or said(exposure), census)
    return Archive(Endpoint(f"127.30.0.{number}", 104), findings, samples.STARTED, samples.STARTED, same_as)


def exact() -> Archive:
    """Counted to the end; anybody can fetch; a worklist too."""
    verdict = replace(said(Exposure.RETRIEVABLE), worklist=True)
    return archive(1, Exposure.RETRIEVABLE, EXACT, attempts(fetches=True), verdict=verdict)


def at_least() -> Archive:
    """Stops its answers, and then stopped answering; refuses to be fetched from."""
    return archive(2, Exposure.QUERYABLE, AT_LEAST, attempts(CensusEnd.SILENT, fetches=False))


def estimated() -> Archive:
    """Larger than its budget."""
    return archive(3, Exposure.QUERYABLE, ESTIMATED, attempts(CensusEnd.ROWS))


def claimed() -> Archive:
    """Says itself how many images it holds."""
    return archive(4, Exposure.RETRIEVABLE, CLAIMED, attempts(fetches=True))


def unknown() -> Archive:
    """Answers anybody, and could not be counted."""
    failed = Failed("count", Cause.BUSY, "It said that it has too much to do.")
    return archive(5, Exposure.QUERYABLE, Census(), (Completed("dicom_associate", ()), failed))


def clone() -> Archive:
    """Another door to the archive at its limit: this one lets anybody fetch."""
    census = replace(AT_LEAST, counts=Counts(studies=AtLeast(110), instances=AtLeast(300)))
    return archive(
        6, Exposure.RETRIEVABLE, census, attempts(fetches=True), same_as=at_least().endpoint.authority
    )


def two_doors() -> Archive:
    """The archive at its limit and its other door: one archive, with the numbers of the first."""
    return joined(at_least(), clone())


def joined(first: Archive, *others: Archive) -> Archive:
    """One archive that holds what the first holds."""
    doors = [door for each in (first, *others) for door in each.doors]
    verdict = judge_archive(
        [door.verdict for door in doors], doors=[door.endpoint.authority for door in doors]
    )
    says = f"{others[0].endpoint.authority} holds the studies that {first.endpoint.authority} holds"
    links = (Link(0, 1, LinkEvidence.SAME_STUDIES, says),)
    return archive_of(doors, verdict, first.findings.census, links=links)


def decoy() -> Archive:
    """Claims a great deal."""
    verdict = replace(said(Exposure.RETRIEVABLE), decoy=Decoy(DecoyTier.MEDIUM, ("a sign",)))
    census = Census(counts=Counts(studies=Exact(1_000_000), instances=Claimed(9_000_000)))
    return archive(7, Exposure.RETRIEVABLE, census, attempts(fetches=True), verdict=verdict)


def by_name() -> Archive:
    """Opens to a title of the scope."""
    census = Census(counts=Counts(studies=Exact(60), instances=Exact(600)))
    return archive(8, Exposure.NAME_GATED, census, attempts(fetches=True, stranger=False))


def survey() -> list[Archive]:
    """All of them, two of them doors of one archive, and a closed port."""
    return [
        exact(),
        two_doors(),
        estimated(),
        claimed(),
        unknown(),
        decoy(),
        by_name(),
        samples.unreachable(1),
    ]


def document(*archives: Archive) -> Document:
    """The document of these archives, or of the whole survey."""
    return build_document(HEADER, archives or survey())


def with_images(count: Count, number: int = 9, exposure: Exposure = Exposure.QUERYABLE) -> Archive:
    """An archive with this number of images, and a study."""
    return archive(number, exposure, Census(counts=Counts(studies=Exact(1), instances=count)))
