"""Where run files lie: something that lists folders and reads files by their path."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from runfolio.readers import Entry


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a folder, each part sorted by name."""

    files: tuple[Entry, ...]
    """Regular files, links to such included; `path` is the name."""
    folders: tuple[str, ...]
    linked_folders: tuple[str, ...]
    """Links to folders, which may lead anywhere."""
    unnameable: int = 0
    """Entries whose name is no text, or cannot be part of a path, which were left out."""


class Storage(Protocol):
    """A source of runs. Paths are relative to it, posix, and empty for the source itself."""

    label: str
    """Last part of its own path: what it is called in the catalog."""

    def list(self, path: str) -> Listing:
        """What lies in a folder; OSError where it cannot be listed."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file; OSError where it cannot be read."""
        ...

    def open(self, path: str) -> BinaryIO:
        """The file, to be read in parts; OSError where it cannot be opened."""
        ...

    def identity(self, path: str) -> object:
        """Equal for two paths that lead to the same folder."""
        ...

    def is_held(self, path: str) -> bool | None:
        """True when a living writer holds the file, False when none does, None where that cannot be told."""
        ...

    def contains(self, folder: str, path: str) -> bool:
        """True when the file really lies below the folder, links considered."""
        ...


class LocalStorage:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.label = root.resolve().name or "runs"

    def __getstate__(self) -> dict[str, object]:
        """Another process may have another working folder."""
        return {"root": Path(os.path.abspath(self.root)), "label": self.label}  # noqa: PTH100 - links stay

    def _full(self, path: str) -> str:
        return f"{self.root}/{path}" if path else str(self.root)

    def list(self, path: str) -> Listing:
        """What lies in a folder; links that lead nowhere, pipes, sockets and devices are left out."""
        files: list[Entry] = []
        folders: list[str] = []
        linked: list[str] = []
        unnameable = 0
        with os.scandir(self._full(path)) as entries:
            for entry in entries:
                if not _is_text(entry.name):
                    unnameable += 1
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                        continue
                    state = entry.stat()
                except OSError:
                    continue
                if stat.S_ISREG(state.st_mode):
                    files.append(Entry(entry.name, state.st_size, state.st_mtime_ns, entry.is_symlink()))
                elif stat.S_ISDIR(state.st_mode):
                    linked.append(entry.name)
        files.sort(key=lambda file: file.path)
        return Listing(tuple(files), tuple(sorted(folders)), tuple(sorted(linked)), unnameable)

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        with open(self._full(path), "rb") as file:  # noqa: PTH123 - one Path less a file
            return file.read()

    def open(self, path: str) -> BinaryIO:
        """The file, to be read in parts."""
        return open(self._full(path), "rb")  # noqa: PTH123 - who asked closes it

    def identity(self, path: str) -> object:
        """Device and number of the folder."""
        state = os.stat(self._full(path))  # noqa: PTH116
        return (state.st_dev, state.st_ino)

    def is_held(self, path: str) -> bool | None:
        """Whether the file's lock is taken."""
        from runfolio.emit.ownership import (
            is_held,  # the emitter is only needed where a run says that it runs
        )

        return is_held(self._full(path))

    def contains(self, folder: str, path: str) -> bool:
        """True when the file's real path begins with that of the folder."""
        real = Path(self._full(path)).resolve()
        return real.is_relative_to(Path(self._full(folder)).resolve())


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
