"""The language of a report: messages, numbers, dates and the names of countries, in English or French."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from dosimeter.model.message import Argument, Message, fill, in_english

if TYPE_CHECKING:
    from babel import Locale

_Forms = tuple[str, ...]
_Key = str | tuple[str, str]

NARROW_NO_BREAK_SPACE: Final = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"

_FRENCH_SPACES: Final = (
    (" ;", NARROW_NO_BREAK_SPACE + ";"),
    (" !", NARROW_NO_BREAK_SPACE + "!"),
    (" ?", NARROW_NO_BREAK_SPACE + "?"),
    (" :", NO_BREAK_SPACE + ":"),
    ("« ", "«" + NO_BREAK_SPACE),
    (" »", NO_BREAK_SPACE + "»"),
    (" %", NO_BREAK_SPACE + "%"),
)
"""Where French sets a space that must not break a line (Imprimerie nationale, Lexique des règles
typographiques)."""

_FIELD: Final = re.compile(r"\{\^?([a-z_][a-z0-9_]*)\}")

_APOSTROPHE: Final = re.compile(r"(?<=\w)'(?=[\w{«])")


class MissingTranslation(Exception):
    """A message that the catalogue of the language does not have."""

    def __init__(self, msgid: str) -> None:
        super().__init__(msgid)
        self.msgid = msgid


class Language:
    """One language. ``code`` is that of ISO 639-1. Build it with `language_of`.

    ``stored`` are the keys of what a store keeps as plain text, without its template.
    ``is_strict``: a message without a translation is an error and not left in English; the tests ask so.
    """

    def __init__(
        self,
        code: str,
        catalogue: Mapping[_Key, _Forms] | None = None,
        stored: Iterable[_Key] = (),
        *,
        is_strict: bool = False,
    ) -> None:
        self.code = code
        self.is_strict = is_strict
        self._catalogue = catalogue
        self._patterns = tuple((_pattern(one), key) for key in stored for one in _texts(key) if "{" in one)

    def text(self, text: str) -> str:
        """A message in this language. A plain sentence is looked up as it is, and stays so if it is unknown.

        A plain word is never looked up: it is a name, of a server, an owner or a sector, and names stay.

        Raises:
            MissingTranslation: the language is strict, and a message is not in its catalogue.
        """
        if self._catalogue is None:
            return text
        if not isinstance(text, Message):
            return self._stored(text) or text
        arguments = {name: self._argument(each) for name, each in text.arguments.items()}
        return fill(self._form(text), arguments)

    def knows(self, text: str) -> bool:
        """Whether all of a text is said in this language; what is not must be marked as English.

        Plain text among the arguments is a name or a value, which is in no language.
        """
        if self._catalogue is None:
            return True
        if not isinstance(text, Message):
            return self._stored(text) is not None
        return (not text.template or self._forms(text) is not None) and all(
            self.knows(each) for each in text.arguments.values() if isinstance(each, Message)
        )

    def number(self, number: int) -> str:
        """``4,924,141``; in French with narrow no-break spaces."""
        return in_english(number) if self._catalogue is None else self._thousands(f"{number:,}")

    def share(self, part: float) -> str:
        """A part of 1 as per cent with one decimal: ``25.7%``, in French ``25,7 %``."""
        if self._catalogue is None:
            return f"{part:,.1%}"
        return f"{self._decimal(part * 100)}{NO_BREAK_SPACE}%"

    def day(self, day: date) -> str:
        """``24 November 2026``, ``24 novembre 2026``, ``1er novembre 2026``."""
        if self._catalogue is None:
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        from babel.dates import format_date

        written = format_date(day, format="d MMMM y", locale=self._locale)
        return f"1er{written[1:]}" if day.day == 1 else written

    def moment(self, moment: datetime) -> str:
        """``24 November 2026, 20:04 UTC``, ``24 novembre 2026 à 20:04 UTC``; said in UTC."""
        there = moment if moment.tzinfo is None else moment.astimezone(UTC)
        between = ", " if self._catalogue is None else " à "
        return f"{self.day(there.date())}{between}{there:%H:%M} UTC"

    def country(self, code: str) -> str:
        """The name of a country by its ISO 3166-1 alpha-2 code; the code itself if it is unknown."""
        return str(self._locale.territories.get(code, code))

    @property
    def _locale(self) -> Locale:
        """Babel keeps what it has read. It takes long to import, and English needs it for countries alone."""
        from babel import Locale

        return Locale("en", "GB") if self._catalogue is None else Locale.parse(self.code)

    def _stored(self, text: str) -> str | None:
        """Of text that was a message before it was stored: the same in this language, None if none is known.

        Where it had fields, its template is found by its words.
        """
        catalogue = self._catalogue or {}
        if " " not in text:
            return None
        forms = catalogue.get(text)
        if forms is not None:
            return forms[0]
        for pattern, key in self._patterns:
            found = pattern.fullmatch(text)
            if found is not None:
                filled = found.groupdict().items()
                arguments = {name: catalogue.get(value, (self.text(value),))[0] for name, value in filled}
                number = arguments.get("number", "1")
                form = int(number.isdecimal() and int(number) > 1) if isinstance(key, tuple) else 0
                return fill(catalogue[key][form], arguments)
        return None

    def _forms(self, message: Message) -> _Forms | None:
        key = message.template if message.plural is None else (message.template, message.plural)
        return None if self._catalogue is None else self._catalogue.get(key)

    def _form(self, message: Message) -> str:
        forms = self._forms(message)
        if forms is None:
            if self.is_strict and message.template:
                raise MissingTranslation(message.template)
            return message.template if message.plural is None or message.number == 1 else message.plural
        return (
            forms[0] if message.plural is None else forms[min(self._plural(message.number), len(forms) - 1)]
        )

    def _plural(self, number: int) -> int:
        """Which form: 0 for none and one in French, 1 for more, as the header of the catalogues says."""
        return int(abs(number) > 1)

    def _argument(self, argument: Argument) -> str:
        match argument:
            case str():
                return self.text(argument)
            case int():
                return self.number(argument)
            case float():
                return self._decimal(argument)
            case datetime():
                return self.moment(argument)
            case date():
                return self.day(argument)

    def _decimal(self, number: float) -> str:
        """With one decimal, as English rounds it too: the figures of two languages must be the same."""
        return self._thousands(f"{number:,.1f}")

    def _thousands(self, english: str) -> str:
        return english.replace(",", NARROW_NO_BREAK_SPACE).replace(".", ",")


ENGLISH: Final = Language("en")
"""What messages are written in."""

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

LANGUAGES: Final = ("en", "fr")
"""The words of ``--lang``."""


def language_of(code: str, *, is_strict: bool = False) -> Language:
    """English, or a language with its catalogues: every ``locales/CODE/*.po``, read as they are.

    Raises:
        KeyError: the code is none of `LANGUAGES`.
    """
    if code not in LANGUAGES:
        raise KeyError(code)
    if code == ENGLISH.code:
        return ENGLISH
    catalogues = {name: _catalogue(code, name) for name in _names(code)}
    whole = {key: forms for each in catalogues.values() for key, forms in each.items()}
    return Language(code, whole, catalogues.get(_STORED, ()), is_strict=is_strict)


_STORED: Final = "probes.po"
"""The catalogue of why a question failed or was not asked."""


def _names(code: str) -> list[str]:
    folder = files("dosimeter.report") / "locales" / code
    return sorted(each.name for each in folder.iterdir() if each.name.endswith(".po"))


def _catalogue(code: str, name: str) -> dict[_Key, _Forms]:
    from babel.messages.pofile import read_po

    found: dict[_Key, _Forms] = {}
    with (files("dosimeter.report") / "locales" / code / name).open("rb") as stream:
        for message in read_po(stream, locale=code, abort_invalid=True):
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            if ids[0] and all(forms) and forms and not message.fuzzy:
                key = ids[0] if len(ids) == 1 else (ids[0], ids[1])
                found[key] = tuple(map(_typeset, forms))
    return found


def _texts(key: _Key) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else key


def _pattern(template: str) -> re.Pattern[str]:
    """What the template becomes once its fields are filled, each with something of one line."""
    pieces = _FIELD.split(template)
    pieces[::2] = map(re.escape, pieces[::2])
    pieces[1::2] = (f"(?P<{name}>.+?)" for name in pieces[1::2])
    return re.compile("".join(pieces))


def _typeset(text: str) -> str:
    """The spaces and apostrophes of French, outside what is to be typed exactly."""
    pieces = text.split("`")
    pieces[::2] = map(_typeset_words, pieces[::2])
    return "`".join(pieces)


def _typeset_words(text: str) -> str:
    for written, printed in _FRENCH_SPACES:
        text = text.replace(written, printed)
    return _APOSTROPHE.sub("\N{RIGHT SINGLE QUOTATION MARK}", text)
