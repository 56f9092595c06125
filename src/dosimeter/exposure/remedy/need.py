"""What a finding asks to be closed, and the advice a product module gives for it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from dosimeter.model.verdict import Remedy


class Need(Enum):
    """A thing to be closed, in the order in which the advice is printed."""

    WEB_OPEN = auto()
    """Patients' data answer to a browser with no login."""
    QUERY = auto()
    RETRIEVE = auto()
    WORKLIST = auto()
    TITLES = auto()
    """A title opens it: bind titles to addresses or certificates."""
    STORE = auto()
    CLEAR_TEXT = auto()
    CLIENT_CERTIFICATE = auto()
    OLD_TLS = auto()
    CERTIFICATE = auto()
    WEB_STORE = auto()
    WEB_COUNTER = auto()
    """Counters, or a description, answer beside a login."""
    WEB_CLEAR_TEXT = auto()
    WEB_HEADERS = auto()
    """Headers that let other pages read along, or keep nothing out."""
    FHIR = auto()
    HL7 = auto()
    UPGRADE = auto()
    """Published advisories name the version."""

    __hash__ = object.__hash__  # Members are singletons: Enum's own hashes the name, in Python, each time.


Book = Mapping[Need, Remedy]
"""The advice of one product. Needs that it does not know fall back to the generic book."""
