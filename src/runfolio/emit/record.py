"""run.json: what is said about a run, replaced atomically whenever it changes."""

# os.path instead of pathlib, which would double the import time.
# ruff: noqa: PTH103, PTH105, PTH108, PTH110, PTH112, PTH118, PTH120, PTH123
from __future__ import annotations

import errno
import json
import os
import threading

from runfolio.runlog import RUN_FILE, SCHEMA_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_ORDER = (
    "schema", "run_id", "experiment", "name", "status", "started_at", "ended_at", "parameters", "tags", "group",
    "parent", "command", "error", "git", "environment", "hardware", "data",
)  # fmt: skip


class RunRecord:
    """The fields of run.json; every method may be called from any thread."""

    def __init__(self, folder: str, fields: Mapping[str, Any]) -> None:
        self._path = os.path.join(folder, RUN_FILE)
        self._lock = threading.Lock()
        self._fields: dict[str, Any] = {"schema": SCHEMA_VERSION, **fields}

    def get(self, name: str) -> Any:
        """The field, or None."""
        return self._fields.get(name)

    def update(self, fields: Mapping[str, Any]) -> None:
        """Set fields (None removes one) and replace the file. OSError where it cannot be written."""
        with self._lock:
            self._fields.update(fields)
            self._save()

    def merge(self, name: str, part: Mapping[str, Any]) -> None:
        """Merge a nested object into a field and replace the file."""
        with self._lock:
            self._fields[name] = merged(self._fields.get(name) or {}, part)
            self._save()

    def extend(self, name: str, items: list[Any]) -> None:
        """Add to a list what is not in it yet, and replace the file."""
        with self._lock:
            known = self._fields.get(name) or []
            self._fields[name] = unique([*known, *items])
            self._save()

    def _save(self) -> None:
        self._fields = {
            name: self._fields[name]
            for name in (*_ORDER, *self._fields)
            if self._fields.get(name) is not None
        }
        text = json.dumps(self._fields, indent=2, ensure_ascii=False, allow_nan=False)
        replace_file(self._path, text.encode("utf-8", "replace") + b"\n")


def unique(items: list[Any]) -> list[Any]:
    """The items without repetition, in order; they need not be hashable."""
    return [item for index, item in enumerate(items) if item not in items[:index]]


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`old` with `new` laid over it, nested objects merged part by part."""
    result = dict(old)
    for name, value in new.items():
        known = result.get(name)
        result[name] = merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return result


def place_in(folder: str, path: str) -> str:
    """Where the file lies, its folders made; FileNotFoundError when the run's own was removed: it is not to come back."""
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, "the run's folder was removed")
    target = os.path.join(folder, *path.split("/"))
    os.makedirs(os.path.dirname(target), exist_ok=True)
    return target


def replace_file(path: str, content: bytes) -> None:
    """Put the content in place such that a reader sees the old file or the new one, never a part."""
    temporary = f"{path}.{os.getpid()}-{threading.get_ident()}.tmp"
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
