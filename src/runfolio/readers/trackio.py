"""Trackio's database: a file a project, which is an experiment."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from runfolio.model import Artifact, DataReference
from runfolio.readers.artifact_file import named_artifact
from runfolio.readers.formats import FORMATS, WAL
from runfolio.readers.number import clean
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.run_rows import Rows, rows_by_run
from runfolio.readers.sqlite_file import is_database, open_database, tables_of
from runfolio.readers.trackio_run import LoggedRow, TrackioRun, trackio_reading

#: What the text of every such schema holds, and hardly another one.
_MARKS = (b"run_name", b"system_metrics", b"configs")


class TrackioReader:
    """Reads every run of a project; images and artifacts where `media/` and `artifacts/` lie beside it."""

    name = "trackio"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Iterable[Reading] | None:
        """The runs; None when the database is another program's; ReadError when it is damaged."""
        body = files.read(files.name)
        log = files.read(files.name + WAL) if files.name + WAL in files.entries else b""
        if not is_database(body) or not all(mark in body or mark in log for mark in _MARKS):
            return None
        return _of_database(self.name, files)


def _of_database(reader: str, files: RunFiles) -> Iterator[Reading]:
    with open_database(files, files.name) as connection:
        tables = tables_of(connection)
        if {"run_name", "metrics", "step"} <= tables.get("metrics", frozenset()):
            project = files.name.removesuffix(".db")
            for run in _runs(files, connection, tables, project):
                yield trackio_reading(reader, files, clean(project), run)


def _runs(
    files: RunFiles, connection: sqlite3.Connection, tables: Mapping[str, frozenset[str]], project: str
) -> Iterator[TrackioRun]:
    """Every run; before there were ids, its name was one."""
    key = "run_id" if "run_id" in tables["metrics"] else "run_name"
    columns = {
        "metrics": (key, "run_name", "timestamp", "step", "metrics"),
        "system_metrics": (key, "run_name", "timestamp", "metrics"),
        "configs": (key, "run_name", "config"),
        "alerts": (key, "run_name", "timestamp", "title", "text", "level"),
    }
    rows = {table: rows_by_run(connection, tables, table, wanted) for table, wanted in columns.items()}
    links = _links(connection, tables, key)
    query = " UNION ".join(
        f"SELECT {key} FROM {table} WHERE typeof({key}) = 'text'"
        for table in ("metrics", "configs")
        if key in tables.get(table, frozenset())
    )
    for (run_id,) in connection.execute(f"{query} ORDER BY 1").fetchall():
        own = {table: found.of(run_id) for table, found in rows.items()}
        name = next((str(row[0]) for row in (*own["metrics"], *own["configs"]) if row[0]), run_id)
        made, used = _artifacts(files, project, links.get(run_id, []))
        yield TrackioRun(
            run_id=clean(run_id),
            name=clean(name),
            rows=[LoggedRow(str(time), _whole(step), _bytes(body)) for _, time, step, body in own["metrics"]],
            system=[LoggedRow(str(time), None, _bytes(body)) for _, time, body in own["system_metrics"]],
            config=_config(own["configs"]),
            alerts=[
                (str(time), str(title), str(text or ""), str(level))
                for _, time, title, text, level in own["alerts"]
            ],
            artifacts=made,
            data=used,
        )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _config(rows: Rows) -> Mapping[str, object]:
    """The settings; the last ones count."""
    for row in reversed(rows):
        try:
            value = json.loads(_bytes(row[1]))
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    return {}


def _links(
    connection: sqlite3.Connection, tables: Mapping[str, frozenset[str]], key: str
) -> dict[str, list[tuple[str, ...]]]:
    """Direction, name, type, version, digest and manifest of the artifacts of each run."""
    if not tables.keys() >= {"run_artifact_links", "artifact_versions", "artifacts"}:
        return {}
    query = (
        f"SELECT l.{key}, direction, a.name, a.type, v.version, v.manifest_digest, v.manifest FROM run_artifact_links l "
        "JOIN artifact_versions v ON v.id = l.artifact_version_id JOIN artifacts a ON a.id = v.artifact_id ORDER BY l.id"
    )
    links: dict[str, list[tuple[str, ...]]] = {}
    for run_id, *words in connection.execute(query):
        links.setdefault(str(run_id), []).append(tuple(map(str, words)))
    return links


def _artifacts(
    files: RunFiles, project: str, links: list[tuple[str, ...]]
) -> tuple[tuple[Artifact, ...], tuple[DataReference, ...]]:
    """What the run made, file by file, and what it used."""
    made: list[Artifact] = []
    used = []
    for direction, name, kind, version, digest, manifest in links:
        if direction == "input":
            used.append(DataReference(clean(f"{name}:v{version}"), sha256=digest))
            continue
        try:
            items = json.loads(manifest)
        except (ValueError, RecursionError):
            continue
        kept = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        found = (_artifact(files, project, f"{name}:v{version}", kind, item) for item in kept)
        made += [one for one in found if one is not None]
    return tuple(made), tuple(used)


def _artifact(
    files: RunFiles, project: str, name: str, kind: str, item: Mapping[str, object]
) -> Artifact | None:
    digest = str(item.get("digest") or "")
    entry = files.entries.get(f"artifacts/{project}/blobs/sha256/{digest[:2]}/{digest}")
    path = clean(str(item.get("path")))
    if entry is None or entry.is_link:
        return None
    # The file itself is called by its digest: what it is follows from the name it had.
    found = named_artifact(f"{name}/{path}", replace(entry, path=path))
    is_model = kind == "model" and found.kind == "file"
    return replace(found, path=entry.path, sha256=digest, kind="model" if is_model else found.kind)
