"""A database holds many runs: one that changes costs the pages that show it, not those of all the others."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runfolio import api

CLIENTS = Path(__file__).parents[1] / "clients"
CHANGES = {
    "mlflow_sqlite": (
        "mlflow.db",
        "UPDATE runs SET name = 'another name' WHERE run_uuid IN (SELECT min(run_uuid) FROM metrics)",
        "UPDATE metrics SET value = value + 0.125 WHERE is_nan = 0 AND run_uuid IN (SELECT min(run_uuid) FROM metrics)",
    ),
    "trackio": (
        "digits.db",
        "UPDATE metrics SET metrics = json_set(metrics, '$.loss', 0.125) WHERE run_name = 'further-3'",
        "UPDATE metrics SET metrics = json_set(metrics, '$.loss', 0.25) WHERE run_name = 'further-3'",
    ),
    "optuna": (
        "studies.db",
        "UPDATE trial_intermediate_values SET intermediate_value = 0.125 "
        "WHERE trial_id IN (SELECT min(trial_id) FROM trial_intermediate_values)",
        "UPDATE trial_values SET value = value + 0.125 WHERE trial_id IN (SELECT min(trial_id) FROM trial_values)",
    ),
}
#: Runs of other settings: those of the story are replicates, which show each other.
FURTHER = tuple(
    command.format(place=place)
    for place in range(4)
    for command in (
        "INSERT INTO configs (run_id, run_name, config, created_at) SELECT 'further-{place}', 'further-{place}', "
        "json_set(CAST(config AS TEXT), '$.lr', 0.1 + {place}), created_at FROM configs WHERE run_name = 'seed-0'",
        "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) SELECT 'further-{place}', timestamp, "
        "'further-{place}', step, metrics FROM metrics WHERE run_name = 'seed-0'",
    )
)


def change(path: Path, command: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(command).rowcount > 0


def run_pages(paths: tuple[str, ...]) -> set[str]:
    return {path for path in paths if path.startswith("runs/")}


@pytest.mark.parametrize("tracker", CHANGES)
def test_a_run_that_changes_costs_only_the_pages_that_show_it(tracker: str, tmp_path: Path) -> None:
    name, *commands = CHANGES[tracker]
    shutil.copytree(CLIENTS / tracker / "files", tmp_path / "runs")
    build = lambda: api.build(tmp_path / "runs", out=tmp_path / "site")  # noqa: E731
    for command in FURTHER if tracker == "trackio" else ():
        change(tmp_path / "runs" / name, command)
    first = build()
    assert build().written == ()
    everything = run_pages(first.written)
    series = {path for path in first.written if path.startswith("series/")}
    for command in commands:
        change(tmp_path / "runs" / name, command)
        report = build()
        assert report.written
        assert run_pages(report.written) < everything
        assert len({path for path in report.written if path.startswith("series/")} & series) == 0
        assert build().written == ()


@pytest.mark.parametrize("tracker", CHANGES)
def test_a_database_written_anew_with_the_same_runs_changes_only_what_tells_of_its_file(
    tracker: str, tmp_path: Path
) -> None:
    name, *_ = CHANGES[tracker]
    shutil.copytree(CLIENTS / tracker / "files", tmp_path / "runs")
    build = lambda: api.build(tmp_path / "runs", out=tmp_path / "site")  # noqa: E731
    build()
    with closing(sqlite3.connect(tmp_path / "runs" / name)) as connection:
        connection.execute("CREATE TABLE a_table_of_somebody_else (number)")
        connection.commit()
    written = build().written
    assert "audit.html" in written
    assert "data/files.csv" in written
    assert not run_pages(written)
    assert not any(path.startswith(("experiments/", "series/")) for path in written)
