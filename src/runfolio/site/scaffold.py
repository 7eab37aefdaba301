"""Files to start from: a commented configuration, and an example with its runs."""

from __future__ import annotations

import zipfile
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from runfolio.config import CONFIG_FILE
from runfolio.errors import UsageError

_FOLDER = files("runfolio.site") / "scaffold"
EXAMPLE = "digits.zip"


def write_config(folder: Path) -> Path:
    """The path of a new, commented configuration file.

    Raises:
        UsageError: there is one already.
    """
    target = folder / CONFIG_FILE
    if target.exists():
        raise UsageError(
            "there is a configuration already",
            slug="already-there",
            path=target.as_posix(),
            hint="edit that one",
        )
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes((_FOLDER / CONFIG_FILE).read_bytes())
    return target


def write_demo(folder: Path) -> Path:
    """The path of the example's configuration; its runs lie beside it.

    Raises:
        UsageError: the folder holds files already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "the demo needs a folder of its own, and this one holds files",
            slug="already-there",
            path=folder.as_posix(),
            hint="name another: runfolio demo FOLDER",
        )
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(BytesIO((_FOLDER / EXAMPLE).read_bytes())) as archive:
        archive.extractall(folder)
    return folder / CONFIG_FILE
