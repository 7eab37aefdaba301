"""A reader at fault costs its run, never the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runfolio.catalog import engine, read, read_catalog
from runfolio.readers import BUILT_IN, Reading, RunFiles, Signature
from runfolio.testing.factories import curve_rows, write_run

OWN = os.getpid()


class Faulty:
    name = "faulty"
    version = 1
    signature = Signature(names=("*.faulty",), size_limit=100)

    def read(self, files: RunFiles) -> Reading | None:
        (path,) = files.entries
        # In the tests' own process the reader must fail, not end all tests.
        if path.startswith("die") and os.getpid() != OWN:
            os._exit(1)
        raise ZeroDivisionError("nobody thought of this")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    readers = (Faulty(), *BUILT_IN)
    monkeypatch.setattr(engine, "all_readers", lambda: readers)
    monkeypatch.setattr(read, "all_readers", lambda: readers)
    for index in range(9):
        write_run(tmp_path / f"r{index}", curve_rows(3))
    return tmp_path


def test_an_exception_is_a_problem(runs: Path) -> None:
    (runs / "a.faulty").write_text("x")
    (runs / "b.faulty").write_text("x" * 101)
    catalog = read_catalog([runs], workers=1)
    assert len(catalog.runs) == 9
    assert [(p.slug, p.path) for p in catalog.problems] == [
        ("reader-failed", "a.faulty"),
        ("too-large", "b.faulty"),
    ]
    assert "ZeroDivisionError" in catalog.problems[0].message


def test_a_process_that_dies_takes_nobody_along(runs: Path) -> None:
    (runs / "die.faulty").write_text("x")
    catalog = read_catalog([runs], workers=2)
    assert len(catalog.runs) == 9
    assert [(p.slug, p.path) for p in catalog.problems] == [("reader-died", "die.faulty")]


def test_progress_is_told(runs: Path) -> None:
    told: list[object] = []

    class Teller:
        def start(self, stage: str, total: int | None) -> None:
            told.append((stage, total))

        def advance(self, n: int = 1) -> None:
            told.append(n)

        def finish(self) -> None:
            told.append("end")

    read_catalog([runs], workers=1, reporter=Teller())
    assert told == [("reading runs", 9), *[1] * 9, "end"]
