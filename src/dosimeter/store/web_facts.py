"""Facts of the web face as arrays and back, by their types: few of them are kept, so it need not be fast.

As in attempts.py an array holds the kind, then the fields in the order of the dataclass; fields added
later go last and get their default when an older text is read.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin, get_type_hints

from dosimeter.model.text import ServerText
from dosimeter.model.web import WebFact

if TYPE_CHECKING:
    from collections.abc import Callable

WEB_FACTS: Final[dict[str, type[WebFact]]] = {
    one.__dataclass_fields__["kind"].default: one for one in get_args(WebFact)
}
"""Each kind with its type."""


def encode_web_fact(fact: WebFact) -> list[Any]:
    """The fact as an array of what JSON can write."""
    return [fact.kind, *[_plain(getattr(fact, one.name)) for one in fields(fact) if one.name != "kind"]]


def read_web_fact(kind: str, values: list[Any]) -> WebFact:
    """The fact that :func:`encode_web_fact` wrote.

    Raises:
        TypeError, ValueError: the values are not those of this kind.
    """
    hint: Any = WEB_FACTS[kind]  # What a cache remembers must be told to be hashable: types are.
    fact: WebFact = _reader(hint)(values)
    return fact


def _plain(value: object) -> Any:  # noqa: ANN401  what JSON can write
    if isinstance(value, ServerText):
        return value.text
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value):
        return [_plain(getattr(value, one.name)) for one in fields(value)]
    return value


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:  # noqa: ANN401  a type, or what stands for one
    if get_origin(hint) is UnionType:
        inner = _reader(next(one for one in get_args(hint) if one is not NoneType))
        return lambda value: None if value is None else inner(value)
    if get_origin(hint) is tuple:
        each = _reader(get_args(hint)[0])
        return lambda value: tuple([each(item) for item in value])
    if isinstance(hint, type) and is_dataclass(hint) and hint is not ServerText:
        hints = get_type_hints(hint)
        readers = [_reader(hints[one.name]) for one in fields(hint) if one.name != "kind"]
        return lambda values: hint(*[read(value) for read, value in zip(readers, values, strict=False)])
    if isinstance(hint, type) and issubclass(hint, (Enum, ServerText)):
        return hint
    return _as_it_is


def _as_it_is(value: object) -> object:
    return value
