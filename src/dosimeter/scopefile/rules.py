"""What the keys of a scope file may say, beyond their types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from typing import Final

from dosimeter.dicom.aetitle import parse_ae_title
from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.model.scope import CountBudget, Hours, Network, Pace, Touch
from dosimeter.net.address import Reach, network_reach
from dosimeter.scopefile.problem import Problems
from dosimeter.scopefile.schema import AuthorisationTable, CountTable, PaceTable, ScopeTable

PLACEHOLDER: Final = "REPLACE"
"""A value of the template that nobody has filled in begins with this word."""
LONGEST_VALIDITY: Final = timedelta(days=366)
LONGEST_TEXT: Final = 200
LAST_PORT: Final = 65535

_HOURS: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])\Z")
_WHOLE_DAY: Final = "00:00-24:00"
_PURPOSES: Final = ("tls_ports", "web_ports", "hl7_ports")
_TEXTS: Final = ("authorised_by", "role", "reference", "legal_basis", "contact")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most a number of ``[pace]`` or ``[count]`` may be, both allowed."""

    least: float
    most: float


_POLITE: Final = {
    "new_hosts_per_second": Bounds(0.001, 1000),
    "hosts_in_flight": Bounds(1, 4096),
    "seconds_between_associations": Bounds(2, 3600),
    "connect_seconds": Bounds(0.1, 60),
    "answer_seconds": Bounds(0.1, 600),
    "host_seconds": Bounds(1, 3600),
}
_ON_LOOPBACK: Final = _POLITE | {
    "new_hosts_per_second": Bounds(0, 1_000_000),
    "hosts_in_flight": Bounds(1, 65535),
    "seconds_between_associations": Bounds(0, 3600),
}
"""On loopback the archives are our own lab, so the manners may be dropped."""

_COUNTING: Final = {
    "rows": Bounds(1, 100_000_000),
    "rows_per_answer": Bounds(1, 1_000_000),
    "received_bytes": Bounds(1 << 16, 1 << 34),
    "seconds": Bounds(1, 86_400),
    "associations": Bounds(1, 60),
    "patience_seconds": Bounds(0.1, 60),
}
"""The same on loopback: a budget is no matter of pace. The least bytes are those of one large PDU."""
_NOTHING: Final = 'to count nothing, lower the touch to "prove"'


def check_texts(table: AuthorisationTable, problems: Problems) -> None:
    """Who authorises must be said, in printable text, by a person and not by the template."""
    for key in _TEXTS:
        _check_text(f"authorisation.{key}", getattr(table, key), problems)
    if table.second_person is not None:
        _check_text("authorisation.second_person", table.second_person, problems)


def read_touch(table: AuthorisationTable, problems: Problems) -> Touch:
    """The highest touch allowed; ``sample`` needs a named second person."""
    words = {touch.word: touch for touch in Touch}
    touch = words.get(table.touch)
    if touch is None:
        says = f'"{_shown(table.touch)}" is not a touch; write one of {", ".join(words)}'
        problems.add("authorisation.touch", says)
        return Touch.NEGOTIATE
    if touch is Touch.SAMPLE:
        second = table.second_person
        if second is None:
            says = 'the touch "sample" needs a second person; add second_person = "name", or lower the touch'
            problems.add("authorisation.second_person", says)
        elif second.strip().casefold() == table.authorised_by.strip().casefold():
            problems.add(
                "authorisation.second_person", "must be somebody other than authorised_by; name them"
            )
    return touch


def check_dates(table: AuthorisationTable, problems: Problems) -> None:
    """Both ends of the validity are exact moments, in order, at most 366 days apart."""
    exact = True
    for key in ("valid_from", "valid_until"):
        if getattr(table, key).tzinfo is None:
            says = (
                "does not say in which time zone; add Z for UTC or an offset, as in 2026-01-31T08:00:00+01:00"
            )
            problems.add(f"authorisation.{key}", says)
            exact = False
    if not exact:
        return
    if table.valid_until <= table.valid_from:
        problems.add("authorisation.valid_until", "is not after valid_from; correct one of the two dates")
    elif table.valid_until - table.valid_from > LONGEST_VALIDITY:
        says = "is more than 366 days after valid_from; ask for a new authorisation every year"
        problems.add("authorisation.valid_until", says)


def check_current(valid_from: datetime, valid_until: datetime, now: datetime, problems: Problems) -> None:
    """Whether the authorisation holds at this moment."""
    if now < valid_from:
        says = f"the authorisation is not yet valid: it begins at {_moment(valid_from)}; wait until then"
        problems.add("authorisation.valid_from", says)
    elif now >= valid_until:
        says = f"the authorisation expired at {_moment(valid_until)}; ask its author for a new one"
        problems.add("authorisation.valid_until", says)


