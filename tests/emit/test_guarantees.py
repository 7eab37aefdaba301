"""What the emitter promises when things go wrong, each tried for real."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import warnings
from pathlib import Path

import pytest

import runfolio
from runfolio.emit import EmitWarning
from runfolio.emit.ownership import is_held
from runfolio.emit.writer import LineWriter
from runfolio.errors import EmitError


def test_kill_9_loses_nothing_log_returned_from(background, root: Path, log: type) -> None:
    process = background("""
run = runfolio.start("kill", root=root, run_id="victim")
step = 0
while True:
    run.log(loss=1 / (step + 1), step=step)
    os.write(1, b"%d\\n" % step)
    step += 1
""")
    said = [process.stdout.readline() for _ in range(2000)]
    folder = root / "kill" / "victim"
    assert is_held(folder / "metrics.jsonl") is True
    os.kill(process.pid, signal.SIGKILL)
    said += process.stdout.read().splitlines()
    process.communicate()
    last = int(said[-1])
    steps = [row["step"] for row in log(folder).rows()]
    assert steps[: last + 1] == list(range(last + 1))
    assert len(steps) <= last + 2
    assert log(folder).about["status"] == "running"
    assert is_held(folder / "metrics.jsonl") is False


def test_resume_continues_and_never_rewrites(root: Path, log: type) -> None:
    with runfolio.start(
        "e", "first", {"lr": 0.1, "net": {"depth": 2}}, root=root, run_id="a", tags=["x"], group="g"
    ) as run:
        run.log(loss=1)
        run.log(loss=2)
    metrics = run.path / "metrics.jsonl"
    before = metrics.read_bytes()
    about = log(run.path).about
    metrics.write_bytes(
        before + b'{"step": 2, "time": 0.1, "lo'
    )  # as a kill in the middle of a write leaves it
    torn = metrics.read_bytes()
    with runfolio.start(
        "e", parameters={"net": {"width": 8}}, root=root, run_id="a", resume=True, tags="y"
    ) as again:
        assert log(run.path).about["status"] == "running"
        again.log(loss=3)
    assert metrics.read_bytes().startswith(torn + b"\n")
    rows = log(run.path).rows()
    assert [(row["step"], row["loss"]) for row in rows] == [(0, 1), (1, 2), (2, 3)]
    assert rows[-1]["time"] >= rows[-2]["time"]
    after = log(run.path).about
    assert after["started_at"] == about["started_at"]
    assert after["name"] == "first"
    assert after["group"] == "g"
    assert after["parameters"] == {"lr": 0.1, "net": {"depth": 2, "width": 8}}
    assert after["tags"] == ["x", "y"]
    assert after["status"] == "finished"


def test_resume_of_a_failed_run_forgets_the_failure_and_keeps_unknown_fields(root: Path, log: type) -> None:
    run = runfolio.start(root=root, run_id="a", capture=False)
    run.finish("failed", error="boom")
    path = run.path / "run.json"
    path.write_text(
        json.dumps({**json.loads(path.read_text()), "custom": 7, "started_at": "2020-01-01T00:00:00Z"})
    )
    with runfolio.start(root=root, run_id="a", resume=True, capture=False) as again:
        again.log(x=1)
    about = log(run.path).about
    assert about["custom"] == 7
    assert "error" not in about
    assert log(run.path).rows()[0]["time"] > 5 * 365 * 86400


def test_an_existing_id_is_one_clear_error(root: Path) -> None:
    runfolio.start(root=root, run_id="a", capture=False).finish()
    with pytest.raises(EmitError, match=r"'a' exists already(.|\n)*resume=True") as caught:
        runfolio.start(root=root, run_id="a", capture=False)
    assert caught.value.error_slug == "run-exists"
    (root / "default" / "a" / "metrics.jsonl").unlink()
    (root / "default" / "a" / "metrics.parquet").touch()  # sealed
    with pytest.raises(EmitError, match="exists already"):
        runfolio.start(root=root, run_id="a", capture=False)
    with pytest.raises(EmitError, match="exists already"):
        runfolio.start(root=root, run_id="a", rank=2, capture=False)
    assert not list((root / "default" / "a").glob("metrics*.jsonl"))


def test_a_run_that_goes_on_cannot_be_resumed_beside_itself(background, root: Path) -> None:
    process = background(
        "run = runfolio.start(root=root, run_id='a'); print('up', flush=True); time.sleep(60)"
    )
    assert process.stdout.readline() == "up\n"
    metrics = root / "default" / "a" / "metrics.jsonl"
    metrics.write_bytes(b'{"step": 0, "ti')  # a line that the other is just writing
    with pytest.raises(EmitError, match="being written by another process") as caught:
        runfolio.start(root=root, run_id="a", resume=True)
    assert caught.value.error_slug == "run-in-use"
    assert metrics.read_bytes() == b'{"step": 0, "ti'
    process.kill()
    process.communicate()
    runfolio.start(root=root, run_id="a", resume=True, capture=False).finish()


def test_processes_that_start_one_id_at_once(background, root: Path, log: type) -> None:
    code = """
