"""The doors of an archive in words: what each is, what stood open, and what guards it."""

from __future__ import annotations

from typing import Final

from dosimeter.model.message import Message, commas, say, semicolons
from dosimeter.model.target import ON_WEB, Service
from dosimeter.model.verdict import Exposure, Protection
from dosimeter.report.archive import OPEN_TO_ANYBODY, Archive, Door
from dosimeter.report.words import EXPOSURE_PLAINLY, PROTECTION_SHORT

_LOGINS: Final = frozenset((Protection.HTTP_LOGIN, Protection.LOGIN_FORM, Protection.SINGLE_SIGN_ON))


def door_plainly(door: Door) -> Message:
    """What a stranger meets there: ``anybody can search it``, ``asks for a login``."""
    verdict = door.findings.verdict
    if door.endpoint.service in ON_WEB and verdict.exposure is Exposure.GUARDED:
        if _LOGINS & set(verdict.protections):
            return say("asks for a login")
        if Protection.CLIENT_CERTIFICATE in verdict.protections:
            return say("asks for a client certificate")
    return EXPOSURE_PLAINLY[verdict.exposure]


def door_guards(door: Door) -> Message:
    """``HTTP login, TLS``, or that no guard was seen."""
    protections = door.findings.verdict.protections
    return commas([PROTECTION_SHORT[each] for each in protections]) or say("no guard seen")


def door_also(door: Door) -> Message:
    """What else stood open: ``takes images; worklist``; empty where nothing did."""
    verdict = door.findings.verdict
    also = []
    if verdict.exposure in OPEN_TO_ANYBODY and verdict.exposure is not Exposure.RETRIEVABLE:
        also += [say("lets images be fetched")] if door.findings.lets_fetch else []
    also += [say("takes images")] if verdict.accepts_writes else []
    also += [say("answers worklist queries")] if verdict.worklist else []
    return semicolons(also)


def place_of(door: Door, archive: Archive) -> str:
    """The port; before it the address, where it is not that of the principal door."""
    endpoint = door.endpoint
    return str(endpoint.port) if endpoint.address == archive.endpoint.address else endpoint.authority


def port_in_short(door: Door) -> str:
    """``11112 dicom``."""
    return f"{door.endpoint.port} {_SHORT[door.endpoint.service]}"


def doors_in_short(archive: Archive) -> str:
    """``11112 dicom, 8042 web``, the most open one first, with their addresses where they have others."""
    own = archive.endpoint.address
    return ", ".join(
        port_in_short(door)
        if door.endpoint.address == own
        else f"{door.endpoint.authority} {_SHORT[door.endpoint.service]}"
        for door in archive.doors
    )


_SHORT: Final = {
    Service.DICOM: "dicom",
    Service.DICOM_TLS: "dicom tls",
    Service.WEB: "web",
    Service.WEB_TLS: "web tls",
    Service.HL7: "hl7",
}
