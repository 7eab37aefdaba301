"""Which column is the step, which the time, and what a file without ids is called."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import Run
from runfolio.readers.flat import flat_identity


def only_run(folder: Path, name: str, text: str) -> Run:
    (folder / name).write_text(text)
    (run,) = read_catalog([folder], workers=1).runs
    return run


@pytest.mark.parametrize(
    ("header", "rows", "step"),
    [
        ("epoch,step,loss", ["0,10,1", "1,20,1"], 20),
        ("epoch,global_step,loss", ["0,10,1", "1,20,1"], 20),
        ("epoch,iteration,loss", ["1,10,1", "2,20,1"], 2),
        ("Epoch,loss", ["4,1", "5,1"], 5),
        ("training_iteration,timesteps_total,loss", ["1,500,1", "2,900,1"], 900),
        ("loss", ["1", "2", "3"], 2),
    ],
)
def test_the_most_telling_step_column_is_taken(
    tmp_path: Path, header: str, rows: list[str], step: float
) -> None:
    run = only_run(tmp_path, "a.csv", "\n".join([header, *rows]) + "\n")
    assert run.metrics["loss"].last_step == step


def test_a_step_column_that_repeats_within_a_metric_is_a_metric(tmp_path: Path) -> None:
    """Two rows an epoch: with the epoch as step, half of them would be lost."""
    run = only_run(tmp_path, "a.csv", "epoch,loss\n0,4\n0,3\n1,2\n1,1\n")
    assert run.metrics["loss"].count == 4
    assert run.metrics["loss"].last_step == 3
    assert run.metrics["epoch"].last == 1


def test_a_row_a_metric_with_a_time_each_keeps_its_steps(tmp_path: Path) -> None:
    rows = "".join(
        f'{{"step": {step}, "time": {step}.5, "{name}": 1}}\n' for step in range(3) for name in "ab"
    )
    run = only_run(tmp_path, "a.jsonl", rows)
    assert sorted(run.metrics) == ["a", "b"]
    assert run.metrics["a"].last_step == 2


def test_a_step_column_that_goes_back_is_a_resume(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("step,loss\n0,4\n1,3\n2,2\n1,30\n2,20\n3,10\n")
    catalog = read_catalog([tmp_path], workers=1)
    (run,) = catalog.runs
    assert (run.metrics["loss"].count, run.metrics["loss"].first, run.metrics["loss"].minimum) == (4, 4, 4)
    (note,) = catalog.problems
    assert (note.slug, note.severity) == ("repeated-steps", "note")
    assert note.message.startswith("2 values")


def test_unix_times_become_seconds_since_the_start(tmp_path: Path) -> None:
    run = only_run(tmp_path, "a.csv", "step,timestamp,loss\n0,1541821573,1\n1,1541821583.5,2\n")
    assert run.started_at == datetime(2018, 11, 10, 3, 46, 13, tzinfo=UTC)
    assert run.metrics["loss"].last_time == run.duration_s == 10.5


def test_constant_texts_are_parameters_and_changing_ones_are_nothing(tmp_path: Path) -> None:
    run = only_run(tmp_path, "a.csv", "step,model,date,loss\n0,mlp,mon,1\n1,mlp,tue,2\n")
    assert {name: value.value for name, value in run.parameters.items()} == {"model": "mlp"}
    assert list(run.metrics) == ["loss"]


def test_settings_in_json_rows_are_parameters(tmp_path: Path) -> None:
    run = only_run(tmp_path, "a.jsonl", '{"config": {"opt": {"lr": 0.1}}, "step": 1, "loss": 2}\n')
    assert run.parameters["opt.lr"].value == 0.1
    assert list(run.metrics) == ["loss"]


@pytest.mark.parametrize(
    ("parts", "identity"),
    [
        (("runs", "mnist", "a.b.csv"), ("a.b", "mnist")),
        (("runs", "a.csv"), ("a", "runs")),
        (("runs", "lightning_logs", "version_3", "metrics.csv"), ("version_3", "lightning_logs")),
        (("runs", "version_3", "metrics.csv"), ("version_3", "runs")),
        (("runs", "metrics.csv"), ("metrics", "runs")),
    ],
)
def test_ids_come_from_names(parts: tuple[str, ...], identity: tuple[str, str]) -> None:
    assert flat_identity(parts) == identity
