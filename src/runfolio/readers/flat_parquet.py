"""A Parquet file with columns of numbers."""

from __future__ import annotations

from runfolio.readers.flat import SIZE_LIMIT, flat_reading
from runfolio.readers.parquet_table import read_parquet
from runfolio.readers.reader import Reading, RunFiles, Signature


class FlatParquetReader:
    """Reads `*.parquet` as one run a file."""

    name = "parquet"
    version = 2
    signature = Signature(names=("*.parquet",), size_limit=SIZE_LIMIT)

    def read(self, files: RunFiles) -> Reading | None:
        """The run, None when the table is no metric log; ReadError when it cannot be read."""
        (path,) = files.entries
        return flat_reading(self.name, files, read_parquet(files.read(path), files.place(path)))
