"""The lab: one archive for each rung of the ladder and each trap (DESIGN §3, real archives §3 and §5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dosimeter.lab.archive import TLS_PORT, Archive, Expected
from dosimeter.lab.faces import FACES, WEB_ONLY
from dosimeter.lab.generated import Shape
from dosimeter.lab.policy import (
    COMMITMENT_SERVICE,
    QUERY_SERVICES,
    RETRIEVE_SERVICES,
    STORAGE_SERVICES,
    WORKLIST_SERVICE,
    Counters,
    Door,
    Identity,
    Policy,
    Reaction,
    Rejection,
    Tempo,
)
from dosimeter.lab.products import (
    DCM4CHE_IDENTITY,
    DCMTK_IDENTITY,
    LIKE_DCMTK,
    LIKE_ORTHANC,
    LIKE_PYNETDICOM,
)
from dosimeter.model.verdict import DecoyTier, Exposure, Protection

CALLED_TITLE: Final = "LABPACS"
CALLING_TITLE: Final = "LABSTATION"
"""The AE titles that the lab's scope lists."""

_UNLISTED_TITLE: Final = "LABVAULT"

_ARCHIVE: Final = QUERY_SERVICES | RETRIEVE_SERVICES
_SOON_TIRED: Final = Tempo(fresh=14, first=1700)
_EVERYTHING: Final = _ARCHIVE | STORAGE_SERVICES | WORKLIST_SERVICE | COMMITMENT_SERVICE

_OPEN: Final = (
    Archive(
        "open",
        "127.20.0.1",
        "Orthanc with every DicomAlwaysAllow… on: answers, returns and takes anything",
        Expected(Exposure.RETRIEVABLE, accepts_writes=True, worklist=True),
        replace(LIKE_ORTHANC, services=_EVERYTHING),
        seed=1,
        patients=300,
        appointments=24,
    ),
    Archive(
        "query-only",
        "127.20.0.2",
        "Orthanc that allows C-FIND alone: GET contexts accepted, C-GET aborted; its counters are all 0",
        Expected(Exposure.QUERYABLE, accepts_writes=False, worklist=False),
        replace(LIKE_ORTHANC, services=_ARCHIVE, get=Reaction.ABORT, counters=Counters.ZERO),
        seed=2,
        patients=310,
    ),
    Archive(
        "worklist-only",
        "127.20.0.3",
        "a worklist server: tomorrow's patients to anybody, no archive",
        Expected(Exposure.QUERYABLE, accepts_writes=False, worklist=True),
        Policy(services=WORKLIST_SERVICE, identity=DCM4CHE_IDENTITY),
        seed=3,
        patients=200,
        appointments=40,
    ),
    Archive(
        "tls-open",
        "127.20.0.4",
        "TLS, and no client certificate asked for: encrypted, open to anybody, and soon tired",
        Expected(Exposure.RETRIEVABLE, accepts_writes=True, worklist=True, protections=(Protection.TLS,)),
        replace(LIKE_ORTHANC, services=_EVERYTHING, tempo=_SOON_TIRED),
        door=Door.TLS,
        port=TLS_PORT,
        seed=4,
        patients=280,
        appointments=10,
    ),
    Archive(
        "tls-on-plain-port",
        "127.20.0.5",
        "TLS on 11112, which no scope names for TLS; an answer ends after 100 records and says nothing of it",
        Expected(Exposure.QUERYABLE, accepts_writes=False, worklist=False, protections=(Protection.TLS,)),
        Policy(most_rows=100, cut_status=0x0000, identity=DCM4CHE_IDENTITY),
        door=Door.TLS,
        seed=5,
        patients=220,
    ),
    Archive(
        "row-per-instance",
        "127.20.0.6",
        "pynetdicom's qrscp: a row for each instance, so rows are not studies",
        Expected(Exposure.RETRIEVABLE, accepts_writes=True, worklist=True, decoy=DecoyTier.LOW),
        replace(LIKE_PYNETDICOM, services=_EVERYTHING),
        seed=6,
        shape=Shape(180, most_instances=4),
    ),
    Archive(
        "cut-off",
        "127.20.0.7",
        "Orthanc with LimitFindResults 10: answers end with 0xFE00 though nobody cancelled",
        Expected(Exposure.RETRIEVABLE, accepts_writes=True, worklist=False),
        replace(LIKE_ORTHANC, services=_ARCHIVE | STORAGE_SERVICES, most_rows=10, honours_cancel=False),
        seed=7,
        patients=100,
    ),
)


