"""TensorBoard's event files: a folder with some is a run, as TensorBoard shows it.

Two things differ from TensorBoard. What PyTorch's `add_hparams` writes into a folder of its own, named by the time, belongs to
the run that wrote it; and where Keras made `train` and `validation`, both are one run, their metrics told apart by prefixes.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from runfolio.errors import ReadError
from runfolio.model import Environment, ParameterValue, Problem, Run, RunStatus, Severity
from runfolio.readers.flatten import parameters_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.reader import Reading, RowBlock, RunFiles, as_problem
from runfolio.readers.tensorboard_images import image_artifacts
from runfolio.readers.tensorboard_log import EventLog
from runfolio.readers.tensorboard_records import find_records, is_event_file
from runfolio.readers.tensorboard_settings import Session, session_of
from runfolio.readers.yaml_file import read_yaml

_SETTINGS = "hparams.yaml"
_LARGEST = 2_000_000_000
_MOST_TEXTS = 20
_LONGEST_TEXT = 4_000
#: Time, machine and process in the name of a file.
_HOST = re.compile(r"tfevents\.\d+\.(.+?)(?:\.\d+)*(?:\.v2|\.profile-empty)?$")


class TensorBoardReader:
    """Reads folders with event files."""

    name = "tensorboard"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Iterable[Reading] | None:
        """The run, and one for each of several sessions that it wrote; None when none of the files holds events.

        Those that Hugging Face's Trainer wrote tell what its checkpoints tell, and are left to them.
        """
        if any(path.startswith("../../checkpoint-") for path in files.entries):
            return None
        read = ((folder, read_logs(files, paths)) for folder, paths in event_files(files).items())
        logs = {folder: events for folder, events in read if events is not None}
        return self._runs(files, logs) if logs else None

    def _runs(self, files: RunFiles, logs: dict[str, Events]) -> Iterator[Reading]:
        own = logs.pop("", None)
        settings = _settings_file(files)
        if own is not None and len(logs) == 1:
            yield _reading(self.name, files, [("", own), *(("", item) for item in logs.values())], settings)
            return
        if own is not None and (not logs or own.log.points or own.log.settings or own.log.texts):
            yield _reading(self.name, files, [("", own)], settings)
        for folder, events in logs.items():
            yield _reading(self.name, files, [("", events)], {}, part=folder)


class KerasReader:
    """Reads folders in which Keras made `train` and `validation`."""

    name = "tensorboard-keras"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when one of the two folders holds no events."""
        paths = event_files(files)
        if not {"train", "validation"} <= paths.keys():
            return None
        logs = {folder: read_logs(files, paths[folder]) for folder in sorted(paths)}
        if logs["train"] is None or logs["validation"] is None:
            return None
        found = [(f"{folder}/" if folder else "", events) for folder, events in logs.items() if events]
        return _reading(self.name, files, found, {})


@dataclass(frozen=True, slots=True)
class Events:
    """What the event files of one folder say."""

    log: EventLog
    problems: tuple[Problem, ...]
    host: str | None

    def rows(self, since: float | None, prefix: str = "") -> list[RowBlock]:
        """The series, with seconds since that Unix time."""
        shift = (self.log.started_at or 0.0) - (since or 0.0)
        return [
            RowBlock(
                tuple(f"{prefix}{name}" for name in block.names), block.step, block.time + shift, block.values
            )
            for block in self.log.rows()
        ]


def event_files(files: RunFiles) -> dict[str, list[str]]:
    """Paths of the event files by the folder they lie in, each in the order in which they were written."""
    found: dict[str, list[str]] = {}
    for path in sorted(files.entries):
        if "tfevents" in posixpath.basename(path):
            found.setdefault(posixpath.dirname(path), []).append(path)
    return found


def read_logs(files: RunFiles, paths: list[str]) -> Events | None:
    """What the event files say together, a later one after an earlier one; None when none of them is an event file.

    Raises:
        ReadError: all of those that should be event files are broken.
    """
    log, problems, is_mine = EventLog(), list[Problem](), False
    for path in paths:
        try:
            if (body := _body(files, path)) is None:
                continue
            is_mine = True
            records = find_records(body)
            before = log.broken
            log.add(body, records, path)
        except ReadError as error:
            problems.append(as_problem(error))
            continue
        if records.damage or log.broken > before:
            problems.append(_damage(files.place(path), records.damage, log.broken - before))
    if not is_mine:
        if problems:
            first = problems[0]
            raise ReadError(first.message, slug=first.slug, path=first.path, hint=first.hint)
        return None
    host = _HOST.search(paths[0])
    return Events(log, tuple(problems), host[1] if host else None)


