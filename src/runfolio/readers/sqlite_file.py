"""SQLite databases of other tools, opened from their bytes: the file itself is never locked, written or joined by others."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from runfolio.errors import ReadError
from runfolio.readers.formats import WAL
from runfolio.readers.reader import RunFiles

MAGIC = b"SQLite format 3\x00"


@contextmanager
def open_database(files: RunFiles, path: str) -> Iterator[sqlite3.Connection]:
    """A connection to a copy of the database in memory; rows not yet moved from its `-wal` file are there too.

    Raises:
        ReadError: the file is damaged; also where the body of the `with` runs into damage.
    """
    body = files.read(path)
    log = files.read(path + WAL) if path + WAL in files.entries else b""
    try:
        with _recovered(body, log) if log else closing(_in_memory(body)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what SQLite says of damage may be no text itself
        reason = error if isinstance(error, sqlite3.Error) else "its schema cannot be read"
        raise ReadError(
            f"the database is damaged: {reason}",
            slug="broken-database",
            path=files.place(path),
            hint="copy it again while its writer rests, or recover it with `sqlite3 FILE .recover`",
        ) from error


def is_database(body: bytes) -> bool:
    """True where the bytes begin as a SQLite database does."""
    return body.startswith(MAGIC)


def _in_memory(body: bytes) -> sqlite3.Connection:
    # A database that once had a write-ahead log says so in its header, and memory knows none.
    plain = body[:18] + b"\x01\x01" + body[20:] if body[18:20] == b"\x02\x02" else body
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(plain)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _recovered(body: bytes, log: bytes) -> Iterator[sqlite3.Connection]:
    """A copy in a temporary folder, where SQLite itself moves what the log holds into the database."""
    with tempfile.TemporaryDirectory(prefix="runfolio-") as folder:
        copy = Path(folder) / "copy"
        copy.write_bytes(body)
        Path(f"{copy}{WAL}").write_bytes(log)
        with closing(sqlite3.connect(copy)) as connection:
            yield connection


def tables_of(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """Columns of each table, by its name: schemas move, so ask for what is there."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: frozenset(_columns(connection, name)) for name in names}


def _columns(connection: sqlite3.Connection, table: str) -> Sequence[str]:
    return [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]
