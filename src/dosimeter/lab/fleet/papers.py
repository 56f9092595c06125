"""What a survey of the fleet is given (a scope, targets, owners), and what it is compared with: the truth."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from dosimeter.lab.catalogue import Catalogue
from dosimeter.lab.fleet.figures import COUNTRIES
from dosimeter.lab.fleet.kinds import CALLED_TITLE, CALLING_TITLE, OPEN, Rung
from dosimeter.lab.fleet.plan import NETWORK, Member
from dosimeter.lab.fleet.stock import Stock

_VALIDITY: Final = timedelta(days=1)
_SECTORS: Final = ("public hospital", "private hospital", "imaging centre", "dental practice", "laboratory")
_DOCUMENTATION_NUMBERS: Final = 64496
"""The first of the AS numbers that are nobody's (RFC 5398)."""
_OPERATORS: Final = 16

_SCOPE: Final = """\
# The authorisation of the synthetic fleet of `dosimeter lab fleet`: this machine's loopback alone.
# The pace and the budgets are for it. No real archive should be asked so fast, or so much.

[authorisation]
authorised_by = "whoever started this fleet"
role = "owner of this machine"
reference = "dosimeter lab fleet"
legal_basis = "synthetic archives on the own machine, with no patients at all"
contact = "the terminal that runs it"
valid_from = {begins:%Y-%m-%dT%H:%M:%SZ}
valid_until = {ends:%Y-%m-%dT%H:%M:%SZ}
touch = "count"

[scope]
networks = ["{network}"]
ports = [4242, 8042, 11112]
tls_ports = []
web_ports = [8042]
hl7_ports = []
called_ae_titles = ["{called}"]
calling_ae_titles = ["{calling}"]

[pace]
new_hosts_per_second = 0
hosts_in_flight = 16
seconds_between_associations = 0
connect_seconds = 5
answer_seconds = 5
host_seconds = 60

[count]
rows = 100000000
rows_per_answer = 1000000
received_bytes = 17179869184
seconds = 3600
associations = 20
patience_seconds = 30
"""


def scope_text(now: datetime) -> str:
    """A scope file for the fleet, valid for a day from an hour ago on."""
    begins = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    return _SCOPE.format(
        begins=begins,
        ends=begins + _VALIDITY,
        network=NETWORK,
        called=CALLED_TITLE,
        calling=CALLING_TITLE,
    )


def targets_text(members: Sequence[Member]) -> str:
    """One line per port: address and port."""
    return "".join(f"{member.address}:{port}\n" for member in members for port in ports_of(member))


def ports_of(member: Member) -> tuple[int, ...]:
    """Where an archive listens."""
    face = () if member.face is None else (member.face.port,)
    return (member.port, *face)


def owners_text(members: Sequence[Member]) -> str:
    """A table of owners: every archive is somebody's, in a country, behind an operator; all invented."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("network", "organisation", "sector", "contact", "country", "asn", "operator"))
    codes = [country.code for country in COUNTRIES]
    for member in members:
        place = codes.index(member.country)
        number = member.number
        table.writerow(
            (
                f"{member.address}/32",
                f"Invented {_SECTORS[number % len(_SECTORS)]} {number}",
                _SECTORS[number % len(_SECTORS)],
                f"security@{number}.example",
                member.country,
                _DOCUMENTATION_NUMBERS + place % _OPERATORS,
                f"Invented Network {place % _OPERATORS}",
            )
        )
    return text.getvalue()


def truth_text(members: Sequence[Member], today: date, scale: int) -> str:
    """What a survey must come to: totals, every country, every archive. JSON; the survey never sees it."""
    opened = [member for member in members if member.rung in OPEN]
    codes = sorted({member.country for member in opened})
    truth = {
        "fleet": "greenbone-2019",
        "scale": scale,
        "today": today.isoformat(),
        "studied": len(members),
        "rungs": {rung.value: sum(member.rung is rung for member in members) for rung in Rung},
        "totals": _sums(opened),
        "countries": {code: _sums([member for member in opened if member.country == code]) for code in codes},
        "archives": [_archive(member) for member in members],
    }
    return json.dumps(truth, indent=1) + "\n"


def _sums(members: Sequence[Member]) -> dict[str, int]:
    return {
        "queryable": len(members),
        "browsable": sum(member.rung is Rung.BROWSABLE for member in members),
        "studies": sum(member.studies for member in members),
        "images": sum(member.images for member in members),
        "downloadable": sum(member.images for member in members if member.retrievable),
    }


def _archive(member: Member) -> dict[str, object]:
    held = member.holdings
    counts: dict[str, int] = {}
    if isinstance(held, Catalogue):
        counts = {"patients": held.patients.size, "series": held.series.size}
    elif isinstance(held, Stock):
        counts = {"patients": held.patients, "series": held.series}
    return {
        "address": member.address,
        "ports": ports_of(member),
        "country": member.country,
        "rung": member.rung.value,
        "kind": member.kind.name,
        "retrievable": member.retrievable,
        "studies": member.studies,
        "images": member.images,
        **counts,
    }
