"""Files that are fetched in parts: the same bytes, a few of them at a time, and never two states of one file mixed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from store_parts import Command, Faults, write_runs

import runfolio
from runfolio.catalog.remote_file import open_remote_file
from runfolio.catalog.seal import seal_run
from runfolio.stores import store

PART = 1 << 23


def noise(size: int) -> bytes:
    return np.random.default_rng(7).bytes(size)


def test_a_large_sealed_run(bucket: str, faults: Faults, tmp_path: Path, command: Command) -> None:
    """Every byte of its Parquet once, in parts of 8 MB; one that fails is asked for again, and no other."""
    with runfolio.start(experiment="sweep", root="runs", run_id="large", capture=False) as run:
        values = np.random.default_rng(1).normal(size=(30_000, 40)).tolist()
        for step, row in enumerate(values):
            run.log({f"m{number}": value for number, value in enumerate(row)}, step=step)
    seal_run(run.path)
    size = (run.path / "metrics.parquet").stat().st_size
    assert size > PART
    command("sync", "runs", f"{bucket}/runs")
    here = command("list", "runs", "--json").json
    faults.tell({"method": "GET", "path": "metrics.parquet", "do": "503", "times": 2})
    assert command("list", f"{bucket}/runs", "--json").json == here
    asked = [path for method, path in faults.calls() if method == "GET" and "metrics.parquet" in path]
    assert len(asked) == 2 + -(-size // PART)


def test_a_large_artifact_is_imported_part_by_part(
    bucket: str, faults: Faults, tmp_path: Path, command: Command
) -> None:
    body = noise(3 * PART - 5)
    Path("weights.bin").write_bytes(body)
    with runfolio.start(experiment="sweep", root="runs", run_id="large", capture=False) as run:
        run.artifact("weights.bin")
    command("sync", "runs", f"{bucket}/runs")
    faults.tell({"method": "GET", "path": "weights.bin", "do": "503", "times": 1})
    done = command("import", f"{bucket}/runs", "kept", "--json").json
    assert (len(done["written"]), done["refused"]) == (1, [])
    (copied,) = Path("kept").rglob("weights.bin")
    assert copied.read_bytes() == body
    parts = [path for method, path in faults.calls() if method == "GET" and "weights.bin" in path]
    assert len(parts) >= 3 + 1


def test_a_stream_over_a_large_file(bucket: str) -> None:
    body = noise(4 * PART + 3)
    store.call("write", bucket, "a.bin", body, "")
    store.call("write", bucket, "b.bin", body[:100], "")
    with open_remote_file(bucket, "a.bin") as file:
        assert (file.read(10), file.read(PART), file.read()) == (
            body[:10],
            body[10 : PART + 10],
            body[PART + 10 :],
        )
    with open_remote_file(bucket, "b.bin", 100) as file:
        assert file.read() == body[:100]
    with open_remote_file(bucket, "a.bin") as file:
        assert file.read(3) == body[:3]
    with pytest.raises(FileNotFoundError):
        open_remote_file(bucket, "none.bin")


def test_a_stream_over_a_file_that_is_replaced_fails(bucket: str) -> None:
    body = noise(5 * PART)
    store.call("write", bucket, "a.bin", body, "")
    with open_remote_file(bucket, "a.bin") as file:
        file.read(10)
        store.call("write", bucket, "a.bin", body[:-1], "")
        with pytest.raises(OSError, match="replaced while it was read"):
            while file.read(PART):
                pass


def test_a_file_that_is_replaced_while_its_parts_come_is_read_in_one_go(tmp_path: Path) -> None:
    """The process that talks to stores, on a folder, in which the file changes before its second state is asked for."""
    first, second = noise(2 * PART), bytes(2 * PART)
    (tmp_path / "a.bin").write_bytes(first)
    program = f"""
import os, sys
from pathlib import Path
from runfolio.stores import files
place, path = sys.argv[1], Path(sys.argv[1], "a.bin")
assert bytes(files.read(place, "a.bin", {2 * PART})) == path.read_bytes()
state, asked = files.state, []
def replaced(place, name):
    if asked:
        path.write_bytes(bytes({2 * PART}))
        os.utime(path, ns=(1, 1))
    asked.append(name)
    return state(place, name)
files.state = replaced
assert files.read(place, "a.bin", {2 * PART}) == bytes({2 * PART})
assert len(asked) == 2
print("done", flush=True)
os._exit(0)
"""
    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert found.stdout == "done\n", found.stderr
    assert second == (tmp_path / "a.bin").read_bytes()


def test_small_files_come_whole(bucket: str, faults: Faults, tmp_path: Path, command: Command) -> None:
    command("sync", write_runs(tmp_path / "runs", 1), f"{bucket}/runs")
    faults.tell()
    command("list", f"{bucket}/runs")
    calls = [call for call in faults.calls() if "list-type" not in call[1]]
    assert [method for method, _ in sorted(calls)] == ["GET", "GET", "HEAD", "HEAD"]
