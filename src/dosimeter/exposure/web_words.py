"""Our own words for what a web face shows; nothing here repeats a peer's text."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure.count_words import count_of
from dosimeter.exposure.web_evidence import WebQuestion
from dosimeter.model.census import Counts, Things, Unknown, amount
from dosimeter.model.message import Message, ands, listed, say
from dosimeter.model.verdict import Protection
from dosimeter.model.web import Purpose

_GUARD_WORDS: Final = {
    Protection.HTTP_LOGIN: say("asks for a login (401)"),
    Protection.SINGLE_SIGN_ON: say("wants a token of a single sign-on (401)"),
    Protection.LOGIN_FORM: say("shows a login form"),
    Protection.HTTP_FORBIDDEN: say("forbids it (403)"),
    Protection.CLIENT_CERTIFICATE: say("wants a client certificate"),
}
_REDIRECTS: Final = range(300, 400)
_SENDS_TO: Final = {
    Protection.SINGLE_SIGN_ON: say("sends to a single sign-on"),
    Protection.LOGIN_FORM: say("sends to a login page, which was not opened"),
}
"""Where the guard is a redirect: nobody followed it."""

PURPOSE_WORDS: Final = {
    Purpose.LANDING: say("a request for its first page"),
    Purpose.CONTROL: say("a request for a path that cannot exist"),
    Purpose.DESCRIPTION: say("a question about itself"),
    Purpose.COUNTER: say("a question about its own counters"),
    Purpose.QUERY: say("a null query over HTTP"),
    Purpose.RETRIEVE: say("a null retrieve over HTTP"),
    Purpose.STORE: say("an empty STOW-RS request"),
    Purpose.WORKLIST: say("a null query of its worklist over HTTP"),
    Purpose.NEIGHBOUR: say("a question about FHIR"),
}

_ASKED_WORDS: Final = {
    "qido_rs": say("the QIDO-RS null query"),
    "wado_rs": say("the WADO-RS null retrieve"),
    "wado_uri": say("the WADO-URI null retrieve"),
    "stow_rs": say("an empty STOW-RS request"),
}


def question_words(question: WebQuestion) -> Message:
    """What was asked, inside a sentence. No path is named: a viewer may have named it."""
    return _ASKED_WORDS.get(question.fact.asked, PURPOSE_WORDS[question.fact.purpose])


def guard_words(question: WebQuestion) -> Message:
    """How it refuses: ``asks for a login (401)``."""
    is_sent = question.fact.redirect is not None and question.fact.status in _REDIRECTS
    shown = [(_SENDS_TO.get(guard) if is_sent else None) or _GUARD_WORDS[guard] for guard in question.guards]
    return ands(shown)


def claimed_words(counts: Counts) -> Message | None:
    """The product's own figures in one phrase; None if there is none."""
    found = [
        amount(count.value, things)
        for things in Things
        if not isinstance(count := count_of(counts, things), Unknown)
    ]
    return listed(found) if found else None
