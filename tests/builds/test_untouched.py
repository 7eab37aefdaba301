"""A build that finds nothing touched since the last one looks at the file system and does nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runfolio import api
from runfolio.site import project as project_module
from runfolio.site.report import BuildReport
from runfolio.testing.reader_contract import write_tree

LINES = b'{"step": 0, "loss": 2}\n{"step": 1, "loss": 1}\n'
RUNS = {f"runs/e/{name}/run.json": b'{"schema": 1, "status": "finished"}' for name in "ab"}
RUNS |= {f"runs/e/{name}/metrics.jsonl": LINES for name in "ab"}


def age(root: Path) -> None:
    """Everything below the folder was last changed a minute ago."""
    for path in (root, *root.rglob("*")):
        stat = path.stat()
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns - 60_000_000_000))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_tree(tmp_path, {**RUNS, "runfolio.toml": b"title = 'One'\n"}))
    age(tmp_path / "runs")
    first = api.build()
    assert first.written
    return tmp_path


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[bool, BuildReport]]:
    """Builds, and says whether a look was enough."""

    def build() -> tuple[bool, BuildReport]:
        reads: list[object] = []
        true = project_module.read_catalog
        with monkeypatch.context() as patch:
            patch.setattr(project_module, "read_catalog", lambda *a, **k: reads.append(1) or true(*a, **k))
            report = api.build()
        return not reads, report

    return build


Looked = Callable[[], tuple[bool, BuildReport]]


def test_nothing_touched_is_nothing_read(project: Path, looked: Looked) -> None:
    is_look, report = looked()
    assert is_look
    assert (report.runs, report.written, report.removed) == (2, (), ())
    assert report.unchanged == len([path for path in (project / "site").rglob("*") if path.is_file()]) - 1


def test_problems_are_reported_every_time(project: Path, looked: Looked) -> None:
    write_tree(project, {"runs/e/c/run.json": b"{", "runs/e/c/metrics.jsonl": LINES})
    age(project / "runs")
    is_look, first = looked()
    assert not is_look
    is_look, second = looked()
    assert is_look
    assert (
        [item.slug for item in second.problems]
        == [item.slug for item in first.problems]
        == ["broken-run-file"]
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda root: write_tree(root, {"runs/e/c/run.json": b"{}", "runs/e/c/metrics.jsonl": LINES}),
        lambda root: write_tree(root, {"runs/e/a/metrics.jsonl": LINES + b'{"step": 2, "loss": 0}\n'}),
        lambda root: write_tree(root, {"runs/e/a/notes.md": b"a note"}),
        lambda root: write_tree(root, {"runfolio.toml": b"title = 'Two'\n"}),
        lambda root: write_tree(root, {"theme/tokens.toml": b"[light]\naccent = '#123456'\n"}),
        lambda root: (root / "site" / "index.html").unlink(),
        lambda root: (root / "site" / "index.html").write_bytes(
            b"x" * (root / "site" / "index.html").stat().st_size
        ),
        lambda root: (root / "runs" / "e" / "b" / "run.json").unlink(),
        lambda root: (root / "runs" / "e" / "b").rename(root / "runs" / "e" / "z"),
    ],
    ids=["run", "row", "note", "title", "theme", "page-gone", "page-changed", "file-gone", "renamed"],
)
def test_whatever_is_touched_is_seen(project: Path, looked: Looked, change: Callable[[Path], object]) -> None:
    change(project)
    is_look, report = looked()
    assert not is_look
    assert report.written or report.removed
    age(project / "runs")
    assert looked()[1].written == ()


def test_a_run_that_goes_on_is_asked_after(project: Path, looked: Looked) -> None:
    write_tree(project, {"runs/e/a/run.json": b'{"schema": 1, "status": "running"}'})
    age(project / "runs")
    with (project / "runs/e/a/metrics.jsonl").open("ab") as writer:
        fcntl = pytest.importorskip("fcntl")
        fcntl.flock(writer, fcntl.LOCK_EX)
        looked()
        assert not looked()[0]
    is_look, report = looked()
    assert not is_look
    assert report.written, "its writer is gone"
    assert looked()[0]


def test_what_changed_while_it_was_looked_at_is_not_trusted(project: Path, looked: Looked) -> None:
    now = time.time_ns()
    os.utime(project / "runs" / "e", ns=(now, now))
    assert not looked()[0]
    assert not looked()[0], "another run may have come within the same tick"


@pytest.mark.parametrize("body", [b"", b"\x00damage"])
def test_a_damaged_record_costs_time_only(project: Path, looked: Looked, body: bytes) -> None:
    (record,) = (project / ".runfolio").glob("last-build-*")
    record.write_bytes(body)
    assert not looked()[0]
    assert looked()[0]
