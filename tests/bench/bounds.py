"""The least that can be done, as plain scripts: what Runfolio's own figures are set against, measured in the same run.

    python tests/bench/bounds.py digest RUNS [PROCESSES]         count, last, min, max, mean and 250 extremes of each series
    python tests/bench/bounds.py pages RUNS OUT [PROCESSES]      the same, and a page of 75 KB a run with its data as JSON, and an index

They know the layout of generated runs, check nothing, keep nothing and say nothing about what is wrong: a tool that does
all of that cannot be faster.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

BUCKETS = 250
_PAGE_BYTES = 75_000
_decoders: dict[tuple[str, ...], Any] = {}


def columns_of_lines(path: Path) -> dict[str, Any]:
    """The whole body decoded at once into typed rows, their values straight into one matrix."""
    import msgspec

    body = path.read_bytes()
    names = tuple(msgspec.json.decode(body[: body.find(b"\n")]))
    if names not in _decoders:
        fields = {f"f{place}": name for place, name in enumerate(names)}
        row = msgspec.defstruct("Row", [(field, float) for field in fields], rename=fields, gc=False)
        _decoders[names] = msgspec.json.Decoder(row)
    try:
        rows = _decoders[names].decode_lines(body)
        flat = chain.from_iterable(map(msgspec.structs.astuple, rows))
        values = np.fromiter(flat, dtype=float, count=len(rows) * len(names)).reshape(-1, len(names)).T
        return dict(zip(names, np.ascontiguousarray(values), strict=True))
    except msgspec.ValidationError:  # texts that stand for NaN
        found = msgspec.json.Decoder().decode_lines(body)
        return {name: np.array([float(row[name]) for row in found]) for name in names}


def columns_of_parquet(path: Path) -> dict[str, Any]:
    """Columns from their buffers, without pandas and without threads."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.ParquetFile(pa.py_buffer(path.read_bytes())).read(use_threads=False)
    found = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        chunk = column.chunk(0)
        kind = np.int64 if pa.types.is_integer(chunk.type) else np.float64
        found[name] = np.frombuffer(chunk.buffers()[1], kind, len(chunk), chunk.offset * 8)
    return found


def digest_of(folder: Path) -> dict[str, Any]:
    """What is kept of one run."""
    lines = folder / "metrics.jsonl"
    columns = columns_of_lines(lines) if lines.exists() else columns_of_parquet(folder / "metrics.parquet")
    found = {}
    for name, values in columns.items():
        starts = (
            np.arange(BUCKETS) * len(values) // BUCKETS if len(values) > BUCKETS else np.arange(len(values))
        )
        low, high = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
        found[name] = (len(values), values[-1], values.min(), values.max(), values.mean(), low, high)
    return found


def digest(folder: Path) -> int:
    """How many series the run has."""
    return len(digest_of(folder))


def page(folder: Path, out: Path) -> int:
    """Bytes written: the run's page, with its digest in a fixed shell."""
    import msgspec

    numbers = {
        name: [item.tolist() if hasattr(item, "tolist") else item for item in items]
        for name, items in digest_of(folder).items()
    }
    data = msgspec.json.encode(numbers)
    shell = b"<!doctype html><title>run</title>" + b"x" * max(0, _PAGE_BYTES - len(data))
    return (out / f"{folder.name}.html").write_bytes(
        shell + b'<script type="application/json">' + data + b"</script>"
    )


def each(work: Callable[[Path], int], folders: list[Path], processes: int) -> int:
    """The sum of what the work gives for all folders."""
    if processes <= 1:
        return sum(map(work, folders))
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return sum(pool.imap_unordered(work, folders, chunksize=16))


def main(kind: str, runs: str, *rest: str) -> None:
    folders = sorted(Path(runs).glob("*/*"))
    if kind == "digest":
        result = each(digest, folders, int(rest[0]) if rest else 1)
    else:
        out = Path(rest[0])
        out.mkdir(parents=True)
        result = each(partial(page, out=out), folders, int(rest[1]) if len(rest) > 1 else 1)
        (out / "index.html").write_text("".join(f'<a href="{folder.name}.html">' for folder in folders))
    print(json.dumps({"runs": len(folders), "result": result}))


if __name__ == "__main__":
    main(*sys.argv[1:])
