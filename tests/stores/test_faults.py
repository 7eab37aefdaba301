"""Slow, failing and in the end right answers; and those that stay wrong, which cost one run, never the site."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from store_parts import Command, Faults, settle, write_runs

from runfolio.stores import store

ALWAYS = 10**6


@pytest.fixture
def runs(bucket: str, faults: Faults, tmp_path: Path, command: Command) -> str:
    """The URL of six run folders and one file."""
    folder = write_runs(tmp_path / "runs", 6)
    (folder / "flat.csv").write_text("step,loss\n1,0.5\n2,0.25\n")
    command("sync", folder, f"{bucket}/runs")
    settle()
    return f"{bucket}/runs"


def test_answers_that_are_right_in_the_end(runs: str, faults: Faults, command: Command) -> None:
    faults.tell(
        {"method": "GET", "path": "list-type", "do": "503", "times": 3},
        {"method": "GET|HEAD", "path": "run-1/run.json", "do": "503", "times": 3},
        {"method": "GET", "path": "run-2/metrics.jsonl", "do": "reset", "times": 2},
        {"method": "GET|HEAD", "path": "run-3/", "do": "slow", "times": 2},
        {"method": "HEAD", "path": "run-4/run.json", "do": "500", "times": 2},
    )
    done = command("check", runs, "--strict")
    assert (done.code, done.out.splitlines()[-1]) == (0, "7 runs, no problem")
    assert 7 * 4 + 8 <= len(faults.calls()) <= 60


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"method": "GET|HEAD", "do": "404"}, "not there"),
        ({"method": "GET", "do": "500"}, "INTERNAL_FAILURE during GetObject"),
        ({"method": "HEAD", "do": "echo"}, "access was denied"),
    ],
)
def test_a_file_that_stays_unreadable_costs_its_run_alone(
    runs: str, faults: Faults, command: Command, rule: dict[str, str], reason: str
) -> None:
    """Of a run folder the rest is still shown."""
    faults.tell({**rule, "path": "run-2/run.json|flat.csv", "times": ALWAYS})
    done = command("build", runs, "--out", "site", "--json")
    report = done.json
    assert (done.code, report["runs"]) == (0, 6)
    found = {(problem["slug"], problem["path"]) for problem in report["problems"]}
    assert found == {("unreadable-file", "sweep/run-2/run.json"), ("unreadable-file", "flat.csv")}
    assert all(reason in problem["message"] for problem in report["problems"])
    assert command("build", runs, "--out", "site", "--strict").code == 1
    assert len(faults.calls()) < 80
    # It is not remembered: the next build reads the run, and that one alone.
    faults.tell()
    assert command("build", runs, "--out", "site", "--json").json["runs"] == 7
    asked = {path.partition("/runs/")[2] for _, path in faults.calls() if "list-type" not in path}
    assert asked == {"flat.csv", "sweep/run-2/run.json", "sweep/run-2/metrics.jsonl"}


@pytest.mark.parametrize("how", ["503", "reset", "echo"])
def test_a_store_that_cannot_be_listed_stops_the_build_and_keeps_the_site(
    runs: str, faults: Faults, tmp_path: Path, command: Command, how: str
) -> None:
    command("build", runs, "--out", "site")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*")}
    faults.tell({"method": "GET", "path": "list-type", "do": how, "times": ALWAYS})
    done = command("build", runs, "--out", "site")
    assert done.code == 1
    assert done.err.startswith(f"Error: {runs}: it could not be listed: ")
    assert ("access was denied" in done.err) == (how == "echo")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*")} == before
    assert len(faults.calls()) < 20


def test_the_process_that_talks_to_stores_may_die(runs: str, faults: Faults, command: Command) -> None:
    faults.tell({"method": "HEAD", "path": "run-1", "do": "stall", "times": 1})
    number = store.ask("read", runs, "sweep/run-1/run.json")
    assert store._process is not None
    os.kill(store._process.pid, signal.SIGKILL)
    with pytest.raises(OSError, match="the connection to the store ended"):
        store.answer(number)
    assert store.call("read", runs, "sweep/run-1/run.json").startswith(b"{")


def test_a_site_is_written_through_a_failing_store(
    runs: str, bucket: str, faults: Faults, command: Command
) -> None:
    faults.tell(
        {"method": "PUT", "path": "/site/runs/", "do": "503", "times": 4},
        {"method": "PUT", "path": "/site/assets/", "do": "reset", "times": 1},
    )
    built = command("build", runs, "--out", f"{bucket}/site")
    assert built.code == 0, built.err
    assert command("build", runs, "--out", f"{bucket}/site", "--json").json["written"] == []


def test_a_page_that_cannot_be_written_leaves_a_site_that_the_next_build_mends(
    runs: str, bucket: str, faults: Faults, command: Command
) -> None:
    faults.tell({"method": "PUT", "path": "/site/runs/run-3", "do": "503", "times": ALWAYS})
    failed = command("build", runs, "--out", f"{bucket}/site")
    assert failed.code == 1 and "`runs/run-3.html` could not be written: " in failed.err
    faults.tell()
    mended = command("build", runs, "--out", f"{bucket}/site", "--json")
    assert mended.code == 0 and "runs/run-3.html" in mended.json["written"]
    assert command("build", runs, "--out", f"{bucket}/site", "--json").json["written"] == []


def test_a_copy_that_did_not_arrive_is_noticed(
    bucket: str, faults: Faults, tmp_path: Path, command: Command
) -> None:
    runs = write_runs(tmp_path / "runs", 3)
    faults.tell({"method": "PUT", "path": "run-1/run.json", "do": "lost", "times": 1})
    done = command("sync", runs, f"{bucket}/copy", "--json")
    assert done.code == 1 and len(done.json["copied"]) == 5
    (problem,) = done.json["problems"]
    assert (problem["slug"], problem["path"]) == ("not-copied", "sweep/run-1/run.json")
    assert "the target has nothing instead of" in problem["message"]
    again = command("sync", runs, f"{bucket}/copy", "--json")
    assert (again.code, again.json["copied"], again.json["unchanged"]) == (0, ["sweep/run-1/run.json"], 5)