_GUARDED: Final = (
    Archive(
        "called-title",
        "127.20.0.21",
        "dcmqrscp: rejects whoever does not call it by its name",
        Expected(Exposure.NAME_GATED, protections=(Protection.CALLED_AE_CHECK,)),
        replace(LIKE_DCMTK, services=_ARCHIVE | STORAGE_SERVICES, called_titles=(CALLED_TITLE,)),
        seed=21,
        patients=350,
    ),
    Archive(
        "calling-title",
        "127.20.0.22",
        "an archive that rejects callers it has not been told of",
        Expected(Exposure.NAME_GATED, protections=(Protection.CALLING_AE_CHECK,)),
        Policy(services=_ARCHIVE, calling_titles=(CALLING_TITLE,), identity=DCM4CHE_IDENTITY),
        seed=22,
        patients=330,
    ),
    Archive(
        "known-callers",
        "127.20.0.23",
        "Orthanc with a list of modalities: answers who uses a listed name; some studies have no date",
        Expected(
            Exposure.NAME_GATED,
            accepts_writes=False,
            worklist=False,
            protections=(Protection.QUERY_POLICY,),
        ),
        replace(
            LIKE_ORTHANC,
            services=_ARCHIVE,
            find=Reaction.ABORT,
            get=Reaction.ABORT,
            trusted_callers=(CALLING_TITLE,),
        ),
        seed=23,
        shape=Shape(400, undated=60),
    ),
    Archive(
        "orthanc-default",
        "127.20.0.24",
        "Orthanc as it is installed: strangers may store, queries end in A-ABORT",
        Expected(
            Exposure.ASSOCIATES,
            accepts_writes=True,
            worklist=False,
            protections=(Protection.QUERY_POLICY,),
        ),
        Policy(
            services=_ARCHIVE | STORAGE_SERVICES | COMMITMENT_SERVICE,
            find=Reaction.ABORT,
            get=Reaction.ABORT,
            identity=DCMTK_IDENTITY,
        ),
        seed=24,
        patients=300,
    ),
    Archive(
        "not-authorised",
        "127.20.0.25",
        "an archive that refuses with a status: 0x0124, not authorised",
        Expected(
            Exposure.ASSOCIATES,
            accepts_writes=False,
            worklist=False,
            protections=(Protection.QUERY_POLICY,),
        ),
        Policy(services=_ARCHIVE, find=Reaction.REFUSE, get=Reaction.REFUSE, identity=DCM4CHE_IDENTITY),
        seed=25,
        patients=210,
    ),
    Archive(
        "write-only",
        "127.20.0.26",
        "storescp: takes what it is sent and has nothing to ask for",
        Expected(Exposure.ASSOCIATES, accepts_writes=True, worklist=False),
        Policy(services=STORAGE_SERVICES, identity=DCMTK_IDENTITY),
    ),
    Archive(
        "locked",
        "127.20.0.27",
        "an archive that checks both titles, and the scope lists neither",
        Expected(Exposure.GUARDED, protections=(Protection.CALLED_AE_CHECK,)),
        Policy(services=_ARCHIVE, called_titles=(_UNLISTED_TITLE,), calling_titles=(_UNLISTED_TITLE,)),
        seed=27,
        patients=290,
    ),
    Archive(
        "tls-mutual",
        "127.20.0.28",
        "TLS with a client certificate demanded",
        Expected(Exposure.GUARDED, protections=(Protection.TLS, Protection.CLIENT_CERTIFICATE)),
        Policy(services=_EVERYTHING),
        door=Door.TLS_CLIENT_CERTIFICATE,
        port=TLS_PORT,
        seed=28,
        patients=230,
    ),
)


_TRAPS: Final = (
    Archive(
        "busy",
        "127.20.0.41",
        "an archive with no association left: rejected for now (2/3/2)",
        Expected(Exposure.INCONCLUSIVE),
        Policy(rejection=Rejection(2, 3, 2)),
    ),
    Archive(
        "canned",
        "127.20.0.42",
        "a decoy: the same records whatever is asked",
        Expected(Exposure.QUERYABLE, accepts_writes=False, worklist=False, decoy=DecoyTier.MEDIUM),
        Policy(canned_rows=3),
        seed=42,
        patients=200,
    ),
    Archive(
        "any-service",
        "127.20.0.43",
        "odil's server: accepts any context, even of a service made up, and closes on a query",
        Expected(Exposure.ASSOCIATES, accepts_writes=True, decoy=DecoyTier.LOW),
        Policy(accepts_any_service=True, find=Reaction.CLOSE, get=Reaction.CLOSE),
    ),
    Archive(
        "mirror",
        "127.20.0.44",
        "announces whatever its caller announces; it is another door to what `open` holds",
        Expected(Exposure.RETRIEVABLE, accepts_writes=False, worklist=False),
        Policy(services=_ARCHIVE, identity=Identity(mirror=True)),
        seed=1,
        patients=300,
    ),
    Archive(
        "failing",
        "127.20.0.45",
        "an archive that answers each query with 0xC000, unable to process",
        Expected(Exposure.INCONCLUSIVE, accepts_writes=False, worklist=False),
        Policy(find=Reaction.FAIL),
    ),
    Archive(
        "web-server",
        "127.20.0.46",
        "a web server where DICOM is looked for",
        Expected(Exposure.NOT_DICOM),
        door=Door.HTTP,
    ),
    Archive(
        "silent",
        "127.20.0.47",
        "takes every byte and says nothing",
        Expected(Exposure.INCONCLUSIVE),
        door=Door.SILENT,
    ),
    Archive(
        "closed",
        "127.20.0.48",
        "nothing: the port is closed",
        Expected(Exposure.UNREACHABLE),
        door=Door.CLOSED,
    ),
)


def lab_archives(block: int = 0) -> tuple[Archive, ...]:
    """Every archive of the lab, at 127.20.``block``.x."""
    return tuple(_in_block(archive, block) for archive in (*_OPEN, *_GUARDED, *_TRAPS, *WEB_ONLY))


def _in_block(archive: Archive, block: int) -> Archive:
    host = archive.address.rpartition(".")[2]
    faces = FACES.get(archive.name, archive.faces)
    return replace(archive, address=f"127.20.{block}.{host}", faces=faces)