until = {until}
time.sleep(max(0, until - time.time()))
try:
    with runfolio.start(root=root, run_id="same", capture=False) as run:
        for step in range(50): run.log(pid=os.getpid(), step=step)
    print("won")
except runfolio.EmitError as error:
    print(error.error_slug)
"""
    import time

    processes = [background(code.format(until=time.time() + 1)) for _ in range(4)]
    said = sorted(process.communicate()[0].strip() for process in processes)
    assert said == ["run-exists", "run-exists", "run-exists", "won"]
    assert len(log(root / "default" / "same").rows()) == 50
    assert len(set(log(root / "default" / "same").values("pid"))) == 1


def test_a_forked_worker_writes_its_own_file(python, root: Path, log: type) -> None:
    python("""
import threading
run = runfolio.start(root=root, run_id="a")
run.log(main=1)
stop = threading.Event()
def busy():
    while not stop.is_set(): run.log(busy=1)
thread = threading.Thread(target=busy); thread.start()  # so that the lock is often held at the fork
children = []
for number in range(3):
    pid = os.fork()
    if pid == 0:
        run.log(child=number, step=number)
        run.note(f"from {number}")
        run.set_parameters(x=1)
        sys.exit(0)  # runs the hooks at exit, which must leave the parent's run alone
    children.append(pid)
assert all(os.waitpid(pid, 0)[1] == 0 for pid in children)
assert '"running"' in open(run.path / "run.json").read()
stop.set(); thread.join()
run.log(main=2)
""")
    folder = root / "default" / "a"
    read = log(folder)
    assert sorted(path.name for path in folder.glob("metrics-*.jsonl")) == [
        f"metrics-w{n}.jsonl" for n in (1, 2, 3)
    ]
    assert sorted(read.values("child", f"metrics-w{n}.jsonl")[0] for n in (1, 2, 3)) == [0, 1, 2]
    assert sorted(read.events("note", f"events-w{n}.jsonl")[0]["text"] for n in (1, 2, 3)) == [
        "from 0",
        "from 1",
        "from 2",
    ]
    assert read.values("main") == [1, 2]
    assert "x" not in read.about["parameters"]
    assert read.about["status"] == "finished"


def test_distributed_workers_join_the_run(python, root: Path, log: type) -> None:
    code = """
with runfolio.start(root=root, run_id="job", parameters={"rank": os.environ.get("RANK", "none")}, capture=False) as run:
    run.log(loss=run.rank)
    run.alert("hello")
