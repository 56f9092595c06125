"""The scope file and the list of targets of a running lab."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Final

from dosimeter.lab.archive import HL7_PORT, PLAIN_PORT, TLS_PORT, WEB_PORTS, Archive
from dosimeter.lab.archives import CALLED_TITLE, CALLING_TITLE

VALIDITY: Final = timedelta(days=1)

_SCOPE: Final = """\
# The authorisation of the synthetic archives of `dosimeter lab up`: this machine's loopback alone.
# The pace is for them. No real archive should be asked so fast.

[authorisation]
authorised_by = "whoever started this lab"
role = "owner of this machine"
reference = "dosimeter lab"
legal_basis = "synthetic archives on the own machine, with invented patients"
contact = "the terminal that runs it"
valid_from = {begins:%Y-%m-%dT%H:%M:%SZ}
valid_until = {ends:%Y-%m-%dT%H:%M:%SZ}
touch = "count"

[scope]
networks = [{networks}]
ports = [{plain}, {tls}, {hl7}, {web}]
tls_ports = [{tls}]
web_ports = [{web}]
hl7_ports = [{hl7}]
called_ae_titles = ["{called}"]
calling_ae_titles = ["{calling}"]

[pace]
new_hosts_per_second = 0
hosts_in_flight = 64
seconds_between_associations = 0
connect_seconds = 2
answer_seconds = 2
host_seconds = 10

[count]
# No lab archive of this list holds a thousand studies. What takes longer than patience_seconds
# to begin an answer is slow on purpose, even where many processes share two cores.
rows = 20000
rows_per_answer = 5000
received_bytes = 16777216
seconds = 30
associations = 6
patience_seconds = 1.5
"""

_OWNER: Final = """
[[owners]]
network = "{network}"
organisation = "{organisation}"
sector = "{sector}"
country = "{country}"
asn = {asn}
operator = "{operator}"
"""

_OWNERS: Final = (
    ("0/29", "Hôpital d'essai", "public hospital", "FR", 64496, "Réseau de santé d'essai"),
    ("16/28", "Praxis Muster", "radiology practice", "DE", 64497, "Musternetz"),
    ("32/27", "Deneme Hastanesi", "private hospital", "TR", 64498, "Deneme Telekom"),
    ("64/26", "Sample Town", "municipality", "US", 64499, "Sample Cable"),
)
"""Whose the lab's addresses are, by the end of a network in each block: invented, with numbers that RFC 5398
keeps for documents, so that a report has countries, operators and owners to show."""


def scope_text(archives: tuple[Archive, ...], now: datetime) -> str:
    """A scope file for these archives, valid for a day from an hour ago on."""
    begins = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    networks = dict.fromkeys(str(ip_network(f"{archive.address}/24", strict=False)) for archive in archives)
    text = _SCOPE.format(
        begins=begins,
        ends=begins + VALIDITY,
        networks=", ".join(f'"{network}"' for network in networks),
        plain=PLAIN_PORT,
        tls=TLS_PORT,
        hl7=HL7_PORT,
        web=", ".join(map(str, WEB_PORTS)),
        called=CALLED_TITLE,
        calling=CALLING_TITLE,
    )
    blocks = dict.fromkeys(archive.address.rpartition(".")[0] for archive in archives)
    return text + "".join(_owners(block) for block in blocks)


def _owners(block: str) -> str:
    return "".join(
        _OWNER.format(
            network=f"{block}.{network}",
            organisation=organisation,
            sector=sector,
            country=country,
            asn=asn,
            operator=operator,
        )
        for network, organisation, sector, country, asn, operator in _OWNERS
    )


def targets_text(archives: tuple[Archive, ...]) -> str:
    """One line per port: address and port."""
    return "".join(f"{port.endpoint.authority}\n" for archive in archives for port in archive.ports)
