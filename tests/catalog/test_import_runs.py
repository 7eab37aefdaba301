"""An import keeps all that the model holds, proves it, goes on where it was stopped, and overwrites nothing."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from runfolio import api
from runfolio.catalog import Catalog, engine, read, read_catalog, rows_of_runs
from runfolio.catalog.import_runs import folder_of, import_runs
from runfolio.catalog.reporter import Silence
from runfolio.errors import RunfolioError, UsageError
from runfolio.model import (
    Alert,
    Artifact,
    DataReference,
    Environment,
    GitState,
    Goal,
    Hardware,
    MetricHint,
    Run,
    RunStatus,
    Source,
    parameter,
)
from runfolio.readers import BUILT_IN, Reading, RowBlock, RunFiles, Signature
from runfolio.testing.factories import curve_rows, write_run

COMPARED = (
    "run_id", "experiment", "name", "status", "started_at", "duration_s", "tags", "group", "parent_id", "metric_hints",
    "notes", "alerts", "environment", "data", "error",
)  # fmt: skip

#: Everything a run may say, each in a way that is not the usual one.
FULL = Run(
    run_id="a/b: c?",
    experiment="../deep/er",
    name="näme\twith\u2028line",
    status=RunStatus.INTERRUPTED,
    source=Source("held", 0, ""),
    fingerprint="",
    started_at=datetime(2026, 11, 21, 3, 43, 0, 123457, tzinfo=UTC),
    duration_s=0.1 + 0.2,
    parameters={
        "lr": parameter(1e-3),
        "a.b": parameter("x"),
        "list": parameter("[1, 2]"),
        "no": parameter(None),
        "yes": parameter(True),
        "whole": parameter(3),
        "float": parameter(3.0),
        "large": parameter(2**63 - 1),
        "nan": parameter(math.nan),
        "": parameter("1.0"),
    },
    tags=("b", "a"),
    group="g",
    parent_id="another",
    metric_hints={"acc": MetricHint("%", Goal.MAXIMIZE), "loss": MetricHint("", None)},
    artifacts=(
        Artifact("plot", "image", "image/png", "plots/p.png", step=3),
        Artifact("plot", "image", "image/png", "plots/p.png", step=4),
        Artifact("plot", "text", "text/plain", "artifacts/t.txt", step=4),
        Artifact("other", "text", "text/plain", "t.txt"),
        Artifact("far", "model", "application/x-pickle", uri="s3://bucket/model", size_bytes=12),
    ),
    notes="**two**\n\nlines",
    alerts=(Alert("title", "text", "error", 2.5), Alert("none")),
    environment=Environment(
        ("python", "a b.py", ""),
        "3.12",
        "Linux",
        "host",
        "user",
        "/somewhere",
        {"numpy": "2"},
        {"A": "1"},
        Hardware("cpu", 8, 2**35, ("gpu", "gpu")),
    ),
    git=GitState("abc123", "main", False, "code.diff"),
    data=(DataReference("train", "s3://x", None), DataReference("test")),
    error="Traceback\n  …",
)
FILES = {"plots/p.png": b"png", "artifacts/t.txt": b"inner", "t.txt": b"outer", "code.diff": b"--- a\n"}
N = math.nan
BLOCKS = (
    RowBlock(("loss",), np.array([0.0, 0.5, 2.0]), np.array([0.1, N, 0.3]), np.array([[1.0, N, -0.0]])),
    RowBlock(
        ("time", "step"), np.array([0.0, 2.0]), np.array([9.0, 0.3]), np.array([[1.0, 2.0], [3.0, 4.0]])
    ),
    RowBlock(
        ("a/b", "time_"), np.array([0.0, 2.0]), np.array([9.0, 8.0]), np.array([[N, math.inf], [3.0, 4.0]])
    ),
)


class Held:
    """`*.held` stands for the runs that a test holds."""

    name, version = "held", 1
    signature = Signature(names=("*.held",), subfolders=("plots", "artifacts"), also=("t.txt", "code.diff"))
    runs: tuple[tuple[Run, tuple[RowBlock, ...]], ...] = ()

    def read(self, files: RunFiles) -> Iterable[Reading]:
        files.read(files.path)
        for part, (run, blocks) in enumerate(self.runs):
            source = files.source(self.name, str(part))
            yield Reading(replace(run, source=source, fingerprint=str(part)), blocks)


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Held:
    reader = Held()
    for module in (engine, read):
        monkeypatch.setattr(module, "all_readers", lambda: (reader, *BUILT_IN))
    for path, content in FILES.items():
        (tmp_path / "source" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / path).write_bytes(content)
    (tmp_path / "source" / "x.held").touch()
    return reader


def imported(folder: Path, name: str = "target") -> tuple[Catalog, Catalog]:
    """The source and what was imported of it."""
    source = read_catalog([folder / "source"], workers=1)
    assert {problem.slug for problem in source.problems} <= {"repeated-steps"}, source.problems
    result = import_runs(source, source.runs, folder / name, Silence())
    assert result.refused == ()
    return source, read_catalog([folder / name], workers=1)


def said(run: Run) -> dict[str, object]:
    git = run.git and replace(run.git, diff_path=None)
    texts = [(name, value.text) for name, value in run.parameters.items()]
    return {
        **{name: getattr(run, name) for name in COMPARED},
        "git": git,
        "parameters": texts,
        "metrics": repr(run.metrics),
    }


def values(catalog: Catalog) -> dict[tuple[str, str], tuple[bytes, ...]]:
    return {
        (run.run_id, rows.metric): tuple(
            np.where(np.isnan(part), np.nan, part).tobytes() for part in (rows.step, rows.time, rows.value)
        )
        for run, found in rows_of_runs(catalog, catalog.runs)
        for rows in found
    }


def contents(catalog: Catalog, run: Run) -> list[tuple[object, ...]]:
    return [
        (a.kind, a.media_type, a.step, a.uri, a.path and catalog.read_artifact(run, a.path))
        for a in run.artifacts
    ]


def test_everything_that_a_run_holds_comes_through(tmp_path: Path, held: Held) -> None:
    held.runs = ((FULL, BLOCKS),)
    source, target = imported(tmp_path)
    (before,), (after,) = source.runs, target.runs
    assert before.metrics.keys() == {"loss", "time", "step", "a/b", "time_"}
    wanted = said(before)
    wanted["parameters"][-1] = ("unnamed", "1.0")  # type: ignore[index]
    assert said(after) == wanted
    assert values(target) == values(source)
    assert contents(target, after) == contents(source, before)
    assert [a.name for a in after.artifacts] == ["plot", "plot", "plot (2)", "other", "far"]
    assert after.git is not None and after.git.diff_path is not None
    assert target.read_artifact(after, after.git.diff_path) == FILES["code.diff"]
    record = json.loads((tmp_path / "target" / folder_of(before) / "run.json").read_text(encoding="utf-8"))
    assert record["imported"] == {"reader": "held", "path": "x.held", "part": "0"}


def test_the_metrics_keep_their_order(tmp_path: Path, held: Held) -> None:
    apart = [
        RowBlock((name,), np.array([float(i % 2)]), np.array([N]), np.array([[1.0]]))
        for i, name in enumerate("cbad")
    ]
    held.runs = ((replace(FULL, artifacts=(), git=None, parameters={}), tuple(apart)),)
    _, target = imported(tmp_path)
    assert list(target.runs[0].metrics) == ["c", "b", "a", "d"]


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
NAMED = TEXT.filter(bool)


@settings(max_examples=30, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(data=st.data())
def test_any_run_comes_through(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    moments = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
    scalars = st.one_of(TEXT, st.integers(-(2**63), 2**63 - 1), st.floats(), st.booleans(), st.none())
    run = Run(
        run_id=data.draw(NAMED),
        experiment=data.draw(NAMED),
        name=data.draw(NAMED),
        status=data.draw(st.sampled_from(RunStatus)),
        source=Source("held", 0, ""),
        fingerprint="",
        started_at=data.draw(st.none() | moments),
        duration_s=data.draw(st.none() | st.floats(0, 1e300)),
        parameters={
            name: parameter(value) for name, value in data.draw(st.dictionaries(NAMED, scalars)).items()
        },
        tags=tuple(dict.fromkeys(data.draw(st.lists(TEXT, max_size=3)))),
        notes=data.draw(TEXT),
        alerts=tuple(Alert(title, "t", "info", 1.0) for title in data.draw(st.lists(NAMED, max_size=2))),
        error=data.draw(st.none() | NAMED),
    )
    numbers = st.lists(
        st.tuples(st.integers(-5, 5).map(float), st.floats(0, 9) | st.just(N), st.floats()), min_size=1
    )
    blocks = []
    for name, rows in data.draw(st.dictionaries(NAMED, numbers, max_size=3)).items():
        step, time, value = np.array(rows, dtype=float).T
        blocks.append(RowBlock((name,), step, time, value[np.newaxis]))
    reader = Held()
    reader.runs = ((run, tuple(blocks)),)
    folder = tmp_path_factory.mktemp("any")
    (folder / "source").mkdir()
    (folder / "source" / "x.held").touch()
    with pytest.MonkeyPatch.context() as patch:
        for module in (engine, read):
            patch.setattr(module, "all_readers", lambda: (reader, *BUILT_IN))
        source, target = imported(folder)
        (before,), (after,) = source.runs, target.runs
        assert said(after) == said(before)
        assert values(target) == values(source)


def test_a_run_of_each_status_and_a_duration_without_a_start(tmp_path: Path, held: Held) -> None:
    plain = replace(FULL, artifacts=(), git=None, parameters={})
    held.runs = tuple(
        (replace(plain, run_id=status.value, status=status, started_at=None, duration_s=1e-9), BLOCKS)
        for status in RunStatus
    )
    _, target = imported(tmp_path)
    assert {run.run_id: run.status for run in target.runs} == {status.value: status for status in RunStatus}
    assert {run.duration_s for run in target.runs} == {1e-9}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Run folders, a table and lines."""
    folder = tmp_path / "source"
    write_run(
        folder / "e" / "r1",
        curve_rows(50),
        parameters={"lr": 0.1, "o": {"n": [1, 2]}},
        tags=["t"],
        ended_at="2026-11-21T03:44:00Z",
        notes="hello",
        artifacts={"a.txt": b"text"},
        events=[
            {
                "event": "artifact",
                "name": "a.txt",
                "kind": "text",
                "media_type": "text/plain",
                "path": "artifacts/a.txt",
            }
        ],
    )
    write_run(folder / "e" / "r2", curve_rows(5, seed=2), status="failed", error="boom")
    (folder / "table").mkdir()
    (folder / "table" / "log.csv").write_text("step,loss,acc\n0,1.5,\n1,0.5,0.9\n")
    (folder / "table" / "log.jsonl").write_text('{"loss": 1}\n{"loss": 2, "acc": 1}\n')
    return folder


