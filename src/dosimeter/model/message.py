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
from functools import lru_cache
from typing import Final, Self, TypeAlias

Argument: TypeAlias = str | int | float | date
"""What can be put into a template: a message is said in the reader's language too, a number is written as
it is there. A number that is a name (a port, a year, a status) is given as text."""

_FIELD: Final = re.compile(r"\{(\^?)([a-z_][a-z0-9_]*)\}")
"""A place in a template; ``{^remark}`` begins a sentence, and so with a capital. Other braces stand for
themselves: remedies quote JSON."""


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


class Template(str):
    """What a table says before its fields are known: ``Template("The {root} null query was answered.")``.

    It is the text with its fields; ``plural`` is the other form, where a number decides.
    """

    __slots__ = ("plural",)

    plural: str | None

    def __new__(cls, one: str, plural: str | None = None) -> Self:
        """As text, the first form."""
        template = super().__new__(cls, one)
        template.plural = plural
        return template

    def filled(self, arguments: Mapping[str, Argument], /) -> Message:
        """The message of a template with one form.

        Raises:
            KeyError: the template has a field that no argument fills.
        """
        return _made(str(self), None, 1, arguments)

    def counted(self, number: int, /, **arguments: Argument) -> Message:
        """The message of a template with two forms: as `many`.

        Raises:
            KeyError: the template has a field that no argument fills.
        """
        return _made(str(self), self.plural, number, {"number": number, **arguments})


_COMMA: Final = Template("{first}, {second}")
_AND: Final = Template("{first} and {second}")
_SEMICOLON: Final = Template("{first}; {second}")
_SPACE: Final = Template("{first} {second}")


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


def ands(items: Sequence[str]) -> Message:
    """``a and b and c``; an empty text for no item."""
    return _chained(_AND, items)


def commas(items: Sequence[str]) -> Message:
    """``a, b, c``; an empty text for no item."""
    return _chained(_COMMA, items)


def semicolons(items: Sequence[str]) -> Message:
    """``a; b; c``; an empty text for no item."""
    return _chained(_SEMICOLON, items)


def sentences(items: Sequence[str]) -> Message:
    """Sentences one after the other, with a space between them."""
    return _chained(_SPACE, items)


def fill(template: str, arguments: Mapping[str, str]) -> str:
    """The template with its fields filled.

    Raises:
        KeyError: the template has a field that no argument fills.
    """
    if "{" not in template:
        return template
    pieces = _pieces(template)
    filled = [pieces[0]]
    for place in range(1, len(pieces), 3):
        argument = arguments[pieces[place + 1]]
        filled.append(_capital(argument) if pieces[place] else argument)
        filled.append(pieces[place + 2])
    return "".join(filled)


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[str, ...]:
    """The text before the first field, then of each field: its mark, its name and the text after it."""
    return tuple(_FIELD.split(template))


def fields_of(template: str) -> frozenset[str]:
    """The names of the fields of a template."""
    return frozenset(field[2] for field in _FIELD.finditer(template))


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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _chained(pair: Template, items: Sequence[str]) -> Message:
    """Halves of halves, so that a long list is not deep."""
    if len(items) > 1:
        middle = len(items) // 2
        return pair.filled(
            {"first": _chained(pair, items[:middle]), "second": _chained(pair, items[middle:])}
        )
    if not items:
        return say("")
    return items[0] if isinstance(items[0], Message) else say("{only}", only=items[0])
