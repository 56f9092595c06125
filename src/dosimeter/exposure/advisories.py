"""Published advisories that name a version of a product: offline, as published on 24 November 2026.

A version is what a peer announces. That an advisory names it says nothing of a patch carried back, or of a
configuration without the faulty part; nothing here was tried against anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from dosimeter.exposure import product as dimse
from dosimeter.exposure.kin import is_toolkit, kin_of
from dosimeter.model.message import say
from dosimeter.model.verdict import Advisory

_MOST_PARTS: Final = 6
_MOST_DIGITS: Final = 6

_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {dimse.DCMTK: "dcmtk", dimse.PYNETDICOM: "pynetdicom", "GDCM": "gdcm"}
)
"""Products that announce themselves over DICOM, and their key in the table."""

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """One row. It names the versions from ``since``, all if None, to before ``fixed_in`` or to ``last``.

    ``fixed_in`` is the first version without it, ``last`` the last version named where no release is known
    to be without it; with neither, every version from ``since`` on.
    """

    id: str
    product: str
    says: str
    source: str
    fixed_in: str | None = None
    last: str | None = None
    since: str | None = None

    def names(self, version: Version) -> bool:
        """Whether this version is among those named."""
        if self.since is not None and version < _row_version(self.since):
            return False
        if self.fixed_in is not None:
            return version < _row_version(self.fixed_in)
        return self.last is None or version <= _row_version(self.last)


@lru_cache(maxsize=1024)  # Few versions make up a whole survey.
def advisories_for(product: str, version: str | None) -> tuple[Advisory, ...]:
    """The advisories that name this version, in the order of the table.

    ``product`` is a key of ``web_products`` or a name of ``exposure.product``. Versions are compared part by
    part as numbers; one that is not announced, or is more than digits and dots, is compared with nothing.
    """
    announced = read_version(version)
    if version is None or announced is None:
        return ()
    key = _KEYS.get(product, product)
    return tuple(
        Advisory(row.id, product, version, row.fixed_in, row.says, row.source)
        for row in ADVISORIES
        if row.product == key and row.names(announced)
    )


def advisories_of_product(advisories: Iterable[Advisory], product: str | None) -> tuple[Advisory, ...]:
    """Without those of a toolkit's own programs, where ``product`` is known to be another than the toolkit.

    Orthanc is built on DCMTK, and has neither its worklist server nor its storescp nor its clients.
    """
    kin = kin_of(product)
    if not kin or is_toolkit(kin):
        return tuple(advisories)
    return tuple(each for each in advisories if each.id not in _OF_PROGRAMS)


_OF_PROGRAMS: Final = frozenset(
    {
        "CVE-2026-50003",
        "CVE-2026-52868",
        "CVE-2026-44628",
        "CVE-2026-5663",
        "CVE-2022-2119",
        "CVE-2022-2120",
        "CVE-2021-41687",
        "CVE-2021-41689",
        "CVE-2026-56445",
    }
)
"""Advisories of programs that come with a toolkit, and not of the library."""


def read_version(text: str | None) -> Version | None:
    """``1.12.10`` as (1, 12, 10), without zeros at the end: 3.7 and 3.7.0 are the same version.

    None for anything but one to six numbers of at most six digits with dots between them.
    """
    if text is None or not text.isascii():
        return None
    parts = text.split(".")
    if len(parts) > _MOST_PARTS or not all(part.isdigit() and len(part) <= _MOST_DIGITS for part in parts):
        return None
    numbers = [int(part) for part in parts]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _row_version(text: str) -> Version:
    version = read_version(text)
    if version is None:
        raise ValueError(f"{text} is not a version")
    return version


_CERT_ORTHANC: Final = say("CERT/CC and Machine Spirits, April 2026")
_CISA_DCMTK_2026: Final = say("CISA ICS medical advisory, 30 June 2026")

_ORTHANC: Final = (
    Published(
        "CVE-2026-5437",
        "orthanc",
        say("a crafted DICOM header makes it read memory past the end"),
        _CERT_ORTHANC,
        fixed_in="1.12.11",
    ),
    Published(
        "CVE-2026-5438",
        "orthanc",
        say("a small compressed HTTP request uses up its memory"),
        _CERT_ORTHANC,
        fixed_in="1.12.11",
    ),
    Published(
        "CVE-2026-5439",
        "orthanc",
        say("a ZIP archive that lies about its size uses up its memory"),
        _CERT_ORTHANC,
        fixed_in="1.12.11",
    ),
    Published(
        "CVE-2026-5440",
        "orthanc",
        say("an HTTP request that announces 4 GB ends the server"),
        _CERT_ORTHANC,
        fixed_in="1.12.11",
    ),
    Published(
        "CVE-2026-5441",
        "orthanc",
        say("a crafted image in Philips compression makes it read memory past the end"),
        _CERT_ORTHANC,
        fixed_in="1.12.11",
    ),
    Published(
        "CVE-2026-5442",
        "orthanc",
        say("crafted image dimensions overwrite memory; code may be run"),
        _CERT_ORTHANC,
        fixed_in="1.12.11",
    ),
    Published(
        "CVE-2026-5443",
        "orthanc",
        say("a crafted palette image overwrites memory; code may be run"),
        _CERT_ORTHANC,
        fixed_in="1.12.11",
    ),
    Published(
        "CVE-2026-5444",
        "orthanc",
        say("a crafted PAM image overwrites memory; code may be run"),
        _CERT_ORTHANC,
        fixed_in="1.12.11",
    ),
    Published(
        "CVE-2026-5445",
        "orthanc",
        say("a crafted lookup table makes it read memory past the end"),
        _CERT_ORTHANC,
        fixed_in="1.12.11",
    ),
    Published(
        "CVE-2023-33466",
        "orthanc",
        say("whoever may use its REST interface can overwrite files of the server"),
        "NVD CVE-2023-33466",
        fixed_in="1.12.0",
    ),
    Published(
        "CVE-2025-0896",
        "orthanc",
        say("asks for no password by default once remote access is allowed"),
        "CISA ICSMA-25-037-02",
        fixed_in="1.5.8",
    ),
)

_DCMTK: Final = (
    Published(
        "CVE-2026-50003",
        "dcmtk",
        say("a hostile archive makes its C-GET client write files anywhere"),
        _CISA_DCMTK_2026,
        last="3.7.0",
    ),
    Published(
        "CVE-2026-52868",
        "dcmtk",
        say("its worklist server reads worklists outside its folder to anybody"),
        _CISA_DCMTK_2026,
        last="3.7.0",
    ),
    Published(
        "CVE-2026-50254",
        "dcmtk",
        say("repeated association requests use up its memory"),
        _CISA_DCMTK_2026,
        last="3.7.0",
    ),
    Published(
        "CVE-2026-35505",
        "dcmtk",
        say("repeated association requests use up its memory"),
        _CISA_DCMTK_2026,
        last="3.7.0",
    ),
    Published(
        "CVE-2026-44628",
        "dcmtk",
        say("one crafted query ends its worklist server"),
        _CISA_DCMTK_2026,
        last="3.7.0",
    ),
    Published(
        "CVE-2026-5663",
        "dcmtk",
        say("storescp that runs a command on reception runs commands of the sender"),
        say("Machine Spirits advisory 2e1627; NVD CVE-2026-5663"),
        last="3.7.0",
    ),
    Published(
        "CVE-2024-34508",
        "dcmtk",
        say("an invalid DIMSE message ends it"),
        "NVD CVE-2024-34508",
        fixed_in="3.6.9",
    ),
    Published(
        "CVE-2024-34509",
        "dcmtk",
        say("an invalid DIMSE message ends it"),
        "NVD CVE-2024-34509",
        fixed_in="3.6.9",
    ),
    Published(
        "CVE-2024-47796",
        "dcmtk",
        say("a crafted image makes it write memory past the end"),
        say("Cisco Talos; names 3.6.8 alone"),
        since="3.6.8",
        last="3.6.8",
    ),
    Published(
        "CVE-2024-52333",
        "dcmtk",
        say("a crafted image makes it write memory past the end"),
        say("Cisco Talos; names 3.6.8 alone"),
        since="3.6.8",
        last="3.6.8",
    ),
    Published(
        "CVE-2022-2119",
        "dcmtk",
        say("its storage server writes files anywhere for whoever may store"),
        "CISA ICSMA-22-174-01",
        fixed_in="3.6.7",
    ),
    Published(
        "CVE-2022-2120",
        "dcmtk",
        say("a hostile archive makes its client write files anywhere"),
        "CISA ICSMA-22-174-01",
        fixed_in="3.6.7",
    ),
    Published(
        "CVE-2022-2121",
        "dcmtk",
        say("a crafted DICOM file ends it"),
        "CISA ICSMA-22-174-01",
        fixed_in="3.6.7",
    ),
    Published(
        "CVE-2021-41687",
        "dcmtk",
        say("repeated crafted requests use up the memory of dcmqrscp"),
        "NVD CVE-2021-41687",
        last="3.6.6",
    ),
    Published(
        "CVE-2021-41689",
        "dcmtk",
        say("crafted requests end dcmqrscp"),
        "NVD CVE-2021-41689",
        last="3.6.6",
    ),
)

_TOOLKITS: Final = (
    Published(
        "CVE-2026-56445",
        "pynetdicom",
        say("its server qrscp writes files anywhere for whoever may store"),
        say("CISA ICSMA-26-176-01, which names no release with a fix"),
        since="1.0.0",
        fixed_in="3.0.4",
    ),
    Published(
        "CVE-2026-3650",
        "gdcm",
        say("a crafted DICOM file uses up its memory"),
        say("CISA, 2026; no fix when it was published"),
    ),
)

_OTHERS: Final = (
    Published(
        "EDB-45007",
        "dicoogle",
        say("reads any file of the server to anybody (Windows)"),
        "Exploit Database 45007; metasploit dicoogle_traversal",
        last="2.5.0",
    ),
    Published(
        "ZSL-2016-5387",
        "horos",
        say("its web portal reads any file of the computer to anybody"),
        "Zero Science Lab ZSL-2016-5387; NASL gb_horos_dir_trav",
        last="2.1.0",
    ),
    Published(
        "WLB-2018010303",
        "pacsone",
        say("reads any file of the server to anybody"),
        "CXSecurity WLB-2018010303; nuclei pacsone-server-lfi",
        last="6.6.2",
    ),
    Published(
        "CVE-2020-29164",
        "pacsone",
        say("runs scripts of others in the browser of whoever follows a link to it"),
        "NVD CVE-2020-29164",
        fixed_in="7.1.1",
    ),
    Published(
        "CVE-2018-25374",
        "meddream",
        say("reads any file of the server to anybody"),
        "Exploit Database 45347; NVD CVE-2018-25374",
        last="6.7.1.1",
    ),
    Published(
        "CVE-2025-3483",
        "meddream",
        say("a crafted DICOM file runs code, for whoever may store"),
        "Zero Day Initiative ZDI-25-243",
        fixed_in="7.3.5.860",
    ),
    Published(
        "CVE-2025-2264",
        "sante",
        say("reads any file of the server to anybody"),
        "Tenable TRA-2025-08",
        last="4.1.0",
    ),
    Published(
        "CVE-2025-53948",
        "sante",
        say("one crafted HL7 message ends it"),
        say("CISA, August 2025"),
        fixed_in="4.2.3",
    ),
)

ADVISORIES: Final = (*_ORTHANC, *_DCMTK, *_TOOLKITS, *_OTHERS)
"""Confirmed one by one where the source says; of dcm4chee-arc, Oviyam, Weasis and OHIF none was found."""
