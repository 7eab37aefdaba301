"""The cache: a second look opens nothing, and whatever happens to the file costs time only."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from runfolio.catalog import Catalog, read_catalog
from runfolio.catalog.storage import LocalStorage
from runfolio.testing.factories import curve_rows, write_run, write_runs


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_runs(tmp_path / "runs", 6, metrics=3, steps=700)
    (tmp_path / "runs" / "table.csv").write_text("name,value\na,b\n")
    return tmp_path


def read(project: Path) -> Catalog:
    return read_catalog([project / "runs"], cache=project / ".runfolio" / "cache.sqlite", workers=1)


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that are read from now on."""
    paths: list[str] = []
    true_read = LocalStorage.read

    def spy(self: LocalStorage, path: str) -> bytes:
        paths.append(path)
        return true_read(self, path)

    monkeypatch.setattr(LocalStorage, "read", spy)
    return paths


def test_a_second_look_opens_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = read(project)
    paths = opened(monkeypatch)
    warm = read(project)
    series = {run.run_id: warm.series(run) for run in warm.runs}
    assert paths == []
    assert repr(warm.runs) == repr(cold.runs)
    for run in cold.runs:
        for mine, other in zip(cold.series(run), series[run.run_id], strict=True):
            assert mine.step.tobytes() + mine.value.tobytes() == other.step.tobytes() + other.value.tobytes()
            assert mine.bucket_mean.tobytes() == other.bucket_mean.tobytes()


def test_only_what_changed_is_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read(project)
    run = project / "runs" / "experiment-0" / "run-00003"
    with (run / "metrics.jsonl").open("a") as file:
        file.write('{"step": 9999, "loss_1": 1}\n')
    write_run(project / "runs" / "new", curve_rows(2))
    paths = opened(monkeypatch)
    after = read(project)
    assert {path.rpartition("/")[0] for path in paths} == {"experiment-0/run-00003", "new"}
    prints = {run.run_id: run.fingerprint for run in before.runs}
    changed = {run.run_id for run in after.runs if prints.get(run.run_id) != run.fingerprint}
    assert changed == {"run-00003", "new"}


def test_runs_that_are_gone_are_forgotten(project: Path) -> None:
    read(project)
    for file in (project / "runs" / "experiment-0" / "run-00000").iterdir():
        file.unlink()
    assert len(read(project).runs) == 5
    rows = sqlite3.connect(project / ".runfolio" / "cache.sqlite")
    assert rows.execute("SELECT count(*) FROM runs WHERE path LIKE '%run-00000%'").fetchone() == (0,)
    rows.close()


def test_the_project_may_move(project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> None:
    read(project)
    moved = tmp_path_factory.mktemp("elsewhere") / "project"
    project.rename(moved)
    paths = opened(monkeypatch)
    assert len(read(moved).runs) == 6
    assert paths == []


@pytest.mark.parametrize(
    "damage", [b"", b"garbage" * 2000, b"SQLite format 3\0" + b"\xff" * 9000, "cut", "version", "blob"]
)
def test_damage_costs_time_only(project: Path, damage: bytes | str) -> None:
    good = read(project)
    assert good.cache is not None
    good.cache.close()
    cache = project / ".runfolio" / "cache.sqlite"
    if damage == "cut":
        cache.write_bytes(cache.read_bytes()[: cache.stat().st_size // 2])
    elif isinstance(damage, str):
        connection = sqlite3.connect(cache)
        connection.executescript(
            "PRAGMA user_version = 77"
            if damage == "version"
            else "UPDATE runs SET outcome = x'00'; UPDATE series SET series = x'00'"
        )
        connection.commit()
        connection.close()
    else:
        cache.write_bytes(damage)
    for _ in range(2):
        catalog = read(project)
        assert len(catalog.runs) == 6
        assert catalog.problems == ()
        assert all(len(catalog.series(run)) == 3 for run in catalog.runs)


def test_a_cache_deleted_in_use_is_no_loss(project: Path) -> None:
    catalog = read(project)
    assert catalog.cache is not None
    catalog.cache.close()
    for file in (project / ".runfolio").iterdir():
        file.unlink()
    assert all(len(catalog.series(run)) == 3 for run in catalog.runs)


def test_a_cache_that_cannot_be_made_is_a_note(project: Path) -> None:
    (project / ".runfolio").write_text("a file where the folder should be")
    catalog = read(project)
    assert len(catalog.runs) == 6
    assert [(p.slug, p.severity) for p in catalog.problems] == [("cache-unusable", "note")]
    assert str(project) not in repr(catalog.problems)


def test_two_builds_at_once(project: Path) -> None:
    results: list[Catalog] = []
    threads = [threading.Thread(target=lambda: results.append(read(project))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len({repr(catalog.runs) for catalog in results}) == 1
    assert all(catalog.problems == () for catalog in results)
    assert all(len(catalog.series(run)) == 3 for catalog in results for run in catalog.runs)
