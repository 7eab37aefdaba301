"""Amazon's, Google's and Microsoft's kind of store, each with a real server: runs and sites go there and come back."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from store_parts import Command, Stored, settle, write_runs

from runfolio.stores import store

ALWAYS = 10**6


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def bodies(url: str) -> dict[str, bytes]:
    """Every file of a place."""
    _, rows = store.call("list_all", url)
    numbers = {path: store.ask("read", url, path) for path, _, _, is_folder in rows if not is_folder}
    return {path: store.answer(number) for path, number in numbers.items()}


def test_runs_go_there_and_come_back(stored: Stored, tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 12)
    (runs / "flat.csv").write_text("step,loss\n1,0.5\n2,0.25\n")
    (runs / "sweep/run-0/artifacts").mkdir()
    (runs / "sweep/run-0/artifacts/a b+c%.txt").write_text("an artifact")
    assert len(command("sync", runs, f"{stored.url}/runs", "--json").json["copied"]) == 26
    here = command("list", runs, "--json").json
    settle()
    assert command("list", f"{stored.url}/runs", "--json").json == here
    stored.faults.tell()
    assert command("list", f"{stored.url}/runs", "--json").json == here
    listings = {method for method, _ in stored.faults.calls()}
    assert listings <= {"GET", "HEAD"}
    assert not [path for path in asked(stored) if "metrics" in path]
    (single,) = command("list", f"{stored.url}/runs/flat.csv", "--json").json
    assert single["run_id"] == "flat"
    stored.faults.tell()
    again = command("sync", runs, f"{stored.url}/runs", "--json").json
    assert (again["copied"], again["unchanged"]) == ([], 26)
    assert not [path for method, path in stored.faults.calls() if method in ("PUT", "POST", "DELETE")]
    assert command("sync", f"{stored.url}/runs", "back").code == 0
    back = tree(tmp_path / "back")
    assert back.pop(".runfolio-sync.json") and back == tree(runs)


def asked(stored: Stored) -> list[str]:
    return [path for _, path in stored.faults.calls()]


def test_a_site_goes_there(stored: Stored, tmp_path: Path, command: Command) -> None:
    """The same bytes as in a folder, with their media types; of what did not change nothing is written."""
    runs = write_runs(tmp_path / "runs", 4)
    site = f"{stored.url}/pages/site"
    done = command("build", runs, "--out", site)
    assert done.code == 0, done.err
    command("build", runs, "--out", "here")
    assert bodies(site) == tree(Path("here"))
    assert media_type(stored, "pages/site/index.html") == "text/html; charset=utf-8"
    stored.faults.tell()
    again = command("build", runs, "--out", site, "--json").json
    assert (again["written"], again["removed"]) == ([], [])
    assert not [path for method, path in stored.faults.calls() if method in ("PUT", "POST", "DELETE")]
    (runs / "sweep/run-2/run.json").unlink()
    (runs / "sweep/run-2/metrics.jsonl").unlink()
    assert "runs/run-2.html" in command("build", runs, "--out", site, "--json").json["removed"]
    command("build", runs, "--out", "here")
    assert bodies(site) == tree(Path("here"))


def media_type(stored: Stored, path: str) -> str:
    """What the store says of the file to a browser; of Google's fake, which forgets it, what it was told."""
    if stored.kind == "gs":
        told = [json.loads(text) for text in stored.faults.bodies() if path in text]
        return str(told[-1]["contentType"])
    program = (
        "import os, sys; from runfolio.stores.opened import Places\n"
        "place = Places().open(sys.argv[1])\n"
        "with place.files.open_input_stream(place.full(sys.argv[2])) as stream:\n"
        "    found = {name if isinstance(name, str) else name.decode(): value for name, value in stream.metadata().items()}\n"
        "print(found['Content-Type'].decode(), flush=True)\n"
        "os._exit(0)"
    )
    command = [sys.executable, "-c", program, stored.url, path]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_what_is_not_there_is_said(stored: Stored, command: Command) -> None:
    for url in (f"{stored.url}/none", stored.url.replace("bucket", "no-bucket") + "/runs"):
        done = command("list", url)
        assert done.code == 3 and done.err.startswith(f"Error: {url}: there is nothing: "), done.err


