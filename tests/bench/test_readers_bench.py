"""The comparison with trackers' own readers runs with what is here; nothing is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from beside import own_files
from beside.corpus import PROGRAMS, Corpus
from beside.environments import Environments, PeerMissingError
from beside.own_files import READERS, TRACKERS, Tracker, catalog, races
from beside.race import Line, Taken, run

BENCH = Path(__file__).parent


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus", runs=2, metrics=2, steps=3)


def test_every_tracker_is_measured_or_named_as_missing() -> None:
    size = ("--runs", "2", "--metrics", "2", "--steps", "4", "--repeats", "1")
    done = subprocess.run(
        [sys.executable, str(BENCH / "readers.py"), *size, "--no-install", "--json"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    report = json.loads(done.stdout)
    assert (report["runs"], report["metrics"], report["steps"]) == (2, 2, 4)
    measured = {line["peer"] for line in report["lines"]}
    assert measured == {item.name for name, item in TRACKERS.items() if name not in report["absent"]}
    for line in report["lines"]:
        assert line["theirs"]["facts"]["points"] == line["ours"]["facts"]["points"] > 0
    for name, reason in report["absent"].items():
        module = TRACKERS[name].requirement.partition("==")[0]
        assert module in reason


def test_an_unknown_name_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCH / "readers.py"), "--only", "wandb,nobody"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "not nobody" in done.stderr


def test_writer_and_both_readers_agree_on_the_values(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runfolio stands for a tracker: its files are the run folders, its reader is read_catalog."""
    writer = tmp_path / "write_copy.py"
    writer.write_text("import shutil, sys\nshutil.copytree(sys.argv[1], sys.argv[2])\n")
    here = Environments(tmp_path / "environments", install=False)
    for name, values in (("right", 6), ("wrong", 7)):
        tracker = Tracker(
            "itself", "pytest==8", str(writer), "read_catalog.py", "runs", lambda _, values=values: values
        )
        monkeypatch.setitem(own_files.TRACKERS, name, tracker)
    (line,) = run(races("right", corpus, here, tmp_path)[0], 1)
    assert line.theirs.facts["points"] == line.ours.facts["points"] == 12
    assert line.theirs.facts["runs"] == line.ours.facts["runs"] == 2
    assert 0 < line.ours.facts["after_imports"] < line.ours.seconds
    assert line.met is (line.ratio >= 5)
    with pytest.raises(SystemExit, match="read 12 points instead of 14"):
        races("wrong", corpus, here, tmp_path)[0].run()


def test_a_run_that_cannot_be_read_ends_the_measurement(
    corpus: Corpus, capfd: pytest.CaptureFixture[str]
) -> None:
    (corpus.folder / "generated" / "run-00001" / "run.json").write_text("{")
    with pytest.raises(SystemExit, match="ended with 1"):
        catalog(corpus.folder, 12)
    assert "broken-run-file" in capfd.readouterr().err


def test_every_tracker_has_its_programs_and_its_place(corpus: Corpus, tmp_path: Path) -> None:
    for name, tracker in TRACKERS.items():
        assert (PROGRAMS / tracker.writer).is_file()
        assert (PROGRAMS / tracker.reader).is_file()
        assert tracker.points(corpus) > 0
        assert READERS[name].args == (name,)
    nothing = Environments(tmp_path / "environments", install=False)
    with pytest.raises(PeerMissingError, match="has no no-such-tracker==1"):
        nothing.python("no-such-tracker==1")
    assert nothing.python("axe-playwright-python==1") == sys.executable


def test_tables_have_a_line_a_tracker_and_a_sentence_for_who_is_missing(corpus: Corpus) -> None:
    from readers import tables

    facts = {"runs": 2.0, "points": 12.0, "after_imports": 0.25}
    theirs, ours = Taken(3.0, 2.0, 5_000_000, facts), Taken(1.5, 0.5, 1_000_000, facts)
    line = Line("Tracker: its reader", "read_catalog", theirs, ours, 2.0, 4.0, goal=5, met=False)
    rows = tables(corpus, [line], {"asv": "no network"}).splitlines()
    assert "Tracker: its reader   3.00 s    1.50 s  2.0 x   2.00 s    0.50 s  4.0 x   5 x  not met" in rows
    assert "Tracker: its reader      12   0.25 s    0.25 s     5 MB      1 MB" in rows
    assert rows[-1] == "asv is not measured: no network"
    assert tables(corpus, [], {"asv": "no network"}) == "asv is not measured: no network"
