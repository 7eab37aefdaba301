"""Folders of PyTorch Lightning's CSVLogger: hparams.yaml, and metrics.csv once something was logged."""

from __future__ import annotations

import re

from runfolio.errors import ReadError
from runfolio.model import Problem, Run, RunStatus, Severity
from runfolio.readers.flat import FlatTable, flat_reading
from runfolio.readers.flat_csv import broken_rows, csv_table
from runfolio.readers.formats import FORMATS
from runfolio.readers.hydra import hydra_parameters
from runfolio.readers.json_file import as_object
from runfolio.readers.place import settings_of
from runfolio.readers.reader import Reading, RunFiles, as_problem
from runfolio.readers.yaml_file import read_yaml

_SETTINGS, _METRICS, _EVENTS = "hparams.yaml", "metrics.csv", "events.out.tfevents.*"
#: A script under Hydra has its loggers' folders, `csv/version_0`, in its own.
_ABOVE = "../../"
_VERSION = re.compile(r"version_\d+")


class LightningReader:
    """Reads a version's folder as one run; event files beside metrics.csv tell the same again."""

    name = "lightning"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None where hparams.yaml stands alone in some folder, or beside event files only."""
        if _METRICS not in files.entries and (
            files.matching(_EVENTS) or not _VERSION.fullmatch(files.parts[-1])
        ):
            return None
        *above, folder = files.parts
        identity = folder, above[-1] if above else folder
        problems: list[Problem] = []
        table = self._table(files, folder, problems) or FlatTable({})
        try:
            table.parameters = hydra_parameters(files, folder, problems, above=_ABOVE)
            table.parameters |= settings_of(as_object(read_yaml(files, _SETTINGS)))
        except ReadError as error:
            problems.append(as_problem(error, Severity.WARNING, folder))
        found = flat_reading(self.name, files, table, tuple(problems), identity)
        return found or Reading(
            Run(
                run_id=identity[0],
                experiment=identity[1],
                name=folder,
                status=RunStatus.FINISHED,
                source=files.source(self.name),
                fingerprint=files.fingerprint(self.name),
                parameters=table.parameters,
            ),
            problems=tuple(problems),
        )

    def _table(self, files: RunFiles, run_id: str, problems: list[Problem]) -> FlatTable | None:
        """The metrics; training and validation stand on rows of their own, with empty cells for the other."""
        if _METRICS not in files.entries:
            return None
        try:
            table, broken = csv_table(files, _METRICS)
        except ReadError as error:
            problems.append(as_problem(error, run_id=run_id))
            return None
        problems += broken_rows(broken, files, _METRICS, run_id)
        return table
