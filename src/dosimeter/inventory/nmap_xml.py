"""nmap's XML (and masscan's, which is the same): addresses, open TCP ports and times, nothing else.

The file is fed to the parser in pieces and no tree is built. Banners, script output, comments and
all other text are dropped where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from dosimeter.inventory.entry import parse_service
from dosimeter.inventory.found import Finder, Found, Kind, Said, inside_tls, moment_of
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.source import ByteSource
from dosimeter.inventory.tally import Tally, Why
from dosimeter.model.target import Service

LONGEST_ELEMENT: Final = 4 << 20
"""Bytes between two tags: the parser must hold a whole tag, and script output stands in attributes."""
MOST_WORDS: Final = 1024
"""Different names of tags and attributes: the parser keeps each one. nmap has about a hundred."""
DEEPEST: Final = 64
"""Levels of elements; nmap writes fewer than ten."""
_OPEN: Final = frozenset({"open", "open|filtered"})
_FAMILIES: Final = frozenset({"ipv4", "ipv6"})
_PORT: Final = re.compile(r"[0-9]{1,5}\Z")


def read_nmap(source: ByteSource, tally: Tally) -> Iterator[Found]:
    """An entry for each open TCP port; a host whose ports were not scanned gives one without a port.

    Raises:
        InventoryProblem: not XML, not nmap's, cut off, or with declarations nmap never writes.
    """
    collector = _Collector(source.name, tally)
    parser = DefusedXMLParser(target=collector)
    collector.locate = lambda: int(parser.parser.CurrentLineNumber)
    since_tag = 0
    try:
        for chunk in source.chunks():
            tags = collector.tags
            parser.feed(chunk)
            since_tag = since_tag + len(chunk) if tags == collector.tags else 0
            if since_tag > LONGEST_ELEMENT:
                says = "one tag or text is longer than 4 MiB, which nmap never writes; make the file again"
                raise InventoryProblem(source.name, collector.locate(), says)
            yield from collector.take()
        parser.close()
    except DefusedXmlException:
        says = "the XML declares entities, which nmap never does; do not trust this file"
        raise InventoryProblem(source.name, collector.locate(), says) from None
    except (ParseError, ExpatError, LookupError, ValueError) as refused:
        raise InventoryProblem(source.name, collector.locate(), _why(collector, refused)) from None
    yield from collector.take()


def _why(collector: _Collector, refused: Exception) -> str:
    if collector.begun and not collector.complete:
        return "the XML is cut off or damaged here; let nmap finish, or make the file again"
    if isinstance(refused, (ParseError, ExpatError)):
        return "the file begins like XML and is not; give nmap XML (nmap -oX), a CSV table or a list"
    return "the XML is in an encoding that cannot be read; save it as UTF-8"


class _Collector:
    """Called by the parser for each tag. It has no method for text, so text is kept nowhere."""

    def __init__(self, name: str, tally: Tally) -> None:
        self.locate: Callable[[], int] = lambda: 1
        """The line the parser stands at; replaced once there is a parser."""
        self.tags = 0
        self.begun = False
        self.complete = False
        self._name = name
        self._depth = 0
        self._words: set[str] = set()
        self._finder = Finder(name, tally)
        self._found: list[Found] = []
        self._kind = Kind.NMAP
        self._scan_began: str | None = None
        self._said = Said(Kind.NMAP)
        self._address: str | None = None
        self._is_up = True
        self._ports_scanned = False
        self._port: str | None = None
        self._state: str | None = None
        self._service: Service | None = None

    def take(self) -> list[Found]:
        """The entries found since the last call."""
        found, self._found = self._found, []
        return found

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""
        self.tags += 1
        self._depth += 1
        if not self.begun and tag != "nmaprun":
            says = "the XML is not nmap's; make it with nmap -oX or masscan -oX"
            raise InventoryProblem(self._name, self.locate(), says)
        self._words.add(tag)
        self._words.update(attributes)
        if self._depth > DEEPEST or len(self._words) > MOST_WORDS:
            says = "the XML is deeper or has more different tags than nmap's ever has; do not trust this file"
            raise InventoryProblem(self._name, self.locate(), says)
        self.begun = True
        self._see(tag, attributes)

    def _see(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "nmaprun":
                self._kind = Kind.MASSCAN if attributes.get("scanner") == "masscan" else Kind.NMAP
                self._scan_began = attributes.get("start")
            case "host":
                self._see_host(attributes)
            case "address" if self._address is None and attributes.get("addrtype", "ipv4") in _FAMILIES:
                self._address = attributes.get("addr", "")
            case "status":
                self._is_up = attributes.get("state") == "up"
            case "ports":
                self._ports_scanned = True
            case _:
                self._see_port(tag, attributes)

    def _see_port(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "port":
            self._port, self._state, self._service = attributes.get("portid", ""), None, None
            if attributes.get("protocol") != "tcp":
                self._port = None
                self._finder.leave_out(Why.NOT_TCP, self.locate())
        elif tag == "state":
            self._state = attributes.get("state")
        elif tag == "service":
            self._service = _service_of(attributes)

    def _see_host(self, attributes: Mapping[str, str]) -> None:
        self._address, self._is_up, self._ports_scanned = None, True, False
        ended = moment_of(attributes.get("endtime") or self._scan_began)
        self._said = Said(self._kind, moment_of(attributes.get("starttime")) or ended, ended)

    def end(self, tag: str) -> None:
        """A tag closes."""
        self.tags += 1
        self._depth -= 1
        if tag == "port":
            if self._port is not None and self._state not in _OPEN:
                self._finder.leave_out(Why.NOT_OPEN, self.locate())
            elif self._port is not None and self._address is not None:
                port = int(self._port) if _PORT.match(self._port) else 0
                self._add(port, self._service)
            self._port = None
        elif tag == "host":
            if not self._ports_scanned and self._is_up and self._address is not None:
                self._add(None, None)
            self._address = None
        elif tag == "nmaprun":
            self.complete = True

    def close(self) -> None:
        """The parser asks for a result; there is none to give."""

    def _add(self, port: int | None, service: Service | None) -> None:
        found = self._finder.found(self.locate(), self._address, port, service, self._said)
        if found is not None:
            self._found.append(found)


def _service_of(attributes: Mapping[str, str]) -> Service | None:
    """What nmap saw a port speak; a name it only looked up in its table of ports says nothing."""
    if attributes.get("method") != "probed":
        return None
    service = parse_service(attributes.get("name", ""))
    return inside_tls(service) if attributes.get("tunnel") == "ssl" else service
