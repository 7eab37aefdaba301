"""Small files of runs that lie far away are on their way before they are asked for."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from runfolio.catalog.remote_storage import RemoteStorage
from runfolio.catalog.scan import Claim
from runfolio.catalog.storage import Listing, Storage
from runfolio.readers import Entry
from runfolio.stores import store

#: So many claims, or bytes, are under way at most.
_CLAIMS = 48
_BYTES = 64_000_000
#: A larger file is read when it is asked for: it may be nothing that a reader wants.
_LARGEST = 4_000_000


def fetched(jobs: Sequence[tuple[Storage, Claim]]) -> Iterator[Storage]:
    """A storage for each job, in order, which need not wait for the small files of its claim.

    Of the files in subfolders only those are fetched whose subfolder was read from before: a run's artifacts are many,
    and no reader wants them.
    """
    read_from: set[str] = set()
    window: deque[Storage] = deque()
    coming = 0
    waiting = deque(jobs)
    while waiting or window:
        while waiting and len(window) < _CLAIMS and coming < _BYTES:
            storage, claim = waiting.popleft()
            if isinstance(storage, RemoteStorage):
                storage = _Ahead(storage, claim, read_from)
                coming += storage.size
            window.append(storage)
        storage = window.popleft()
        yield storage
        if isinstance(storage, _Ahead):
            coming -= storage.size
            storage.drop()


class _Ahead:
    """A remote storage with requests for one claim's files under way."""

    def __init__(self, storage: RemoteStorage, claim: Claim, read_from: set[str]) -> None:
        self._storage = storage
        self._folder = claim.folder
        self._read_from = read_from
        self.label = storage.label
        wanted = [entry for entry in claim.entries if self._is_wanted(entry)]
        self.size = sum(entry.size_bytes for entry in wanted)
        self._sizes = {self._path(entry): entry.size_bytes for entry in claim.entries}
        paths = [self._path(entry) for entry in wanted]
        self._requests = {path: store.ask("read", storage.url.secret, path) for path in paths}

    def _path(self, entry: Entry) -> str:
        return posixpath.normpath(posixpath.join(self._folder, entry.path))

    def _is_wanted(self, entry: Entry) -> bool:
        first, slash, _ = entry.path.partition("/")
        return entry.size_bytes <= _LARGEST and (not slash or first in self._read_from)

    def read(self, path: str) -> bytes:
        """The bytes of a file, waited for where they are under way."""
        number = self._requests.pop(path, None)
        if number is None:
            inside = posixpath.relpath(path, self._folder or ".")
            if "/" in inside:
                self._read_from.add(inside.partition("/")[0])
            return self._storage.read(path, self._sizes.get(path, 0))
        body = store.answer(number)
        assert isinstance(body, bytes)
        return body

    def drop(self) -> None:
        """What nobody asked for is not kept."""
        for number in self._requests.values():
            store.drop(number)

    def list(self, path: str) -> Listing:
        """As the storage."""
        return self._storage.list(path)

    def open(self, path: str) -> BinaryIO:
        """As the storage."""
        return self._storage.open(path)

    def identity(self, path: str) -> object:
        """As the storage."""
        return self._storage.identity(path)

    def is_held(self, path: str) -> bool | None:
        """As the storage."""
        return self._storage.is_held(path)

    def contains(self, folder: str, path: str) -> bool:
        """As the storage."""
        return self._storage.contains(folder, path)
