"""What the process that talks to stores does with files: list, read whole or in parts, write, remove, copy."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from runfolio.stores.failure import tried
from runfolio.stores.opened import Opened, Places

_CHUNK = 1 << 22
#: Larger files are read in parts of this size, so many at a time in all.
_PART = 1 << 23
_PARTS_AT_ONCE = 8
#: Folders that are listed at a time, where a store lists one folder a call.
_FOLDERS_AT_ONCE = 16

Row = tuple[str, int, int, bool]
"""Path, size, time in ns, whether it is a folder."""

places = Places()
_parts = ThreadPoolExecutor(_PARTS_AT_ONCE)


def list_all(place: str) -> tuple[str, list[Row]]:
    """What the place is (`folder` or `file`), and all below it."""
    opened = places.open(place)
    try:
        return "folder", list(_below(opened))
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        # Google's part of pyarrow forgets to say which kind of error it is.
        if not str(error).startswith(("No such file or directory", "Cannot use file")):
            raise
    info = opened.files.get_file_info(opened.base)
    if not info.is_file:
        raise FileNotFoundError(opened.base)
    return "file", [("", info.size, info.mtime_ns or 0, False)]


def _below(opened: Opened) -> Iterator[Row]:
    from pyarrow import fs

    start = len(opened.base) + 1

    def listed(folder: str) -> list[Any]:
        return list(opened.files.get_file_info(fs.FileSelector(folder, recursive=opened.kind != "abfs")))

    def found_there(folder: str) -> list[Any]:
        with contextlib.suppress(FileNotFoundError):  # the last file in it was removed meanwhile
            return listed(folder)
        return []

    infos = listed(opened.base)
    with ThreadPoolExecutor(_FOLDERS_AT_ONCE) as pool:
        while infos:
            yield from (
                (info.path[start:], info.size or 0, info.mtime_ns or 0, info.type == fs.FileType.Directory)
                for info in infos
            )
            # Azure's part of pyarrow asks for one folder after the other: a thousand of them would take minutes.
            deeper = [info.path for info in infos if info.type == fs.FileType.Directory]
            infos = (
                [info for found in pool.map(found_there, deeper) for info in found]
                if opened.kind == "abfs"
                else []
            )


def state(place: str, path: str) -> tuple[int, int]:
    """Size and time (ns) of a file."""
    opened = places.open(place)
    info = opened.files.get_file_info(opened.full(path))
    if not info.is_file:
        raise FileNotFoundError(path)
    return info.size, info.mtime_ns or 0


def read(place: str, path: str, size: int = 0) -> Any:
    """The bytes of a file; one of such a size is read in several parts at a time."""
    opened = places.open(place)
    if size > _PART and (body := _in_parts(place, path)) is not None:
        return body
    if opened.kind == "gs":  # its streams are one call, where a file's size is another
        with opened.files.open_input_stream(opened.full(path)) as stream:
            return bytes(stream.read())
    # A stream of the others asks for a quarter of a megabyte a call.
    with opened.files.open_input_file(opened.full(path)) as file:
        return bytes(file.read_at(file.size(), 0))


def _in_parts(place: str, path: str) -> pickle.PickleBuffer | None:
    """The bytes, or None where the file was replaced meanwhile: its parts need not be of one file."""
    before = state(place, path)
    opened = places.open(place)
    body = bytearray(before[0])
    with opened.files.open_input_file(opened.full(path)) as file, memoryview(body) as view:

        def fill(start: int) -> None:
            part = tried(opened.kind, lambda: file.read_at(min(_PART, len(body) - start), start))
            view[start : start + len(part)] = part

        list(_parts.map(fill, range(0, len(body), _PART)))
    # A read-only buffer arrives as bytes, without a copy here.
    return pickle.PickleBuffer(memoryview(body).toreadonly()) if state(place, path) == before else None


def part(place: str, path: str, start: int, size: int) -> bytes:
    """So many bytes of a file from `start` on; fewer at its end."""
    opened = places.open(place)
    with opened.files.open_input_file(opened.full(path)) as file:
        return bytes(file.read_at(size, start))


def write(place: str, path: str, data: bytes, media_type: str) -> None:
    """Nothing; the file is as a whole what is given."""
    with _writing(place, path, media_type) as stream:
        stream.write(data)


def remove(place: str, path: str) -> None:
    """Nothing; the file is not there."""
    opened = places.open(place)
    with contextlib.suppress(FileNotFoundError):
        opened.files.delete_file(opened.full(path))


def copy(source: str, path: str, target: str, media_type: str) -> tuple[int, str]:
    """Size and SHA-256 of a file that was copied from one place to another, under the same path."""
    digest, size = hashlib.sha256(), 0
    with _chunks(source, path) as chunks, _writing(target, path, media_type) as out:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return size, digest.hexdigest()


def sha256(place: str, path: str) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with _chunks(place, path) as chunks:
        for chunk in chunks:
            digest.update(chunk)
    return digest.hexdigest()


@contextlib.contextmanager
def _chunks(place: str, path: str) -> Iterator[Iterator[bytes]]:
    opened = places.open(place)
    with opened.files.open_input_stream(opened.full(path)) as stream:
        yield iter(lambda: stream.read(_CHUNK), b"")


class _writing:  # noqa: N801 - used like a function
    """A stream to a file that is there as a whole or not at all: stores do so by themselves, a disk by a rename."""

    def __init__(self, place: str, path: str, media_type: str) -> None:
        opened = places.open(place)
        self._files, self._full, self._kind = opened.files, opened.full(path), opened.kind
        is_moved = self._kind in ("", "hdfs")
        self._target = f"{self._full}.{os.getpid()}.tmp" if is_moved else self._full
        self._metadata = {"Content-Type": media_type} if media_type and not is_moved else None

    def __enter__(self) -> Any:
        if not self._kind:
            os.makedirs(os.path.dirname(self._full), exist_ok=True)  # noqa: PTH103, PTH120 - as text throughout
        self._stream = self._files.open_output_stream(self._target, metadata=self._metadata)
        return self._stream

    def __exit__(self, kind: object, *_: object) -> None:
        self._stream.close()
        if kind is not None:
            # Closing may have made half a file of it: pyarrow cannot give up a stream.
            self._files.delete_file(self._target)
        elif self._target != self._full:
            self._files.move(self._target, self._full)
