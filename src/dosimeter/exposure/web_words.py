"""Our own words for what a web face shows; nothing here repeats a peer's text."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure.count_words import count_of
from dosimeter.exposure.web_evidence import WebQuestion
from dosimeter.model.census import Counts, Things, Unknown, noun
from dosimeter.model.verdict import Protection
from dosimeter.model.web import Purpose

_GUARD_WORDS: Final = {
    Protection.HTTP_LOGIN: "asks for a login (401)",
    Protection.SINGLE_SIGN_ON: "wants a token of a single sign-on (401)",
    Protection.LOGIN_FORM: "shows a login form",
    Protection.HTTP_FORBIDDEN: "forbids it (403)",
    Protection.CLIENT_CERTIFICATE: "wants a client certificate",
}
_REDIRECTS: Final = range(300, 400)
_SENDS_TO: Final = {
    Protection.SINGLE_SIGN_ON: "sends to a single sign-on",
    Protection.LOGIN_FORM: "sends to a login page, which was not opened",
}
"""Where the guard is a redirect: nobody followed it."""

PURPOSE_WORDS: Final = {
    Purpose.LANDING: "a request for its first page",
    Purpose.CONTROL: "a request for a path that cannot exist",
    Purpose.DESCRIPTION: "a question about itself",
    Purpose.COUNTER: "a question about its own counters",
    Purpose.QUERY: "a null query over HTTP",
    Purpose.RETRIEVE: "a null retrieve over HTTP",
    Purpose.STORE: "an empty STOW-RS request",
    Purpose.WORKLIST: "a null query of its worklist over HTTP",
    Purpose.NEIGHBOUR: "a question about FHIR",
}

_ASKED_WORDS: Final = {
    "qido_rs": "the QIDO-RS null query",
    "wado_rs": "the WADO-RS null retrieve",
    "wado_uri": "the WADO-URI null retrieve",
    "stow_rs": "an empty STOW-RS request",
}


def question_words(question: WebQuestion) -> str:
    """What was asked, inside a sentence. No path is named: a viewer may have named it."""
    return _ASKED_WORDS.get(question.fact.asked, PURPOSE_WORDS[question.fact.purpose])


def guard_words(question: WebQuestion) -> str:
    """How it refuses: ``asks for a login (401)``."""
    is_sent = question.fact.redirect is not None and question.fact.status in _REDIRECTS
    return " and ".join(
        (_SENDS_TO.get(guard) if is_sent else None) or _GUARD_WORDS[guard] for guard in question.guards
    )


def claimed_words(counts: Counts) -> str | None:
    """The product's own figures in one phrase; None if there is none."""
    found = [
        f"{count.value:,} {noun(things, count.value)}"
        for things in Things
        if not isinstance(count := count_of(counts, things), Unknown)
    ]
    if not found:
        return None
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
