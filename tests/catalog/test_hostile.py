"""Whatever lies in a folder: a run or a Problem, never an exception, never a fault of a reader."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.catalog import Catalog, read_catalog
from runfolio.testing.factories import curve_rows, write_run
from runfolio.testing.reader_contract import write_tree

_FIELDS = ("schema", "run_id", "experiment", "name", "status", "started_at", "ended_at", "parameters", "tags", "group",
           "parent", "command", "error", "git", "environment", "hardware", "data", "commit", "diff", "packages", "cores",
           "gpus", "uri", "event", "path", "kind", "size_bytes", "step", "time", "loss", "title", "text", "level")  # fmt: skip
_WORDS = ("running", "artifact", "alert", "note", "NaN", "2026-11-21T03:43:00Z", "9999-12-31T23:59:59-23:00", "artifacts/x",
          "../x", "\ud800", "\0", "1e999", "0001-01-01T00:00:00+14:00")  # fmt: skip
keys = st.one_of(st.sampled_from(_FIELDS), st.text(max_size=3))
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-(2**200), 2**200), st.floats(), st.text(max_size=5),
    st.sampled_from(_WORDS), st.sampled_from([10**400, -(10**400), 2**63, 2**64])
)  # fmt: skip
json_values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=12,
)
objects = st.dictionaries(keys, json_values, max_size=8)


def checked(catalog: Catalog) -> Catalog:
    """The catalog, after a look at everything a page would use."""
    for problem in catalog.problems:
        assert problem.slug not in ("reader-failed", "reader-died"), problem
        assert problem.hint
        repr(problem).encode()
    for run in catalog.runs:
        assert [series.metric for series in catalog.series(run)] == list(run.metrics)
        repr(run).encode()
        for text in (
            run.run_id,
            run.name,
            run.experiment,
            run.notes,
            *run.tags,
            *run.metrics,
            *run.parameters,
        ):
            text.encode()
        for value in run.parameters.values():
            value.text.encode()
    return catalog


def lines(values: list[Any]) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


@settings(max_examples=150, deadline=None)
@given(json_values, st.lists(json_values, max_size=4), st.lists(objects, max_size=4), st.booleans())
def test_any_json_in_a_run_folder(
    tmp_path_factory: pytest.TempPathFactory, record: Any, rows: list[Any], events: list[Any], is_ours: bool
) -> None:
    root = tmp_path_factory.mktemp("any")
    if is_ours and isinstance(record, dict):
        record = {**record, "schema": 1}
    tree = {
        "r/run.json": json.dumps(record).encode(),
        "r/metrics.jsonl": lines(rows),
        "r/events.jsonl": lines(events),
    }
    catalog = checked(
        read_catalog([write_tree(root, tree)], workers=1, cache=root / ".runfolio" / "c.sqlite")
    )
    assert len(catalog.runs) == 1
    again = checked(read_catalog([root], workers=1, cache=root / ".runfolio" / "c.sqlite"))
    assert (repr(again.runs), again.problems) == (repr(catalog.runs), catalog.problems)
    shutil.rmtree(root)


@settings(max_examples=100, deadline=None)
@given(json_values, st.lists(objects, max_size=4))
def test_any_json_as_flat_files(
    tmp_path_factory: pytest.TempPathFactory, value: Any, rows: list[Any]
) -> None:
    root = tmp_path_factory.mktemp("flat")
    tree = {"a.json": json.dumps(value).encode(), "b.jsonl": lines(rows), "c.json": json.dumps(rows).encode()}
    checked(read_catalog([write_tree(root, tree)], workers=1))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.text(st.sampled_from('step,loss;\t0123.e-"\n\r#naif'), max_size=80))
def test_any_bytes_as_files(tmp_path_factory: pytest.TempPathFactory, content: bytes, table: str) -> None:
    root = tmp_path_factory.mktemp("bytes")
    names = (
        "a.csv",
        "b.json",
        "c.jsonl",
        "d.parquet",
        "e/run.json",
        "f/metrics.jsonl",
        "f/events.jsonl",
        "f/notes.md",
    )
    tree = dict.fromkeys(names, content) | {"f/run.json": b'{"schema": 1}', "t.csv": table.encode()}
    checked(read_catalog([write_tree(root, tree)], workers=1))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_flipped_byte_in_parquet(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"step": list(range(50)), "loss": [0.5] * 50, "text": ["a"] * 50}), sink)
    content = bytearray(sink.getvalue())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    root = tmp_path_factory.mktemp("parquet")
    checked(read_catalog([write_tree(root, {"a.parquet": bytes(content)})], workers=1))


def test_odd_columns_of_parquet(tmp_path: Path) -> None:
    columns = {
        "step": pa.array([1, 2, 30], pa.int32()),
        "": pa.array([1.0, 2.0, 3.0]),
        "half": pa.array([1, 2, 3], pa.float16()),
        "big": pa.array([2**64 - 1, 0, 1], pa.uint64()),
        "money": pa.array(["1.5", "2.5", None]).cast(pa.decimal128(5, 2)),
        "flag": pa.array([True, False, None]),
        "list": pa.array([[1], [2], None]),
        "word": pa.array(["a", "a", None]).dictionary_encode(),
        "nothing": pa.nulls(3),
        "day": pa.array([1, 2, 3], pa.date32()),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    catalog = checked(read_catalog([tmp_path], workers=1))
    (run,) = catalog.runs
    assert catalog.problems == ()
    assert {name: metric.count for name, metric in run.metrics.items()} == {
        "unnamed": 3,
        "half": 3,
        "big": 3,
        "money": 2,
    }
    assert run.metrics["money"].last == 2.5
    assert run.parameters["word"].value == "a"


def test_a_run_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_run(tmp_path / "r", curve_rows(3))
    from runfolio.catalog import read

    true = read.digest_all

    def late(*arguments: Any) -> Any:
        shutil.rmtree(run)
        return true(*arguments)

    monkeypatch.setattr(read, "digest_all", late)
    catalog = checked(read_catalog([tmp_path], workers=1))
    assert {problem.slug for problem in catalog.problems} == {"unreadable-file"}
