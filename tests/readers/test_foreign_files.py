"""YAML and SQLite as other tools leave them, and values that no reader expects."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.catalog.engine import Job, run_files
from runfolio.catalog.scan import Claim
from runfolio.catalog.storage import LocalStorage
from runfolio.errors import ReadError
from runfolio.model import Run, RunStatus
from runfolio.readers import BUILT_IN, Reading, RunFiles, Signature, all_readers
from runfolio.readers.sqlite_file import is_database, open_database, tables_of
from runfolio.readers.yaml_file import parse_yaml
from runfolio.testing.reader_contract import write_tree

BOMB = b"".join(
    b"a%d: &a%d [%s]\n" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 9)) if i else b"a0: &a0 [1]\n"
    for i in range(12)
)


def files_of(folder: Path) -> RunFiles:
    storage = LocalStorage(folder)
    return run_files(Job(storage, Claim(0, "", "", (), storage.list("").files)), BUILT_IN[-1])


def test_yaml_gives_plain_values_only() -> None:
    body = b"""
lr: 1e-3
wd: 1E4
n: 12
x: 0.5
version: 1.2.3
when: 2026-11-24
flag: true
none: null
shape: !!python/tuple [1, 2]
net: !!python/object:torch.nn.Linear {in_features: 3}
cls: !!python/name:builtins.eval ''
"""
    assert parse_yaml(body, "x.yaml") == {
        "lr": 1e-3, "wd": 1e4, "n": 12, "x": 0.5, "version": "1.2.3", "when": "2026-11-24", "flag": True,
        "none": None, "shape": [1, 2], "net": {"in_features": 3}, "cls": "",
    }  # fmt: skip


def test_bytes_in_yaml_are_told_apart_but_not_shown() -> None:
    one, two, three = (
        parse_yaml(b"a: !!binary |\n  " + text, "x.yaml") for text in (b"gAKK", b"gAKK", b"gAKL")
    )
    assert one == two != three
    assert str(one).startswith("{'a': 'binary ") and "gAKK" not in str(one)


@pytest.mark.parametrize(
    "body", [b"a: [1", b"\t- x: :", b"a: &x [*x, *y]", b"a: &x [*x]", BOMB, b"x" * 5_000_001]
)
def test_broken_yaml_names_file_and_line(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        parse_yaml(body, "a/x.yaml")
    assert caught.value.place is not None and caught.value.place.startswith("a/x.yaml")
    assert caught.value.hint


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_database_in_use_is_read_and_left_alone(tmp_path: Path, mode: str) -> None:
    writer = sqlite3.connect(tmp_path / "x.db")
    writer.execute(f"PRAGMA journal_mode = {mode}")
    writer.execute("CREATE TABLE t (a, b)")
    writer.execute("INSERT INTO t VALUES (1, 2)")
    writer.commit()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with open_database(files_of(tmp_path), "x.db") as connection:
        assert tables_of(connection) == {"t": {"a", "b"}}
        assert connection.execute("SELECT a, b FROM t").fetchall() == [(1, 2)]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert is_database(before["x.db"])
    writer.close()
    with open_database(files_of(tmp_path), "x.db") as connection:
        assert connection.execute("SELECT b FROM t").fetchall() == [(2,)]


def test_a_damaged_database_is_a_read_error(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as writer:
        writer.execute("CREATE TABLE t (a)")
        writer.executemany("INSERT INTO t VALUES (?)", [("x" * 100,)] * 1000)
    writer.close()
    body = (tmp_path / "x.db").read_bytes()
    for damaged in (b"no database", body[:5000], body[:100] + b"\xff" * 4000 + body[4100:]):
        (tmp_path / "x.db").write_bytes(damaged)
        with pytest.raises(ReadError) as caught, open_database(files_of(tmp_path), "x.db") as connection:
            connection.execute("SELECT count(a) FROM t").fetchall()
        assert caught.value.path == "x.db"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        # Lone surrogates, as JSON may spell them, in names and texts; NaN keeps the strict parser out.
        ("log.jsonl", b'{"step": 1, "loss": NaN, "\\ud800": 2, "who": "\\udfff"}\n{"step": 2, "loss": 1}\n'),
        (
            "a/1/run.json",
            b'{"experiment": {"name": "\\ud800"}, "status": "COMPLETED", "host": {"os": ["x", NaN]}}',
        ),
        (
            "jmh.json",
            b'[{"benchmark": "\\ud800", "mode": "avgt", "primaryMetric": {"score": 1, "scoreUnit": "s/op", "rawData": []}}]',
        ),
        (
            "bench.json",
            b'{"context": {}, "benchmarks": [{"name": ["x"], "run_name": "a", "real_time": 1, "time_unit": "ns"}]}',
        ),
        ("runs/r/.guild/attrs/started", b"9" * 400),
    ],
)
def test_hostile_values_fail_no_reader(path: str, body: bytes, tmp_path: Path) -> None:
    tree = {
        path: body,
        "runs/r/.guild/opref": b"guildfile:. x m train\n",
        "good.csv": b"step,loss\n1,2\n2,1\n",
    }
    catalog = read_catalog([write_tree(tmp_path, tree)], workers=1)
    assert "reader-failed" not in {problem.slug for problem in catalog.problems}
    assert "good" in {run.run_id for run in catalog.runs}


class HostileReader:
    """Puts into a run what none may hold."""

    name = "hostile"
    version = 1
    signature = Signature(names=("*.hostile",))

    def read(self, files: RunFiles) -> Reading:
        run = Run("\ud800", "e", "n", RunStatus.FINISHED, files.source(self.name), "f" * 64)
        return Reading(run)


def test_a_run_that_cannot_be_kept_costs_itself_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = [HostileReader(), *all_readers()]
    for module in ("engine", "read"):
        monkeypatch.setattr(f"runfolio.catalog.{module}.all_readers", lambda: readers)
    tree = {"a.hostile": b"x", "good.csv": b"step,loss\n1,2\n2,1\n"}
    catalog = read_catalog([write_tree(tmp_path, tree)], workers=1)
    assert [run.run_id for run in catalog.runs] == ["good"]
    assert [(problem.slug, problem.path) for problem in catalog.problems] == [("reader-failed", "a.hostile")]
