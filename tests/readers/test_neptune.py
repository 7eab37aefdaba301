"""Exports of Neptune: all types of attributes, parts, steps that are decimals, and the model registry."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runfolio.catalog import read_catalog
from runfolio.model import Run, RunStatus
from runfolio.readers import Reader
from runfolio.readers.neptune import NeptuneReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

START = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
FOLDER = "data/me_digits-a416350a1df2fcbe"
STEM = f"{FOLDER}/DIG-1-3728521ddff3e28f"
SCHEMA = pa.schema(
    [
        *[(name, pa.string()) for name in ("project_id", "run_id", "attribute_path", "attribute_type")],
        ("step", pa.decimal128(18, 6)),
        ("timestamp", pa.timestamp("ms", tz="UTC")),
        ("int_value", pa.int64()),
        ("float_value", pa.float64()),
        ("string_value", pa.string()),
        ("bool_value", pa.bool_()),
        ("datetime_value", pa.timestamp("ms", tz="UTC")),
        ("string_set_value", pa.list_(pa.string())),
        ("file_value", pa.struct([("path", pa.string())])),
    ]
)


def row(
    path: str, kind: str, value: object, step: float | None = None, second: float | None = None
) -> dict[str, Any]:
    column = (
        "float_value"
        if kind == "float_series"
        else "file_value"
        if kind.startswith("file")
        else f"{kind}_value"
    )
    found = {"project_id": "me/digits", "run_id": "DIG-1", "attribute_path": path, "attribute_type": kind}
    if column in SCHEMA.names:
        found[column] = value
    if step is not None:
        found["step"] = Decimal(str(step))
    if second is not None:
        found["timestamp"] = START + timedelta(seconds=second)
    return found


def part(*rows: dict[str, Any]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMA), sink, compression="snappy")
    return sink.getvalue()


def loss(*steps: int) -> list[dict[str, Any]]:
    return [row("train/loss", "float_series", 1 / (step + 1), step, step) for step in steps]


def one(folder: Path, tree: Tree) -> tuple[Run, list[tuple[str, str]]]:
    catalog = read_catalog([write_tree(folder, tree)], workers=1)
    assert len(catalog.runs) == 1, catalog.problems
    (run,) = catalog.runs
    return run, [(item.slug, item.path) for item in catalog.problems]


class TestNeptune(ReaderContract):
    reader_class = NeptuneReader

    @pytest.fixture
    def reader(self) -> Reader:
        return NeptuneReader()

    @pytest.fixture
    def valid(self) -> Sample:
        tree = {
            f"{STEM}_part_0.parquet": part(row("sys/name", "string", "seed-1"), *loss(0, 1)),
            f"{STEM}_part_1.parquet": part(*loss(2, 3), row("acc", "float_series", 0.5, 0.5)),
        }
        return Sample(tree, {"DIG-1": {"train/loss": (4, 0.25), "acc": (1, 0.5)}})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        body = part(*loss(0, 1))
        return {
            "cut short": {f"{STEM}_part_0.parquet": body[:-9]},
            "cut short later": {f"{STEM}_part_0.parquet": body, f"{STEM}_part_1.parquet": body[:-9]},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        sink = io.BytesIO()
        pq.write_table(pa.table({"step": [1, 2], "loss": [2.0, 1.0]}), sink)
        return {
            "a part of another table": {
                "log_part_0.parquet": sink.getvalue(),
                "log_part_1.parquet": sink.getvalue(),
            },
            "no Parquet": {"log_part_0.parquet": b"hello"},
        }

    def test_damage_is_named(self, reader: Reader, broken: dict[str, Tree], tmp_path: Path) -> None:
        whole = read_catalog([write_tree(tmp_path / "a", broken["cut short"])], workers=1)
        assert [(item.slug, item.path) for item in whole.problems] == [
            ("broken-parquet", f"{STEM}_part_0.parquet")
        ]
        run, problems = one(tmp_path / "b", broken["cut short later"])
        assert run.metrics["train/loss"].count == 2
        # The part is named once by the run, and once by itself.
        assert set(problems) == {("broken-parquet", f"{STEM}_part_1.parquet")}


def test_every_type_of_attribute(tmp_path: Path) -> None:
    rows = [
        row("sys/name", "string", "seed-1"),
        row("sys/description", "string", "A note."),
        row("sys/creation_time", "datetime", START),
        row("sys/running_time", "float", 12.5),
        row("sys/failed", "bool", True),
        row("sys/hostname", "string", "box"),
        row("sys/owner", "string", "me"),
        row("sys/tags", "string_set", ["a", "b"]),
        row("sys/group_tags", "string_set", ["base"]),
        row("sys/forking/parent", "string", "DIG-0"),
        row("sys/size", "float", 12.0),
        row("monitoring/1a/hostname", "string", "box"),
        row("parameters/lr", "float", 0.1),
        row("parameters/seed", "int", 3),
        row("parameters/flag", "bool", False),
        row("parameters/when", "datetime", START),
        row("parameters/names", "string_set", ["x", "y"]),
        row("val/acc", "float_series", 0.5, 1.5, 3),
        row("val/acc", "float_series", 0.75, 2.5, 4),
        row("plot", "file", {"path": "me_digits/DIG-1/plot.png"}),
        row("seen", "file_series", {"path": "/mnt/x/seen/2.000000.html"}, 2),
        row("log", "string_series", "hello", 0, 0),
    ]
    run, problems = one(tmp_path, {f"{STEM}_part_0.parquet": part(*rows)})
    assert problems == [("neptune-left-out", f"{STEM}_part_0.parquet")]
    assert (run.run_id, run.experiment, run.name, run.group, run.parent_id) == (
        "DIG-1",
        "digits",
        "seed-1",
        "base",
        "DIG-0",
    )
    assert (run.status, run.started_at, run.duration_s) == (RunStatus.FAILED, START, 12.5)
    assert (run.notes, run.tags, run.environment.host, run.environment.user) == (
        "A note.",
        ("a", "b"),
        "box",
        "me",
    )
    assert {name: value.value for name, value in run.parameters.items()} == {
        "parameters.lr": 0.1,
        "parameters.seed": 3,
        "parameters.flag": False,
        "parameters.when": "2025-01-02T03:04:05+00:00",
        "parameters.names": '["x", "y"]',
    }
    accuracy = run.metrics["val/acc"]
    assert (accuracy.count, accuracy.last, accuracy.last_step, accuracy.last_time) == (2, 0.75, 2.5, 4)
    assert [(item.name, item.kind, item.uri, item.step) for item in run.artifacts] == [
        ("plot", "image", "me_digits/DIG-1/plot.png", None),
        ("seen", "html", "2.000000.html", 2),
    ]


def test_the_model_registry_is_an_experiment_of_its_own(tmp_path: Path) -> None:
    body = part(row("sys/stage", "string", "production"), row("size", "int", 3))
    run, problems = one(tmp_path, {f"{FOLDER}/model_versions/DIG-M-1-0123456789abcdef_part_0.parquet": body})
    assert problems == []
    assert (run.experiment, run.parameters["size"].value) == ("digits model versions", 3)
    assert run.tags == ("production",)
    assert dict(run.metrics) == {}
