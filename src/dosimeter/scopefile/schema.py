"""The shape of scope.toml: which keys there are and of which type. What they mean is checked later."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from dosimeter.model.scope import (
    DEFAULT_HL7_PORTS,
    DEFAULT_PORTS,
    DEFAULT_TLS_PORTS,
    DEFAULT_WEB_PORTS,
    CountBudget,
    Pace,
)
from dosimeter.scopefile.problem import Problems

_DEFAULT_PACE: Final = Pace()
_DEFAULT_COUNT: Final = CountBudget()
_STRICT: Final = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class AuthorisationTable(BaseModel):
    """``[authorisation]``: who allows what, on which ground, until when."""

    model_config = _STRICT

    authorised_by: str
    role: str
    reference: str
    legal_basis: str
    contact: str
    valid_from: datetime
    valid_until: datetime
    touch: str = "prove"
    second_person: str | None = None


class ScopeTable(BaseModel):
    """``[scope]``: where."""

    model_config = _STRICT

    networks: list[str]
    names: list[str] = []
    exclude: list[str] = []
    ports: list[int] = list(DEFAULT_PORTS)
    tls_ports: list[int] = list(DEFAULT_TLS_PORTS)
    web_ports: list[int] = list(DEFAULT_WEB_PORTS)
    hl7_ports: list[int] = list(DEFAULT_HL7_PORTS)
    called_ae_titles: list[str] = []
    calling_ae_titles: list[str] = []


class PaceTable(BaseModel):
    """``[pace]``: how gently."""

    model_config = _STRICT

    new_hosts_per_second: float = _DEFAULT_PACE.new_hosts_per_second
    hosts_in_flight: int = _DEFAULT_PACE.hosts_in_flight
    seconds_between_associations: float = _DEFAULT_PACE.seconds_between_associations
    hours: str = "00:00-24:00"
    connect_seconds: float = _DEFAULT_PACE.connect_seconds
    answer_seconds: float = _DEFAULT_PACE.answer_seconds
    host_seconds: float = _DEFAULT_PACE.host_seconds


class CountTable(BaseModel):
    """``[count]``: what counting one archive may cost it."""

    model_config = _STRICT

    rows: int = _DEFAULT_COUNT.rows
    rows_per_answer: int = _DEFAULT_COUNT.rows_per_answer
    received_bytes: int = _DEFAULT_COUNT.received_bytes
    seconds: float = _DEFAULT_COUNT.seconds
    associations: int = _DEFAULT_COUNT.associations
    patience_seconds: float = _DEFAULT_COUNT.patience_seconds


def _spelt(value: object) -> object:
    """A number of a network may be written as one."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class OwnersTable(BaseModel):
    """``[[owners]]``: whose a network is, for the report."""

    model_config = _STRICT

    network: str
    organisation: str
    sector: str = ""
    contact: str = ""
    country: str = ""
    asn: Annotated[str, BeforeValidator(_spelt)] = ""
    operator: str = ""


class ScopeFile(BaseModel):
    """The whole file."""

    model_config = _STRICT

    authorisation: AuthorisationTable
    scope: ScopeTable
    pace: PaceTable = Field(default_factory=PaceTable)
    count: CountTable = Field(default_factory=CountTable)
    owners: list[OwnersTable] = []


_TABLES: Final[dict[str, type[BaseModel]]] = {
    "authorisation": AuthorisationTable,
    "scope": ScopeTable,
    "pace": PaceTable,
    "count": CountTable,
    "owners": OwnersTable,
}
_NO_HOME: Final = "owners"
"""The keys of this table are no place for a key that is misplaced: ``network`` in [scope] is misspelt."""

_WANTED: Final = {
    "string_type": "must be text in quotation marks",
    "int_type": "must be a whole number without quotation marks",
    "float_type": "must be a number without quotation marks",
    "finite_number": "must be an ordinary number, not inf or nan",
    "list_type": "must be a list in square brackets",
    "model_type": "must be a table",
    "datetime_type": "must be a date and time without quotation marks, as in 2026-01-31T08:00:00Z",
}


def read_shape(data: dict[str, object], path: Path) -> ScopeFile:
    """The file's tables, typed.

    Raises:
        ScopeProblem: a key is unknown, missing or of the wrong type.
    """
    try:
        return ScopeFile.model_validate(data)
    except ValidationError as refused:
        problems = Problems(path)
        details = refused.errors(include_url=False, include_context=False, include_input=False)
        # A misspelt key is first: it explains why the key it was meant to be is missing.
        for detail in sorted(details, key=lambda one: one["type"] != "extra_forbidden"):
            problems.add(_dotted(detail), _sentence(detail))
        problems.settle()
        raise  # a ValidationError always has at least one error


def _dotted(detail: ErrorDetails) -> str:
    key = ""
    for part in detail["loc"]:
        key += f"[{part}]" if isinstance(part, int) else f".{_printable(part)}"
    return key.removeprefix(".")


def _sentence(detail: ErrorDetails) -> str:
    *above, last = detail["loc"]
    if detail["type"] == "missing":
        what = "table" if not above else "key"
        return f"this {what} is missing; add it (dosimeter scope init writes an example)"
    if detail["type"] == "extra_forbidden":
        return _unknown(str(above[0]) if above else None, str(last))
    return _WANTED.get(detail["type"], "has the wrong type") + "; correct it"


def _unknown(table: str | None, key: str) -> str:
    """A misspelt key must not be ignored: it may be the exclusion somebody relies on."""
    if table is None:
        known, what = list(_TABLES), "table"
        homes = [name for name, model in _TABLES.items() if key in model.model_fields]
    else:
        known, what = list(_TABLES[table].model_fields), "key"
        homes = [name for name, model in _TABLES.items() if name != table and key in model.model_fields]
    homes = [name for name in homes if name != _NO_HOME]
    if homes:
        return f"this key belongs in [{homes[0]}]; move it there"
    near = get_close_matches(key.lower(), known, n=1)
    advice = f"did you mean {near[0]}?" if near else f"the known ones are {', '.join(known)}; remove it"
    return f"there is no such {what}; {advice}"


def _printable(text: str) -> str:
    return ascii(text)[1:-1][:64]
