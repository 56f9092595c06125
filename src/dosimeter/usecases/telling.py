"""Keeps the verdicts as they were first told, so that a later comparison can tell new rules from news."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.model.survey import JudgedThen, SurveyState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dosimeter.report.archive import Archive
    from dosimeter.store.sqlite import SqliteStore


class Told:
    """The archives of one report, without suspected decoys, each by its principal door."""

    def __init__(self) -> None:
        self._judged: list[JudgedThen] = []

    def noting(self, archives: Iterable[Archive]) -> Iterator[Archive]:
        """The same archives, each noted as it goes by."""
        for each in archives:
            if each.findings.is_archive and not each.findings.is_suspected_decoy:
                verdict, endpoint = each.verdict, each.endpoint
                self._judged.append(
                    JudgedThen(
                        address=endpoint.address,
                        port=endpoint.port,
                        ruleset_version=RULESET_VERSION,
                        exposure=verdict.exposure,
                        severity=verdict.severity,
                        speaks_dicom=verdict.speaks_dicom,
                    )
                )
            yield each

    def keep(self, store: SqliteStore, survey_id: str) -> None:
        """Keep them, unless an earlier report of the completed survey was kept already.

        Raises:
            StoreProblem: the store cannot be written.
        """
        if store.header(survey_id).state is not SurveyState.COMPLETED:
            return
        if next(store.judgements(survey_id), None) is None:
            store.set_judgements(survey_id, self._judged)
