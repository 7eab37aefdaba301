"""The folder of a project's findings: its documents, and the files beside them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.errors import FindingError, nearest
from runfolio.findings.fault import UnansweredError
from runfolio.findings.options import FindingsOptions

if TYPE_CHECKING:
    from runfolio.findings.document import Document

#: Larger files are not copied beside a finding.
LARGEST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class FindingFile:
    """A file that a finding shows or links to."""

    path: str
    """Relative to the findings' folder, posix."""
    read: Callable[[], bytes]
    stamp: str
    """Differs whenever the file does."""


@dataclass(frozen=True)
class Findings:
    """The findings of a project. Nothing is read until it is asked for."""

    project: Path
    options: FindingsOptions

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self.project / self.options.folder

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The documents' files, by name; README.md and names that begin with `.` or `_` are none."""
        if not self.folder.is_dir():
            return ()
        found = (path for path in self.folder.glob("*.md") if path.is_file())
        return tuple(
            sorted(path for path in found if path.name[0] not in "._" and path.stem.lower() != "readme")
        )

    @cached_property
    def text(self) -> str:
        """All documents as they are written; what cannot be read is left to `documents` to complain of."""
        found = []
        for path in self.paths:
            with suppress(OSError):
                found.append(path.read_text("utf-8", "replace"))
        return "\n".join(found)

    @property
    def stamp(self) -> str:
        """Text that differs whenever a file of the folder does, without reading any."""
        if not self.folder.is_dir():
            return ""
        states = []
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                state = path.stat()
                states.append((path.relative_to(self.folder).as_posix(), state.st_size, state.st_mtime_ns))
        return repr((self.options, states))

    def documents(self) -> tuple[Document, ...]:
        """All of them, read anew.

        Raises:
            FindingError: a file cannot be read as UTF-8 text.
        """
        # The parser and what it needs load only where a project has findings.
        from runfolio.findings.reading import read_document

        return tuple(
            read_document(self.shown(path), path.stem, _text(path, self.shown(path)), html=self.options.html)
            for path in self.paths
        )

    def shown(self, path: Path) -> str:
        """The file as the user would write it."""
        return f"{self.options.folder}/{path.relative_to(self.folder).as_posix()}"

    def file(self, written: str) -> FindingFile:
        """The file that an image or link means.

        Raises:
            UnansweredError: there is none, it lies outside the folder, or it is too large.
        """
        folder = self.folder.resolve()
        path = (folder / written).resolve()
        if not path.is_relative_to(folder):
            raise UnansweredError(f"`{written}` lies outside the folder of the findings")
        name = path.relative_to(folder).as_posix()
        if not path.is_file():
            known = [other.relative_to(folder).as_posix() for other in folder.rglob("*") if other.is_file()]
            raise UnansweredError(f"there is no file `{written}` beside the finding{nearest(name, known)}")
        state = path.stat()
        if state.st_size > LARGEST_BYTES:
            raise UnansweredError(f"`{written}` is larger than 10 MB, and is not copied into a site")
        return FindingFile(name, path.read_bytes, f"{state.st_size} {state.st_mtime_ns}")


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FindingError(f"the finding cannot be read: {error}", path=shown) from error
