"""A Parquet file with columns of numbers."""

from __future__ import annotations

from runfolio.readers.flat import flat_reading
from runfolio.readers.formats import FORMATS
from runfolio.readers.parquet_table import read_parquet
from runfolio.readers.reader import Reading, RunFiles


class FlatParquetReader:
    """Reads `*.parquet` as one run a file."""

    name = "parquet"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the table is no metric log; ReadError when it cannot be read."""
        path = files.name
        return flat_reading(self.name, files, read_parquet(files.read(path), files.place(path)))
