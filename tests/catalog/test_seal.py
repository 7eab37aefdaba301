"""Sealing loses nothing, and does nothing where it might."""

from __future__ import annotations

import fcntl
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runfolio
from runfolio.catalog import metric_rows, read_catalog, seal
from runfolio.catalog.seal import seal_run
from runfolio.errors import ReadError, UsageError
from runfolio.testing.factories import curve_rows, write_lines, write_run

numbers = st.one_of(st.floats(), st.integers(-(2**60), 2**60).map(float))
rows = st.lists(
    st.fixed_dictionaries(
        {}, optional={"step": st.integers(0, 40), "time": st.floats(0, 1e6), "a": numbers, "b/c": numbers}
    ),
    max_size=30,
)


def all_rows(folder: Path) -> dict[str, tuple[bytes, ...]]:
    catalog = read_catalog([folder], workers=1)
    return {
        r.metric: tuple(np.where(np.isnan(v), np.nan, v).tobytes() for v in (r.step, r.time, r.value))
        for r in metric_rows(catalog, catalog.runs[0])
    }


def summaries(folder: Path) -> str:
    run = read_catalog([folder], workers=1).runs[0]
    return repr((sorted(run.metrics.items()), run.duration_s))


@settings(max_examples=60, deadline=None)
@given(rows, rows)
def test_a_sealed_run_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, main: list, rank: list
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    run = write_run(folder / "r", main)
    write_lines(run / "metrics-1.jsonl", rank)
    before = all_rows(folder), summaries(folder)
    assert seal_run(run) == run / "metrics.parquet"
    assert sorted(path.name for path in run.iterdir()) == ["metrics.parquet", "run.json"]
    assert (all_rows(folder), summaries(folder)) == before
    content = (run / "metrics.parquet").read_bytes()
    seal_run(run)
    assert (run / "metrics.parquet").read_bytes() == content


def test_a_run_resumed_after_sealing_is_read_and_sealed_again(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", curve_rows(10))
    seal_run(run)
    write_lines(run / "metrics.jsonl", [{"step": 10, "loss": math.nan, "new": 1.0}])
    before = all_rows(tmp_path)
    assert set(before) == {"loss", "val/acc", "new"}
    seal_run(run)
    assert all_rows(tmp_path) == before
    assert not (run / "metrics.jsonl").exists()


_KILLED = """
import os, signal, sys
from pathlib import Path
from runfolio.catalog.seal import seal_run
unlink = Path.unlink
def die(self, missing_ok=False):
    if self.name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
    unlink(self, missing_ok)
Path.unlink = die
seal_run(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("last", ["metrics.jsonl", "metrics-1.jsonl"])
def test_killed_before_the_lines_went_no_row_counts_twice(tmp_path: Path, last: str) -> None:
    """Rows without a step are the test: their place in a file is their step."""
    run = write_run(tmp_path / "r", [{"a": float(row)} for row in range(5)])
    write_lines(run / "metrics-1.jsonl", [{"b": 1.0}, {"b": 2.0}])
    before = all_rows(tmp_path)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(run), last], check=False)
    assert done.returncode == -signal.SIGKILL
    assert {path.name for path in run.iterdir()} >= {"metrics.parquet", last}
    assert all_rows(tmp_path) == before

    with runfolio.start(
        run.parent.name, root=run.parent.parent, run_id="r", resume=True, capture=False
    ) as again:
        assert again.path.resolve() == run.resolve()
        again.log(c=3.0, step=5)
    with (run / last).open("ab") as lines:
        lines.write(b"broken\n")
    resumed = all_rows(tmp_path)
    assert {name: rows for name, rows in resumed.items() if name in before} == before
    assert set(resumed) == {"a", "b", "c"}
    (problem,) = read_catalog([tmp_path], workers=1).problems
    count = {"metrics.jsonl": 7, "metrics-1.jsonl": 3}[last]
    assert problem.path is not None and problem.path.endswith(f"{last}:{count}")
    seal_run(run)
    assert all_rows(tmp_path) == resumed
    assert not list(run.glob("*.jsonl"))


def test_lines_that_only_have_a_sealed_files_name_count(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", [{"a": 1.0}])
    seal_run(run)
    write_lines(run / "metrics.jsonl", [{"a": 9.0}])
    assert read_catalog([tmp_path], workers=1).runs[0].metrics["a"].count == 2


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    path = seal_run(write_run(tmp_path / "r", curve_rows(10)))
    file = pq.ParquetFile(path)
    assert file.schema_arrow.metadata[b"runfolio.schema"] == b"1"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert str(file.schema_arrow.field("step").type) == "int64"


def test_a_living_writer_is_respected(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", curve_rows(3), status="running")
    fd = os.open(run / "metrics.jsonl", os.O_RDWR)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="still being written"):
            seal_run(run)
    finally:
        os.close(fd)
    assert (run / "metrics.jsonl").exists()
    seal_run(run)


def test_nothing_goes_unless_it_is_all_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_run(tmp_path / "r", curve_rows(3))
    true_write = seal.write_sealed

    def lossy(path: Path, parts: list, order: list, notes: dict) -> None:
        parts[0].values[0, 1] += 1e-12
        true_write(path, parts, order, notes)
        parts[0].values[0, 1] -= 1e-3

    monkeypatch.setattr(seal, "write_sealed", lossy)
    with pytest.raises(ReadError) as caught:
        seal_run(run)
    assert caught.value.error_slug == "seal-mismatch"
    assert sorted(path.name for path in run.iterdir()) == ["metrics.jsonl", "run.json"]


def test_folders_that_cannot_be_sealed(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        seal_run(tmp_path)
    run = write_run(tmp_path / "r")
    (run / "metrics.jsonl").unlink()
    with pytest.raises(UsageError):
        seal_run(run)
    broken = write_run(tmp_path / "b", curve_rows(2))
    (broken / "metrics.parquet").write_bytes(b"PAR1")
    with pytest.raises(ReadError):
        seal_run(broken)
    assert (broken / "metrics.jsonl").exists()
