"""Every built-in reader keeps the contract that third-party readers are held to."""

from __future__ import annotations

import io
import json
import math
import re
from importlib.metadata import EntryPoint
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runfolio import readers
from runfolio.readers import BUILT_IN, Reader, all_readers
from runfolio.readers.flat_csv import FlatCsvReader
from runfolio.readers.flat_json import FlatJsonReader
from runfolio.readers.flat_jsonl import FlatJsonlReader
from runfolio.readers.flat_parquet import FlatParquetReader
from runfolio.readers.formats import FORMATS
from runfolio.readers.runlog import RunlogReader
from runfolio.testing.factories import curve_rows, write_run
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree


def parquet_bytes(columns: dict[str, list[object]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def tree_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_built_in_reader_is_under_contract() -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    tested = {
        name for text in texts for name in re.findall(r"^    reader_class = (\w+)$", text, re.MULTILINE)
    }
    assert tested >= {known.reader.partition(":")[2] for known in FORMATS.values()}
    assert all_readers()[-len(BUILT_IN) :] == BUILT_IN


def test_readers_of_other_packages_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("b", "runfolio.readers.flat_csv:FlatCsvReader", "runfolio.readers"),
        EntryPoint("a", "no_such_package.reader:Reader", "runfolio.readers"),
    ]
    monkeypatch.setattr(readers, "entry_points", lambda group: points if group == "runfolio.readers" else [])
    readers._plugins.cache_clear()
    try:
        assert [reader.name for reader in all_readers()] == ["csv", *(reader.name for reader in BUILT_IN)]
        (problem,) = readers.plugin_problems()
        assert problem.slug == "reader-failed"
        assert "`a`" in problem.message
        assert "no_such_package" in problem.hint
    finally:
        readers._plugins.cache_clear()


class TestRunlog(ReaderContract):
    reader_class = RunlogReader

    @pytest.fixture
    def reader(self) -> Reader:
        return RunlogReader()

    @pytest.fixture
    def valid(self, tmp_path_factory: pytest.TempPathFactory) -> Sample:
        root = tmp_path_factory.mktemp("runlog")
        rows = curve_rows(40)
        event = {"event": "artifact", "name": "log", "path": "artifacts/log.txt"}
        run = write_run(root / "e" / "r1", rows, events=[event], notes="hello", artifacts={"log.txt": b"x"})
        (run / "metrics-1.jsonl").write_text('{"step": 3, "time": 1.0, "loss": 9, "rank1/only": "NaN"}\n')
        last = rows[-1]
        return Sample(
            tree_of(root),
            {
                "r1": {
                    "loss": (40, last["loss"]),
                    "val/acc": (40, last["val/acc"]),
                    "rank1/only": (1, math.nan),
                }
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        ok = json.dumps({"schema": 1}).encode()
        return {
            "no json": {"r/run.json": b"{", "r/metrics.jsonl": b'{"step": 1, "loss": 1}\n'},
            "no object": {"r/run.json": b"[]"},
            "newer": {"r/run.json": b'{"schema": 2}'},
            "schema no number": {"r/run.json": b'{"schema": "one"}'},
            "line": {"r/run.json": ok, "r/metrics.jsonl": b'{"a": 1}\nx\n{"a": 2}\n'},
            "parquet": {"r/run.json": ok, "r/metrics.parquet": b"PAR1"},
            "text": {"r/run.json": ok, "r/metrics.jsonl": b'{"a": "high"}\n'},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "sacred": {
                "1/run.json": b'{"command": "main", "status": "COMPLETED", "experiment": {"name": "x"}}'
            }
        }


class TestJsonl(ReaderContract):
    reader_class = FlatJsonlReader

    @pytest.fixture
    def reader(self) -> Reader:
        return FlatJsonlReader()

    @pytest.fixture
    def valid(self) -> Sample:
        rows = [{"step": 10 * n, "loss": 1 / (n + 1), "nested": {"acc": n}, "model": "a"} for n in range(30)]
        return Sample(
            {"exp/a.jsonl": "".join(json.dumps(row) + "\n" for row in rows).encode()},
            {"a": {"loss": (30, 1 / 30), "nested/acc": (30, 29.0)}},
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "no json": {"a.jsonl": b"loss 1\nloss 2\n"},
            "binary": {"a.jsonl": bytes(range(256))},
            "line": {"a.jsonl": b'{"step": 1, "loss": 1}\n{\n{"step": 2, "loss": 1}\n'},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "texts": {"a.jsonl": b'{"text": "a"}\n{"text": "b"}\n'},
            "data set": {"a.jsonl": b'{"prompt": "a", "tokens": 1}\n{"prompt": "b", "tokens": 2}\n'},
            "empty": {"a.jsonl": b""},
        }


class TestJson(ReaderContract):
    reader_class = FlatJsonReader

    @pytest.fixture
    def reader(self) -> Reader:
        return FlatJsonReader()

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample(
            {
                "e/columns.json": b'{"loss": [3, 2, "NaN"], "acc": [0.1, null, 0.3], "seed": 4, "params": {"lr": 0.1}}',
                "e/rows.json": b'[{"epoch": 1, "loss": 3, "model": "m"}, {"epoch": 2, "loss": 2.5, "model": "m"}]',
                "e/numbers.json": b'{"acc": 0.9, "per_class": {"cat": 0.8, "dog": NaN}}',
            },
            {
                "columns": {"loss": (3, math.nan), "acc": (2, 0.3)},
                "rows": {"loss": (2, 2.5)},
                "numbers": {"acc": (1, 0.9), "per_class/cat": (1, 0.8), "per_class/dog": (1, math.nan)},
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "cut": {"a.json": b'{"loss": [1, 2'},
            "binary": {"a.json": b"\x80\x81"},
            "deep": {"a.json": b"[" * 100_000},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "package": {"package.json": b'{"version": 1}', "x.json": b'{"name": "a", "version": "1"}'},
            "config": {"config.json": b'{"lr": 0.1}', "params.json": b'{"lr": 0.1}'},
            "empty": {"a.json": b"", "b.json": b"{}", "c.json": b"[]", "d.json": b"null", "e.json": b"3"},
            "things": {"a.json": b'[{"name": "parse", "value": 3}, {"name": "write", "value": 4}]'},
            "one thing": {"a.json": b'[{"benchmark": "parse", "score": {"mean": 3}}]'},
            "lists": {
                "a.json": b'{"files": ["a"], "size": [1, 2]}',
                "b.json": b'{"size": [640, 480], "name": "x"}',
            },
            "lines": {"a.json": b'{"a": 1}\n{"a": 2}\n'},
        }


class TestCsv(ReaderContract):
    reader_class = FlatCsvReader

    @pytest.fixture
    def reader(self) -> Reader:
        return FlatCsvReader()

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample(
            {
                "e/comma.csv": b"epoch,loss,val_loss,optimizer\n0,1.5,,adam\n1,1e-3,2.5,adam\n2,nan,,adam\n",
                "e/semicolon.csv": b"\xef\xbb\xbfstep;loss\r\n0;1,5\r\n1;0,5\r\n",
                "e/tab.tsv": b"step\tloss\n49\t0.25\n",
                "e/comment.csv": b'#{"t_start": 1}\nr,l\n10.0,10\n12.0,12\n',
            },
            {
                "comma": {"loss": (3, math.nan), "val_loss": (1, 2.5)},
                "semicolon": {"loss": (2, 0.5)},
                "tab": {"loss": (1, 0.25)},
                "comment": {"r": (2, 12.0), "l": (2, 12.0)},
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "binary": {"a.csv": bytes(range(256))},
            "row": {"a.csv": b"step,loss\n0,1\n1\n2,3\n"},
            "huge cell": {"a.csv": b"step,loss\n0," + b"9" * 200_000},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "config": {"a.csv": b"name,value\nlr,high\n"},
            "data set": {"a.csv": b"length,width,species\n1,2,setosa\n2,3,virginica\n"},
            "no header": {"a.csv": b"1,2\n3,4\n"},
            "only header": {"a.csv": b"step,loss\n"},
            "only steps": {"a.csv": b"step\n1\n2\n"},
            "empty": {"a.csv": b" \n"},
            "prose": {"a.csv": b"hello\nworld\n"},
        }


class TestParquet(ReaderContract):
    reader_class = FlatParquetReader

    @pytest.fixture
    def reader(self) -> Reader:
        return FlatParquetReader()

    @pytest.fixture
    def valid(self) -> Sample:
        columns = {"step": [0, 1, 2], "loss": [1.0, None, math.nan], "n": [1, 2, 3], "model": ["m", "m", "m"]}
        return Sample({"e/a.parquet": parquet_bytes(columns)}, {"a": {"loss": (2, math.nan), "n": (3, 3.0)}})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {"cut": {"a.parquet": parquet_bytes({"a": [1.0]})[:-7]}, "empty": {"a.parquet": b""}}

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"texts": {"a.parquet": parquet_bytes({"text": ["a", "b"], "length": [1, 2]})}}
