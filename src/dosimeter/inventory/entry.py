"""One entry of an inventory: an address, a network, a host name, with or without a port."""

from __future__ import annotations

import re
from typing import Final

from dosimeter.inventory.problem import InventoryProblem
from dosimeter.model.target import COMMAND_LINE, Service, Target
from dosimeter.net.address import (
    AddressRefused,
    canonical_address,
    canonical_name,
    canonical_network,
    looks_like_address,
)

LAST_PORT: Final = 65535
_PORT: Final = re.compile(r"[0-9]{1,5}\Z")
_BRACKETED: Final = re.compile(r"\[([^\[\]]*)\](?::([^:]*))?\Z")
_OCTET_RANGE: Final = re.compile(r"[0-9*-]+(?:\.[0-9*-]+){3}\Z")
_SHOWN: Final = 64


def parse_target(text: str, source: str = COMMAND_LINE, line: int | None = None) -> Target:
    """``HOST``, ``HOST:PORT``, ``[IPV6]:PORT``, a bare IPv6 address or a network in CIDR notation.

    Raises:
        InventoryProblem: the text is none of these, or is a disguise of an address.
    """
    entry = text.strip()
    host, port = _split(entry, source, line)
    return Target(
        host=parse_host(host, source, line),
        port=None if port is None else parse_port(port, source, line),
        source=source if line is None else f"{source}:{line}",
    )


def parse_host(text: str, source: str, line: int | None) -> str:
    """The canonical spelling of an address, a network or a host name.

    Raises:
        InventoryProblem: it has none.
    """
    host = text.strip()
    if "://" in host:
        says = f'"{printable(host)}" is a web address; write the host alone, or HOST:PORT'
        raise InventoryProblem(source, line, says)
    if ("-" in host or "*" in host) and _OCTET_RANGE.match(host):
        says = f'"{printable(host)}" is a range as nmap writes it; write networks in CIDR notation instead'
        raise InventoryProblem(source, line, says)
    try:
        if "/" in host:
            network = canonical_network(host)
            alone = network.prefixlen == network.max_prefixlen
            return str(network.network_address) if alone else str(network)
        return canonical_address(host) if looks_like_address(host) else canonical_name(host)
    except AddressRefused as refused:
        raise InventoryProblem(source, line, f'"{refused.text}" {refused.why}') from None


def parse_port(text: str, source: str, line: int | None) -> int:
    """A TCP port.

    Raises:
        InventoryProblem: not a number from 1 to 65535.
    """
    port = int(text) if _PORT.match(text) else 0
    if not 1 <= port <= LAST_PORT:
        says = f'"{printable(text)}" is not a port; write a number from 1 to 65535'
        raise InventoryProblem(source, line, says)
    return port


def parse_service(text: str) -> Service | None:
    """The service a word names, or None: then the scope's port lists decide."""
    return _SERVICES.get(text.strip().lower())


def printable(text: str) -> str:
    """Text of an inventory, fit for a message."""
    return ascii(text[:_SHOWN])[1:-1]


_SERVICES: Final = {
    "dicom": Service.DICOM,
    "acr-nema": Service.DICOM,  # the name of port 104 in the IANA registry
    "dicom-tls": Service.DICOM_TLS,
    "dicoms": Service.DICOM_TLS,
    "http": Service.WEB,
    "web": Service.WEB,
    "https": Service.WEB_TLS,
    "web-tls": Service.WEB_TLS,
    "hl7": Service.HL7,
    "hl7-mlp": Service.HL7,  # as nmap calls it
}


def _split(entry: str, source: str, line: int | None) -> tuple[str, str | None]:
    """The host and, if there is one, the port."""
    if entry.startswith("["):
        matched = _BRACKETED.match(entry)
        if matched is None or ":" not in matched[1]:
            says = f'"{printable(entry)}" is not [IPV6] or [IPV6]:PORT; correct it'
            raise InventoryProblem(source, line, says)
        return matched[1], matched[2]
    if entry.count(":") == 1:
        host, _, port = entry.partition(":")
        if not port.startswith("//"):
            return host, port
    return entry, None