"""
    for rank, name in [("2", "RANK"), ("0", "RANK"), ("3", "SLURM_PROCID"), ("1", "LOCAL_RANK")]:
        python(code, env={**os.environ, name: rank})
    read = log(root / "default" / "job")
    assert read.about["parameters"] == {"rank": "0"}
    assert [
        read.values("loss", name)[0] for name in ("metrics.jsonl", *(f"metrics-{k}.jsonl" for k in (1, 2, 3)))
    ] == [0, 1, 2, 3]
    assert read.events("alert", "events-2.jsonl")[0]["title"] == "hello"


def test_a_rank_counts_only_for_a_run_that_is_joined(monkeypatch, root: Path, log: type) -> None:
    monkeypatch.setenv("SLURM_PROCID", "5")
    with runfolio.start(root=root, capture=False) as run:
        run.log(x=1)
    assert run.rank == 0
    assert log(run.path).about["status"] == "finished"


def test_ranks_without_an_id_are_told_that_they_are_runs_of_their_own(monkeypatch, root: Path) -> None:
    monkeypatch.setenv("RANK", "3")
    with pytest.warns(EmitWarning, match="give all ranks one run_id"):
        runfolio.start(root=root, capture=False).finish()


def test_a_full_disk_never_raises_warns_once_and_goes_on_after(root: Path, log: type) -> None:
    run = runfolio.start(root=root, capture=False)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run.log(loss=0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # the second row fits in part only
        try:
            for step in range(1, 50):
                run.log(loss=step)
            run.note("x" * 500)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        run.log(loss=50)
        run.finish()
    messages = [str(warning.message) for warning in caught]
    assert len(messages) == 2
    assert "metrics.jsonl cannot be written (File too large): rows from step" in messages[0]
    assert "are lost" in messages[0]
    assert "note('xxx" in messages[1]
    read = log(run.path)
    values = read.values("loss")
    assert values == [*range(values[-2] + 1), 50]
    (alert,) = read.events("alert")
    assert alert["text"].startswith(f"{50 - values[-2] - 1} rows")
    assert read.about["status"] == "finished"


def test_a_device_without_room(tmp_path: Path) -> None:
    writer = LineWriter(lambda: os.open("/dev/full", os.O_WRONLY))
    for count in (1, 2):
        with pytest.raises(OSError, match="No space"):
            writer.append(b"{}\n", 0.0)
        assert writer.lost == count
    writer.close()


def test_a_removed_folder_never_raises_and_says_so_once(root: Path) -> None:
    run = runfolio.start(root=root, capture=False)
    run.log(loss=0)
    shutil.rmtree(run.path)
    run._metrics._next_look = 0.0  # as if a second had passed
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(5):
            run.log(loss=1)
        run.finish()
    assert [str(warning.message).count("was removed; all its lines are gone") for warning in caught] == [1]
    assert not run.path.exists()


def test_a_folder_removed_at_the_end_is_noticed_by_finish(root: Path) -> None:
    run = runfolio.start(root=root, capture=False)
    run.log(loss=0)
    shutil.rmtree(run.path)
    with pytest.warns(EmitWarning, match="was removed"):
        run.finish()


def test_a_removed_folder_does_not_come_back(root: Path) -> None:
    run = runfolio.start(root=root, capture=False)
    shutil.rmtree(run.path)
    with pytest.warns(EmitWarning, match="the run's folder was removed"):
        run.artifact(b"abc", "a.txt")
    with pytest.warns(EmitWarning):
        run.finish()
    assert not run.path.exists()


def test_a_renamed_folder_keeps_its_rows(root: Path, log: type) -> None:
    run = runfolio.start(root=root, capture=False)
    run.log(loss=0)
    moved = run.path.rename(root / "moved")
    run.log(loss=1)
    with pytest.warns(EmitWarning, match="end of the run is lost"):
        run.finish()
    assert log(moved).values("loss") == [0, 1]


def test_warnings_as_errors_do_not_reach_the_loop(python) -> None:
    done = python(
        "run = runfolio.start(root=root)\nrun.log(loss='x')\nrun.artifact('missing.bin')\nrun.finish('odd')\nprint('through')",
        "-W",
        "error",
    )
    assert done.stdout == "through\n"
    assert done.stderr.count("EmitWarning") == 3


def test_a_signal_handler_may_log_inside_log(python, root: Path, log: type) -> None:
    python("""
import signal
run = runfolio.start(root=root, run_id="a", capture=False)
signal.signal(signal.SIGALRM, lambda *_: run.log(handled=1))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for step in range(5000): run.log(loss=step)
signal.setitimer(signal.ITIMER_REAL, 0)
""")
    read = log(root / "default" / "a")
    assert read.values("loss") == list(range(5000))
    assert read.values("handled")
