"""One counting question through the product's own service user; prints rows and distinct studies.

    dosimeter_count.py PORT TITLE [counters]

What is left out of a whole survey is what does not depend on the rows: the scope, the null query, the
store and the report.
"""

from __future__ import annotations

import secrets
import sys
from typing import Final

from dosimeter.dicom.count_query import CountKeys, CountLevel
from dosimeter.dicom.tally import RowTally
from dosimeter.model.facts import QueryService, Titles
from dosimeter.net.counting import Counted, CountLimits
from dosimeter.net.loop import Loop
from dosimeter.net.scu import Scu
from dosimeter.net.stream import connect
from dosimeter.probes._proposals import count_proposal

_SECONDS: Final = 200.0


async def count(loop: Loop, port: int, title: str, tally: RowTally, keys: CountKeys) -> None:
    """Associate, ask, release."""
    until = loop.now() + _SECONDS
    proposal = count_proposal(Titles(title, "DOSIMETER", stranger=False))
    stream = await connect(loop, "127.0.0.1", port, proposal.encoded, until)
    scu = Scu(loop, stream, proposal, answer_seconds=30.0, host_until=until)
    await scu.negotiate()
    limits = CountLimits(most_rows=1 << 40, most_bytes=1 << 50, until=until)
    counted: Counted = await scu.count(QueryService.STUDY_ROOT, keys, tally, limits)
    await scu.release()
    if counted.status != 0:
        sys.exit(f"the answer ended with {counted}")


def main() -> None:
    """Drive the loop to its end."""
    keys = CountKeys(CountLevel.STUDY, counters=sys.argv[3:] == ["counters"])
    tally = RowTally(secrets.token_bytes(32), keys.level, counters=keys.counters)
    loop = Loop()
    loop.spawn(count(loop, int(sys.argv[1]), sys.argv[2], tally, keys))
    while len(loop):
        loop.turn(1.0)
    loop.close()
    print(tally.rows, len(tally.keys))


main()
