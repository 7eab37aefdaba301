"""events.jsonl as artifacts, alerts and notes. A path that would leave the run's folder is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runfolio.model import Alert, Artifact, Problem, Severity
from runfolio.readers.json_lines import decode_line
from runfolio.readers.number import number
from runfolio.readers.reader import Entry
from runfolio.readers.run_record import Record
from runfolio.runlog import ALERT_EVENT, ARTIFACT_EVENT, ARTIFACTS_DIR, EVENT, NOTE_EVENT

_LEVELS = ("info", "warning", "error")


@dataclass(slots=True)
class Events:
    """What happened during a run, in the order it was written."""

    artifacts: dict[tuple[str, int | None], Artifact] = field(default_factory=dict)
    """By name and step: of several the last one counts."""
    alerts: list[Alert] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)


def read_events(body: bytes, place: str, run_id: str, entries: Mapping[str, Entry], events: Events) -> None:
    """Add the events of one file.

    Args:
        body: the bytes of the file.
        place: the file as Problems name it.
        run_id: of the run.
        entries: the run's files by path, to see which artifacts are there.
        events: to add to. `broken` gets the numbers of lines that are no events.
    """
    lines = body.split(b"\n")
    for number_of_line, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = decode_line(line)
        except (ValueError, RecursionError):
            if number_of_line < len(lines):
                events.broken.append(number_of_line)
            continue
        if isinstance(value, dict):
            record = Record(value, f"{place}:{number_of_line}", run_id, problems=events.problems)
            _add(record, entries, events)
        else:
            events.broken.append(number_of_line)


def _add(record: Record, entries: Mapping[str, Entry], events: Events) -> None:
    kind = record.values.get(EVENT)
    if kind == ARTIFACT_EVENT:
        _add_artifact(record, entries, events)
    elif kind == ALERT_EVENT:
        level = record.text("level")
        text = record.text("text") or ""
        events.alerts.append(
            Alert(
                record.text("title") or text.partition("\n")[0] or "(no title)",
                text,
                level if level in _LEVELS else "info",
                number(record.values.get("time")),
            )
        )
    elif kind == NOTE_EVENT and (note := record.text("text")) is not None:
        events.notes.append(note)
    # Events of other kinds come from newer emitters: they take nothing from what this version shows.


def _add_artifact(record: Record, entries: Mapping[str, Entry], events: Events) -> None:
    path, uri = record.text("path"), record.text("uri")
    name = record.text("name") or path or uri
    if name is None or (path is None and uri is None):
        record.wrong("path", "the path or `uri` of an artifact")
        return
    if path is not None:
        if (problem := path_problem(path, entries, record.place, record.run_id)) is not None:
            events.problems.append(problem)
            return
        uri = None
    step = number(record.values.get("step"))
    artifact = Artifact(
        name,
        record.text("kind") or "file",
        record.text("media_type") or "application/octet-stream",
        path,
        uri,
        record.whole("size_bytes"),
        record.text("sha256"),
        int(step) if step is not None and abs(step) < 2**53 and step == int(step) else None,
    )
    key = (name, artifact.step)
    events.artifacts.pop(key, None)
    events.artifacts[key] = artifact


def path_problem(path: str, entries: Mapping[str, Entry], place: str, run_id: str) -> Problem | None:
    """Why a path that a run names may not be followed, or None: it must stay in the folder, be no link, and exist."""
    shown = path if len(path) <= 120 else f"{path[:120]}…"
    parts = path.replace("\\", "/").split("/")
    links = {entry.path for entry in entries.values() if entry.is_link}
    prefixes = ("/".join(parts[: count + 1]) for count in range(len(parts)))
    if ".." in parts or parts[0] == "" or ":" in parts[0] or "\0" in path or not links.isdisjoint(prefixes):
        return Problem(
            "path-outside",
            Severity.WARNING,
            f"the path `{shown}` leaves the run's folder; the artifact was left out",
            place,
            run_id,
            "copy the file into the run's artifacts folder, or refer to it by URI",
        )
    if parts[0] == ARTIFACTS_DIR and path not in entries:
        return Problem(
            "missing-artifact",
            Severity.WARNING,
            f"the artifact `{shown}` is not there; it was left out",
            place,
            run_id,
            "it was moved, deleted, or not copied along with the run",
        )
    return None
