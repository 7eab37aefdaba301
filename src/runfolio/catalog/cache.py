"""The cache: one row a run, from the state of its files to what came of reading them; a claim has one row or several.

It may be deleted at any time. Two builds may use it at once. One that is damaged or of another version is begun anew.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from runfolio.catalog.outcome import DIGEST_VERSION, Outcome, Packed, unpack_outcome
from runfolio.catalog.scan import Claim
from runfolio.place import Place, StoreUrl
from runfolio.readers import Reader

#: Raised when the tables change.
_TABLES_VERSION = 3
_BUSY_S = 30.0
#: Outcomes are read all at once, series one by one and seldom: apart, the first do not wait for the pages of the second.
_TABLES = {"runs": "outcome", "series": "series"}
_CREATE = (
    "CREATE TABLE {} (source TEXT NOT NULL, path TEXT NOT NULL, place INTEGER NOT NULL, stamp BLOB NOT NULL,"
    " {} BLOB NOT NULL, PRIMARY KEY (source, path, place)) WITHOUT ROWID"
)


def stamp(claim: Claim, label: str, readers: Mapping[str, Reader]) -> bytes:
    """Digest of all that decides what comes of a claim, without opening a file: names, sizes and times of its files."""
    asked = [(name, readers[name].version) for name in claim.readers]
    files = [(entry.path, entry.size_bytes, entry.mtime_ns, entry.is_link) for entry in claim.entries]
    return hashlib.sha256(repr((DIGEST_VERSION, label, claim.path, asked, files)).encode()).digest()


class Cache:
    """A SQLite file. Whatever goes wrong with it costs time, never a build."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._rests = False
        #: Why the cache is not used, or an empty text.
        self.failure = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._open()
        except (OSError, sqlite3.Error):
            self._begin_anew()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_S, check_same_thread=False, isolation_level=None
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # The cache can be made again: a crash may cost its last rows, not its form.
            connection.execute("PRAGMA synchronous = OFF")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _TABLES_VERSION:
                connection.execute("BEGIN IMMEDIATE")
                for table, content in _TABLES.items():
                    connection.execute(f"DROP TABLE IF EXISTS {table}")
                    connection.execute(_CREATE.format(table, content))
                connection.execute(f"PRAGMA user_version = {_TABLES_VERSION}")
                connection.execute("COMMIT")
            connection.execute("SELECT source, path, stamp FROM runs LIMIT 1").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin_anew(self) -> None:
        """Replace a damaged file; without success there is no cache."""
        self._close()
        try:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            self._connection = self._open()
        except (OSError, sqlite3.Error) as error:
            self.failure = (error.strerror if isinstance(error, OSError) else str(error)) or type(
                error
            ).__name__

    def source_key(self, root: Place) -> str:
        """The source as the cache knows it: relative to the cache, so that a project can be moved."""
        if isinstance(root, StoreUrl):
            return root.key
        try:
            return os.path.relpath(root.resolve(), self._path.parent.resolve())
        except ValueError:  # another drive
            return str(root.resolve())

    def load(self, source: str) -> dict[str, tuple[bytes, list[Outcome]]]:
        """Path → stamp and outcomes of all that is kept of a source."""
        found: dict[str, tuple[bytes, list[Outcome]]] = {}
        damaged: set[str] = set()
        with self._guarded() as connection:
            if connection is not None:
                query = "SELECT path, stamp, outcome FROM runs WHERE source = ? ORDER BY path, place"
                for path, mark, blob in connection.execute(query, (source,)):
                    try:
                        found.setdefault(path, (mark, []))[1].append(unpack_outcome(blob))
                    except ValueError:
                        damaged.add(path)
        return {path: kept for path, kept in found.items() if path not in damaged}

    def series(self, source: str, path: str, place: int, mark: bytes) -> bytes | None:
        """The packed series, None when they are not kept, or of another state of the files."""
        row = None
        with self._guarded() as connection:
            if connection is not None:
                query = "SELECT series FROM series WHERE source = ? AND path = ? AND place = ? AND stamp = ?"
                row = connection.execute(query, (source, path, place, mark)).fetchone()
        return None if row is None else bytes(row[0])

    def store(self, claims: Iterable[tuple[str, str, bytes, Sequence[Packed]]]) -> None:
        """Keep (source, path, stamp, what came of it) in one go."""
        claims = list(claims)
        if not claims:
            return
        keys = [(source, path) for source, path, _, _ in claims]
        rows = [
            ((source, path, place, mark), item)
            for source, path, mark, packed in claims
            for place, item in enumerate(packed)
        ]
        with self._guarded() as connection:
            if connection is not None:
                connection.execute("BEGIN IMMEDIATE")
                for table, content in _TABLES.items():
                    connection.executemany(f"DELETE FROM {table} WHERE source = ? AND path = ?", keys)
                    values = [(*key, getattr(item, content)) for key, item in rows]
                    connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", values)
                connection.execute("COMMIT")

    def drop(self, source: str, paths: Iterable[str]) -> None:
        """Forget runs that are gone."""
        values = [(source, path) for path in paths]
        with self._guarded() as connection:
            if connection is not None and values:
                connection.execute("BEGIN IMMEDIATE")
                for table in _TABLES:
                    connection.executemany(f"DELETE FROM {table} WHERE source = ? AND path = ?", values)
                connection.execute("COMMIT")

    @contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection | None]:
        """The connection for one thread; a damaged file is replaced, a busy one left alone."""
        with self._lock:
            self._wake()
            try:
                yield self._connection
            except sqlite3.Error as error:
                self._roll_back()
                if not isinstance(error, sqlite3.OperationalError):
                    self._begin_anew()

    def _wake(self) -> None:
        if self._rests:
            self._rests = False
            with suppress(OSError, sqlite3.Error):
                self._connection = self._open()

    def _roll_back(self) -> None:
        if self._connection is not None and self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def rest(self) -> None:
        """Close the file until it is asked again. SQLite forbids to take an open one along into a forked process."""
        with self._lock:
            if self._connection is not None:
                self._close()
                self._rests = True

    def close(self) -> None:
        """Close the file; the cache gives nothing from here on."""
        with self._lock:
            self._close()

    def __del__(self) -> None:
        self._close()
