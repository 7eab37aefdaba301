"""Optuna's storages: a study is an experiment, a trial a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runfolio.model import Problem
from runfolio.readers.formats import FORMATS, WAL
from runfolio.readers.optuna_journal import is_journal, journal_readings
from runfolio.readers.optuna_sqlite import MARKS, database_readings
from runfolio.readers.optuna_trial import READER
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.sqlite_file import is_database, open_database

#: Larger logs are some program's printed output, larger databases some program's data: no study comes near.
_LARGEST_JOURNAL = 200_000_000
_LARGEST_DATABASE = 2_000_000_000


class OptunaReader:
    """Reads SQLite databases and journal files of Optuna as one run a trial."""

    name = READER
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Iterable[Reading | Problem] | None:
        """The trials, None when the file is another program's; ReadError when the database is damaged."""
        path = files.name
        if path.endswith((".log", ".journal")):
            body = b"" if files.entries[path].size_bytes > _LARGEST_JOURNAL else files.read(path)
            return journal_readings(files, path, body) if is_journal(body) else None
        if files.entries[path].size_bytes > _LARGEST_DATABASE:
            return None
        body = files.read(path)
        log = files.read(path + WAL) if path + WAL in files.entries else b""
        if not is_database(body) or not all(mark.encode() in body or mark.encode() in log for mark in MARKS):
            return None
        return _of_database(files, path)


def _of_database(files: RunFiles, path: str) -> Iterator[Reading]:
    with open_database(files, path) as connection:
        yield from database_readings(files, connection)
