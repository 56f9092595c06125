"""The judgement of one endpoint: attempts in, verdict out. Pure; the same facts give the same verdict.

Decided here, where DESIGN §3 leaves room:

- An answered worklist query is a stranger's null query answered: `queryable`. Patients are patients.
- Rows in answer to a null query are `queryable` and a sign of a decoy, for a defective archive that
  shows its records to anybody is as open as a sound one; confidence is then `announced`.
- What a stranger was answered stands, whatever was refused or left open beside it.
- A retrieve question that was asked and left open makes refused queries `inconclusive`; one that was
  not asked is a finding.
- A transient rejection (result 2) that names no title is busy, not a guard.
"""

from __future__ import annotations

from datetime import datetime

from dosimeter.dicom.uids import MODALITY_WORKLIST_FIND, STORAGE_COMMITMENT_PUSH
from dosimeter.exposure.advisories import advisories_for
from dosimeter.exposure.believed import believed
from dosimeter.exposure.case import Case, build_case
from dosimeter.exposure.evidence import (
    CALLED_TITLE,
    CALLING_TITLE,
    NOT_AUTHORISED,
    Evidence,
    gather,
    is_title_rejection,
)
from dosimeter.exposure.findings import FINDINGS, FINDINGS_IN_CLEAR
from dosimeter.exposure.remedy.choose import choose
from dosimeter.exposure.remedy.need import Need
from dosimeter.exposure.rules import LADDER, SAID_BY_RUNG, Rule, climb, reason_of
from dosimeter.exposure.tls_predicates import encrypts_nothing, kept_profile
from dosimeter.exposure.web_classify import judge_web
from dosimeter.model.attempt import Attempt
from dosimeter.model.census import NOT_COUNTED, Census
from dosimeter.model.facts import Ending, QueryService
from dosimeter.model.target import ON_DICOM, Service
from dosimeter.model.verdict import Protection, Verdict

_NOTHING_SAID: frozenset[str] = frozenset()


def judge(
    attempts: tuple[Attempt, ...],
    *,
    service: Service,
    seen_at: datetime | None = None,
    census: Census = NOT_COUNTED,
    host: str | None = None,
) -> Verdict:
    """Fold the rules over the attempts of one endpoint (DESIGN §3). Never fails.

    ``service`` is what its port is for. ``seen_at`` is when the endpoint was asked; without it,
    certificates are not judged by date, and without TLS it makes no difference. ``host`` is the name by
    which the scope has it: the certificate is held against it, and against nothing if it is None. Where the
    endpoint is makes no difference else: endpoints that answered alike have one verdict. ``census`` is what
    `census.judge.judge_census` made of the same facts: it is put into words and makes nothing graver.
    """
    if service not in ON_DICOM:
        return judge_web(attempts, service=service, seen_at=seen_at, census=census, host=host)
    evidence = gather(attempts)
    cells = [each.fact for each in evidence.cells]
    ends = [each.fact for each in evidence.census_ends]
    case = build_case(evidence, service, seen_at, believed(census, (*cells, *ends)), host)
    rung, hit = climb(LADDER, case)
    reasons = [reason_of(rung, hit)]
    needs: list[Need] = list(rung.needs)
    said = SAID_BY_RUNG.get(rung.id, _NOTHING_SAID)
    for rule in _findings(case):
        found = rule.when(case)
        if found is None or rule.id in said:
            continue
        reasons.append(reason_of(rule, found))
        needs.extend(rule.needs)
    product = case.identity.product if case.identity is not None else None
    return Verdict(
        exposure=rung.exposure,
        severity=max([reason.severity for reason in reasons]),
        confidence=rung.confidence,
        speaks_dicom=case.speaks_dicom,
        protections=_protections(case),
        accepts_writes=case.storage.accepted > 0 if case.storage is not None else None,
        worklist=_worklist(case),
        decoy=case.suspicion.decoy,
        product=product,
        reasons=tuple(reasons),
        remedies=choose(needs, product, may_be_orthanc=_may_be_orthanc(case)) if needs else (),
        advisories=advisories_for(product.name, product.version) if product is not None else (),
        tls_profile=kept_profile(evidence),
    )


def _findings(case: Case) -> tuple[Rule[Case], ...]:
    """The rules that can apply."""
    if case.evidence.tls is not None:
        return FINDINGS
    if not case.speaks_dicom:
        return ()
    return FINDINGS if case.evidence.posture is not None else FINDINGS_IN_CLEAR


def _protections(case: Case) -> tuple[Protection, ...]:
    """Guards that were seen at work, in the order of `Protection`."""
    evidence = case.evidence
    seen: list[Protection] = []
    if evidence.rejection is not None or evidence.listed_rejections:
        seen.extend(_title_checks(evidence))
    if _refuses_by_policy(case):
        seen.append(Protection.QUERY_POLICY)
    if evidence.aborted is not None or (
        evidence.rejection is not None and not is_title_rejection(evidence.rejection.fact)
    ):
        seen.append(Protection.ASSOCIATION_POLICY)
    if evidence.tls is not None:
        spoken = evidence.tls.fact.protocol is not None or case.demands_certificate
        if spoken and not encrypts_nothing(evidence.tls.fact.cipher_suite):
            seen.append(Protection.TLS)
        if case.demands_certificate:
            seen.append(Protection.CLIENT_CERTIFICATE)
    return tuple(seen)


def _title_checks(evidence: Evidence) -> list[Protection]:
    """Rejections of listed titles count too: (1, 1, 3) shows that the called one was right."""
    rejections = list(evidence.listed_rejections)
    if evidence.rejection is not None:
        rejections.append(evidence.rejection)
    reasons = {rejected.fact.reason for rejected in rejections if is_title_rejection(rejected.fact)}
    checks = ((CALLED_TITLE, Protection.CALLED_AE_CHECK), (CALLING_TITLE, Protection.CALLING_AE_CHECK))
    return [protection for reason, protection in checks if reason in reasons]


def _refuses_by_policy(case: Case) -> bool:
    """Whether a query was refused as a policy refuses: A-ABORT or not authorised, and none answered."""
    question = case.refused
    if question is None or case.open_query:
        return False
    return question.ending is Ending.ABORT or question.status == NOT_AUTHORISED


def _worklist(case: Case) -> bool | None:
    if case.open_worklist is not None:
        return True
    for question in (*case.evidence.queries, *case.opened):
        if question.service is QueryService.WORKLIST and question.answered and not question.retrieve:
            return True
    if case.refused_worklist is not None:
        return False
    refused = case.association.fact.refused if case.association is not None else ()
    return False if any(context.abstract_syntax == MODALITY_WORKLIST_FIND for context in refused) else None


def _may_be_orthanc(case: Case) -> bool:
    """Storage commitment granted to a made-up called title: dcmqrscp and storescp do not do that."""
    association = case.association
    return association is not None and STORAGE_COMMITMENT_PUSH in association.fact.accepted
