"""The catalog as a whole: what a run folder says, ids, statuses, problems, order."""

from __future__ import annotations

import fcntl
import json
import math
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from runfolio.catalog import metric_rows, read, read_catalog
from runfolio.catalog.storage import LocalStorage
from runfolio.errors import NothingFoundError, ReadError
from runfolio.model import Goal, MetricHint, RunStatus
from runfolio.testing.factories import curve_rows, write_hostile_runs, write_lines, write_run, write_runs

BROKEN = Path(__file__).parents[1] / "fixtures" / "runs_broken"


def test_a_run_folder_says_everything(tmp_path: Path) -> None:
    events = [
        {"event": "artifact", "name": "plot", "kind": "image", "media_type": "image/png", "path": "artifacts/p.png",
         "size_bytes": 3, "step": 2},
        {"event": "artifact", "name": "model", "uri": "s3://b/m"},
        {"event": "alert", "title": "hot", "text": "very", "level": "warning", "time": 1.5},
        {"event": "note", "text": "second"},
    ]  # fmt: skip
    write_run(
        tmp_path / "runs" / "e" / "r",
        [{"step": 1, "time": 0.5, "loss": 2.0}, {"step": 2, "time": 1.5, "loss": math.nan}],
        events=events,
        notes="first\n",
        artifacts={"p.png": b"png"},
        ended_at="2026-11-21T04:43:00.120+01:00",
        parameters={
            "optimizer": {"name": "adam", "lr": 1e-3},
            "layers": [1, 2],
            "seed": 3,
            "none": None,
            "big": 2**80,
        },
        tags=["a", "b", "a"],
        group="g",
        parent="p",
        command=["python", "train.py"],
        git={"commit": "c" * 40, "dirty": True},
        environment={"python": "3.11", "packages": {"numpy": "2"}},
        hardware={"cpu": "x", "cores": 8, "gpus": ["A"]},
        data=[{"name": "mnist", "uri": "u"}],
    )
    catalog = read_catalog([tmp_path / "runs"], workers=1)
    assert catalog.problems == ()
    assert catalog.root_labels == ("runs",)
    (run,) = catalog.runs
    assert (run.run_id, run.experiment, run.name, run.status) == ("r", "e", "r", RunStatus.FINISHED)
    assert run.started_at == datetime(2026, 11, 21, 3, 43, 0, 120_000, tzinfo=UTC)
    assert run.duration_s == 0.0
    assert {name: p.value for name, p in run.parameters.items()} == {
        "optimizer.name": "adam", "optimizer.lr": 0.001, "layers": "[1, 2]", "seed": 3, "none": None, "big": hex(2**80)
    }  # fmt: skip
    assert (run.tags, run.group, run.parent_id) == (("a", "b"), "g", "p")
    assert [a.path or a.uri for a in run.artifacts] == ["artifacts/p.png", "s3://b/m"]
    assert (run.alerts[0].title, run.alerts[0].level, run.alerts[0].time_s) == ("hot", "warning", 1.5)
    assert run.notes == "first\n\nsecond"
    assert run.git is not None
    assert run.git.dirty
    assert run.environment.hardware.cores == 8
    assert run.data[0].name == "mnist"
    assert [file.path for file in run.source.files] == [
        f"e/r/{n}" for n in ("events.jsonl", "metrics.jsonl", "notes.md", "run.json")
    ]
    assert run.metrics["loss"].nonfinite_count == 1
    assert catalog.read_artifact(run, "artifacts/p.png") == b"png"
    (series,) = catalog.series(run)
    np.testing.assert_equal(series.value, [2.0, math.nan])
    assert str(tmp_path) not in repr((catalog.runs, catalog.problems))


