"""What the evidence of a web port amounts to, before the rules put it into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dosimeter.exposure.evidence import Failure
from dosimeter.exposure.web_evidence import AGAIN, WebEvidence, WebOutcome, WebQuestion
from dosimeter.exposure.web_product import WebIdentity, identify_web
from dosimeter.exposure.web_products import WEB_PRODUCTS, Kind
from dosimeter.model.attempt import Cause
from dosimeter.model.census import Census
from dosimeter.model.facts import ClientCertificate
from dosimeter.model.message import say
from dosimeter.model.target import Service
from dosimeter.model.verdict import Decoy, DecoyTier
from dosimeter.model.web import BodyShape, MediaType, Purpose, WebAnswered

QUERY_PROBE: Final = "dicomweb_query"
_OWN: Final = tuple(f"{known.key}_" for known in WEB_PRODUCTS if known.kind is not Kind.NEIGHBOUR)
"""How the names of a product's own questions begin."""
_ALL_OR_NOTHING: Final = frozenset({"orthanc"})
"""Products that ask for a login before they look at the path: what answers once, answers everywhere."""

_OF_THE_DATA: Final = frozenset({"dcm4chee_aets"})
"""Descriptions that are part of the interface to the data: who answers them guards none of it."""

_QIDO_RS: Final = "qido_rs"
_PORTALS: Final = frozenset({"horos_main"})
"""Pages behind which all is open once they are shown without a login (Horos, WebPortalConnection)."""

_DOWN: Final = frozenset({Cause.REFUSED, Cause.UNREACHABLE})
_NO_RUNG: Final = ("tls_posture", "sample", "fhir", "wado_uri", "web_landing", "web_control")
"""How the names of probes begin whose failure leaves the question of what a stranger may do where it was."""
_OK: Final = range(200, 300)
_NOT_THERE: Final = frozenset({404, 410})
_PUT_OTHERWISE: Final = frozenset({400, 406, 415, 422})
_OTHER_FORMS: Final = frozenset({MediaType.XML, MediaType.MULTIPART, MediaType.DICOM})
"""How QIDO-RS answered until 2017 where JSON was not asked for, and some still whatever is asked."""

_CANNED: Final = say(
    "a null query over HTTP found something: its answers do not depend on the question, so it is a decoy or "
    "defective and its counts are not believed"
)
_MANY: Final = say("its pages bear the signs of several archives of different makers")


