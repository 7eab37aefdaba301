"""What folders looked like when they were listed, so that a later build can ask in a moment whether anything was touched."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from runfolio.catalog.storage import Listing, LocalStorage

#: Clocks of file systems are coarse: a folder that changed this shortly before it was listed may change again unseen.
_COARSE_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """One folder: when its list of names last changed, and size and time of each file in it."""

    folder: str
    """Absolute."""
    mtime_ns: int
    files: tuple[tuple[str, int, int], ...]
    is_settled: bool
    """False where the folder may have changed after it was listed, and look the same."""


class Looking:
    """A storage that adds what it lists to `looks`."""

    def __init__(self, storage: LocalStorage, looks: list[Look]) -> None:
        self.storage = storage
        self.label = storage.label
        self.looks = looks

    def list(self, path: str) -> Listing:
        """As the storage's."""
        folder = os.path.join(os.path.abspath(self.storage.root), path)  # noqa: PTH100, PTH118
        mtime_ns = os.stat(folder).st_mtime_ns  # noqa: PTH116
        listing = self.storage.list(path)
        files = tuple((file.path, file.size_bytes, file.mtime_ns) for file in listing.files)
        self.looks.append(Look(folder, mtime_ns, files, mtime_ns < time.time_ns() - _COARSE_NS))
        return listing

    def read(self, path: str) -> bytes:
        """As the storage's."""
        return self.storage.read(path)

    def open(self, path: str) -> BinaryIO:
        """As the storage's."""
        return self.storage.open(path)

    def identity(self, path: str) -> object:
        """As the storage's."""
        return self.storage.identity(path)

    def is_held(self, path: str) -> bool | None:
        """As the storage's."""
        return self.storage.is_held(path)

    def contains(self, folder: str, path: str) -> bool:
        """As the storage's."""
        return self.storage.contains(folder, path)


def look_the_same(looks: Iterable[Look]) -> bool:
    """True where every folder has the names it had, and every file its size and time."""
    stat = os.stat
    try:
        for look in looks:
            if not look.is_settled or stat(look.folder).st_mtime_ns != look.mtime_ns:
                return False
            folder = look.folder + os.sep
            for name, size, mtime_ns in look.files:
                state = stat(folder + name)
                if state.st_mtime_ns != mtime_ns or state.st_size != size:
                    return False
    except OSError:
        return False
    return True
