"""What a reader is: a signature that is data, and one function from a run's files to a `Reading`."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

from runfolio.errors import ReadError
from runfolio.model import FloatArray, Problem, Run, Severity, Source, SourceFile

#: In the globs of `Signature.also`.
STEM = "{stem}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as a listing shows it."""

    path: str
    """Relative to the folder that was listed, posix."""
    size_bytes: int
    mtime_ns: int
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What a reader looks for. Plain data: deciding who may try a file runs no code of a reader.

    A file is offered when its name matches one of `names` and none of `except_names`, all of `beside` lie in the same
    folder, and it is no larger than `size_limit`. Whether it really is theirs the reader says when it has the bytes.
    """

    names: tuple[str, ...] = ()
    """Globs of file names, compared with case; empty where `with_folders` alone tells."""
    except_names: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    """Names that must lie in the same folder."""
    size_limit: int | None = None
    """Bytes; a larger file is a Problem, not a crash."""
    also: tuple[str, ...] = ()
    """Globs of further files that are read where they are there, relative to the file's folder: `../meta.yaml`. The name of
    their folder may be a glob too, `../checkpoint-*/state.json`, and `{stem}` stands for the file's own name without its ending
    (of a folder, for the name as it is): `{stem}/task.json`."""
    takes_folder: bool = False
    """The run is the whole folder: one claim, and nobody looks below it."""
    with_folders: tuple[str, ...] = ()
    """With `takes_folder`: folders that must lie in it, hidden ones too."""
    shares_folder: bool = False
    """With `takes_folder`: the run is only the files that `names` and `also` match, and `subfolders`; once this reader has
    taken it, the rest of the folder is looked at like any other."""
    takes_what_it_reads: bool = False
    """With `shares_folder`: of those files the run is only what was read, and files below `subfolders` are no exception."""
    subfolders: tuple[str, ...] = ()
    """Folders beside the file, or in the folder, whose files belong to the run at any depth: nobody else looks into them."""
    enters: tuple[str, ...] = ()
    """Names of hidden folders that are looked into for this reader's sake."""
    locked_names: tuple[str, ...] = ()
    """Globs of files that a living writer holds a lock on; without any, a run that says it runs is believed."""

    def offers(self, name: str, siblings: frozenset[str]) -> bool:
        """True when a file of this name among these is worth opening."""
        return (
            any(fnmatchcase(name, glob) for glob in self.names)
            and not any(fnmatchcase(name, glob) for glob in self.except_names)
            and siblings.issuperset(self.beside)
        )

    def offers_folder(self, names: frozenset[str], folders: frozenset[str]) -> bool:
        """True when a folder with these files and folders is worth a look."""
        return (
            self.takes_folder
            and folders.issuperset(self.with_folders)
            and (any(self.offers(name, names) for name in names) if self.names else bool(self.with_folders))
        )


class RunFiles:
    """The files of one claim: what a reader may see of the world. Keeps the digest of all that was read.

    Args:
        path: the run's folder or file relative to its source, posix; empty for the source itself.
        folder: the folder that the entries' paths start from: `path` for a run folder, else the one the file lies in.
        label: last name of the source's own path, for runs that lie at its top.
        entries: the files, paths relative to `folder`.
        read: gives the bytes of an entry by its path; OSError where it cannot.
        root: index of the source.
    """

    def __init__(
        self,
        path: str,
        folder: str,
        label: str,
        entries: tuple[Entry, ...],
        read: Callable[[str], bytes],
        root: int = 0,
    ) -> None:
        self.path = path
        self.folder = folder
        self.label = label
        self.entries = {entry.path: entry for entry in entries}
        self.root = root
        self._read = read
        self._digests: dict[str, SourceFile] = {}

    @property
    def parts(self) -> tuple[str, ...]:
        """The source's label and the parts of `path`: from them come ids and experiments that nobody gave."""
        return (self.label, *(part for part in self.path.split("/") if part))

    @property
    def name(self) -> str:
        """Of the file, or of the folder where the run is one."""
        return self.path.rpartition("/")[2]

    def matching(self, glob: str) -> list[str]:
        """Paths of the entries at the top of the run that match, sorted."""
        return sorted(path for path in self.entries if "/" not in path and fnmatchcase(path, glob))

    def read(self, path: str) -> bytes:
        """The bytes of a file; ReadError where it cannot be opened."""
        try:
            content = self._read(path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ReadError(
                f"cannot be read: {reason}",
                slug="unreadable-file",
                path=self.place(path),
                hint="check that the file still exists and may be read",
            ) from error
        digest = hashlib.sha256(content).hexdigest()
        self._digests[path] = SourceFile(self.place(path), len(content), digest)
        return content

    def place(self, path: str, line: int | None = None) -> str:
        """The file as a Problem names it: relative to the source, with `:line`."""
        full = posixpath.normpath(posixpath.join(self.folder, path)) if path else self.folder
        return full if line is None else f"{full}:{line}"

    def source(self, reader: str, part: str = "") -> Source:
        """Where the run came from, with a digest of each file read so far, sorted by path.

        `part` tells the runs of one claim apart, such as their ids in a database.
        """
        files = tuple(sorted(self._digests.values(), key=lambda file: file.path))
        return Source(reader, self.root, self.path, files, part)

    def fingerprint(self, reader: str, part: str = "", without: tuple[str, ...] = ()) -> str:
        """Digest of where the run lies and of the bytes that were read, but for files that match a glob of `without`."""
        whole = hashlib.sha256("\0".join((reader, self.path, *filter(None, (part,)))).encode())
        for path, file in sorted(self._digests.items(), key=lambda item: item[1].path):
            if not any(fnmatchcase(path, glob) for glob in without):
                whole.update(f"\0{file.path}\0{file.sha256}".encode())
        return whole.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class RowBlock:
    """Rows in which the same metrics were logged together.

    `step` and `time` have shape (n,), `values` (k, n) for k names. Every value was logged: non-finite ones are what the
    run logged. `time` is in seconds since the run started, NaN where not logged. Where two blocks give one metric a
    value at the same step, the one with the higher `priority` counts, then the later one.
    """

    names: tuple[str, ...]
    step: FloatArray
    time: FloatArray
    values: FloatArray
    priority: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A run as its files tell it: `run` without metrics, the logged rows, and what was wrong."""

    run: Run
    rows: tuple[RowBlock, ...] = ()
    problems: tuple[Problem, ...] = ()


class Reader(Protocol):
    """Reads one format. Readers write nothing, lock nothing and follow no path that a file names."""

    name: str
    """Short, unique, stable: it is shown and kept in the cache."""
    version: int
    """Raised when the same bytes would be read differently: cached readings of older versions are dropped."""
    signature: Signature

    def read(self, files: RunFiles) -> Reading | Iterable[Reading | Problem] | None:
        """The run; None when the files are not in this format after all; ReadError when they are, but broken.

        Files that hold several runs give an iterable of them, best a generator: each is digested before the next is
        asked for. Every run has a `part` of its own; Problems in between belong to no run.
        """
        ...


def as_problem(error: ReadError, severity: Severity = Severity.ERROR, run_id: str = "") -> Problem:
    """The error as a Problem of the catalog."""
    return Problem(error.error_slug, severity, error.message, error.place, run_id, error.hint)
