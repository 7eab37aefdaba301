"""What the emitter writes is what the catalog reads, to the last bit."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runfolio
from runfolio.catalog import Catalog, metric_rows, read_catalog
from runfolio.catalog.seal import seal_run
from runfolio.model import Run, RunStatus

numbers = st.one_of(st.floats(), st.integers(-(2**62), 2**62))
names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=6)
metrics = st.dictionaries(
    names.filter(lambda name: name not in ("step", "time")), numbers, min_size=1, max_size=4
)


def only_run(root: Path) -> tuple[Catalog, Run]:
    catalog = read_catalog([root], workers=1)
    (run,) = catalog.runs
    return catalog, run


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@settings(max_examples=25, deadline=None)
@given(st.lists(metrics, min_size=1, max_size=8), st.booleans())
def test_every_logged_value_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, float]], sealed: bool
) -> None:
    root = tmp_path_factory.mktemp("runs")
    with runfolio.start("e", root=root, run_id="r", capture=()) as run:
        for step, row in enumerate(rows):
            run.log(row, step=step * 3)
    if sealed:
        seal_run(root / "e" / "r")
    catalog, found = only_run(root)
    assert catalog.problems == ()
    read = {
        (r.metric, s): v for r in metric_rows(catalog, found) for s, v in zip(r.step, r.value, strict=True)
    }
    expected = {(name, step * 3.0): float(v) for step, row in enumerate(rows) for name, v in row.items()}
    assert read.keys() == expected.keys()
    assert all(same(read[key], value) for key, value in expected.items())


def test_what_is_said_about_a_run_is_read_back(tmp_path: Path) -> None:
    parameters = {"lr": 1e-3, "optimizer": {"name": "adam"}, "layers": [64, 32]}
    with runfolio.start(
        "digits",
        name="best",
        root=tmp_path,
        parameters=parameters,
        tags=["baseline"],
        group="g",
        capture=True,
    ) as run:
        run.log({"loss": 1.0, "val": {"acc": 0.5}}, step=1)
        run.note("**bold**")
        run.alert("hot", "very", level="warning")
        run.artifact(b"hello", name="a/b.txt", step=1)
    catalog, found = only_run(tmp_path)
    assert catalog.problems == ()
    assert (found.experiment, found.name, found.status) == ("digits", "best", RunStatus.FINISHED)
    assert {name: p.value for name, p in found.parameters.items()} == {
        "lr": 0.001, "optimizer.name": "adam", "layers": "[64, 32]"
    }  # fmt: skip
    assert (found.tags, found.group, found.notes) == (("baseline",), "g", "**bold**")
    assert (found.alerts[0].title, found.alerts[0].level) == ("hot", "warning")
    assert set(found.metrics) >= {"loss", "val/acc"}
    (artifact,) = [a for a in found.artifacts if a.name == "a/b.txt"]
    assert artifact.path is not None
    assert catalog.read_artifact(found, artifact.path) == b"hello"
    assert artifact.size_bytes == 5
    assert found.started_at is not None
    assert found.duration_s is not None
    assert found.environment.python == sys.version.split()[0]
    assert found.environment.command


def test_a_failed_and_a_running_run(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), runfolio.start("e", root=tmp_path / "1", capture=()) as run:
        run.log(loss=1.0)
        raise ZeroDivisionError("by zero")
    _, failed = only_run(tmp_path / "1")
    assert failed.status is RunStatus.FAILED
    assert "ZeroDivisionError: by zero" in (failed.error or "")
    going = runfolio.start("e", root=tmp_path / "2", capture=())
    going.log(loss=1.0)
    assert only_run(tmp_path / "2")[1].status is RunStatus.RUNNING
    going.finish()
    assert only_run(tmp_path / "2")[1].status is RunStatus.FINISHED


def test_a_killed_run_is_interrupted_and_complete(tmp_path: Path) -> None:
    code = (
        "import os, signal, runfolio\n"
        f"run = runfolio.start('e', root={str(tmp_path)!r}, capture=())\n"
        "for step in range(500): run.log(loss=step * 0.5, step=step)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    )
    assert done.returncode == -signal.SIGKILL
    catalog, run = only_run(tmp_path)
    assert run.status is RunStatus.INTERRUPTED
    assert (run.metrics["loss"].count, run.metrics["loss"].last) == (500, 249.5)
    assert catalog.problems == ()
