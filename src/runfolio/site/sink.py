"""Where a site's files go: a folder on disk, or memory. A sink knows paths and bytes, never pages."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from runfolio.errors import SinkError
from runfolio.site.paths import check_path, folded

#: The one unfinished file a site may hold; the next write or build replaces it.
PARTIAL_FILE = ".runfolio-partial"


@dataclass(frozen=True, slots=True)
class FileState:
    """What can be known of a file without reading it."""

    size: int
    modified_ns: int
    """Last change of the content, nanoseconds; anyone can set it."""
    changed_ns: int
    """Last change of the content or, where the system tells, of anything about the file; nanoseconds."""


class Sink(Protocol):
    """A place for files, addressed by relative posix paths."""

    name: str
    """The place as the user would write it, for messages."""

    def write(self, path: str, data: bytes, *, durable: bool = False) -> None:
        """Replace the file as a whole: a reader sees the old bytes or the new ones. SinkError when refused.

        `durable` waits until the disk has it.
        """

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None when it is not there."""

    def state(self, path: str) -> FileState | None:
        """Size and time of the file, or None when it is not there."""

    def remove(self, path: str) -> None:
        """Take the file away, and the folders that became empty by it; no error when it is gone already."""

    def is_empty(self) -> bool:
        """True when the place holds nothing yet."""


class Claims:
    """The paths of one build: refuses unsafe ones, doubles, and two that differ only in case."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def add(self, path: str) -> None:
        """Nothing; SinkError where the path may not be used or is used already."""
        check_path(path)
        other = self._taken.get(folded(path))
        if other == path:
            raise SinkError(f"`{path}` would be written twice in one build")
        if other is not None:
            raise SinkError(
                f"`{path}` and `{other}` differ only in case: they are one file on Windows and macOS"
            )
        self._taken[folded(path)] = path


def file_in_place(name: str) -> SinkError:
    """What to say where a file has the site's name, or that of a folder around it."""
    return SinkError(
        "the site needs a folder, but there is a file", path=name, hint="name another with --out"
    )


class FolderSink:
    """A folder on disk. Nothing outside it is ever touched, not even through a link inside it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = root.as_posix()
        self._real_root = os.path.realpath(root)
        self._safe_folders: set[Path] = set()

    def write(self, path: str, data: bytes, *, durable: bool = False) -> None:
        """See Sink. The bytes go to a temporary file of the same folder tree, which then takes the file's place."""
        target = self._inside(path)
        partial = self.root / PARTIAL_FILE
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as stream:
                stream.write(data)
                stream.flush()
                if durable:
                    os.fsync(stream.fileno())
            partial.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            reason = error.strerror or str(error)
            raise SinkError(
                f"`{path}` could not be written: {reason}",
                path=self.name,
                hint="the file that was there is untouched; make room or give write access, then build again",
            ) from error

    def read(self, path: str) -> bytes | None:
        """See Sink."""
        try:
            return self._inside(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def state(self, path: str) -> FileState | None:
        """See Sink."""
        try:
            found = self._inside(path).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return FileState(found.st_size, found.st_mtime_ns, max(found.st_mtime_ns, found.st_ctime_ns))

    def remove(self, path: str) -> None:
        """See Sink."""
        target = self._inside(path)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            target.unlink()
        for folder in target.parents:
            if folder == self.root:
                break
            try:
                folder.rmdir()
            except OSError:
                break

    def is_empty(self) -> bool:
        """See Sink."""
        try:
            return all(entry.name == PARTIAL_FILE for entry in self.root.iterdir())
        except FileNotFoundError:
            return True
        except NotADirectoryError:
            raise file_in_place(self.name) from None

    def _inside(self, path: str) -> Path:
        check_path(path)
        target = self.root / path
        if target.parent not in self._safe_folders:
            real = os.path.realpath(target.parent)
            if real != self._real_root and not real.startswith(self._real_root.rstrip(os.sep) + os.sep):
                raise SinkError(
                    f"`{path}` lies outside the site: a link leads out of it",
                    path=self.name,
                    hint="remove the link",
                )
            self._safe_folders.add(target.parent)
        return target


class MemorySink:
    """Files in memory, for tests and for output that is packed before it is written."""

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.files: dict[str, bytes] = {}
        self._times: dict[str, int] = {}
        self._clock = 0

    def write(self, path: str, data: bytes, *, durable: bool = False) -> None:
        """See Sink."""
        check_path(path)
        self._clock += 1
        self.files[path] = data
        self._times[path] = self._clock

    def read(self, path: str) -> bytes | None:
        """See Sink."""
        return self.files.get(path)

    def state(self, path: str) -> FileState | None:
        """See Sink."""
        data = self.files.get(path)
        return None if data is None else FileState(len(data), self._times[path], self._times[path])

    def remove(self, path: str) -> None:
        """See Sink."""
        self.files.pop(path, None)

    def is_empty(self) -> bool:
        """See Sink."""
        return not self.files
