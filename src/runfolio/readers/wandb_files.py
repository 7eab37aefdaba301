"""What W&B keeps in `files/` beside a run's log: settings, summary, machine, packages, and what the run itself put there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from runfolio.errors import ReadError
from runfolio.model import Artifact, Environment, GitState, Hardware, Problem, Severity
from runfolio.readers.artifact_file import artifact_files, named_artifact
from runfolio.readers.json_lines import decode_line
from runfolio.readers.number import clean
from runfolio.readers.reader import RunFiles, as_problem
from runfolio.readers.wandb_history import Media
from runfolio.readers.wandb_log import WandbLog
from runfolio.readers.yaml_file import read_yaml

FOLDER: Final = "files"
_CONFIG, _SUMMARY, _MACHINE, _PACKAGES, _DIFF = (
    f"{FOLDER}/{name}"
    for name in ("config.yaml", "wandb-summary.json", "wandb-metadata.json", "requirements.txt", "diff.patch")
)
#: What W&B itself puts there, and media, which the history names.
_OWN = re.compile(
    r"files/(?:config\.yaml|wandb-[^/]*\.json|requirements\.txt|conda-environment\.yaml|output\.log|"
    r"[^/]*\.patch|media/.*|code/.*|artifact/.*|wandb_manifest\.json|.*tfevents.*)"
)
_GIGABYTE = 2**30


@dataclass(slots=True)
class KeptFiles:
    """What the files say; empty where they are not there."""

    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_kept(files: RunFiles) -> KeptFiles:
    """The files that are there; one that is broken is a Problem."""
    kept = KeptFiles()
    for path, take in (
        (_CONFIG, _config),
        (_SUMMARY, _summary),
        (_MACHINE, _machine),
        (_PACKAGES, _packages),
    ):
        if path in files.entries and not files.entries[path].is_link:
            try:
                take(kept, files, path)
            except ReadError as error:
                kept.problems.append(as_problem(error, Severity.WARNING))
    return kept


def _config(kept: KeptFiles, files: RunFiles, path: str) -> None:
    values = read_yaml(files, path)
    for name, entry in values.items() if isinstance(values, dict) else ():
        if isinstance(entry, dict) and "value" in entry:
            kept.config[str(name)] = entry["value"]


def _summary(kept: KeptFiles, files: RunFiles, path: str) -> None:
    kept.summary = _json_object(files, path)


def _machine(kept: KeptFiles, files: RunFiles, path: str) -> None:
    kept.machine = _json_object(files, path)


def _json_object(files: RunFiles, path: str) -> dict[str, Any]:
    body = files.read(path)
    try:
        value = decode_line(body) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise ReadError(
            "the file is no valid JSON; what only it says is missing",
            slug="broken-json",
            path=files.place(path),
            hint="copy it again, or remove it",
        ) from error
    return value if isinstance(value, dict) else {}


def _packages(kept: KeptFiles, files: RunFiles, path: str) -> None:
    for line in files.read(path).decode("utf-8", "replace").splitlines():
        name, equals, version = line.strip().partition("==")
        if equals and " " not in name:
            kept.packages[clean(name)] = clean(version)


def environment_of(log: WandbLog, machine: dict[str, Any], packages: dict[str, str]) -> Environment:
    """The environment, from the log's own record first."""

    def said(number: int, *keys: str) -> str | None:
        values = (*log.environment.get(number, []), *(machine.get(key) for key in keys))
        return next((clean(value) for value in values if isinstance(value, str) and value), None)

    program = said(8, "codePathLocal") or said(7, "codePath") or said(6, "program")
    arguments = log.environment.get(5) or machine.get("args")
    arguments = [clean(str(item)) for item in arguments] if isinstance(arguments, list) else []
    return Environment(
        command=(program, *arguments) if program else (),
        python=said(2, "python"),
        platform=said(1, "os"),
        host=said(12, "host") or clean(log.first(13)) or None,
        user=said(13, "username"),
        working_directory=said(11, "root"),
        packages=packages,
        hardware=_hardware(log.hardware, machine),
    )


def _hardware(found: dict[str, Any], machine: dict[str, Any]) -> Hardware:
    cores = found.get("cores") or machine.get("cpu_count")
    memory = found.get("memory") or _memory(machine.get("memory"))
    gpus = found.get("gpus") or _gpus(machine)
    return Hardware(
        cpu=clean(found.get("cpu") or "") or None,
        cores=cores if isinstance(cores, int) else None,
        memory_bytes=memory,
        gpus=tuple(clean(str(gpu)) for gpu in gpus),
    )


def _memory(value: object) -> int | None:
    """Bytes; older versions wrote gigabytes as a number, newer ones bytes as a text."""
    total = value.get("total") if isinstance(value, dict) else None
    if isinstance(total, str) and total.isdigit():
        return int(total)
    return int(total * _GIGABYTE) if isinstance(total, (int, float)) and 0 < total < 1e6 else None


def _gpus(machine: dict[str, Any]) -> list[object]:
    devices = machine.get("gpu_nvidia") or machine.get("gpu_devices")
    if isinstance(devices, list) and devices:
        return [device.get("name", "GPU") for device in devices if isinstance(device, dict)]
    return [machine["gpu"]] if isinstance(machine.get("gpu"), str) else []


def git_of(log: WandbLog, machine: dict[str, Any], files: RunFiles) -> GitState | None:
    """The commit; changed files are known of only where W&B kept the difference."""
    told = machine.get("git")
    commit = log.git.get(2, [""])[0] or (told.get("commit") if isinstance(told, dict) else "")
    if not isinstance(commit, str) or not commit:
        return None
    has_diff = _DIFF in files.entries and not files.entries[_DIFF].is_link
    return GitState(clean(commit), None, True if has_diff else None, _DIFF if has_diff else None)


def artifacts_of(
    files: RunFiles, media: Iterable[Media], run_id: str
) -> tuple[list[Artifact], list[Problem]]:
    """The media of the history under their names, then what the run put into its folder; and a Problem for what is not there."""
    found: list[Artifact] = []
    missing: list[str] = []
    for item in media:
        paths = _paths(item.values)
        for index, path in enumerate(paths):
            entry = files.entries.get(f"{FOLDER}/{path}")
            if entry is None:
                missing.append(path)
            elif not entry.is_link:
                name = item.name if len(paths) == 1 else f"{item.name}/{index}"
                found.append(named_artifact(name, entry, item.step))
    own = [
        entry
        for path, entry in files.entries.items()
        if path.startswith(f"{FOLDER}/") and not _OWN.fullmatch(path)
    ]
    found += artifact_files(own)
    if not missing:
        return found, []
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    message = f"the file `{clean(missing[0][:120])}`{more} that the run logged is not there; it was left out"
    hint = "copy the folder `files` along with the run"
    return found, [Problem("missing-artifact", Severity.WARNING, message, files.place(FOLDER), run_id, hint)]


def _paths(values: dict[str, Any]) -> list[str]:
    """Where the files of a logged object lie, relative to `files/`."""
    found = values.get("filenames")
    paths = found if isinstance(found, list) else [values.get("path")]
    return [path for path in paths if isinstance(path, str) and path]
