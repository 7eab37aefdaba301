"""Copies of runs: only finished ones, only what is new, between folders and buckets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from store_parts import Command, Server, settle, write_runs

import runfolio


def copied(command: Command, *arguments: object) -> tuple[list[str], int]:
    done = command("sync", *arguments, "--json")
    assert done.code == 0, done.err
    return done.json["copied"], done.json["unchanged"]


def test_running_runs_wait_until_they_are_over(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_runs(tmp_path / "runs", 1)
    run = runfolio.start(experiment="sweep", root="runs", run_id="live", capture=False)
    run.log({"loss": 0.5}, step=1)
    first = command("sync", "runs", "copy", "--json").json
    assert (len(first["copied"]), first["running"]) == (2, ["live"])
    assert not (tmp_path / "copy/sweep/live").exists()
    assert "1 run still going on left out" in command("sync", "runs", "copy").out
    early, _ = copied(command, "runs", "copy", "--all")
    assert "sweep/live/metrics.jsonl" in early
    run.log({"loss": 0.25}, step=2)
    run.finish()
    late, unchanged = copied(command, "runs", "copy")
    assert {"sweep/live/metrics.jsonl", "sweep/live/run.json"} <= set(late) and unchanged >= 2
    assert command("list", "copy", "--json").json == command("list", "runs", "--json").json


def test_places_of_every_kind(bucket: str, server: Server, tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 4)
    assert len(copied(command, runs, f"{bucket}/one")[0]) == 8
    settle()
    assert len(copied(command, f"{bucket}/one", f"{bucket}/two")[0]) == 8
    assert len(copied(command, f"{bucket}/two", tmp_path / "back")[0]) == 8
    for path in runs.rglob("*.json*"):
        assert (tmp_path / "back" / path.relative_to(runs)).read_bytes() == path.read_bytes()
    before = len(server.calls())
    assert copied(command, f"{bucket}/one", f"{bucket}/two") == ([], 8)
    assert [method for method, _ in server.calls(before) if method == "PUT"] == []


def test_equal_bytes_of_another_time_are_not_sent_again(
    bucket: str, server: Server, tmp_path: Path, command: Command
) -> None:
    runs = write_runs(tmp_path / "runs", 2)
    copied(command, runs, f"{bucket}/copy")
    os.utime(runs / "sweep/run-0/run.json", ns=(1, 1))
    before = len(server.calls())
    assert copied(command, runs, f"{bucket}/copy") == ([], 4)
    puts = [path for method, path in server.calls(before) if method == "PUT"]
    assert [path.rpartition("/")[2] for path in puts] == [".runfolio-sync.json"]
    # Other bytes of the same size and time are told by the ledger of the target, not by their looks.
    record = runs / "sweep/run-1/run.json"
    record.write_text(record.read_text().replace("0.1", "0.7"))
    assert copied(command, runs, f"{bucket}/copy") == (["sweep/run-1/run.json"], 3)


def test_what_was_changed_or_removed_there_is_copied_again(tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 3)
    copied(command, runs, tmp_path / "copy")
    (tmp_path / "copy/sweep/run-0/run.json").write_text("{}")
    (tmp_path / "copy/sweep/run-1/metrics.jsonl").unlink()
    assert copied(command, runs, tmp_path / "copy") == (
        ["sweep/run-0/run.json", "sweep/run-1/metrics.jsonl"],
        4,
    )
    (tmp_path / "copy/.runfolio-sync.json").write_text("broken")
    assert len(copied(command, runs, tmp_path / "copy")[0]) == 6


def test_a_killed_sync_goes_on(bucket: str, tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 200)
    process = subprocess.Popen(
        [sys.executable, "-m", "runfolio", "sync", str(runs), f"{bucket}/copy"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ledger = f"{bucket[5:]}/copy/.runfolio-sync.json"
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end and not _is_there(ledger):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    files, unchanged = copied(command, runs, f"{bucket}/copy")
    assert unchanged >= 200 and len(files) + unchanged == 400
    assert len(command("list", f"{bucket}/copy", "--json").json) == 200


def _is_there(path: str) -> bool:
    from store_parts import ask

    address = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://")
    return ask(address, "HEAD", f"/{path}")[0].status == 200


def test_links_out_of_a_run_are_not_followed(tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 1)
    (tmp_path / "secret").write_text("not a part of the run")
    (runs / "sweep/run-0/artifacts").mkdir()
    (runs / "sweep/run-0/artifacts/link").symlink_to(tmp_path / "secret")
    (runs / "sweep/run-0/artifacts/own").symlink_to(runs / "sweep/run-0/run.json")
    done = command("sync", runs, tmp_path / "copy", "--json")
    assert done.code == 0 and "sweep/run-0/artifacts/own" in done.json["copied"]
    assert [problem["path"] for problem in done.json["problems"]] == ["sweep/run-0/artifacts/link"]
    assert not (tmp_path / "copy/sweep/run-0/artifacts/link").exists()


def test_only_what_is_asked_for(tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 4)
    files, _ = copied(command, runs, tmp_path / "copy", "--where", "seed < 2")
    assert {json.dumps(path.split("/")[1]) for path in files} == {'"run-0"', '"run-1"'}
    (single,), _ = copied(command, runs / "sweep/run-3/metrics.jsonl", tmp_path / "one")
    assert single == "metrics.jsonl"


@pytest.mark.parametrize("target", ["runs", "runs/copy", "."])
def test_places_in_each_other_are_refused(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_runs(tmp_path / "runs", 1)
    done = command("sync", "runs", target)
    assert done.code == 2 and "lie in each other" in done.err
