"""The walk: what is entered, what is claimed, and what is left alone."""

from __future__ import annotations

import os
from pathlib import Path

from runfolio.catalog import read_catalog
from runfolio.catalog.scan import scan
from runfolio.catalog.storage import LocalStorage
from runfolio.readers import all_readers
from runfolio.testing.factories import curve_rows, write_run

CSV = "step,loss\n0,1\n"


def claims(root: Path) -> list[str]:
    return [claim.path for claim in scan(LocalStorage(root), 0, all_readers()).claims]


def test_folders_that_hold_no_runs_are_not_entered(tmp_path: Path) -> None:
    for name in (
        ".git",
        ".runfolio",
        "node_modules",
        "__pycache__",
        "_sources",
        "_resources",
        ".hidden",
        "deep/.venv",
    ):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.csv").write_text(CSV)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / ".runfolio-manifest.json").write_text("{}")
    (tmp_path / "site" / "runs.csv").write_text(CSV)
    (tmp_path / ".a.csv").write_text(CSV)
    (tmp_path / "seen.csv").write_text(CSV)
    assert claims(tmp_path) == ["seen.csv"]


def test_a_run_folder_is_one_claim(tmp_path: Path) -> None:
    run = write_run(
        tmp_path / "r", curve_rows(2), artifacts={"results.json": b'{"acc": 1}', "deep/a.csv": CSV.encode()}
    )
    (run / "results.json").write_text('{"acc": 1}')
    (run / "run.json.123-4.tmp").write_text("{")
    (claim,) = scan(LocalStorage(tmp_path), 0, all_readers()).claims
    assert claim.path == "r"
    assert {entry.path for entry in claim.entries} == {
        "run.json", "metrics.jsonl", "results.json", "artifacts/results.json", "artifacts/deep/a.csv"
    }  # fmt: skip


def test_another_programs_run_json_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "1" / "inner").mkdir(parents=True)
    (tmp_path / "1" / "run.json").write_text('{"command": "main", "status": "COMPLETED"}')
    (tmp_path / "1" / "progress.csv").write_text(CSV)
    write_run(tmp_path / "1" / "inner" / "r", curve_rows(2))
    cache = tmp_path / ".runfolio" / "cache.sqlite"
    for _ in range(2):
        catalog = read_catalog([tmp_path], workers=1, cache=cache)
        assert {run.source.path for run in catalog.runs} == {"1/progress.csv", "1/inner/r"}
        assert catalog.problems == ()


def test_links_are_followed_once(tmp_path: Path) -> None:
    write_run(tmp_path / "runs" / "z" / "r", curve_rows(2))
    (tmp_path / "runs" / "a-loop").symlink_to(tmp_path / "runs")
    (tmp_path / "runs" / "a-twin").symlink_to(tmp_path / "runs" / "z")
    (tmp_path / "runs" / "dead").symlink_to(tmp_path / "nowhere")
    outside = tmp_path / "outside"
    write_run(outside / "far", curve_rows(2))
    (tmp_path / "runs" / "linked").symlink_to(outside)
    assert claims(tmp_path / "runs") == ["linked/far", "z/r"]


def test_pipes_and_undecodable_names_are_no_danger(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / os.fsdecode(b"bad-\xff.csv")).write_text(CSV)
    found = scan(LocalStorage(tmp_path), 0, all_readers())
    assert found.claims == []
    assert [problem.slug for problem in found.problems] == ["undecodable-name"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch) -> None:
    write_run(tmp_path / "good", curve_rows(2))
    bad = write_run(tmp_path / "bad", curve_rows(2))
    true_read = LocalStorage.read

    def read(self: LocalStorage, path: str) -> bytes:
        if path == "bad/metrics.jsonl":
            raise PermissionError(13, "Permission denied")
        return true_read(self, path)

    cache = tmp_path / ".c" / "cache.sqlite"
    monkeypatch.setattr(LocalStorage, "read", read)
    catalog = read_catalog([tmp_path], workers=1, cache=cache)
    assert {run.run_id: len(run.metrics) for run in catalog.runs} == {"good": 2, "bad": 0}
    (problem,) = catalog.problems
    assert (problem.slug, problem.path, problem.run_id) == ("unreadable-file", "bad/metrics.jsonl", "bad")
    monkeypatch.undo()
    assert bad.exists()
    again = read_catalog([tmp_path], workers=1, cache=cache)
    assert again.problems == (), "permissions change without a trace in the file: such an outcome is not kept"
