"""The neighbour: a FHIR server beside the archive holds the same people.

The capability statement of a server can be megabytes long, so its beginning is enough. Patients and
studies are counted by the server: ``_summary=count`` returns the number and no resource.
"""

from __future__ import annotations

from typing import Final

from dosimeter.model.census import Things
from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import FHIR, CounterRead, ProductCounted, Purpose
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import bears, count_of, object_of, refused, unless_another
from dosimeter.probes._web import Question, ask

ROOTS: Final = ("/fhir", "/baseR4", "/hapi-fhir/fhir", "")
"""Where servers answer as shipped: HAPI's starter and the Azure and IBM servers, HAPI's test server,
HAPI's demonstration, and those that serve nothing else."""

_BESIDE: Final = frozenset({"dcm4chee", "conquest", "pacsone", "synapse", "vue_pacs", "visage"})
"""Archives that are served by a web server of somebody else's, or beside one; the others own their origin."""

FHIR_JSON: Final = "application/fhir+json"
_MEDIA_TYPES: Final = (FHIR_JSON, "application/json", "application/json+fhir")
_BUNDLE: Final = 4_096
_HEAD: Final = 65_536
_OK: Final = 200
_AFTER_NAME: Final = 128
_COUNTED: Final = (("Patient", Things.PATIENTS), ("ImagingStudy", Things.STUDIES))


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, FHIR, _BESIDE)
    facts: list[Fact] = []
    for root in ROOTS:
        question = Question(
            "fhir_metadata", Purpose.NEIGHBOUR, f"{root}/metadata", accept=FHIR_JSON, root=root, most=_HEAD
        )
        heard = await ask(visit, question, is_capability_statement)
        facts.append(heard.fact)
        if heard.fact.as_specified:
            facts += await _count(visit, root)
        if heard.fact.as_specified or (bears(heard.fact, FHIR) and refused(heard)):
            break
    return tuple(facts)


def is_capability_statement(response: WebResponse) -> bool:
    """Whether an answer begins as a CapabilityStatement does (FHIR R4 §5.2); it may be cut."""
    media_type = (response.header("content-type") or "").lower().partition(";")[0].strip()
    if response.status != _OK or media_type not in _MEDIA_TYPES:
        return False
    head = response.body[:_HEAD].decode("latin-1")
    return (
        head.lstrip().startswith("{")
        and text_behind(head, "resourceType") == "CapabilityStatement"
        and text_behind(head, "fhirVersion") is not None
    )


def text_behind(head: str, name: str) -> str | None:
    """The text that stands behind the first ``"name" :`` of a JSON text, read without parsing it."""
    place = head.find(f'"{name}"')
    if place < 0:
        return None
    start = place + len(name) + 2
    rest = head[start : start + _AFTER_NAME].lstrip()
    if not rest.startswith(":"):
        return None
    value = rest[1:].lstrip()
    end = value.find('"', 1)
    return value[1:end] if value.startswith('"') and end > 1 else None


def read_total(response: WebResponse) -> tuple[int | None] | None:
    """The total of a Bundle without entries, absurd or not; None if it is no such Bundle."""
    said = object_of(response)
    if said is None or said.get("resourceType") != "Bundle" or "total" not in said:
        return None
    return (count_of(said["total"]),)


async def _count(visit: Visit, root: str) -> list[Fact]:
    facts: list[Fact] = []
    counters: list[CounterRead] = []
    for resource, things in _COUNTED:
        question = Question(
            f"fhir_{resource.lower()}_count",
            Purpose.NEIGHBOUR,
            f"{root}/{resource}?_summary=count",
            accept=FHIR_JSON,
            root=root,
            most=_BUNDLE,
        )
        heard = await ask(visit, question, lambda response: read_total(response) is not None)
        facts.append(heard.fact)
        total = read_total(heard.response)
        if total is not None:
            counters.append(CounterRead(things, total[0]))
    if counters:
        facts.append(ProductCounted(FHIR, "fhir_patient_count", tuple(counters)))
    return facts


PROBE = Probe(
    name="fhir",
    asks="GET of a FHIR server's capability statement, and of how many patients and studies it has",
    touch=Touch.PROVE,
    reference="HL7 FHIR R4 §3.1.0.13, §3.2.1.5",
    rides=Rides.WEB,
    needs=None,
    order=400,
    run=_run,
    services=ON_WEB,
)