def test_a_second_import_writes_nothing(source: Path, tmp_path: Path) -> None:
    first, _ = api.import_runs(source, tmp_path / "target")
    assert len(first.written) == 4 and not first.refused
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "target").rglob("*")}
    again, _ = api.import_runs(source, tmp_path / "target")
    assert (len(again.written), len(again.present), again.refused) == (0, 4, ())
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "target").rglob("*")} == before
    assert {path.name for path in before if path.is_file()} == {
        "run.json",
        "metrics.parquet",
        "events.jsonl",
        "notes.md",
        "a.txt",
    }


def test_an_import_of_an_import_is_the_same(source: Path, tmp_path: Path) -> None:
    api.import_runs(source, tmp_path / "one")
    api.import_runs(tmp_path / "one", tmp_path / "two")
    one, two = (read_catalog([tmp_path / name], workers=1) for name in ("one", "two"))
    assert [said(run) for run in one.runs] == [said(run) for run in two.runs]
    assert values(one) == values(two)


def test_an_import_goes_on_and_never_overwrites(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    first, _ = api.import_runs(source, target, where='experiment == "e"')
    assert len(first.written) == 2
    draft = target / "e" / ".r1.import"
    draft.mkdir()
    (draft / "run.json").write_text("torn")
    shutil.rmtree(target / "e" / "r1")
    record = target / "e" / "r2" / "run.json"
    record.write_text(record.read_text().replace('"failed"', '"finished"'))
    changed = record.read_bytes()
    again, _ = api.import_runs(source, target)
    assert sorted(path.name for path in again.written)[-1] == "r1" and len(again.written) == 3
    assert [error.error_slug for error in again.refused] == ["import-conflict"]
    assert "status" in again.refused[0].message
    assert record.read_bytes() == changed
    assert not draft.exists()


def test_what_does_not_read_back_is_not_kept(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runfolio.catalog import run_folder

    true_write = run_folder.write_sealed

    def lossy(path: Path, parts: list, order: list) -> None:
        parts[0].values[0, -1] += 1e-9
        true_write(path, parts, order)
        parts[0].values[0, -1] -= 1e-3

    monkeypatch.setattr(run_folder, "write_sealed", lossy)
    result, _ = api.import_runs(source, tmp_path / "target")
    assert result.written == ()
    assert {error.error_slug for error in result.refused} == {"import-mismatch"}
    assert [path for path in (tmp_path / "target").rglob("*") if path.is_file()] == []


def test_a_full_disk_is_named(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    result, _ = api.import_runs(source, tmp_path / "target")
    assert {error.error_slug for error in result.refused} == {"import-failed"}
    assert "No space left" in str(result.refused[0])


def test_a_source_is_not_imported_into_itself(source: Path) -> None:
    with pytest.raises(UsageError) as caught:
        api.import_runs(source, source / "deeper")
    assert caught.value.error_slug == "import-into-source"


def test_ids_that_are_no_names_of_folders_stay_apart() -> None:
    ids = ["a/b", "a-b", "..", ".", "…", "x" * 300, "x" * 301, "con.", "a\0b", " "]
    folders = [folder_of(replace(FULL, run_id=run_id, experiment="e")) for run_id in ids]
    assert len(set(folders)) == len(ids)
    for folder in folders:
        experiment, name = folder.split("/")
        assert experiment == "e" and not name.startswith(".") and len(name.encode()) < 255
    assert folder_of(replace(FULL, run_id="r", experiment="..")) == "experiment/r"


def test_the_site_says_the_same(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    api.import_runs(source, "target")
    sites = [api.build(name, out=f"site-{name}", use_cache=False) for name in ("source", "target")]
    assert sites[0].runs == sites[1].runs == 4
    before, after = ((tmp_path / f"site-{side}" / "data") for side in ("source", "target"))
    assert (before / "runs.csv").read_bytes() == (after / "runs.csv").read_bytes()
    records = [json.loads((data / "runs.json").read_bytes()) for data in (before, after)]
    for record in (*records[0], *records[1]):
        del record["source"]
    assert records[0] == records[1]


def test_a_refusal_does_not_stop_the_others(source: Path, tmp_path: Path) -> None:
    (tmp_path / "target" / "e").mkdir(parents=True)
    (tmp_path / "target" / "e" / "r1").write_text("a file in the way")
    result, _ = api.import_runs(source, tmp_path / "target")
    assert len(result.written) == 3
    assert [error.error_slug for error in result.refused] == ["import-conflict"]
    assert isinstance(result.refused[0], RunfolioError)