def check_ports(table: ScopeTable, given: Iterable[str], problems: Problems) -> None:
    """Every port exists, a port with a purpose of its own is one of ``ports``, and it has one purpose."""
    if not table.ports:
        problems.add("scope.ports", "is empty; name the ports that may be contacted, as in [104, 11112]")
    for key in ("ports", *_PURPOSES):
        for index, port in enumerate(getattr(table, key)):
            if not 1 <= port <= LAST_PORT:
                problems.add(f"scope.{key}[{index}]", f"{port} is not a port; write a number from 1 to 65535")
            elif key != "ports" and key in given and port not in table.ports:
                says = (
                    f"port {port} is not in scope.ports, which lists all that may be contacted; add it there"
                )
                problems.add(f"scope.{key}[{index}]", says)
    for one, other in combinations(_PURPOSES, 2):
        both = sorted(set(getattr(table, one)) & set(getattr(table, other)))
        if both:
            problems.add(
                f"scope.{other}", f"port {both[0]} is in scope.{one} too; leave it in one of the two"
            )


def check_ae_titles(table: ScopeTable, problems: Problems) -> None:
    """AE titles as PS3.5 §6.2 allows: 1 to 16 printable ASCII characters, no backslash."""
    for key in ("called_ae_titles", "calling_ae_titles"):
        for index, title in enumerate(getattr(table, key)):
            if not _is_ae_title(title):
                says = (
                    f'"{_shown(title)}" is not an AE title; write 1 to 16 ASCII characters, '
                    "no backslash, no space at either end"
                )
                problems.add(f"scope.{key}[{index}]", says)


def _is_ae_title(text: str) -> bool:
    try:
        return parse_ae_title(text) == text
    except LocalProtocolError:
        return False


def read_pace(table: PaceTable, networks: tuple[Network, ...], problems: Problems) -> Pace:
    """The manners; those that protect archives may be dropped only where every network is loopback."""
    on_loopback = bool(networks) and all(network_reach(one) is Reach.LOOPBACK for one in networks)
    for key, bounds in (_ON_LOOPBACK if on_loopback else _POLITE).items():
        value = getattr(table, key)
        if bounds.least <= value <= bounds.most:
            continue
        says = f"{value:g} is out of bounds; write a number from {bounds.least:g} to {bounds.most:g}"
        wider = _ON_LOOPBACK[key]
        if not on_loopback and wider.least <= value <= wider.most:
            says += " (less careful values are for scopes whose networks are all loopback)"
        problems.add(f"pace.{key}", says)
    return Pace(
        new_hosts_per_second=table.new_hosts_per_second,
        hosts_in_flight=table.hosts_in_flight,
        seconds_between_associations=table.seconds_between_associations,
        hours=read_hours(table.hours, problems),
        connect_seconds=table.connect_seconds,
        answer_seconds=table.answer_seconds,
        host_seconds=table.host_seconds,
    )


def read_count(table: CountTable, problems: Problems) -> CountBudget:
    """What counting may cost one archive; an answer is never longer than all rows together."""
    for key, bounds in _COUNTING.items():
        value = getattr(table, key)
        if not bounds.least <= value <= bounds.most:
            says = f"{_plain(value)} is out of bounds; "
            says += f"write a number from {_plain(bounds.least)} to {_plain(bounds.most)}"
            problems.add(f"count.{key}", f"{says} ({_NOTHING})" if value == 0 else says)
    if "rows_per_answer" in table.model_fields_set and table.rows_per_answer > table.rows:
        says = f"{table.rows_per_answer} is more than count.rows, {table.rows}; lower it, or raise count.rows"
        problems.add("count.rows_per_answer", says)
    return CountBudget(
        rows=table.rows,
        rows_per_answer=min(table.rows_per_answer, table.rows),
        received_bytes=table.received_bytes,
        seconds=table.seconds,
        associations=table.associations,
        patience_seconds=table.patience_seconds,
    )


def read_hours(text: str, problems: Problems) -> Hours:
    """``HH:MM-HH:MM``; the end may be 24:00, and a window may cross midnight."""
    if text == _WHOLE_DAY:
        return Hours()
    matched = _HOURS.match(text.removesuffix("24:00") + "00:00" if text.endswith("-24:00") else text)
    if matched is None:
        says = f'"{_shown(text)}" is not a part of the day; write it as in "20:00-06:00" or "{_WHOLE_DAY}"'
        problems.add("pace.hours", says)
        return Hours()
    from_hour, from_minute, to_hour, to_minute = map(int, matched.groups())
    hours = Hours(time(from_hour, from_minute), time(to_hour, to_minute))
    if hours.start == hours.end:
        says = f'begins and ends at the same minute; write "{_WHOLE_DAY}" for the whole day'
        problems.add("pace.hours", says)
    return hours


def _check_text(key: str, text: str, problems: Problems) -> None:
    if not text.strip():
        problems.add(key, "is empty; fill it in")
    elif text.strip().upper().startswith(PLACEHOLDER):
        problems.add(key, "still holds the text of the template; replace it with your own")
    elif len(text) > LONGEST_TEXT:
        problems.add(key, f"is longer than {LONGEST_TEXT} characters; shorten it")
    elif not text.isprintable():
        problems.add(key, "holds a line break or another control character; write it on one line")


def _plain(number: float) -> str:
    """Digits a person can copy: no exponent."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _shown(text: str) -> str:
    return ascii(text)[1:-1][:40]
