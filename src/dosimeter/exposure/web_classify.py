"""The judgement of one web or HL7 port: attempts in, verdict out. Pure (DESIGN §3, ADR 0017)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from dosimeter.exposure.remedy.choose_web import choose_web
from dosimeter.exposure.remedy.need import Need
from dosimeter.exposure.rules import climb, reason_of
from dosimeter.exposure.tls_predicates import encrypts_nothing, kept_profile
from dosimeter.exposure.web_case import WebCase, build_web_case
from dosimeter.exposure.web_evidence import gather_web
from dosimeter.exposure.web_findings import SAID_BY_WEB_RUNG, WEB_FINDINGS, accepts_writes, advisories_of
from dosimeter.exposure.web_rules import HL7_LADDER, WEB_LADDER
from dosimeter.model.attempt import Attempt
from dosimeter.model.census import Census
from dosimeter.model.target import Service
from dosimeter.model.verdict import Protection, Verdict

_NOTHING_SAID: frozenset[str] = frozenset()
_GUARDS: Final = (
    Protection.CLIENT_CERTIFICATE,
    Protection.HTTP_LOGIN,
    Protection.LOGIN_FORM,
    Protection.SINGLE_SIGN_ON,
    Protection.HTTP_FORBIDDEN,
)


def judge_web(
    attempts: Iterable[Attempt],
    *,
    service: Service,
    seen_at: datetime | None,
    census: Census,
    host: str | None = None,
) -> Verdict:
    """Fold the rules over the attempts at one web or HL7 port; as `classify.judge`. Never fails."""
    evidence = gather_web(attempts)
    case = build_web_case(evidence, service, seen_at, census, host)
    rung, hit = climb(HL7_LADDER if service is Service.HL7 else WEB_LADDER, case)
    reasons = [reason_of(rung, hit)]
    needs: list[Need] = list(rung.needs)
    said = SAID_BY_WEB_RUNG.get(rung.id, _NOTHING_SAID)
    for rule in WEB_FINDINGS:
        found = rule.when(case)
        if found is None or rule.id in said:
            continue
        reasons.append(reason_of(rule, found))
        needs.extend(rule.needs)
    identity = case.identity
    return Verdict(
        exposure=rung.exposure,
        severity=max(reason.severity for reason in reasons),
        confidence=rung.confidence,
        speaks_dicom=case.speaks_dicom,
        protections=_protections(case),
        accepts_writes=accepts_writes(case),
        worklist=True if case.worklist is not None else None,
        decoy=case.decoy,
        product=case.named.product if case.named is not None else None,
        reasons=tuple(reasons),
        remedies=choose_web(needs, identity.known.key if identity is not None else None),
        advisories=advisories_of(case),
        tls_profile=kept_profile(evidence),
    )


def _protections(case: WebCase) -> tuple[Protection, ...]:
    """TLS, and the guards that answers showed: those of data first seen where nothing is open."""
    seen: list[Protection] = []
    tls = case.evidence.tls
    spoken = tls is not None and (tls.fact.protocol is not None or case.demands_certificate)
    if spoken and tls is not None and not encrypts_nothing(tls.fact.cipher_suite):
        seen.append(Protection.TLS)
    guards = {guard for each in case.evidence.questions for guard in each.guards}
    if case.demands_certificate:
        guards.add(Protection.CLIENT_CERTIFICATE)
    return (*seen, *(guard for guard in _GUARDS if guard in guards))
