"""Runs in an object store: listed once with everything below, read through the process that talks to stores."""

from __future__ import annotations

import errno
import posixpath
import time
from pathlib import Path
from typing import BinaryIO

from runfolio.catalog.remote_file import open_remote_file
from runfolio.catalog.storage import Listing
from runfolio.errors import NothingFoundError, StoreError, UsageError
from runfolio.place import Place, StoreUrl
from runfolio.readers import Entry
from runfolio.stores import store

#: A file this much older than the question is believed to be what it was: a second, and the clocks of two machines.
SETTLED_NS = 3_000_000_000


class RemoteStorage:
    """A place in an object store. Sent to another process it goes without its listing, which only a scan needs."""

    def __init__(self, url: StoreUrl, listings: dict[str, Listing] | None = None) -> None:
        self.url = url
        self.label = url.name
        self._listings = listings

    def __reduce__(self) -> tuple[type[RemoteStorage], tuple[StoreUrl]]:
        return RemoteStorage, (self.url,)

    def list(self, path: str) -> Listing:
        """What lies in a folder, as it was when the place was first listed."""
        if self._listings is None:
            asked_ns = time.time_ns()
            self._listings = _listings(store.call("list_all", self.url.secret)[1], asked_ns)
        if path not in self._listings:
            raise FileNotFoundError(path)
        return self._listings[path]

    def read(self, path: str, size: int = 0) -> bytes:
        """The bytes of a file. One that is said to be large is fetched in several parts at a time."""
        body = store.call("read", self.url.secret, path, size)
        assert isinstance(body, bytes)
        return body

    def open(self, path: str) -> BinaryIO:
        """The file; of a large one only the next parts are in memory."""
        folder, _, name = path.rpartition("/")
        files = self._listings[folder].files if self._listings and folder in self._listings else ()
        size = next((entry.size_bytes for entry in files if entry.path == name), None)
        return open_remote_file(self.url.secret, path, size)

    def identity(self, path: str) -> object:
        """The path: there are no links."""
        return path

    def is_held(self, path: str) -> bool | None:
        """None: a store knows no locks, so a run that says it runs is believed."""
        return None

    def contains(self, folder: str, path: str) -> bool:
        """True when the path begins with that of the folder."""
        return not folder or posixpath.normpath(path).startswith(f"{folder}/")


def open_remote(url: StoreUrl) -> tuple[RemoteStorage, str | None]:
    """The place, listed; and the name of the one file that the URL means, None for a folder.

    Raises:
        NothingFoundError: nothing is there.
        StoreError: the store does not answer, or refuses. A site without these runs would be no better than none.
    """
    asked_ns = time.time_ns()
    try:
        kind, rows = store.call("list_all", url.secret)
    except OSError as error:
        raise store_failure(url, error, "listed") from None
    if kind == "folder":
        return RemoteStorage(url, _listings(rows, asked_ns)), None
    entry = Entry(url.name, rows[0][1], _settled(rows[0][2], asked_ns))
    return RemoteStorage(url.parent, {"": Listing((entry,), (), ())}), url.name


def put_file(target: Place, data: bytes) -> None:
    """Write a file of this machine, whose folder is made, or of a store.

    Raises:
        StoreError: the store does not take it.
    """
    if isinstance(target, Path):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return
    try:
        store.call("write", target.parent.secret, target.name, data, "")
    except OSError as error:
        raise store_failure(target, error, "written") from None


def store_failure(url: StoreUrl, error: OSError, done: str) -> NothingFoundError | UsageError | StoreError:
    """What to tell of a place that could not be `done`."""
    reason = error.strerror or type(error).__name__
    if isinstance(error, FileNotFoundError):
        hint = "check the bucket and the path behind it; `runfolio sync` copies runs there"
        return NothingFoundError(
            f"there is nothing: {reason}", slug="no-source", path=url.as_posix(), hint=hint
        )
    if error.errno == errno.EINVAL:
        return UsageError(
            reason,
            slug="store-url",
            path=url.as_posix(),
            hint="docs/object-stores.md shows what a URL may say",
        )
    if isinstance(error, PermissionError):
        hint = "credentials come from the environment, configuration files or the machine's role"
    else:
        hint = "check the endpoint and the network, then try again"
    return StoreError(f"it could not be {done}: {reason}", path=url.as_posix(), hint=hint)


def _settled(mtime_ns: int, asked_ns: int) -> int:
    """The time of a file; of one that was written just now a time that no other listing gives, so that it is read again.

    Many stores tell whole seconds: within the same one the file may be replaced by another of the same size.
    """
    return mtime_ns if mtime_ns < asked_ns - SETTLED_NS else -asked_ns


def _listings(rows: list[tuple[str, int, int, bool]], asked_ns: int) -> dict[str, Listing]:
    """Every folder's listing. A key that no path can say (`a//b`, `../a`) is left out and counted at the top."""
    files: dict[str, list[Entry]] = {"": []}
    folders: dict[str, set[str]] = {"": set()}
    unnameable = 0
    for path, size, mtime_ns, is_folder in rows:
        parts = path.split("/")
        if any(part in ("", ".", "..") for part in parts):
            unnameable += not is_folder
            continue
        if not is_folder:
            files.setdefault(posixpath.dirname(path), []).append(
                Entry(parts[-1], size, _settled(mtime_ns, asked_ns))
            )
        for depth in range(len(parts) - (not is_folder)):
            folders.setdefault("/".join(parts[:depth]), set()).add(parts[depth])
    known = files.keys() | folders.keys()
    known |= {f"{folder}/{name}".lstrip("/") for folder, names in folders.items() for name in names}
    return {
        folder: Listing(
            tuple(sorted(files.get(folder, ()), key=lambda entry: entry.path)),
            tuple(sorted(folders.get(folder, ()))),
            (),
            unnameable if folder == "" else 0,
        )
        for folder in known
    }
