"""Runs of Weights & Biases as their client leaves them on disk: `run-<id>.wandb` and `files/` beside it, synced or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import ParameterValue, Problem, Run, RunStatus, Severity, parameter
from runfolio.readers.flatten import flatten, parameters_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.moment import moment_of
from runfolio.readers.number import clean, number
from runfolio.readers.place import without_place
from runfolio.readers.reader import Reading, RowBlock, RunFiles
from runfolio.readers.wandb_files import artifacts_of, environment_of, git_of, read_kept
from runfolio.readers.wandb_history import INTERNAL
from runfolio.readers.wandb_log import WandbLog, system_rows
from runfolio.readers.wandb_records import HEADER, Frames

_LARGEST = 2_000_000_000
_TRACEBACK = "Traceback (most recent call last):"
_LONGEST_ERROR = 8_000
_LONGEST_TEXT = 200
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
#: Fields of the run's record.
_ID, _PROJECT, _GROUP, _JOB_TYPE, _NAME, _NOTES, _TAGS, _SWEEP = 1, 3, 6, 7, 8, 9, 10, 12


class WandbReader:
    """Reads `*.wandb`, one run a file."""

    name = "wandb"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None when the file is another program's; ReadError when nothing in it can be read."""
        path = files.parts[-1]
        log, frames = _read_log(files, path)
        if log is None or frames is None:
            return None
        kept = read_kept(files)
        run_id = clean(log.first(_ID)) or re.sub(r"^run-|\.wandb$", "", path)
        problems = [*kept.problems, *_damage(frames, log, files.place(path), run_id)]
        artifacts, missing = artifacts_of(files, log.history.media, run_id)
        rows = [*log.history.blocks(log.started_at), *system_rows(log)]
        summary = {**kept.summary, **log.summary}
        notes = _without_numbers(log, summary)
        rows += _summary_rows(summary, rows)
        run = Run(
            run_id=run_id,
            experiment=clean(log.first(_PROJECT)) or _folder_name(files.parts),
            name=clean(log.first(_NAME)) or run_id,
            status=_status(log),
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=moment_of(log.started_at),
            duration_s=float(log.runtime_s) or None,
            parameters=_parameters({**kept.config, **log.config}, clean(log.first(_JOB_TYPE))),
            tags=_tags(log),
            group=clean(log.first(_GROUP)) or None,
            artifacts=tuple(artifacts),
            notes="\n\n".join(filter(None, [clean(log.first(_NOTES)).strip(), *notes])),
            alerts=tuple(log.alerts),
            environment=environment_of(log, kept.machine, kept.packages),
            git=git_of(log, kept.machine, files),
            data=tuple(log.data.values()),
            error=_error(log),
        )
        return Reading(run, tuple(rows), tuple(problems + missing))


def _read_log(files: RunFiles, path: str) -> tuple[WandbLog | None, Frames | None]:
    if files.entries[path].size_bytes > _LARGEST:
        message = f"the file has more than {_LARGEST:,} bytes"
        raise ReadError(message, slug="too-large", path=files.place(path), hint="log less often")
    body = files.read(path)
    if not body.startswith(HEADER):
        return None, None
    log, frames = WandbLog(), Frames(body)
    log.add(frames.records())
    if not log.count and frames.damage:
        raise ReadError(
            "the file is damaged: no record in it can be read",
            slug="broken-wandb",
            path=files.place(path),
            hint="copy it again from where it was written, or remove it",
        )
    return log, frames


def _damage(frames: Frames, log: WandbLog, place: str, run_id: str) -> list[Problem]:
    found = []
    hint = "copy it again from where it was written"
    if frames.damage:
        more = f" and {len(frames.damage) - 1} more" if len(frames.damage) > 1 else ""
        message = f"the file is damaged at byte {frames.damage[0]:,}{more}; what was there was left out, the rest is kept"
        found.append(Problem("broken-wandb", Severity.WARNING, message, place, run_id, hint))
    if log.broken:
        message = f"{log.broken} records cannot be understood; they were left out"
        found.append(Problem("broken-wandb", Severity.WARNING, message, place, run_id, hint))
    return found


def _folder_name(parts: tuple[str, ...]) -> str:
    """The folder that W&B put its own into: `<that>/wandb/run-…/run-….wandb`."""
    above = [part for part in parts[:-2] if part != "wandb"]
    return above[-1] if above else "wandb"


def _status(log: WandbLog) -> RunStatus:
    """Without an end the run was killed, or goes on: W&B holds no lock that would tell."""
    if log.exit_code is None:
        return RunStatus.INTERRUPTED
    return RunStatus.FAILED if log.exit_code else RunStatus.FINISHED


def _parameters(config: Mapping[str, Any], job_type: str) -> dict[str, ParameterValue]:
    settings = {name: value for name, value in config.items() if name != "_wandb"}
    found = parameters_of({name: without_place(value) for name, value in settings.items()})
    return found if not job_type else {"job_type": parameter(job_type), **found}


def _tags(log: WandbLog) -> tuple[str, ...]:
    tags = [clean(tag) for tag in log.run.get(_TAGS, []) if tag]
    if sweep := clean(log.first(_SWEEP)):
        tags.append(f"sweep:{sweep}")
    return tuple(dict.fromkeys(tags))


def _summary_rows(summary: Mapping[str, Any], rows: list[RowBlock]) -> list[RowBlock]:
    """Numbers that only the summary has, each at the last step."""
    known = {name for block in rows for name in block.names}
    last = max(
        (float(block.step.max()) for block in rows if not block.names[0].startswith("system/")), default=0.0
    )
    found = {
        name: value
        for name, leaf in flatten(
            {name: value for name, value in summary.items() if name not in INTERNAL}, "/"
        )
        if name not in known and (value := number(leaf)) is not None and not _is_part_of_media(name, summary)
    }
    if not found:
        return []
    values = np.array([list(found.values())], float).T
    return [RowBlock(tuple(found), np.array([last]), np.array([np.nan]), values)]


def _is_part_of_media(name: str, summary: Mapping[str, Any]) -> bool:
    value = summary.get(name.split("/")[0])
    return any(
        isinstance(item, dict) and "_type" in item for item in (value, summary.get(name.rpartition("/")[0]))
    )


def _without_numbers(log: WandbLog, summary: Mapping[str, Any]) -> list[str]:
    """Lines for the notes: texts of the summary, and what the history holds that is not shown."""
    texts = [
        f"{clean(name)}: {clean(value[:_LONGEST_TEXT])}"
        for name, value in summary.items()
        if isinstance(value, str) and value and number(value) is None and name not in INTERNAL
    ]
    found = ["\n".join(f"- {text}" for text in texts[:20])] if texts else []
    kinds: dict[str, list[str]] = {}
    for name, kind in log.history.others.items():
        kinds.setdefault(kind, []).append(name)
    for item in log.history.media:
        if not any(key in item.values for key in ("path", "filenames")):
            names = kinds.setdefault(f"{item.values['_type']}s", [])
            names += [item.name] if item.name not in names else []
    for kind, names in sorted(kinds.items()):
        shown = ", ".join(f"`{name}`" for name in names[:8]) + (", …" if len(names) > 8 else "")
        found.append(f"Not shown: {clean(kind)} in the history ({shown}).")
    return found


def _error(log: WandbLog) -> str | None:
    """The last traceback of a run that failed."""
    if not log.exit_code:
        return None
    _, found, after = "".join(log.errors).rpartition(_TRACEBACK)
    return (
        _ANSI.sub("", clean(f"{found}{after}"))[:_LONGEST_ERROR].strip()
        if found
        else f"exit code {log.exit_code}"
    )
