"""Aim's repositories: what its SQLite database says, and a word on what it does not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import RunStatus
from runfolio.readers import Reader
from runfolio.readers.aim import AimReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "aim"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample files beside this checkout")

SCHEMA = """
CREATE TABLE experiment (id INTEGER, name TEXT);
CREATE TABLE tag (id INTEGER, name TEXT);
CREATE TABLE run_tag (run_id INTEGER, tag_id INTEGER);
CREATE TABLE note (id INTEGER, content TEXT, run_id INTEGER);
CREATE TABLE run (id INTEGER, hash TEXT, name TEXT, description TEXT, is_archived BOOLEAN, created_at DATETIME,
  experiment_id INTEGER, finalized_at DATETIME);
"""
CONTENT = """
INSERT INTO experiment VALUES (1, 'default'), (2, 'mnist');
INSERT INTO tag VALUES (1, 'a'), (2, 'b');
INSERT INTO run_tag VALUES (1, 2), (1, 1);
INSERT INTO note VALUES (1, 'first note', 1), (2, 'second note', 1);
INSERT INTO run VALUES (1, 'h1', 'mlp', 'why', 0, '2024-08-28 12:00:00.500000', 2, '2024-08-28 12:01:00.500000');
INSERT INTO run VALUES (2, 'h2', 'Run: h2', NULL, 1, NULL, NULL, NULL);
"""


def database(folder: Path, *scripts: str) -> bytes:
    path = folder / "made.sqlite"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        for script in scripts:
            connection.executescript(script)
    return path.read_bytes()


class TestAim(ReaderContract):
    reader_class = AimReader

    @pytest.fixture
    def reader(self) -> Reader:
        return AimReader()

    @pytest.fixture
    def valid(self, tmp_path_factory: pytest.TempPathFactory) -> Sample:
        # The note comes with the runs, and the contract wants nothing but runs: a database without any has no note.
        return Sample({".aim/run_metadata.sqlite": database(tmp_path_factory.mktemp("aim"), SCHEMA)}, {})

    @pytest.fixture
    def broken(self, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tree]:
        whole = database(tmp_path_factory.mktemp("aim"), SCHEMA, CONTENT)
        return {"cut short": {".aim/run_metadata.sqlite": whole[:8192] + b"\1" * 8192}}

    @pytest.fixture
    def foreign(self, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tree]:
        other = database(tmp_path_factory.mktemp("aim"), "CREATE TABLE run (id INTEGER)")
        return {"text": {"run_metadata.sqlite": b"x"}, "another program's": {"run_metadata.sqlite": other}}


def test_what_the_database_says(tmp_path: Path) -> None:
    tree = {
        "p/.aim/run_metadata.sqlite": database(tmp_path, SCHEMA, CONTENT),
        "p/.aim/meta/a.jsonl": b'{"loss": 1}\n',
    }
    catalog = read_catalog([write_tree(tmp_path / "runs", tree)], workers=1)
    runs = {run.run_id: run for run in catalog.runs}
    first, second = runs["h1"], runs["h2"]
    assert (first.name, first.experiment, first.tags, first.status) == (
        "mlp",
        "mnist",
        ("a", "b"),
        RunStatus.FINISHED,
    )
    assert first.notes == "why\n\nfirst note\n\nsecond note"
    assert first.started_at is not None
    assert (first.started_at.isoformat(), first.duration_s) == ("2024-08-28T12:00:00.500000+00:00", 60)
    assert (second.name, second.experiment, second.tags) == ("h2", "default", ("archived",))
    (problem,) = catalog.problems
    assert (problem.slug, str(problem.severity), problem.path) == (
        "aim-without-metrics",
        "note",
        "p/.aim/run_metadata.sqlite",
    )
    assert "docs/coming-from/aim.md" in problem.hint


@needs_samples
def test_a_run_of_2024() -> None:
    (run,) = read_catalog([SAMPLES], workers=1).runs
    assert (run.run_id, run.experiment) == ("82d7b9aee7b445b6b3a67959", "default")
    assert run.started_at is not None
    assert run.started_at.isoformat() == "2024-08-28T12:18:44.757774+00:00"
