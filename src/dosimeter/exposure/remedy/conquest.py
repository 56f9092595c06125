"""Conquest DICOM server. Files as its repository ships them: dicom.ini, dgatesop.lst, acrnema.map.

Incoming associations are checked against dgatesop.lst, where # starts a comment; acrnema.map, whose
last lines as shipped are the wildcards V*, W* and S*, names who may be sent images.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_FIREWALL: Final = say(
    "Conquest answers any calling title unless it is told otherwise: allow in the firewall the "
    "known callers alone, on the port that `dicom.ini` names in `TCPPort` (5678 as shipped)."
)
_RESTART: Final = say("Restart the server (`dgate`).")

_QUERY: Final = Remedy(
    say("Conquest: keep strangers out"),
    (
        _FIREWALL,
        (
            say(
                "In `dgatesop.lst` put `#` before the lines of services that nobody needs: those named "
                "Query, Retrieve and Get after `PatientRoot`, `StudyRoot` and `PatientStudyOnly`."
            )
        ),
        (
            say(
                "`acrnema.map` lists where images may be sent to: remove the wildcard lines it ships with "
                "(`V*`, `W*`, `S*`)."
            )
        ),
        _RESTART,
        say("The re-test must show unreachable, or associates with no query answered."),
    ),
)

BOOK: Final[Book] = MappingProxyType(
    {
        Need.QUERY: _QUERY,
        Need.RETRIEVE: _QUERY,
        Need.TITLES: _QUERY,
        Need.WORKLIST: Remedy(
            say("Conquest: close the worklist"),
            (
                _FIREWALL,
                (
                    say(
                        "In `dgatesop.lst` put `#` before the line `FindModalityWorkList` "
                        "(1.2.840.10008.5.1.4.31), if nobody needs it."
                    )
                ),
                _RESTART,
                say("The re-test must show worklist false or unknown, and no answer."),
            ),
        ),
        Need.STORE: Remedy(
            say("Conquest: refuse storage from strangers"),
            (
                _FIREWALL,
                _RESTART,
                say("The re-test must show unreachable from an address that is not listed."),
            ),
        ),
    }
)
