"""A file of an object store as a stream: small ones whole, of large ones the parts that come next."""

from __future__ import annotations

import errno
import io
from collections import deque
from typing import BinaryIO, cast

from runfolio.stores import store

#: Up to here a file is fetched whole; a larger one comes in parts of this size.
_PART = 1 << 23
#: Parts that are under way or waiting to be read.
_AHEAD = 3


def open_remote_file(place: str, path: str, size: int | None = None) -> BinaryIO:
    """The file; OSError where it is not there. Reading raises OSError where it was replaced meanwhile.

    Args:
        place: URL of what the path starts from.
        path: of the file.
        size: where it is known from a listing; else the store is asked.
    """
    if size is not None and size <= _PART:
        return io.BytesIO(store.call("read", place, path))
    state = store.call("state", place, path)
    if state[0] <= _PART:
        return io.BytesIO(store.call("read", place, path))
    return cast(BinaryIO, io.BufferedReader(_Parts(place, path, state), _PART))


class _Parts(io.RawIOBase):
    """The parts of one file, in order; the next ones are asked for before they are wanted."""

    def __init__(self, place: str, path: str, state: tuple[int, int]) -> None:
        self._place, self._path, self._state = place, path, state
        self._asked = 0
        self._requests: deque[int] = deque()
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if not self._rest:
            self._rest = memoryview(self._next())
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _next(self) -> bytes:
        """The next part; empty at the end, once it is sure that all were of one file."""
        size = self._state[0]
        while self._asked < size and len(self._requests) < _AHEAD:
            self._requests.append(store.ask("part", self._place, self._path, self._asked, _PART))
            self._asked += _PART
        if self._requests:
            body = store.answer(self._requests.popleft())
            assert isinstance(body, bytes)
            return body
        if store.call("state", self._place, self._path) != self._state:
            raise OSError(errno.EIO, "it was replaced while it was read")
        return b""

    def close(self) -> None:
        while self._requests:
            store.drop(self._requests.popleft())
        super().close()
