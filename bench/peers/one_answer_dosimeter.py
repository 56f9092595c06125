"""Count the studies of one archive with dosimeter's own client, as a census does one answer; prints JSON.

python bench/peers/one_answer_dosimeter.py ADDRESS PORT
"""

from __future__ import annotations

import json
import secrets
import sys
import time

from dosimeter.dicom.count_query import CountKeys, CountLevel
from dosimeter.dicom.tally import RowTally
from dosimeter.model.facts import QueryService, Titles
from dosimeter.net.counting import CountLimits
from dosimeter.net.loop import Loop
from dosimeter.net.scu import Scu
from dosimeter.net.stream import connect
from dosimeter.probes._proposals import count_proposal

SECONDS = 60.0
ANSWER_SECONDS = 10.0
MOST_ROWS = 10_000_000
MOST_BYTES = 1 << 32


async def count(loop: Loop, address: str, port: int) -> None:
    """One association, one C-FIND for the StudyInstanceUID alone, distinct keyed digests in a set."""
    wall, cpu = time.perf_counter(), time.process_time()
    until = time.monotonic() + SECONDS
    proposal = count_proposal(Titles("ORTHANC", "BENCH"))
    stream = await connect(loop, address, port, proposal.encoded, until)
    scu = Scu(loop, stream, proposal, answer_seconds=ANSWER_SECONDS, host_until=until)
    await scu.negotiate()
    tally = RowTally(secrets.token_bytes(32), CountLevel.STUDY)
    limits = CountLimits(MOST_ROWS, MOST_BYTES, until)
    await scu.count(QueryService.STUDY_ROOT, CountKeys(CountLevel.STUDY), tally, limits)
    await scu.release()
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({"rows": tally.rows, "distinct": len(tally.keys), **spent}))


def main(address: str, port: int) -> None:
    """Drive the loop until the count is done."""
    loop = Loop()
    loop.spawn(count(loop, address, port))
    while len(loop):
        loop.turn(1.0)
    loop.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
