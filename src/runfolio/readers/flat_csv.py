"""A text table with a header: commas, semicolons or tabs between the cells; an empty cell was not logged."""

from __future__ import annotations

import csv
import io

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import Problem
from runfolio.readers.broken_lines import broken_lines
from runfolio.readers.flat import VARYING, FlatTable, Text, flat_identity, flat_reading
from runfolio.readers.formats import FORMATS
from runfolio.readers.number import clean, number_of_text
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.rows import Column

_BROKEN_ROW = (
    "the row has too many or too few cells",
    "rows have too many or too few cells",
    "the other rows were read; a row must have as many cells as the header",
)
_LONGEST_PARAMETER = 1000
#: What Keras writes where a value was not there.
_NOT_LOGGED = "NA"


class FlatCsvReader:
    """Reads `*.csv` and `*.tsv` as one run a file."""

    name = "csv"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the table is no metric log; ReadError when it is no text table at all."""
        table, broken = csv_table(files, files.name)
        if table is None:
            return None
        run_id, _ = flat_identity(files.parts)
        return flat_reading(self.name, files, table, broken_rows(broken, files, files.name, run_id))


def csv_table(files: RunFiles, path: str) -> tuple[FlatTable | None, list[int]]:
    """The table, and the lines that have another number of cells than the header; no table without a header.

    Raises:
        ReadError: the file is no text table at all.
    """
    body = files.read(path)
    if not body.strip():
        return None, []
    if b"\0" in body:
        raise ReadError(
            "the file is binary, not a text table",
            slug="broken-csv",
            path=files.place(path),
            hint="write it again as UTF-8 text, or give it another ending",
        )
    try:
        return _read_table(body)
    except csv.Error as error:
        raise ReadError(
            f"the table cannot be read: {error}",
            slug="broken-csv",
            path=files.place(path),
            hint="write it again with one header row and as many cells in each row",
        ) from error


def _read_table(body: bytes) -> tuple[FlatTable | None, list[int]]:
    """The table and the numbers of lines that have another number of cells than the header; None without a header."""
    text = body.decode("utf-8-sig", "replace")
    skipped = 0
    while text.startswith("#"):  # a comment before the header, as some tools write
        _, _, text = text.partition("\n")
        skipped += 1
    delimiter = _delimiter(text.partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]
    if not header or len(set(header)) < len(header) or any(_is_no_name(name) for name in header):
        return None, []
    rows, broken = [], []
    for row in reader:
        if len(row) == len(header):
            rows.append(row)
        elif row:
            broken.append(reader.line_num + skipped)
    if broken and not text.endswith("\n") and broken[-1] == reader.line_num + skipped:
        broken.pop()  # torn: a writer is at it, or was killed
    return _as_columns(header, rows, decimal_comma=delimiter == ";"), broken


def _is_no_name(name: str) -> bool:
    return number_of_text(name) is not None


def _delimiter(header: str) -> str:
    return max((",", ";", "\t"), key=header.count)


def _as_columns(header: list[str], rows: list[list[str]], *, decimal_comma: bool) -> FlatTable:
    table = FlatTable({}, rows=len(rows))
    for name, cells in zip(header, zip(*rows, strict=True), strict=False):
        name = clean(name) or "unnamed"
        column, text = _column(cells, decimal_comma=decimal_comma)
        if column is not None:
            table.columns[name] = column
        elif text is not None:
            table.texts[name] = text
    return table


def _column(cells: tuple[str, ...], *, decimal_comma: bool) -> tuple[Column | None, Text | None]:
    """Cells as numbers where all filled ones are some, else as text; neither for an empty column."""
    values = np.full(len(cells), np.nan)
    present = np.zeros(len(cells), dtype=bool)
    texts: set[str] = set()
    for index, cell in enumerate(cells):
        if not cell or cell.isspace() or cell == _NOT_LOGGED:
            continue
        value = number_of_text(cell.replace(",", ".") if decimal_comma else cell)
        if value is None:
            texts.add(clean(cell.strip()))
            if len(texts) > 1:
                return None, VARYING
        else:
            values[index], present[index] = value, True
    if texts:
        (text,) = texts
        return None, VARYING if present.any() or len(text) > _LONGEST_PARAMETER else text
    return (Column(values, None if present.all() else present), None) if present.any() else (None, None)


def broken_rows(broken: list[int], files: RunFiles, path: str, run_id: str) -> tuple[Problem, ...]:
    """What is said of rows with too many or too few cells, by their line numbers."""
    return tuple(broken_lines(broken, files, path, run_id, _BROKEN_ROW))
