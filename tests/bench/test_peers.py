"""The comparison with peers runs with what is here; nothing is installed."""

from __future__ import annotations

import json
import math
import py_compile
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from beside import PEERS
from beside.corpus import PROGRAMS, Corpus, history, program
from beside.environments import Environments, PeerMissingError
from beside.race import Line, Race, Taken, Way, run
from rows import read

BENCH = Path(__file__).parent


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path, runs=2, metrics=2, steps=3)


def test_every_peer_is_measured_or_named_as_missing() -> None:
    size = ("--runs", "2", "--metrics", "2", "--steps", "4", "--repeats", "1")
    done = subprocess.run(
        [sys.executable, str(BENCH / "peers.py"), *size, "--no-install", "--json"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    report = json.loads(done.stdout)
    assert (report["runs"], report["metrics"], report["steps"]) == (2, 2, 4)
    assert set(report["runfolio"]) == {"list, no cache", "build, no cache", "build, nothing changed"}
    assert all(taken["seconds"] > 0 < taken["peak_bytes"] for taken in report["runfolio"].values())
    assert set(report["runfolio"]["build, no cache"]["facts"]) >= {"read", "plan", "write", "links"}
    measured = set(PEERS) - set(report["absent"])
    assert bool(measured) == bool(report["lines"])
    for line in report["lines"]:
        assert line["ratio"] == pytest.approx(line["theirs"]["seconds"] / line["ours"]["seconds"])


def test_tables_have_a_line_a_way_and_a_sentence_for_who_is_missing(corpus: Corpus) -> None:
    from peers import tables

    taken = Taken(3.0, None, 5_000_000, {"points": 12.0})
    line = Line("Peer, 2 runs", "build", taken, Taken(1.0, 0.5, 1), 3.0, None, goal=10, met=False)
    text = tables(corpus, {"build": taken}, [line], {"asv": "no network"})
    assert "2 runs, 12 points" in text
    assert "3.00 s    1.00 s  3.0 x  10 x  not met       5 MB      0 MB" in text
    assert text.endswith("asv is not measured: no network")


def test_a_race_takes_turns_and_gives_medians() -> None:
    order: list[str] = []

    def runner(name: str, seconds: Iterator[float]) -> Taken:
        order.append(name)
        return Taken(next(seconds), 4.0, 7)

    theirs, first, second = iter([30.0, 10.0, 20.0]), iter([2.0, 2.0, 90.0]), iter([4.0, 5.0, 6.0])
    ways = (
        Way("a", lambda: runner("a", first), goal=10),
        Way("b", lambda: runner("b", second), goal=10),
    )
    lines = run(Race("peer", lambda: runner("peer", theirs), ways), 3)
    assert order == ["peer", "a", "b"] * 3
    assert [(line.way, line.ratio, line.cpu_ratio, line.met) for line in lines] == [
        ("a", 10.0, 1.0, True),
        ("b", 4.0, 1.0, False),
    ]


def test_peers_are_given_the_very_runs_that_runfolio_reads(corpus: Corpus, tmp_path: Path) -> None:
    runs = list(read(str(corpus.folder)))
    assert [found.run_id for found in runs] == ["run-00000", "run-00001"]
    assert runs[0].metrics == ["val/acc_0", "train/loss_1"]
    assert [row["step"] for row in runs[1].rows] == [0, 1, 2]
    diverged = Corpus(tmp_path / "diverged", runs=100, metrics=1, steps=2)
    assert math.isnan(list(read(str(diverged.folder)))[-1].rows[-1]["val/acc_0"])


def test_pages_are_one_a_run(corpus: Corpus, tmp_path: Path) -> None:
    program(sys.executable, "write_pages.py", corpus.folder, tmp_path / "plain")
    program(sys.executable, "write_pages.py", corpus.folder, tmp_path / "matter", "--front-matter")
    page = (tmp_path / "plain" / "run-00001.md").read_text()
    assert page.startswith("# setting 0, seed 1\n")
    assert "| seed | 1 |" in page
    assert "| train/loss_1 | " in page
    assert (
        (tmp_path / "matter" / "run-00000.md")
        .read_text()
        .startswith('---\ntitle: "setting 0, seed 0"\n---\n')
    )


def test_a_history_holds_every_step(corpus: Corpus) -> None:
    for cached in (False, True):
        facts = history(corpus, "train/loss_1", 2, cached=cached).facts
        assert (facts["runs"], facts["points"]) == (2, 6)
    with pytest.raises(SystemExit, match="read 6 points instead of 7"):
        program(sys.executable, "read_runfolio.py", corpus.folder, "train/loss_1", 2, points=7)


def test_nothing_is_installed_unasked(tmp_path: Path) -> None:
    environments = Environments(tmp_path / "environments", install=False)
    assert environments.python("pytest==8") == sys.executable
    with pytest.raises(PeerMissingError, match="has no no_such_peer==1"):
        environments.python("no_such_peer==1")
    assert not (tmp_path / "environments").exists()


@pytest.mark.parametrize("source", sorted(PROGRAMS.glob("*.py")), ids=lambda path: path.stem)
def test_programs_for_other_pythons_are_python(source: Path, tmp_path: Path) -> None:
    py_compile.compile(str(source), cfile=str(tmp_path / "compiled"), doraise=True)
