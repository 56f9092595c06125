"""Countries and operators from a MaxMind DB file of the user's own.

Read are the layouts of GeoLite2 and GeoIP2 (country, city, ASN, ISP), DB-IP (country, city, ASN) and
IPinfo (country, ASN, lite). Where a file knows both, the registered country goes before that of the place
(https://dev.maxmind.com/geoip/docs/databases, https://ipinfo.io/developers/database-filename-reference).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from dosimeter.enrich.problem import PlacesProblem, source_name
from dosimeter.model.countries import country_code_of
from dosimeter.model.owned import asn_of
from dosimeter.model.place import Country, DataSource, Operator, Place
from dosimeter.model.text import plain_name

if TYPE_CHECKING:
    from maxminddb.reader import Reader

_IPV4: Final = 4

_BROKEN: Final = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    struct.error,
)
"""What a reader raises of a file that was made to break it, beside its own exception."""

_NUMBER_KEYS: Final = ("autonomous_system_number", "asn")
_NAME_KEYS: Final = ("autonomous_system_organization", "as_name", "isp", "organization", "name")
_CODE_KEYS: Final = ("country_code", "country")


class GeoDatabase:
    """One open file. ``source`` is its type and the day it was built; close it, or use it in ``with``."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            PlacesProblem: it is missing, unreadable or no MaxMind DB file.
        """
        from maxminddb import InvalidDatabaseError, open_database

        self._path = path
        self._broken = (InvalidDatabaseError, *_BROKEN)
        with ExitStack() as undo:
            try:
                self._reader: Reader = undo.enter_context(open_database(path))
                metadata = self._reader.metadata()
                self._is_ipv4_alone = metadata.ip_version == _IPV4
                kind, built = metadata.database_type, metadata.build_epoch
            except FileNotFoundError:
                raise PlacesProblem(path, None, "there is no such file; check its path") from None
            except OSError as refused:
                says = f"cannot be read ({refused.strerror}); name a .mmdb file that you may read"
                raise PlacesProblem(path, None, says) from None
            except self._broken:
                says = "is not a MaxMind DB file, or is damaged; download it again"
                raise PlacesProblem(path, None, says) from None
            undo.pop_all()
        self.source = DataSource(_text(kind) or source_name(path), _day(built))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()

    def place(self, address: str) -> Place:
        """What the file says of an address: country and operator, each None where it says nothing.

        Raises:
            PlacesProblem: the file is damaged there.
        """
        if self._is_ipv4_alone and ":" in address:
            return Place()
        try:
            record = self._reader.get(address)
        except (OSError, *self._broken):
            raise PlacesProblem(
                self._path, None, f"is damaged where {address} stands; download it again"
            ) from None
        if not isinstance(record, Mapping):
            return Place()
        code = _country(record)
        return Place(None if code is None else Country(code, self.source), self._operator(record))

    def _operator(self, record: Mapping[str, object]) -> Operator | None:
        """A name alone is an operator's only beside a number, or under a key that is for nothing else."""
        asn = next(filter(None, (_asn(record.get(key)) for key in _NUMBER_KEYS)), None)
        keys = _NAME_KEYS if asn is not None else _NAME_KEYS[:-1]
        name = next(filter(None, (_text(record.get(key)) for key in keys)), None)
        return None if asn is None and name is None else Operator(asn, name, self.source)


def _country(record: Mapping[str, object]) -> str | None:
    for key in ("registered_country", "country"):
        inner = record.get(key)
        if isinstance(inner, Mapping) and (code := _code(inner.get("iso_code"))):
            return code
    return next(filter(None, (_code(record.get(key)) for key in _CODE_KEYS)), None)


def _code(value: object) -> str | None:
    return country_code_of(value) if isinstance(value, str) else None


def _asn(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return asn_of(str(value)[:64])


def _text(value: object) -> str | None:
    return plain_name(value) or None if isinstance(value, str) else None


def _day(epoch: object) -> date | None:
    """The day of a number of seconds since 1970, None of a number that means none."""
    try:
        return datetime.fromtimestamp(epoch, UTC).date() if isinstance(epoch, int) and epoch > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