@dataclass(frozen=True, slots=True)
class WebCase:
    """One web port's evidence, with what a stranger with a browser obtained.

    ``query`` to ``worklist`` were answered with their keys honoured; ``own_query`` and ``own_retrieve`` are
    those of a product's own interface, ``portal`` is a page without a login that leads to all else.
    ``canned`` found what cannot exist. ``counter`` and ``description`` answered without a login, ``store``
    took a multipart with nothing in it. ``page`` is a page of a product without a login,
    ``refused`` the first data question that wanted one, ``all_refused`` whether the path
    that cannot exist was refused as well. ``left_open`` are questions that got no answer.
    """

    evidence: WebEvidence
    service: Service
    seen_at: datetime | None
    host: str | None
    identity: WebIdentity | None
    query: WebQuestion | None
    retrieve: WebQuestion | None
    own_query: WebQuestion | None
    own_retrieve: WebQuestion | None
    portal: WebQuestion | None
    worklist: WebQuestion | None
    canned: WebQuestion | None
    counter: WebQuestion | None
    description: WebQuestion | None
    store: WebQuestion | None
    page: WebQuestion | None
    neighbour: WebQuestion | None
    refused: WebQuestion | None
    control: WebQuestion | None
    later: WebQuestion | None
    fault: WebQuestion | None
    left_open: tuple[Failure, ...]
    unreachable: Failure | None
    demands_certificate: bool
    decoy: Decoy
    decoy_pointer: str | None
    census: Census

    @property
    def data(self) -> WebQuestion | None:
        """The question about patients or images that a stranger was answered, the most telling one."""
        listed = self.query or self.own_query or self.portal
        return listed or self.retrieve or self.own_retrieve or self.worklist

    @property
    def named(self) -> WebIdentity | None:
        """The product that a report names: of an archive that shares its origin with FHIR, not the latter."""
        return self.identity if self.is_recognised or not self.is_open else None

    @property
    def told(self) -> WebQuestion | None:
        """What an archive's interface to its data told without a login, where it refused nothing.

        Its counters; else its description, if that is part of the interface to the data.
        """
        known = self.identity
        if known is None or known.known.kind is not Kind.ARCHIVE or self.refuses_anything:
            return None
        if self.is_all_or_nothing:
            return (self.description or self.counter) if known.is_described else None
        if self.counter is not None and self.counter.fact.asked.startswith(f"{known.known.key}_"):
            return self.counter
        described = self.description
        return described if described is not None and described.fact.asked in _OF_THE_DATA else None

    @property
    def is_all_or_nothing(self) -> bool:
        """Whether it is a product that asks for a login before it looks at the path."""
        return self.identity is not None and self.identity.known.key in _ALL_OR_NOTHING

    @property
    def refuses_anything(self) -> bool:
        """Whether anything was refused, neighbours of the archive aside."""
        return any(
            each.outcome is WebOutcome.REFUSED and each.fact.purpose is not Purpose.NEIGHBOUR
            for each in self.evidence.questions
        )

    @property
    def query_skipped(self) -> str | None:
        """Why the null query was not put; None if it was, or nothing was recorded of it."""
        if QUERY_PROBE in self.evidence.asked:
            return None
        return next((each.why for each in self.evidence.skipped if each.probe == QUERY_PROBE), None)

    @property
    def flapping(self) -> WebQuestion | None:
        """A question that was put twice and answered in two ways."""
        first: dict[tuple[str, str | None], WebQuestion] = {}
        for each in self.evidence.questions:
            asked = each.fact.asked
            if each.outcome in (WebOutcome.LATER, WebOutcome.FAULT):
                continue
            if not asked.endswith(AGAIN):
                first.setdefault((asked, each.fact.root), each)
                continue
            before = first.get((asked.removesuffix(AGAIN), each.fact.root))
            if before is not None and not _is_same_answer(before.fact, each.fact):
                return each
        return None

    @property
    def retrieve_unguarded(self) -> WebQuestion | None:
        """A null retrieve that was not found and wanted no login, where the query of its root was refused."""
        refusing = {
            each.fact.root
            for each in self.evidence.of(Purpose.QUERY)
            if each.outcome is WebOutcome.REFUSED and each.fact.asked.startswith(_QIDO_RS)
        }
        for each in self.evidence.of(Purpose.RETRIEVE):
            if each.fact.root in refusing and not each.guards and each.fact.status in _NOT_THERE:
                return each
        return None

    @property
    def other_form(self) -> WebQuestion | None:
        """The null query, where a service answered in another form and no other path is found."""
        controls = [each.fact for each in self.evidence.of(Purpose.CONTROL)]
        for each in self.evidence.of(Purpose.QUERY):
            under = [control for control in controls if control.root == each.fact.root]
            if (
                not each.fact.as_specified
                and _is_other_form(each)
                and under
                and all(control.status in _NOT_THERE for control in under)
                and not any(_is_same_answer(control, each.fact) for control in controls)
            ):
                return each
        return None

    @property
    def is_open(self) -> bool:
        """Whether patients' data, or images, answer to a stranger."""
        return self.data is not None or self.canned is not None or self.told is not None

    @property
    def all_refused(self) -> bool:
        """Whether even a path that cannot exist is refused."""
        return self.control is not None and self.control.outcome is WebOutcome.REFUSED

    @property
    def is_recognised(self) -> bool:
        """Whether an archive, or a viewer of one, was recognised."""
        return self.identity is not None and self.identity.known.kind is not Kind.NEIGHBOUR

    @property
    def speaks_dicom(self) -> bool:
        """Whether this port is a door of an archive."""
        return self.is_recognised or self.is_open

    @property
    def is_viewer(self) -> bool:
        """Whether all that is known to be here is a viewer."""
        return self.identity is not None and self.identity.known.kind is Kind.VIEWER


def build_web_case(
    evidence: WebEvidence,
    service: Service,
    seen_at: datetime | None,
    census: Census,
    host: str | None = None,
) -> WebCase:
    """Sort the answers by what they prove."""
    identity = identify_web(evidence)
    answered = [each for each in evidence.questions if each.outcome is WebOutcome.ANSWERED]
    canned = _first(evidence.questions, WebOutcome.IGNORES_KEYS)
    decoy, pointer = _decoy(canned, identity)
    return WebCase(
        evidence=evidence,
        service=service,
        seen_at=seen_at,
        host=host,
        identity=identity,
        query=_answer(answered, Purpose.QUERY, own=False),
        retrieve=_answer(answered, Purpose.RETRIEVE, own=False),
        own_query=_answer(answered, Purpose.QUERY, own=True),
        own_retrieve=_answer(answered, Purpose.RETRIEVE, own=True),
        portal=next((each for each in answered if each.fact.asked in _PORTALS), None),
        worklist=_answer(answered, Purpose.WORKLIST),
        canned=canned,
        counter=_answer(answered, Purpose.COUNTER),
        description=_description(evidence, answered),
        store=_answer(answered, Purpose.STORE),
        page=_page(evidence, identity),
        neighbour=next(
            (
                each
                for each in answered
                if each.fact.purpose is Purpose.NEIGHBOUR and each.fact.asked.endswith("_count")
            ),
            None,
        ),
        refused=_refused(evidence),
        control=next(iter(evidence.of(Purpose.CONTROL)), None),
        later=_first(evidence.questions, WebOutcome.LATER),
        fault=_first(evidence.of(Purpose.QUERY, Purpose.RETRIEVE, Purpose.CONTROL), WebOutcome.FAULT),
        left_open=_left_open(evidence),
        unreachable=_unreachable(evidence),
        demands_certificate=_demands_certificate(evidence),
        decoy=decoy,
        decoy_pointer=pointer,
        census=census,
    )