def test_failing_answers(stored: Stored, tmp_path: Path, command: Command) -> None:
    """Some are right in the end; one that stays wrong costs its run."""
    runs = write_runs(tmp_path / "runs", 6)
    command("sync", runs, f"{stored.url}/runs")
    stored.faults.tell(
        {"method": "GET|HEAD", "path": "run-1.*run.json", "do": "503", "times": 2},
        {"method": "GET|HEAD", "path": "run-2.*metrics.jsonl", "do": "reset", "times": 1},
        {"method": "GET|HEAD", "path": "run-3", "do": "slow", "times": 2},
    )
    done = command("check", f"{stored.url}/runs", "--strict")
    assert (done.code, done.out.splitlines()[-1]) == (0, "6 runs, no problem"), done.out + done.err
    stored.faults.tell(
        {"method": "GET|HEAD", "path": "run-4.*run.json$|run-4.*run.json[?]", "do": "500", "times": ALWAYS}
    )
    began = time.monotonic()
    report = command("build", f"{stored.url}/runs", "--out", "site", "--no-cache", "--json").json
    assert time.monotonic() - began < 60
    assert [(problem["slug"], problem["path"]) for problem in report["problems"]] == [
        ("unreadable-file", "sweep/run-4/run.json")
    ]


def test_a_large_file_comes_in_parts(stored: Stored, tmp_path: Path, command: Command) -> None:
    """One part that fails costs that part; the bytes are the same."""
    body = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(700_000))
    assert len(body) > 2.5 * (1 << 23)
    store.call("write", stored.url, "large.bin", body, "")
    stored.faults.tell({"method": "GET", "path": "large.bin", "do": "503", "times": 3})
    assert store.call("read", stored.url, "large.bin", len(body)) == body
    reads = [path for method, path in stored.faults.calls() if method == "GET" and "large.bin" in path]
    assert 3 + 3 <= len(reads) <= 14


def test_many_runs(stored: Stored, tmp_path: Path, command: Command) -> None:
    """Of those that are there a second sync sends nothing, and a second look reads nothing but the listing."""
    count = 250
    runs = write_runs(tmp_path / "runs", count)
    assert len(command("sync", runs, f"{stored.url}/runs", "--json").json["copied"]) == 2 * count
    settle()
    stored.faults.tell({"method": "GET|HEAD", "path": "run-7/|run-7%2F", "do": "503", "times": 1})
    here = command("list", runs, "--json").json
    assert command("list", f"{stored.url}/runs", "--json").json == here
    # S3 and Azure are asked for the size of a file before its bytes; Azure lists a folder a call.
    calls = {"s3": 2 * 2 * count, "gs": 2 * count, "abfs": 2 * 2 * count + count}[stored.kind]
    assert len(stored.faults.calls()) <= calls + 10
    assert command("list", f"{stored.url}/runs", "--json").json == here
    assert len(stored.faults.calls()) <= {"s3": 4, "gs": 4, "abfs": count + 5}[stored.kind]
    write_runs(runs, 1, first=count)
    stored.faults.tell()
    again = command("sync", runs, f"{stored.url}/runs", "--json").json
    assert (len(again["copied"]), again["unchanged"]) == (2, 2 * count)
    # Azure's client puts an empty file, a block and the list of blocks; Google's one upload in one or more parts.
    sent = {path for method, path in stored.faults.calls() if method == "PUT" and "comp=" not in path}
    assert len(sent) == 3, "two files and what is known of the target"


