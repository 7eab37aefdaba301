"""A site in an object store. Files are put there several at a time; the manifest is put last, when all others are there."""

from __future__ import annotations

import json
import mimetypes
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType

from runfolio.catalog.remote_storage import store_failure
from runfolio.errors import SinkError
from runfolio.place import StoreUrl
from runfolio.site.manifest import ANNOUNCED, MANIFEST_FILE, manifest_bytes
from runfolio.site.paths import check_path
from runfolio.site.sink import FileState
from runfolio.stores import store

#: So many files are under way at most.
_UNDER_WAY = 32
#: The manifest is put so much later than the last page, for a store whose clock tells whole seconds.
_TICK_S = 1.05
#: Pages are kept for the check of their links, up to so many bytes; the others are read again.
_KEPT_BYTES = 200_000_000


class StoreSink:
    """A place in an object store. Use it in a `with` statement: its end waits for what is under way.

    What lies there is listed once. After a failure nothing more is written, the manifest least of all: the one that is
    there was put before the first page, so the next build looks at every page that is newer.
    """

    def __init__(self, url: StoreUrl) -> None:
        self.name = url.as_posix()
        self._url = url
        self._states = self._listed()
        self._kept: dict[str, bytes] = {}
        self._kept_bytes = 0
        self._under_way: deque[tuple[int, str]] = deque()
        self._manifest: bytes | None = None
        self._failure: SinkError | None = None
        # A page as new as the manifest is read again by every later build; most stores tell whole seconds.
        self._tick_s = 0.0 if self.name.startswith("g") else _TICK_S
        self._put_at = -_TICK_S

    def __enter__(self) -> StoreSink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._wait(0)

    def write(self, path: str, data: bytes, *, durable: bool = False) -> None:
        """See Sink. A file that is not durable may still be under way; if it fails, a later call says so."""
        check_path(path)
        self._wait(0 if durable else _UNDER_WAY - 1)
        if path == MANIFEST_FILE:
            self._refuse_another_build(data)
            self._manifest = data
            time.sleep(max(0.0, self._put_at + self._tick_s - time.monotonic()))
        self._ask(path, lambda: store.ask("write", self._url.secret, path, data, media_type(path)))
        self._put_at = time.monotonic()
        self._states[path] = FileState(len(data), 0, 0)
        if self._kept_bytes + len(data) <= _KEPT_BYTES:
            self._kept_bytes += len(data) - len(self._kept.get(path, b""))
            self._kept[path] = data
        else:
            self._kept.pop(path, None)
        if durable:
            self._wait(0)

    def read(self, path: str) -> bytes | None:
        """See Sink."""
        check_path(path)
        if path in self._kept:
            return self._kept[path]
        if path not in self._states:
            return None
        self._wait(0)
        found = self._read(path)
        if path == MANIFEST_FILE:
            self._manifest = found
            self._kept |= {path: found} if found is not None else {}
        return found

    def state(self, path: str) -> FileState | None:
        """See Sink. As the store tells it: many know whole seconds only."""
        return self._states.get(path)

    def remove(self, path: str) -> None:
        """See Sink."""
        check_path(path)
        if self._states.pop(path, None) is not None:
            self._kept.pop(path, None)
            self._wait(_UNDER_WAY - 1)
            self._ask(path, lambda: store.ask("remove", self._url.secret, path))

    def is_empty(self) -> bool:
        """See Sink."""
        return not self._states

    def _listed(self) -> dict[str, FileState]:
        try:
            kind, rows = store.call("list_all", self._url.secret)
        except FileNotFoundError:
            # Where the bucket is not there either, the first write says so.
            return {}
        except OSError as error:
            raise store_failure(self._url, error, "listed") from None
        if kind == "file":
            raise SinkError(
                "the site needs a folder, but there is a file", path=self.name, hint="name another with --out"
            )
        return {path: FileState(size, time, time) for path, size, time, is_folder in rows if not is_folder}

    def _read(self, path: str) -> bytes | None:
        try:
            body = store.call("read", self._url.secret, path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise store_failure(self._url / path, error, "read") from None
        assert isinstance(body, bytes)
        return body

    def _ask(self, path: str, ask: Callable[[], int]) -> None:
        if self._failure is not None:
            raise self._failure
        self._under_way.append((ask(), path))

    def _wait(self, most: int) -> None:
        """Nothing, once no more than so many requests are under way; SinkError where one failed, now or before."""
        while len(self._under_way) > most:
            number, path = self._under_way.popleft()
            try:
                store.answer(number)
            except OSError as error:
                self._failure = self._failure or SinkError(
                    f"`{path}` could not be written: {error.strerror}",
                    path=self.name,
                    hint="what was there stays readable; check the bucket and your rights, then build again",
                )
        if self._failure is not None:
            raise self._failure

    def _refuse_another_build(self, data: bytes) -> None:
        """SinkError where the manifest is no longer the one this build read or wrote: two builds mixed their files.

        The manifest is then replaced by one that vouches for no file, so that the next build looks at every one.
        """
        there = self._read(MANIFEST_FILE)
        if there == self._manifest:
            return
        paths = {*json.loads(data)["files"], *_paths(there)}
        unsure = manifest_bytes(dict.fromkeys(paths, ANNOUNCED))
        self._ask(
            MANIFEST_FILE,
            lambda: store.ask("write", self._url.secret, MANIFEST_FILE, unsure, "application/json"),
        )
        self._wait(0)
        self._failure = SinkError(
            "another build wrote this site at the same time",
            slug="site-is-busy",
            path=self.name,
            hint="build again when no other build of it is at work: every file is looked at then",
        )
        raise self._failure


def _paths(manifest: bytes | None) -> list[str]:
    try:
        return list(json.loads(manifest or b"")["files"])
    except (ValueError, KeyError, TypeError):
        return []


def media_type(path: str) -> str:
    """What a web server shall say the file is; the system's own table is not asked."""
    kind, encoding = _TYPES.guess_type(path)
    if kind is None or encoding:
        return "application/octet-stream"
    is_text = kind.startswith("text/") or kind in ("application/javascript", "application/json")
    return f"{kind}; charset=utf-8" if is_text else kind


_TYPES = mimetypes.MimeTypes()
