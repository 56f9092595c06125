"""What a tool's record says, cut down to the fields that may be kept, and the endpoint it names.

Whatever is not named here is dropped where it stands: banners, titles, script output, certificates and
host names of an inventory can hold patients' names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from dosimeter.inventory.entry import LAST_PORT
from dosimeter.inventory.tally import Tally, Why
from dosimeter.model.countries import country_code_of
from dosimeter.model.place import Sighting
from dosimeter.model.target import Service, Target
from dosimeter.net.address import AddressRefused, canonical_address

LONGEST_OPERATOR: Final = 128
"""Characters kept of an operator's name."""
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
_PORT_DIGITS: Final = 5


class Kind(StrEnum):
    """The tool an inventory comes from: a word of ``Sighting.sources``."""

    CENSYS = "censys"
    CSV = "csv"
    IVRE = "ivre"
    MASSCAN = "masscan"
    NMAP = "nmap"
    OPENKAT = "openkat"
    SHODAN = "shodan"
    ZMAP = "zmap"


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of an inventory. ``sighting`` is None where the user wrote it, or where it is no address."""

    target: Target
    sighting: Sighting | None = None


class Said(NamedTuple):
    """What a tool says of a host: when it saw it, where it is registered, who operates its network."""

    kind: Kind
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    country: str | None = None
    asn: int | None = None
    operator: str | None = None


class Finder:
    """Makes entries of one file, and counts what cannot be one."""

    def __init__(self, name: str, tally: Tally) -> None:
        """``name`` is the file's in messages."""
        self.name = name
        self.tally = tally

    def leave_out(self, why: Why, line: int) -> None:
        """The record that begins in this line is no target."""
        self.tally.leave_out(why, line)

    def found(
        self, line: int, host: object, port: object, service: Service | None, said: Said
    ) -> Found | None:
        """An endpoint (``port`` None: a host), or None where it has none and is counted."""
        address = address_of(host)
        if address is None:
            self.tally.leave_out(Why.NO_ADDRESS, line)
            return None
        number = port_of(port)
        if port is not None and number is None:
            self.tally.leave_out(Why.NO_PORT, line)
            return None
        sighting = Sighting(
            address,
            number,
            (said.kind.value,),
            said.first_seen,
            said.last_seen,
            said.country,
            said.asn,
            said.operator,
        )
        return Found(Target(address, number, service, f"{self.name}:{line}", scanned=True), sighting)


def address_of(value: object) -> str | None:
    """The canonical spelling of an address, or None."""
    if not isinstance(value, str):
        return None
    try:
        return canonical_address(value)
    except AddressRefused:
        return None


def port_of(value: object) -> int | None:
    """A number from 1 to 65535, or its digits, as programs between a tool and us write it; or None."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _PORT_DIGITS:
        value = int(value)
    # ``true`` is no number, though Python thinks so.
    return value if type(value) is int and 1 <= value <= LAST_PORT else None


def moment_of(value: object) -> datetime | None:
    """A time in UTC: ISO 8601 (UTC where no zone is named), or seconds since 1970 as number or digits."""
    try:
        if isinstance(value, str) and not value.isdecimal():
            moment = datetime.fromisoformat(value)
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        elif isinstance(value, (int, float, str)) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(float(value), UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return moment.replace(microsecond=0) if _EARLIEST <= moment < _LATEST else None


def country_of(value: object) -> str | None:
    """The code of a country in capitals, or None."""
    return country_code_of(value) if isinstance(value, str) else None


def as_number_of(value: object) -> int | None:
    """The number of an autonomous system, written ``15169`` or ``AS15169``, or None."""
    if isinstance(value, str):
        digits = value[2:] if value[:2].upper() == "AS" else value
        value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 10 else None  # noqa: PLR2004 - digits of 2^32
    if type(value) is int and 1 <= value < 1 << 32:
        return value
    return None


def operator_of(value: object) -> str | None:
    """A name in printable characters, cut at 128, or None."""
    if not isinstance(value, str):
        return None
    text = "".join([letter for letter in value[: 2 * LONGEST_OPERATOR] if letter.isprintable()])
    return " ".join(text.split())[:LONGEST_OPERATOR].strip() or None


def part_of(record: object, key: str) -> dict[str, object]:
    """An object inside a record, empty where there is none."""
    value = record.get(key) if isinstance(record, dict) else None
    return value if isinstance(value, dict) else {}


def parts_of(record: dict[str, object], key: str) -> list[object]:
    """A list inside a record, empty where there is none."""
    value = record.get(key)
    return value if isinstance(value, list) else []


def inside_tls(service: Service | None) -> Service | None:
    """The same service inside TLS."""
    return _INSIDE_TLS.get(service, service) if service is not None else None


_INSIDE_TLS: Final = {Service.DICOM: Service.DICOM_TLS, Service.WEB: Service.WEB_TLS}
