"""The data behind the pages says the same in all three formats, strictly, and is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import pyarrow.parquet as pq
import pytest
from built import files_of, make_run, plan, replicates, study_of

from runfolio.analysis.select import value_of
from runfolio.model import Run


def runs() -> list[Run]:
    found = replicates({"a": [0.1 + 0.2, math.nan, None], "b": [math.inf, -math.inf]})
    odd = {"model": "=1+1", "big": 2**80, "flag": True, "none": None, "tiny": 5e-324, "text": 'a "b",\nc'}
    found.append(
        make_run("odd", {"loss": 1e-300}, parameters=odd, tags=("x", "y"), started_at=None, duration_s=None)
    )
    return found


def read(site: Any) -> tuple[list[dict[str, Any]], list[dict[str, str]], list[dict[str, Any]]]:
    files = files_of(site)
    strict = json.loads(
        files["data/runs.json"], parse_constant=lambda name: pytest.fail(f"{name} is no JSON")
    )
    rows = list(csv.DictReader(io.StringIO(files["data/runs.csv"].decode(), newline="")))
    return strict, rows, pq.read_table(io.BytesIO(files["data/runs.parquet"])).to_pylist()


def test_three_formats_one_content() -> None:
    records, rows, parquet = read(plan(runs()))
    assert len(records) == len(rows) == len(parquet) == 6
    study = study_of(runs())
    for record, row, line in zip(records, rows, parquet, strict=True):
        assert record["run_id"] == row["run_id"] == line["run_id"]
        assert record["status"] == row["status"] == line["status"]
        assert row["duration_s"] == ("" if record["duration_s"] is None else repr(record["duration_s"]))
        run = study.by_id[record["run_id"]]
        for name, spec in study.specs.items():
            cell, number = row[f"metrics.{name}"], line[f"metrics.{name}"]
            if name not in run.metrics:
                assert cell == "" and number is None and name not in record["metrics"]
                continue
            value = value_of(run, spec)
            assert float(cell) == value or (math.isnan(value) and math.isnan(float(cell)))
            assert number == value or (math.isnan(value) and math.isnan(number))
            last = record["metrics"][name]["last"]
            assert math.isfinite(value) == (not isinstance(last, str))


def test_non_finite_numbers_are_the_run_logs_strings() -> None:
    records, _, _ = read(plan(runs()))
    assert [record["metrics"].get("acc", {}).get("last") for record in records] == [
        0.1 + 0.2, "NaN", None, "Infinity", "-Infinity", None,
    ]  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    text = f"{start}cmd|'/c calc'!A0"
    run = make_run(
        "a", {text: 1.0}, name=text, parameters={text: text}, tags=(text,), group=text, experiment=text
    )
    files = files_of(plan([run]))
    for row in csv.reader(io.StringIO(files["data/runs.csv"].decode(), newline="")):
        for cell in row:
            assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")
            assert text not in cell or cell.partition(text)[0] in ("'", "parameters.", "metrics.")


def test_numbers_below_zero_are_no_formulas() -> None:
    run = make_run("a", {"loss": -1.5}, parameters={"shift": -3, "small": -0.25})
    (row,) = csv.DictReader(io.StringIO(files_of(plan([run]))["data/runs.csv"].decode()))
    assert (row["metrics.loss"], row["parameters.shift"], row["parameters.small"]) == ("-1.5", "-3", "-0.25")


def test_every_digit_is_kept() -> None:
    _, rows, parquet = read(plan(runs()))
    assert rows[0]["metrics.acc"] == "0.30000000000000004"
    assert float(rows[5]["parameters.tiny"]) == 5e-324
    assert parquet[5]["metrics.loss"] == 1e-300


def test_a_column_named_twice_is_impossible() -> None:
    """Two metrics and a parameter of one name stand in columns of their own."""
    run = make_run("a", {"x": 1.0}, parameters={"x": 2.0, "run_id": "no"})
    _, (row,), (line,) = read(plan([run]))
    assert (row["metrics.x"], row["parameters.x"], row["run_id"]) == ("1.0", "2.0", "a")
    assert line["parameters.run_id"] == "no"


def test_the_search_index_leads_to_pages_that_exist() -> None:
    site = plan(runs())
    data = files_of(site)["data/search.js"].decode()
    entries = json.loads(json.loads("[" + data[len("runfolio.register(") : -len(");\n")] + "]")[1])
    paths = {page.path for page in site.pages}
    assert {entry["href"].partition("#")[0] for entry in entries} <= paths
    assert {entry["kind"] for entry in entries} == {"experiment", "metric", "run"}


def test_an_empty_site_has_readable_files() -> None:
    records, rows, parquet = read(plan([]))
    assert (records, rows, parquet) == ([], [], [])


def test_runs_that_one_file_cannot_hold_lie_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runfolio.pages.data_files.MOST_SUMMARIES", 4)
    files = files_of(plan(runs()))
    index = json.loads(files["data/runs.json"])
    assert index == {"parts": ["runs-1.json", "runs-2.json", "runs-3.json"], "runs": 6}
    parts = [json.loads(files[f"data/{name}"]) for name in index["parts"]]
    monkeypatch.undo()
    assert [record for part in parts for record in part] == json.loads(
        files_of(plan(runs()))["data/runs.json"]
    )


def test_every_file_that_was_read_is_listed_with_its_digest() -> None:
    rows = list(csv.DictReader(io.StringIO(files_of(plan(runs()))["data/files.csv"].decode(), newline="")))
    wanted = [
        (run.run_id, item.path, str(item.size_bytes), item.sha256)
        for run in runs()
        for item in run.source.files
    ]
    assert sorted(tuple(row.values()) for row in rows) == sorted(wanted)
    assert list(rows[0]) == ["run_id", "path", "size_bytes", "sha256"]
