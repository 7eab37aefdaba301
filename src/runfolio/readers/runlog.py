"""Runfolio's own run folder: run.json, metrics in JSONL or Parquet by any number of writers, events, notes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from runfolio.errors import ReadError
from runfolio.model import Problem, Run, Severity
from runfolio.readers.broken_lines import broken_lines
from runfolio.readers.formats import FORMATS
from runfolio.readers.growing_lines import read_growing
from runfolio.readers.json_lines import Lines, decode_line
from runfolio.readers.number import number
from runfolio.readers.parquet_table import read_parquet, sealed_blocks
from runfolio.readers.reader import Reading, RowBlock, RunFiles, as_problem
from runfolio.readers.rows import row_blocks
from runfolio.readers.run_events import Events, path_problem, read_events
from runfolio.readers.run_record import Record, RunFields, run_fields
from runfolio.readers.upgrade import FIRST_VERSION, schema_of, upgraded
from runfolio.runlog import (
    EVENTS_FILE,
    METRICS_JSONL,
    METRICS_PARQUET,
    NOTES_FILE,
    RUN_FILE,
    SCHEMA_VERSION,
    SEALED_FROM,
    WORKER_EVENTS_GLOB,
    WORKER_METRICS_GLOB,
)


class RunlogReader:
    """Reads run folders."""

    name = "runlog"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when run.json is another program's."""
        problems: list[Problem] = []
        values = _load_record(files, problems)
        if values is None:
            return None
        parts = files.parts
        record = Record(values, files.place(RUN_FILE), parts[-1], problems=problems)
        fields = run_fields(record, parts[-1], parts[-2] if len(parts) > 1 else parts[-1])
        problems[:] = [replace(problem, run_id=fields.run_id) for problem in problems]
        rows = _read_metrics(files, fields.run_id, problems)
        events = _read_events(files, fields.run_id, problems)
        notes = _read_notes(files, fields.run_id, problems)
        run = _run(
            self.name, files, fields, events, "\n\n".join(filter(None, [notes, *events.notes])), problems
        )
        return Reading(run, tuple(rows), tuple(problems))


def _load_record(files: RunFiles, problems: list[Problem]) -> dict[str, Any] | None:
    """run.json in the newest schema; an empty one where it is broken but the folder is surely ours."""
    siblings = any(
        fnmatchcase(path, glob)
        for path in files.entries
        for glob in (METRICS_JSONL, METRICS_PARQUET, EVENTS_FILE, WORKER_METRICS_GLOB)
    )
    try:
        body = files.read(RUN_FILE)
        value = decode_line(body)
    except (ValueError, RecursionError) as error:
        broken = ReadError(
            "run.json is no valid JSON",
            slug="broken-run-file",
            path=files.place(RUN_FILE, getattr(error, "lineno", None)),
            hint="mend or remove the file; the names of the folders stand in for what it says",
        )
    except ReadError as error:
        broken = error
    else:
        if isinstance(value, dict):
            return _current(value, siblings, files, problems)
        broken = ReadError(
            "run.json is no JSON object",
            slug="broken-run-file",
            path=files.place(RUN_FILE),
            hint="mend or remove the file; docs/run-log-format.md says what it holds",
        )
    if not siblings:
        raise broken
    problems.append(as_problem(broken))
    return {"status": "running"}


def _current(
    value: dict[str, Any], siblings: bool, files: RunFiles, problems: list[Problem]
) -> dict[str, Any] | None:
    schema = schema_of(value)
    named = isinstance(value.get("run_id"), str) or isinstance(value.get("parameters"), dict)
    if "schema" not in value and not siblings and not named:
        return None
    if schema is None:
        Record(value, files.place(RUN_FILE), problems=problems).wrong("schema", "the number of the schema")
        return value
    if schema > SCHEMA_VERSION:
        version = FIRST_VERSION.get(schema)
        needed = f"Runfolio {version}" if version else f"a version of Runfolio that reads schema {schema}"
        problems.append(
            Problem(
                "newer-schema",
                Severity.WARNING,
                f"the run was written with schema {schema}, this version reads up to {SCHEMA_VERSION}; "
                "what it understands is shown",
                files.place(RUN_FILE),
                hint=f"install {needed}: pip install --upgrade runfolio",
            )
        )
    return upgraded(value, schema)