def _is_other_form(question: WebQuestion) -> bool:
    if question.outcome is WebOutcome.REFUSED or not question.fact.asked.startswith(_QIDO_RS):
        return False
    if question.fact.status in _PUT_OTHERWISE:
        return True
    return question.fact.status in _OK and question.fact.media_type in _OTHER_FORMS


def _is_same_answer(one: WebAnswered, other: WebAnswered) -> bool:
    return (one.status, one.body, one.media_type) == (other.status, other.body, other.media_type)


def _first(questions: tuple[WebQuestion, ...], outcome: WebOutcome) -> WebQuestion | None:
    return next((each for each in questions if each.outcome is outcome), None)


def _answer(answered: list[WebQuestion], purpose: Purpose, *, own: bool | None = None) -> WebQuestion | None:
    for each in answered:
        if each.fact.purpose is purpose and own in (None, each.fact.asked.startswith(_OWN)):
            return each
    return None


def _description(evidence: WebEvidence, answered: list[WebQuestion]) -> WebQuestion | None:
    """What an archive said of itself and its configuration; a viewer's configuration is public by design."""
    if not evidence.descriptions:
        return None
    return _answer(answered, Purpose.DESCRIPTION)


def _page(evidence: WebEvidence, identity: WebIdentity | None) -> WebQuestion | None:
    """A page of a product that was shown without a login."""
    if identity is None or identity.known.kind is Kind.NEIGHBOUR:
        return None
    signs = frozenset(identity.shown)
    for each in evidence.of(Purpose.LANDING):
        fact = each.fact
        is_page = fact.status in _OK and fact.media_type is MediaType.HTML
        if each.guards or not is_page or fact.body not in {BodyShape.HTML, BodyShape.CUT}:
            continue
        if _shows(fact.signs, signs) or (fact.asked.startswith(_OWN) and fact.as_specified):
            return each
    return None


def _shows(names: tuple[str, ...], products: frozenset[str]) -> bool:
    return any(name.startswith(product) for name in names for product in products) or (
        "horos" in products and any(name.startswith("osirix") for name in names)
    )


def _refused(evidence: WebEvidence) -> WebQuestion | None:
    """The first question about data that was refused; else a page that was, else anything at all."""
    refused = [each for each in evidence.questions if each.outcome is WebOutcome.REFUSED]
    for purposes in (
        {Purpose.QUERY, Purpose.RETRIEVE, Purpose.DESCRIPTION, Purpose.COUNTER},
        {Purpose.LANDING},
        {Purpose.CONTROL},
    ):
        for each in refused:
            if each.fact.purpose in purposes:
                return each
    return None


def _left_open(evidence: WebEvidence) -> tuple[Failure, ...]:
    skips = [each.probe for each in evidence.skipped]
    answered = bool(evidence.questions) and (QUERY_PROBE in evidence.asked or QUERY_PROBE in skips)
    return tuple(
        failure for failure in evidence.failures if not (answered and failure.probe.startswith(_NO_RUNG))
    )


def _unreachable(evidence: WebEvidence) -> Failure | None:
    """Nothing listens, and nothing else was seen."""
    seen = evidence.questions or evidence.tls or evidence.mllp or evidence.not_http
    if seen or not evidence.failures or any(each.cause not in _DOWN for each in evidence.failures):
        return None
    return evidence.failures[0]


def _demands_certificate(evidence: WebEvidence) -> bool:
    tls = evidence.tls
    return (
        tls is not None
        and tls.fact.client_certificate is ClientCertificate.REQUIRED
        and not any(each.outcome is not WebOutcome.REFUSED for each in evidence.questions)
    )


def _decoy(canned: WebQuestion | None, identity: WebIdentity | None) -> tuple[Decoy, str | None]:
    signs: list[tuple[str, str]] = []
    if canned is not None:
        signs.append((_CANNED, canned.pointer))
    if identity is not None and identity.shows_too_many:
        signs.append((_MANY, identity.pointer))
    if not signs:
        return Decoy(), None
    tier = DecoyTier.MEDIUM if len(signs) == 1 else DecoyTier.HIGH
    return Decoy(tier, tuple(words for words, _ in signs)), signs[0][1]
