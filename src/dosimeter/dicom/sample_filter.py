"""Takes the values out of a sampled answer before anything else sees them (touch sample, DESIGN §4)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from dosimeter.dicom.limits import MAX_PDU_RECEIVED
from dosimeter.dicom.sampling import IdentifierReader

if TYPE_CHECKING:
    from dosimeter.dicom.sampling import FillRates

_HEADER: Final = 6
"""Both headers are so long: of a PDU its type, a reserved byte and its length; of a PDV its length, context
identifier and control header (PS3.8 §9.3.5, Annex E)."""
_PDU: Final = struct.Struct(">BxI")
_PDV: Final = struct.Struct(">IBB")
_P_DATA_TF: Final = 4
_OWN_LENGTH: Final = 2
"""Of a PDV, what its length counts beside the fragment."""
_LENGTH_FIELD: Final = 4
_COMMAND: Final = 1
_LAST: Final = 2


class SampleFilter:
    """Stands between the transport and the association, and hands on everything but the data sets.

    The last fragment of a data set is handed on empty, those before it not at all. So the association, its
    caches and its errors never hold a value. What breaks PS3.8 is handed on broken, with zeros for what it
    holds: the association judges it. After each data set it stops, so that the association can be asked
    whether that was an answer. It keeps headers alone.
    """

    __slots__ = (
        "_context_id", "_control", "_have", "_header", "_identifier", "_is_broken", "_is_within",
        "_passing", "_pdu_left", "_rates", "_reducing", "_said",
    )  # fmt: skip

    def __init__(self, rates: FillRates, *, explicit: bool) -> None:
        self._rates = rates
        self._identifier = IdentifierReader(rates, explicit=explicit)
        self._header = bytearray(_HEADER)
        self._have = self._pdu_left = self._passing = self._reducing = 0
        self._context_id = self._control = 0
        self._is_broken = self._is_within = False
        self._said = bytearray()

    def feed(self, data: memoryview) -> int:
        """Take bytes, up to the end of a data set; how many were taken."""
        place = 0
        while place < len(data) and not self._is_broken:
            wanted = self._reducing or self._passing or _HEADER - self._have
            piece = data[place : place + wanted]
            place += len(piece)
            if self._reducing:
                self._reduce(piece)
            elif self._passing:
                self._said += piece
                self._passing -= len(piece)
            else:
                self._gather(piece)
            if self._is_within and not self._reducing and self._control & _LAST:
                self._end_data_set()
                return place
        return len(data) if self._is_broken else place

    def said(self) -> bytes:
        """What the association is to be handed; it is then gone from here."""
        said = bytes(self._said)
        self._said.clear()
        return said

    def wipe(self) -> None:
        """Overwrite what is left of an answer that did not end."""
        self._identifier.wipe()

    def _gather(self, piece: memoryview) -> None:
        self._header[self._have : self._have + len(piece)] = piece
        self._have += len(piece)
        if self._have < _HEADER:
            return
        self._have = 0
        if self._pdu_left:
            self._begin_pdv()
        else:
            self._begin_pdu()

    def _begin_pdu(self) -> None:
        kind, length = _PDU.unpack(self._header)
        if kind == _P_DATA_TF and _HEADER <= length <= MAX_PDU_RECEIVED:
            self._pdu_left = length
            return
        self._said += self._header
        self._passing = length
        if kind == _P_DATA_TF or length > MAX_PDU_RECEIVED:
            self._said += bytes(min(length, _HEADER - 1))
            self._is_broken = True

    def _begin_pdv(self) -> None:
        length, context_id, control = _PDV.unpack(self._header)
        fragment = length - _OWN_LENGTH
        rest = self._pdu_left - _HEADER - fragment
        endless = not fragment and not control & _LAST
        if fragment < 0 or rest < 0 or 0 < rest < _HEADER or endless:
            self._said += _PDU.pack(_P_DATA_TF, _HEADER) + _PDV.pack(
                max(length, _OWN_LENGTH + 1), context_id, control
            )
            self._is_broken = True
            return
        self._pdu_left = rest
        if control & _COMMAND:
            self._said += _PDU.pack(_P_DATA_TF, length + _LENGTH_FIELD) + self._header
            self._passing = fragment
            return
        if not self._is_within:
            self._is_within = True
            self._identifier.begin()
        self._reducing = fragment
        self._context_id = context_id
        self._control = control

    def _reduce(self, piece: memoryview) -> None:
        if not self._rates.is_full:
            self._identifier.feed(piece)
        self._reducing -= len(piece)

    def _end_data_set(self) -> None:
        self._said += _PDU.pack(_P_DATA_TF, _HEADER) + _PDV.pack(_OWN_LENGTH, self._context_id, self._control)
        self._is_within = False
        self._control = 0
        self._identifier.end()