def _run(
    reader: str, files: RunFiles, fields: RunFields, events: Events, notes: str, problems: list[Problem]
) -> Run:
    git = fields.git
    if git is not None and git.diff_path is not None:
        problem = path_problem(git.diff_path, files.entries, files.place(RUN_FILE), fields.run_id)
        if problem is not None:
            problems.append(problem)
            git = replace(git, diff_path=None)
    return Run(
        run_id=fields.run_id,
        experiment=fields.experiment,
        name=fields.name,
        status=fields.status,
        source=files.source(reader),
        fingerprint=files.fingerprint(reader),
        core=files.fingerprint(reader, without=(NOTES_FILE, EVENTS_FILE, WORKER_EVENTS_GLOB)),
        started_at=fields.started_at,
        duration_s=fields.duration_s,
        parameters=fields.parameters,
        tags=fields.tags,
        group=fields.group,
        parent_id=fields.parent_id,
        metric_hints=fields.metric_hints,
        artifacts=tuple(events.artifacts.values()),
        notes=notes,
        alerts=tuple(events.alerts),
        environment=fields.environment,
        git=git,
        data=fields.data,
        error=fields.error,
    )


def _read_metrics(files: RunFiles, run_id: str, problems: list[Problem]) -> list[RowBlock]:
    """The rows of all writers, the main one's first; where two logged the same step, the main one's value counts."""
    blocks: list[RowBlock] = []
    rows = 0
    sealed: dict[str, tuple[int, str]] = {}
    names = [METRICS_JSONL, *files.matching(WORKER_METRICS_GLOB)]
    if METRICS_PARQUET in files.entries:
        try:
            table = read_parquet(files.read(METRICS_PARQUET), files.place(METRICS_PARQUET))
            rows = table.rows
            blocks += sealed_blocks(table)
            if any(name in files.entries for name in names):
                sealed = _sealed_from(table.notes.get(SEALED_FROM, ""))
        except ReadError as error:
            problems.append(as_problem(error, run_id=run_id))
    for rank, name in enumerate(names):
        if name not in files.entries:
            continue
        try:
            lines = read_growing(_without_sealed(files.read(name), *sealed.get(name, (0, ""))))
        except ReadError as error:
            problems.append(as_problem(error, run_id=run_id))
            continue
        problems += broken_lines(lines.broken, files, name, run_id) + _other_problems(
            lines, files, name, run_id
        )
        blocks += row_blocks(lines.layouts, start=0 if rank else rows, priority=-rank)
    return blocks


def _sealed_from(note: str) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of each file whose rows a sealed one says it holds."""
    try:
        return {name: (int(size), str(sha256)) for name, (size, sha256) in json.loads(note or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _without_sealed(body: bytes, size: int, sha256: str) -> bytes:
    """The lines without those that were sealed, which blank ones stand for: who sealed was killed before they went."""
    if not 0 < size <= len(body) or hashlib.sha256(body[:size]).hexdigest() != sha256:
        return body
    return b"\n" * body.count(b"\n", 0, size) + body[size:]


def _read_events(files: RunFiles, run_id: str, problems: list[Problem]) -> Events:
    events = Events()
    for name in [EVENTS_FILE, *files.matching(WORKER_EVENTS_GLOB)]:
        if name not in files.entries:
            continue
        try:
            read_events(files.read(name), files.place(name), run_id, files.entries, events)
        except ReadError as error:
            problems.append(as_problem(error, run_id=run_id))
        problems += broken_lines(events.broken, files, name, run_id)
        events.broken.clear()
    problems += events.problems
    return events


def _read_notes(files: RunFiles, run_id: str, problems: list[Problem]) -> str:
    if NOTES_FILE not in files.entries:
        return ""
    try:
        return files.read(NOTES_FILE).decode("utf-8-sig", "replace").replace("\r\n", "\n").strip()
    except ReadError as error:
        problems.append(as_problem(error, run_id=run_id))
        return ""


def _other_problems(lines: Lines, files: RunFiles, name: str, run_id: str) -> list[Problem]:
    """One Problem a metric that was logged something that is no number."""
    return [
        Problem(
            "not-a-number",
            Severity.WARNING,
            f"the metric `{metric[:120]}` has values that are no numbers, the first is {json.dumps(value, default=str)[:60]}; "
            "they were left out",
            files.place(name, line),
            run_id,
            "log numbers; texts belong into parameters, tags or notes",
        )
        for metric, (line, value) in lines.other.items()
        if number(value) is None
    ]
