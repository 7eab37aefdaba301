"""Aim's repositories: names, tags, notes and times of runs, which lie in a SQLite database. Parameters and metrics lie in a storage
engine of their own, which only Aim reads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from runfolio.model import Problem, Run, RunStatus, Severity
from runfolio.readers.formats import FORMATS
from runfolio.readers.moment import moment_of, seconds_between
from runfolio.readers.number import clean
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.sqlite_file import is_database, open_database, tables_of

_DATABASE = "run_metadata.sqlite"
_COLUMNS = frozenset(
    ("id", "hash", "name", "description", "is_archived", "created_at", "finalized_at", "experiment_id")
)


class AimReader:
    """Reads `.aim/run_metadata.sqlite`, a run a row."""

    name = "aim"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Iterator[Reading | Problem] | None:
        """The runs, and a Problem that says what is missing of them; None when the database is another program's."""
        if not is_database(files.read(_DATABASE)):
            return None
        with open_database(files, _DATABASE) as database:
            tables = tables_of(database)
            if not {"hash", "name", "experiment_id"} <= tables.get("run", frozenset()):
                return None
            rows = _rows(database, tables)
        return self._runs(files, rows)

    def _runs(self, files: RunFiles, rows: list[dict[str, object]]) -> Iterator[Reading | Problem]:
        if rows:
            yield Problem(
                "aim-without-metrics",
                Severity.NOTE,
                "parameters and metrics of these runs lie in Aim's own storage, which only Aim reads; their names, tags, notes and "
                "times are shown",
                files.place(_DATABASE),
                hint="docs/coming-from/aim.md has the lines that write them as files that Runfolio reads",
            )
        for row in rows:
            yield Reading(self._run(files, row))

    def _run(self, files: RunFiles, row: dict[str, object]) -> Run:
        run_id, name = _text(row["hash"]), _text(row["name"])
        started_at = moment_of(row.get("created_at"))
        tags = [*row["tags"]] if isinstance(row["tags"], list) else []
        return Run(
            run_id=run_id,
            experiment=_text(row["experiment"]) or "default",
            name=name if name and name != f"Run: {run_id}" else run_id,
            status=RunStatus.FINISHED,
            source=files.source(self.name, run_id),
            fingerprint=files.fingerprint(self.name, run_id),
            started_at=started_at,
            duration_s=seconds_between(started_at, moment_of(row.get("finalized_at"))),
            tags=tuple(dict.fromkeys([*tags, *(["archived"] if row.get("is_archived") else [])])),
            notes=_text(row["notes"]),
        )


def _text(value: object) -> str:
    return clean(value).strip() if isinstance(value, str) else ""


def _rows(database: sqlite3.Connection, tables: dict[str, frozenset[str]]) -> list[dict[str, object]]:
    """A row a run, with the name of its experiment, its tags, its description and notes; oldest first."""
    experiments = _named(database, "experiment") if "experiment" in tables else {}
    tags, notes = dict[object, list[str]](), dict[object, list[str]]()
    if {"tag", "run_tag"} <= tables.keys():
        names = _named(database, "tag")
        for run, tag in _all(database, "SELECT run_id, tag_id FROM run_tag ORDER BY tag_id"):
            tags.setdefault(run, []).append(_text(names.get(tag)))
    if {"content", "run_id"} <= tables.get("note", frozenset()):
        for run, content in _all(database, "SELECT run_id, content FROM note ORDER BY id"):
            notes.setdefault(run, []).append(_text(content))
    columns = sorted(tables["run"] & _COLUMNS)
    found = []
    for values in _all(database, f"SELECT {', '.join(columns)} FROM run ORDER BY id"):
        row: dict[str, object] = dict(zip(columns, values, strict=True))
        row["experiment"] = experiments.get(row["experiment_id"])
        row["tags"] = [tag for tag in tags.get(row["id"], []) if tag]
        row["notes"] = "\n\n".join(filter(None, [_text(row.get("description")), *notes.get(row["id"], [])]))
        if _text(row["hash"]):
            found.append(row)
    return found


def _named(database: sqlite3.Connection, table: str) -> dict[object, object]:
    rows: list[Any] = _all(database, f"SELECT id, name FROM {table}")
    return dict(rows)


def _all(database: sqlite3.Connection, query: str) -> list[tuple[object, ...]]:
    with closing(database.execute(query)) as cursor:
        return cursor.fetchall()
