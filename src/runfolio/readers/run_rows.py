"""Rows of a database that belong to runs, handed out run by run: one query a table, one run in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

Rows = list[tuple[object, ...]]


class RunRows:
    """Rows whose first column is the run's id, in the order of the ids."""

    def __init__(self, rows: Iterable[tuple[object, ...]] = ()) -> None:
        self._groups = groupby(rows, itemgetter(0))
        self._next = next(self._groups, None)

    def __iter__(self) -> Iterator[tuple[str, Rows]]:
        """Each id with its rows."""
        while self._next is not None:
            run_id = str(self._next[0])
            yield run_id, self.of(run_id)

    def of(self, run_id: str) -> Rows:
        """The run's rows without the id. Ask for ids in ascending order; rows of ids in between are passed over."""
        while self._next is not None and str(self._next[0]) < run_id:
            self._next = next(self._groups, None)
        if self._next is None or str(self._next[0]) != run_id:
            return []
        rows = [row[1:] for row in self._next[1]]
        self._next = next(self._groups, None)
        return rows


def rows_by_run(
    connection: sqlite3.Connection,
    tables: Mapping[str, frozenset[str]],
    table: str,
    columns: Sequence[str],
    where: str = "",
    order: str = "rowid",
) -> RunRows:
    """The rows of a table by run; a column that this version of the schema lacks is None, and so is a whole table.

    Args:
        connection: to the database.
        tables: as `tables_of` gives them.
        table: name of the table.
        columns: the first holds the run's id, and has to be there.
        where: a further condition in SQL.
        order: of the rows of one run.
    """
    known = tables.get(table, frozenset())
    if columns[0] not in known:
        return RunRows()
    wanted = ", ".join(f'"{name}"' if name in known else "NULL" for name in columns)
    # Names of columns and tables are this project's own, not the file's.
    condition = f"typeof(\"{columns[0]}\") = 'text'" + (f" AND {where}" if where else "")
    query = f'SELECT {wanted} FROM "{table}" WHERE {condition} ORDER BY "{columns[0]}", {order}'
    return RunRows(connection.execute(query))