def test_a_file_replaced_within_a_second_is_read_again(
    stored: Stored, tmp_path: Path, command: Command
) -> None:
    """Size and time of the two are the same to the second; only once it is older a file is believed to stay."""
    runs = write_runs(tmp_path / "runs", 1)
    command("sync", runs, f"{stored.url}/runs")
    path = "sweep/run-0/metrics.jsonl"
    first = (runs / path).read_bytes()
    for value in (b"0.25", b"0.75", b"0.50"):
        second = first.replace(b"1.0", value)[: len(first)].ljust(len(first), b"\n")
        store.call("write", f"{stored.url}/runs", path, second, "")
        (run,) = command("list", f"{stored.url}/runs", "--json").json
        assert run["metrics"]["loss"]["first"] == float(value)


def test_runs_are_imported_there(stored: Stored, tmp_path: Path, command: Command) -> None:
    """As into a folder: what is there stays, half a run is none, a run that is another one is refused."""
    runs = write_runs(tmp_path / "runs", 3)
    (runs / "flat.csv").write_text("step,loss\n1,0.5\n2,0.25\n")
    target = f"{stored.url}/kept"
    done = command("import", runs, target, "--json").json
    assert len(done["written"]) == 4 and done["written"][0].startswith(target) and done["refused"] == []
    command("import", runs, "kept")
    assert bodies(target) == tree(tmp_path / "kept")
    stored.faults.tell()
    again = command("import", runs, target, "--json").json
    assert (again["written"], len(again["present"])) == ([], 4)
    assert not [path for method, path in stored.faults.calls() if method in ("PUT", "POST", "DELETE")]
    store.call("remove", target, "sweep/run-1/run.json")
    record = runs / "sweep/run-2/run.json"
    record.write_text(record.read_text().replace('"lr": 0.2', '"lr": 0.3'))
    third = command("import", runs, target, "--json").json
    assert [path.removeprefix(target) for path in third["written"]] == ["/sweep/run-1"]
    assert len(third["refused"]) == 1 and "another run is there already" in third["refused"][0]
    assert bodies(target) == tree(tmp_path / "kept")


def test_an_import_that_the_store_refuses(stored: Stored, tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 2)
    stored.faults.tell(
        {"method": "PUT|POST", "path": "run-1.*run.json|uploadType", "do": "404", "times": ALWAYS}
    )
    done = command("import", runs, f"{stored.url}/kept", "--json")
    assert done.code == 1 and "cannot be written: " in done.json["refused"][-1], done.err
    stored.faults.tell()
    assert command("import", runs, f"{stored.url}/kept", "--json").code == 0
    assert len(command("list", f"{stored.url}/kept", "--json").json) == 2


def test_tables_are_exported_there(stored: Stored, tmp_path: Path, command: Command) -> None:
    runs = write_runs(tmp_path / "runs", 2)
    for form in ("csv", "json", "parquet"):
        done = command("export", runs, "-o", f"{stored.url}/tables/runs.{form}")
        assert done.code == 0 and f"to {stored.url}/tables/runs.{form}" in done.err
        command("export", runs, "-o", f"runs.{form}")
        assert store.call("read", stored.url, f"tables/runs.{form}") == Path(f"runs.{form}").read_bytes()
    for form in ("mlflow", "tensorboard"):
        refused = command("export", "--to", form, runs, f"{stored.url}/{form}")
        assert refused.code == 2 and "goes to a folder of this machine" in refused.err
    assert command("import", runs, f"{stored.url}/tables/runs.csv").code == 2
    assert command("import", f"{stored.url}/tables", f"{stored.url}/tables/in").code == 2
    assert not list(tmp_path.glob("*:*"))


@pytest.mark.parametrize("how", ["503", "reset"])
def test_a_store_that_cannot_be_listed(stored: Stored, tmp_path: Path, command: Command, how: str) -> None:
    command("sync", write_runs(tmp_path / "runs", 1), f"{stored.url}/runs")
    stored.faults.tell({"method": "GET|HEAD", "path": ".", "do": how, "times": ALWAYS})
    began = time.monotonic()
    done = command("build", f"{stored.url}/runs", "--out", "site")
    assert done.code == 1 and "it could not be listed: " in done.err, done.err
    assert not (tmp_path / "site").exists()
    assert time.monotonic() - began < 60
