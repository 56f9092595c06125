"""Count the studies of one archive with pynetdicom's send_c_find, as its users do; prints JSON.

python bench/peers/one_answer_pynetdicom.py ADDRESS PORT
"""

from __future__ import annotations

import json
import sys
import time

from pydicom import Dataset
from pynetdicom import AE, build_context
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind  # type: ignore[attr-defined]


def main(address: str, port: int) -> None:
    """One association, one C-FIND for the StudyInstanceUID alone, distinct UIDs in a set."""
    wall, cpu = time.perf_counter(), time.process_time()
    entity = AE("BENCH")
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "STUDY"
    identifier.StudyInstanceUID = ""
    association = entity.associate(address, port, [build_context(StudyRootQueryRetrieveInformationModelFind)])
    rows = 0
    studies = set()
    for status, row in association.send_c_find(identifier, StudyRootQueryRetrieveInformationModelFind):
        if status.Status in {0xFF00, 0xFF01}:
            rows += 1
            studies.add(row.StudyInstanceUID)
    association.release()
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({"rows": rows, "distinct": len(studies), **spent}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
