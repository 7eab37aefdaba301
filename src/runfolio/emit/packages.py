"""Which packages are installed, read from their own records: `importlib.metadata` would keep 5 MB of modules loaded."""

# os.path instead of pathlib, which would double the import time.
# ruff: noqa: PTH112, PTH118, PTH122, PTH123, PTH208
from __future__ import annotations

import os
import sys

from runfolio.emit.values import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: Ending of a record's name → the file in it that has name and version.
_RECORDS = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}


def installed_packages(folders: Iterable[str] | None = None) -> dict[str, str]:
    """Name → version of what is installed, sorted by name; of several of one name the one that is imported.

    Args:
        folders: where to look, the first counts; `sys.path` when absent. What is no folder, such as a zip file, has none.
    """
    found: dict[str, str] = {}
    for folder in sys.path if folders is None else folders:
        for record in _entries(folder or os.curdir):
            ending = os.path.splitext(record)[1]
            if ending in _RECORDS:
                path = os.path.join(folder, record)
                header = _header(os.path.join(path, _RECORDS[ending]) if os.path.isdir(path) else path)
                if header.get("name") and header.get("version"):
                    name = clean(header["name"]).lower().replace("_", "-")
                    found.setdefault(name, clean(header["version"]))
    return dict(sorted(found.items()))


def _entries(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _header(path: str) -> dict[str, str]:
    """The fields before the first empty line, names in lower case; empty where the file cannot be read."""
    fields: dict[str, str] = {}
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                name, _, value = line.partition(":")
                if not line.strip():
                    break
                fields.setdefault(name.lower(), value.strip())
    except OSError:
        pass
    return fields
