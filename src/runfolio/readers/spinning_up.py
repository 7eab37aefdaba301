"""Folders of OpenAI's Spinning Up: progress.txt, a table with tabs, and config.json."""

from __future__ import annotations

import re
from typing import Any

from runfolio.errors import ReadError
from runfolio.model import Problem, Severity, parameter
from runfolio.readers.flat import flat_reading
from runfolio.readers.flat_csv import broken_rows, csv_table
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_object, read_json, text_or_none
from runfolio.readers.place import settings_of
from runfolio.readers.reader import Reading, RunFiles, as_problem

_TABLE, _SETTINGS = "progress.txt", "config.json"
_STEP, _TIME = "TotalEnvInteracts", "Time"
#: Where an object lay in memory, which differs between replicates.
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class SpinningUpReader:
    """Reads a folder with Spinning Up's progress.txt as one run."""

    name = "spinning-up"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when progress.txt is another program's."""
        head = files.read(_TABLE).partition(b"\n")[0].strip().split(b"\t")
        if len(head) < 2 or b"Epoch" not in head:
            return None
        *above, folder = files.parts
        problems: list[Problem] = []
        settings = _settings(files, folder, problems)
        experiment = text_or_none(settings.get("exp_name")) or (above[-1] if above else folder)
        table, broken = csv_table(files, _TABLE)
        if table is None:
            return None
        problems += broken_rows(broken, files, _TABLE, folder)
        # The names that every table's step and time have, so that they are found.
        for name, usual in ((_STEP, "step"), (_TIME, "time")):
            if name in table.columns:
                table.columns = {usual if key == name else key: value for key, value in table.columns.items()}
        table.parameters = {
            name: parameter(_ADDRESS.sub("", value.value)) if isinstance(value.value, str) else value
            for name, value in settings_of(settings).items()
        }
        return flat_reading(self.name, files, table, tuple(problems), (folder, experiment))


def _settings(files: RunFiles, run_id: str, problems: list[Problem]) -> dict[str, Any]:
    """config.json without the logger's own, which only names folders."""
    if _SETTINGS not in files.entries:
        return {}
    try:
        content = as_object(read_json(files, _SETTINGS))
    except ReadError as error:
        problems.append(as_problem(error, Severity.WARNING, run_id))
        return {}
    return {name: value for name, value in content.items() if name not in ("logger", "logger_kwargs")}
