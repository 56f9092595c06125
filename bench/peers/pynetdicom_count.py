"""The same counting question with pynetdicom's send_c_find; prints rows and distinct studies.

pynetdicom_count.py PORT TITLE
"""

from __future__ import annotations

import logging
import sys

from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as StudyRoot


def main() -> None:
    """Associate, ask, release."""
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
    entity = AE(ae_title="DOSIMETER")
    entity.add_requested_context(StudyRoot)
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "STUDY"
    identifier.StudyInstanceUID = ""
    association = entity.associate("127.0.0.1", int(sys.argv[1]), ae_title=sys.argv[2])
    studies = set()
    rows = 0
    for _, row in association.send_c_find(identifier, StudyRoot):
        if row is not None:
            rows += 1
            studies.add(row.StudyInstanceUID)
    association.release()
    print(rows, len(studies))


main()
