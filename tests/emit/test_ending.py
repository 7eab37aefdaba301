"""How runs end, and how a reader can tell."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest

import runfolio
from runfolio.emit import EmitWarning
from runfolio.emit.ownership import is_held


def test_a_failing_block_fails_the_run_and_keeps_the_traceback(root: Path, log: type) -> None:
    with pytest.raises(ZeroDivisionError), runfolio.start(root=root, capture=False) as run:
        run.log(loss=1)
        1 / 0
    about = log(run.path).about
    assert about["status"] == "failed"
    assert about["error"].startswith("Traceback")
    assert "1 / 0" in about["error"]
    assert about["error"].endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), "failed"),
        (SystemExit(1), "failed"),
        (SystemExit(0), "finished"),
        (SystemExit(), "finished"),
    ],
)
def test_other_ways_out_of_a_block(root: Path, log: type, error: BaseException, status: str) -> None:
    with pytest.raises(type(error)), runfolio.start(root=root, capture=False) as run:
        raise error
    assert log(run.path).about["status"] == status
    assert ("error" in log(run.path).about) == (status == "failed")


@pytest.mark.parametrize(
    ("ending", "status", "error"),
    [
        ("pass", "finished", None),
        ("raise ValueError('boom')", "failed", "ValueError: boom\n"),
        ("raise KeyboardInterrupt", "failed", "KeyboardInterrupt\n"),
        ("run.finish('failed', error='why')", "failed", "why"),
        ("sys.exit(0)", "finished", None),
        ("os._exit(0)", "running", None),
    ],
)
def test_a_run_nobody_finished(
    python, root: Path, log: type, ending: str, status: str, error: str | None
) -> None:
    done = python(f"run = runfolio.start(root=root, run_id='a')\nrun.log(x=1)\n{ending}", check=False)
    about = log(root / "default" / "a").about
    assert about["status"] == status
    assert (about.get("error") or "").endswith(error or "")
    assert ("boom" in done.stderr) == ("boom" in ending)
    if status != "running":
        assert about["environment"]["packages"]


def test_the_previous_hook_for_errors_is_still_called(python) -> None:
    done = python(
        "sys.excepthook = lambda *a: print('mine', a[1])\nrunfolio.start(root=root)\nraise ValueError('boom')",
        check=False,
    )
    assert done.stdout == "mine boom\n"


def test_finishing_twice_does_nothing(root: Path, log: type) -> None:
    run = runfolio.start(root=root, capture=False)
    run.finish("failed", error="first")
    run.finish()
    assert log(run.path).about["error"] == "first"


def test_an_odd_status_counts_as_failed(root: Path, log: type) -> None:
    run = runfolio.start(root=root, capture=False)
    with pytest.warns(EmitWarning, match="neither finished nor failed"):
        run.finish("crashed")
    assert log(run.path).about["status"] == "failed"


def test_whether_a_writer_lives_can_be_told(root: Path, tmp_path: Path) -> None:
    run = runfolio.start(root=root, capture=False)
    assert is_held(run.path / "metrics.jsonl") is True
    run.finish()
    assert is_held(run.path / "metrics.jsonl") is False
    assert is_held(tmp_path / "missing") is None


def test_a_forked_child_does_not_keep_a_dead_parent_alive(background, root: Path) -> None:
    process = background("""
run = runfolio.start(root=root, run_id="a", capture=False)
if os.fork() == 0:
    time.sleep(1)  # outlives its parent
    os._exit(0)
time.sleep(0.1)
print("ready", flush=True)
time.sleep(60)
""")
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, 9)
    process.wait()
    assert is_held(root / "default" / "a" / "metrics.jsonl") is False
    process.communicate()


def test_sealing_is_asked_of_the_catalog(root: Path, log: type, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = []

    def seal_run(folder: Path) -> Path:
        sealed.append((folder, log(folder).about["status"], is_held(folder / "metrics.jsonl")))
        return folder / "metrics.parquet"

    monkeypatch.setitem(sys.modules, "runfolio.catalog.seal", types.SimpleNamespace(seal_run=seal_run))
    run = runfolio.start(root=root, capture=False)
    run.finish(seal=True)
    assert sealed == [(run.path, "finished", False)]


def test_a_seal_that_fails_warns_and_leaves_the_rows(
    root: Path, log: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "runfolio.catalog.seal", None)  # as where only the emitter is installed
    run = runfolio.start(root=root, capture=False)
    run.log(loss=1)
    with pytest.warns(EmitWarning, match="not sealed, the rows stay"):
        run.finish(seal=True)
    assert log(run.path).values("loss") == [1]