def test_several_ranks_are_one_run(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", [{"step": s, "loss": float(s)} for s in range(5)])
    write_lines(run / "metrics-1.jsonl", [{"step": s, "loss": 100.0, "gpu1": 1.0} for s in range(3, 7)])
    catalog = read_catalog([tmp_path], workers=1)
    (found,) = catalog.runs
    assert (found.metrics["loss"].count, found.metrics["loss"].last) == (7, 100.0)
    assert next(rows.value.tolist() for rows in metric_rows(catalog, found)) == [0, 1, 2, 3, 4, 100, 100]
    assert found.metrics["gpu1"].count == 4
    assert [p.slug for p in catalog.problems] == ["repeated-steps"]


def test_duration_falls_back_to_the_last_logged_time(tmp_path: Path) -> None:
    write_run(tmp_path / "r", [{"step": 1, "time": 7.25, "loss": 1.0}])
    assert read_catalog([tmp_path], workers=1).runs[0].duration_s == 7.25


def test_running_means_that_somebody_holds_the_lock(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", curve_rows(3), status="running")
    fd = os.open(run / "metrics.jsonl", os.O_RDWR)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        alive = read_catalog([tmp_path], workers=1, cache=tmp_path / ".c" / "cache.sqlite").runs[0]
    finally:
        os.close(fd)
    gone = read_catalog([tmp_path], workers=1, cache=tmp_path / ".c" / "cache.sqlite").runs[0]
    assert (alive.status, gone.status) == (RunStatus.RUNNING, RunStatus.INTERRUPTED)
    assert alive.fingerprint != gone.fingerprint


def test_ids_are_unique_and_every_run_is_kept(tmp_path: Path) -> None:
    for experiment in "abc":
        write_run(tmp_path / experiment / "same", curve_rows(3))
    catalog = read_catalog([tmp_path], workers=1)
    ids = [run.run_id for run in catalog.runs]
    assert ids[0] == "same"
    assert len(set(ids)) == 3
    assert all(i.startswith("same-") and len(i) == 11 for i in ids[1:])
    assert [p.slug for p in catalog.problems] == ["duplicate-run-id"] * 2
    assert {p.severity for p in catalog.problems} == {"warning"}
    assert len({run.fingerprint for run in catalog.runs}) == 3
    for run in catalog.runs:
        assert catalog.shelves[run.run_id].job.claim.path == run.source.path


def test_a_source_inside_another_gives_no_twins(tmp_path: Path) -> None:
    write_run(tmp_path / "a" / "r", curve_rows(3))
    catalog = read_catalog([tmp_path, tmp_path / "a"], workers=1)
    assert len(catalog.runs) == 1
    assert catalog.problems == ()


def test_one_file_is_a_source(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("step,loss\n0,1\n")
    (tmp_path / "b.csv").write_text("step,loss\n0,1\n")
    assert [run.run_id for run in read_catalog([tmp_path / "a.csv"], workers=1).runs] == ["a"]


def test_a_source_that_is_not_there_is_the_only_error(tmp_path: Path) -> None:
    with pytest.raises(NothingFoundError) as caught:
        read_catalog([tmp_path / "nowhere"])
    assert "nowhere" in caught.value.message
    assert caught.value.hint
    assert read_catalog([tmp_path]).runs == ()


def test_runs_are_sorted_and_independent_of_the_order_of_writing(tmp_path: Path) -> None:
    for root, order in ((tmp_path / "1" / "runs", (0, 1, 2)), (tmp_path / "2" / "runs", (2, 0, 1))):
        for index in order:
            started = f"2026-11-2{3 - index}T00:00:00Z"
            write_run(root / "e" / f"r{index}", curve_rows(5, seed=index), started_at=started)
    first, second = (read_catalog([tmp_path / n / "runs"], workers=1) for n in "12")
    assert [run.run_id for run in first.runs] == ["r2", "r1", "r0"]
    assert [run.fingerprint for run in first.runs] == [run.fingerprint for run in second.runs]


def test_artifacts_stay_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    run = write_run(tmp_path / "runs" / "r", curve_rows(2), artifacts={"a.txt": b"a"})
    (run / "artifacts" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (run / "artifacts" / "dir").symlink_to(tmp_path)
    names = ["artifacts/a.txt", "artifacts/link.txt", "artifacts/dir/secret.txt"]
    write_lines(run / "events.jsonl", [{"event": "artifact", "name": n, "path": n} for n in names])
    catalog = read_catalog([tmp_path / "runs"], workers=1)
    (found,) = catalog.runs
    assert [a.path for a in found.artifacts] == ["artifacts/a.txt"]
    assert [p.slug for p in catalog.problems] == ["path-outside"] * 2
    for path in (*names[1:], "../../secret.txt", "/etc/hostname", "", "artifacts/none", "a\0b"):
        with pytest.raises(ReadError):
            catalog.read_artifact(found, path)


def test_the_broken_inputs_are_read_or_named() -> None:
    catalog = read_catalog([BROKEN], workers=1)
    assert {run.source.path for run in catalog.runs} == {
        "flat/short-row.csv", "flat/torn-row.csv", "metrics/garbage", "metrics/mixed-values", "metrics/parquet-cut",
        "paths/escape", "run-json/cut", "run-json/newer", "run-json/unnumbered", "run-json/wrong-types",
        "torn/last-line", "torn/middle-line",
    }  # fmt: skip
    found = sorted(
        (problem.slug, problem.path) for problem in catalog.problems if problem.slug != "wrong-type"
    )
    assert found == [
        ("broken-csv", "flat/binary.csv"),
        ("broken-json", "flat/cut.json:1"),
        ("broken-jsonl", "flat/no-json.jsonl"),
        ("broken-line", "flat/short-row.csv:3"),
        ("broken-line", "metrics/garbage/metrics.jsonl:1"),
        ("broken-line", "metrics/garbage/metrics.jsonl:2"),
        ("broken-line", "metrics/garbage/metrics.jsonl:3"),
        ("broken-line", "paths/escape/events.jsonl:9"),
        ("broken-line", "torn/middle-line/metrics.jsonl:2"),
        ("broken-line", "torn/middle-line/metrics.jsonl:4"),
        ("broken-parquet", "flat/cut.parquet"),
        ("broken-parquet", "metrics/parquet-cut/metrics.parquet"),
        ("broken-run-file", "run-json/cut/run.json:1"),
        ("broken-run-file", "run-json/not-an-object/run.json"),
        ("missing-artifact", "paths/escape/events.jsonl:5"),
        ("newer-schema", "run-json/newer/run.json"),
        ("not-a-number", "metrics/mixed-values/metrics.jsonl:1"),
        ("not-a-number", "metrics/mixed-values/metrics.jsonl:2"),
        ("not-a-number", "metrics/mixed-values/metrics.jsonl:4"),
        ("path-outside", "paths/escape/events.jsonl:2"),
        ("path-outside", "paths/escape/events.jsonl:3"),
        ("path-outside", "paths/escape/events.jsonl:4"),
    ]
    wrong = next(run for run in catalog.runs if run.run_id == "wrong-types")
    assert (wrong.status, wrong.metrics["loss"].count, wrong.parameters) == (RunStatus.INTERRUPTED, 1, {})
    newer = next(run for run in catalog.runs if run.run_id == "newer")
    assert newer.parameters["lr"].value == 0.1
    middle = next(run for run in catalog.runs if run.run_id == "middle-line")
    assert middle.metrics["loss"].count == 3
    assert all(problem.hint for problem in catalog.problems)


def test_a_folder_of_hostile_runs_is_read(tmp_path: Path) -> None:
    write_hostile_runs(tmp_path / "runs", long_run_steps=30_000)
    catalog = read_catalog([tmp_path / "runs"], workers=1, cache=tmp_path / "c" / "cache.sqlite")
    folders = {path.name for path in (tmp_path / "runs" / "hostile").iterdir()}
    assert {run.source.path.split("/")[1] for run in catalog.runs} == folders
    slugs = {problem.slug for problem in catalog.problems}
    assert slugs == {"wrong-type", "newer-schema", "path-outside", "missing-artifact", "broken-line", "not-a-number",
                     "broken-run-file", "duplicate-run-id"}  # fmt: skip
    by_folder = {run.source.path.split("/")[1]: run for run in catalog.runs}
    assert by_folder["million"].metrics["loss"].count == 30_000
    assert by_folder["no-steps"].metrics == {}
    assert by_folder["one-step"].metrics["loss"].last_step == 5
    assert by_folder["nonfinite"].metrics["loss"].nonfinite_count == 3
    assert by_folder["torn"].metrics["loss"].count == 9
    for run in catalog.runs:
        assert [series.metric for series in catalog.series(run)] == list(run.metrics)
    again = read_catalog([tmp_path / "runs"], workers=1, cache=tmp_path / "c" / "cache.sqlite")
    assert repr(again.runs) == repr(catalog.runs)
    assert again.problems == catalog.problems
    json.dumps([run.name for run in catalog.runs], ensure_ascii=False).encode()


def test_processes_give_what_one_process_gives(tmp_path: Path) -> None:
    write_runs(tmp_path / "runs", 12, metrics=3, steps=600, experiments=2)
    one, two = (read_catalog([tmp_path / "runs"], workers=n) for n in (1, 2))
    assert one.runs == two.runs
    for run in one.runs:
        for mine, other in zip(one.series(run), two.series(run), strict=True):
            assert mine.value.tobytes() == other.value.tobytes()


def test_metric_rows_gives_every_value(tmp_path: Path) -> None:
    rows = curve_rows(1200)
    write_run(tmp_path / "r", rows)
    catalog = read_catalog([tmp_path], workers=1)
    found = {r.metric: r for r in metric_rows(catalog, catalog.runs[0])}
    assert list(found) == ["loss", "val/acc"]
    assert found["loss"].value.tolist() == [row["loss"] for row in rows]
    assert found["loss"].time.tolist() == [row["time"] for row in rows]
    (tmp_path / "r" / "metrics.jsonl").unlink()
    with pytest.raises(ReadError):
        list(metric_rows(catalog, catalog.runs[0]))


def test_of_equal_artifact_lines_the_last_with_a_file_counts(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", [{"loss": 1.0}])
    (run / "artifacts").mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (run / "artifacts" / name).write_text(name)

    def line(path: str, step: object) -> dict[str, object]:
        return {"event": "artifact", "name": "x", "path": f"artifacts/{path}", "step": step}

    write_lines(
        run / "events.jsonl", [line("a.txt", 1), line("b.txt", 1), line("a.txt", 1.5), line("gone.txt", 1)]
    )
    write_lines(run / "events-1.jsonl", [line("c.txt", 2), line("a.txt", 2)])
    catalog = read_catalog([tmp_path], workers=1)
    found = {artifact.step: artifact.path for artifact in catalog.runs[0].artifacts}
    assert found == {1: "artifacts/b.txt", None: "artifacts/a.txt", 2: "artifacts/a.txt"}
    assert [problem.slug for problem in catalog.problems] == ["missing-artifact"]


def test_what_run_json_says_of_metrics_and_durations(tmp_path: Path) -> None:
    metrics = {
        "a": {"unit": "ms", "goal": "minimize"},
        "b": {"goal": "up"},
        "c": 3,
        "d": {"unit": 3},
        "e": {"unit": ""},
    }
    write_run(
        tmp_path / "r",
        metrics=metrics,
        duration_s=12.5,
        ended_at="2026-11-21T03:43:01Z",
        status="interrupted",
    )
    write_run(tmp_path / "odd", duration_s=-1)
    catalog = read_catalog([tmp_path], workers=1)
    odd, run = sorted(catalog.runs, key=lambda run: run.run_id)
    assert (run.duration_s, run.status, odd.duration_s) == (12.5, RunStatus.INTERRUPTED, None)
    assert run.metric_hints["a"] == MetricHint("ms", Goal.MINIMIZE)
    assert run.metric_hints["e"] == MetricHint("")
    assert [problem.message.partition(" is ")[0] for problem in catalog.problems] == [
        "`duration_s`",
        "`metrics.b.goal`",
        "`metrics.c`",
        "`metrics.d.unit`",
    ]


def test_without_a_cache_memory_is_bounded_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = write_runs(tmp_path / "runs", 3)
    whole = read_catalog([runs], workers=1)
    monkeypatch.setattr(read, "_MOST_KEPT", 1)
    bounded = read_catalog([runs], workers=1)
    assert bounded.runs == whole.runs
    assert any(shelf.packed is None for shelf in bounded.shelves.values())
    for run in whole.runs:
        for one, other in zip(whole.series(run), bounded.series(run), strict=True):
            assert one.value.tobytes() == other.value.tobytes()


def test_an_unreadable_run_file_costs_what_it_says_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = write_runs(tmp_path / "runs", 3)
    whole = LocalStorage.read

    def read_all_but_one(storage: LocalStorage, path: str) -> bytes:
        if path.endswith("run-00002/run.json"):
            raise OSError(5, "Input/output error")
        return whole(storage, path)

    monkeypatch.setattr(LocalStorage, "read", read_all_but_one)
    catalog = read_catalog([runs], workers=1)
    assert sorted(run.run_id for run in catalog.runs) == ["run-00000", "run-00001", "run-00002"]
    assert [problem.slug for problem in catalog.problems] == ["unreadable-file"]
