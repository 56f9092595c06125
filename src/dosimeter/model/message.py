"""Text of our own that can be said in another language: a template, and what is put into it.

A ``Message`` is the English sentence, and stays a string wherever a string is wanted. It remembers its
template (the ``msgid`` of gettext) and its arguments, so that a report can say it in French later. What is
made of messages must itself be a message: an f-string or ``+`` forgets the template, and the sentence
stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, TypeAlias

Argument: TypeAlias = str | int | float | date
"""What can be put into a template: a message is said in the reader's language too, a number is written as
it is there. A number that is a name (a port, a year, a status) is given as text."""

_FIELD: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
"""A place in a template. Other braces stand for themselves: remedies quote JSON."""


class Message(str):
    """English text that knows how it was made.

    ``template`` is the singular where there are two forms, ``plural`` the other form or None, ``number``
    what decides between them.
    """

    __slots__ = ("arguments", "number", "plural", "template")

    template: str
    plural: str | None
    number: int
    arguments: Mapping[str, Argument]

    def __getnewargs__(self) -> tuple[str]:
        """For copies: the text; what it was made of comes as state."""
        return (str(self),)


def say(template: str, /, **arguments: Argument) -> Message:
    """A sentence, or a piece of one. Every field of the template is an argument: ``{studies}``.

    Raises:
        KeyError: the template has a field that no argument fills.
    """
    return _made(template, None, 1, arguments)


def many(one: str, other: str, number: int, /, **arguments: Argument) -> Message:
    """``one`` or ``other``, as the number wants it; ``{number}`` in them is the number itself.

    Raises:
        KeyError: a template has a field that no argument fills.
    """
    return _made(one, other, number, {"number": number, **arguments})


def listed(items: Sequence[str]) -> Message:
    """``a, b and c``; an empty text for no item."""
    if not items:
        return say("")
    *rest, last = items
    return say("{first} and {last}", first=commas(rest), last=last) if rest else say("{only}", only=last)


def commas(items: Sequence[str]) -> Message:
    """``a, b, c``; an empty text for no item."""
    return _chained("{first}, {second}", items)


def sentences(items: Sequence[str]) -> Message:
    """Sentences one after the other, with a space between them."""
    return _chained("{first} {second}", items)


def fill(template: str, arguments: Mapping[str, str]) -> str:
    """The template with its fields filled.

    Raises:
        KeyError: the template has a field that no argument fills.
    """
    return _FIELD.sub(lambda field: arguments[field[1]], template) if "{" in template else template


def in_english(argument: Argument) -> str:
    """A number with commas between thousands, a date as ISO 8601 writes it, text as it is."""
    match argument:
        case str():
            return argument
        case int():
            return f"{argument:,}"
        case float():
            return f"{argument:,.1f}"
        case datetime():
            return f"{argument:%Y-%m-%d %H:%M} UTC"
        case date():
            return argument.isoformat()


def _made(template: str, plural: str | None, number: int, arguments: Mapping[str, Argument]) -> Message:
    form = template if plural is None or number == 1 else plural
    shown = {name: in_english(argument) for name, argument in arguments.items()}
    message = Message(fill(form, shown))
    message.template = template
    message.plural = plural
    message.number = number
    message.arguments = arguments
    return message


def _chained(template: str, items: Sequence[str]) -> Message:
    if not items:
        return say("")
    first, *rest = items
    chain = first if isinstance(first, Message) else say("{only}", only=first)
    for item in rest:
        chain = say(template, first=chain, second=item)
    return chain