def _body(files: RunFiles, path: str) -> bytes | None:
    """The bytes of an event file; None when it is another one."""
    if files.entries[path].size_bytes > _LARGEST:
        message = f"the event file has more than {_LARGEST:,} bytes; it was left out"
        raise ReadError(
            message, slug="too-large", path=files.place(path), hint="log fewer images and histograms"
        )
    body = files.read(path)
    if is_event_file(body):
        return body
    if not posixpath.basename(path).startswith("events.out.tfevents."):
        return None
    if len(body) >= 16:
        raise ReadError(
            "the file does not begin as an event file does",
            slug="broken-event-file",
            path=files.place(path),
            hint="copy it again from where it was written, or remove it",
        )
    return b""  # the writer has just begun


def _damage(place: str, damage: list[int], broken: int) -> Problem:
    if damage:
        more = f" and {len(damage) - 1} more" if len(damage) > 1 else ""
        message = f"the event file is damaged at byte {damage[0]:,}{more}; records there were left out, the others are kept"
    else:
        message = f"{broken} records of the event file cannot be understood; they were left out"
    return Problem(
        "broken-event-file", Severity.WARNING, message, place, hint="copy it again from where it was written"
    )


def _settings_file(files: RunFiles) -> dict[str, ParameterValue] | Problem:
    """The settings that Lightning writes beside its event files."""
    if _SETTINGS not in files.entries:
        return {}
    try:
        value = read_yaml(files, _SETTINGS)
    except ReadError as error:
        return as_problem(error, Severity.WARNING)
    return parameters_of(value) if isinstance(value, dict) else {}


def _reading(
    reader: str,
    files: RunFiles,
    found: list[tuple[str, Events]],
    settings: dict[str, ParameterValue] | Problem,
    part: str = "",
) -> Reading:
    parts = (*files.parts, *filter(None, (part,)))
    problems = [problem for _, events in found for problem in events.problems]
    if isinstance(settings, Problem):
        problems.append(settings)
        settings = {}
    session, texts = _session(found), _texts(found)
    artifacts, left_out = image_artifacts(
        {f"{prefix}{tag}": item for prefix, events in found for tag, item in events.log.images.items()}
    )
    starts = [events.log.started_at for _, events in found if events.log.started_at is not None]
    start = min(starts, default=session.started_at)
    run = Run(
        run_id=parts[-1],
        experiment=parts[-2] if len(parts) > 1 else parts[-1],
        name=parts[-1],
        status=session.status or RunStatus.FINISHED,
        source=files.source(reader, part),
        fingerprint=files.fingerprint(reader, part),
        started_at=_moment(start),
        duration_s=_duration(start, session.ended_at),
        parameters={**settings, **_settings_in(texts), **session.parameters},
        group=session.group,
        artifacts=tuple(artifacts),
        notes=_notes(texts, found, left_out),
        environment=Environment(host=next((events.host for _, events in found if events.host), None)),
    )
    rows = [block for prefix, events in found for block in events.rows(start, prefix)]
    return Reading(run, tuple(rows), tuple(problems))


def _session(found: list[tuple[str, Events]]) -> Session:
    try:
        return session_of(content for _, events in found for content in events.log.settings.values())
    except ValueError:
        return Session()


def _moment(seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _duration(start: float | None, end: float | None) -> float | None:
    return end - start if start is not None and end is not None and end > start else None


def _texts(found: list[tuple[str, Events]]) -> dict[str, str]:
    return {f"{prefix}{tag}": text for prefix, events in found for tag, (_, text) in events.log.texts.items()}


def arguments_in(events: Events) -> dict[str, ParameterValue]:
    """The arguments that a training framework logged as a text."""
    return _settings_in(_texts([("", events)]))


def _settings_in(texts: dict[str, str]) -> dict[str, ParameterValue]:
    """The arguments that training frameworks log as a text in JSON; they are taken out of the texts."""
    settings: dict[str, ParameterValue] = {}
    for tag in [
        tag for tag in texts if tag.split("/")[0] in ("args", "config", "hparams", "hyperparameters")
    ]:
        try:
            value = json.loads(texts[tag])
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            settings.update(parameters_of(value))
            del texts[tag]
    return settings


def _notes(texts: dict[str, str], found: list[tuple[str, Events]], images: list[str]) -> str:
    """The texts, each under its tag, and what else the files hold."""
    notes = []
    for tag, content in list(texts.items())[:_MOST_TEXTS]:
        shown = content if len(content) <= _LONGEST_TEXT else f"{content[:_LONGEST_TEXT]} …"
        notes.append(f"**{tag.removesuffix('/text_summary')}**\n\n{shown}")
    if len(texts) > _MOST_TEXTS:
        notes.append(f"{len(texts) - _MOST_TEXTS} more texts are in the event files.")
    others: dict[str, set[str]] = {"images": set(images)} if images else {}
    for prefix, events in found:
        for kind, tags in events.log.others.items():
            others.setdefault(kind, set()).update(f"{prefix}{tag}" for tag in tags)
    for kind in sorted(others):
        shown = ", ".join(f"`{tag}`" for tag in sorted(others[kind])[:8]) + (
            ", …" if len(others[kind]) > 8 else ""
        )
        notes.append(f"Not shown: {kind.replace('_', ' ')} ({shown}), which TensorBoard shows.")
    return "\n\n".join(notes)
