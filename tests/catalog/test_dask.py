"""The workers of a real scheduler give what one process gives, whoever is killed on the way.

The client is a process of its own (that is how the engine is made), so this process has no threads and may fork.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from loopback import Loopback

from runfolio import readers
from runfolio.catalog import Catalog, cluster, cluster_client, read_catalog
from runfolio.catalog.cluster_client import chunks_of
from runfolio.catalog.engine import Job, Numbered, Serial
from runfolio.catalog.scan import Claim
from runfolio.catalog.storage import LocalStorage
from runfolio.errors import EngineError
from runfolio.model import Problem
from runfolio.readers import Entry
from runfolio.testing.factories import curve_rows, write_lines, write_run

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "tests" / "fixtures" / "runs_broken"
DIGITS = ROOT / "examples" / "digits" / "runs"
#: So small that several chunks go to each of two workers.
RUNS = 180

PLUGIN = '''
import os, signal, time
from runfolio.readers import Signature
from runfolio.readers.flat_jsonl import FlatJsonlReader

class Slow:
    """Takes its time on workers, and says which process reads."""
    name = "slow"
    version = 1
    signature = Signature(names=("*.slow",))
    def read(self, files):
        if folder := os.environ.get("SLOW_READERS"):
            open(f"{folder}/{os.getpid()}", "a").close()
            time.sleep(0.01)
        return FlatJsonlReader().read(files)

class Fatal:
    """Takes the process along that reads."""
    name = "fatal"
    version = 1
    signature = Signature(names=("*.fatal",))
    def read(self, files):
        os.kill(os.getpid(), signal.SIGKILL)
'''


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with an installed package that brings readers; they are known here and, by PYTHONPATH, elsewhere."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "odd_readers.py").write_text(PLUGIN)
    card = folder / "odd_readers-1.dist-info"
    card.mkdir()
    (card / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-readers\nVersion: 1\n")
    (card / "entry_points.txt").write_text(
        "[runfolio.readers]\nslow = odd_readers:Slow\nfatal = odd_readers:Fatal\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        readers._plugins.cache_clear()
        yield folder
    readers._plugins.cache_clear()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project") / "runs"
    shutil.copytree(BROKEN, folder / "broken")
    (folder / "slow").mkdir()
    for index in range(RUNS):
        write_lines(folder / "slow" / f"{index:03}.slow", curve_rows(20 + index))
    write_run(folder / "folder", curve_rows(1200), notes="long enough for buckets")
    (folder / "nobody.fatal").mkdir()
    return folder


@pytest.fixture(scope="module")
def serial(runs: Path, plugin: Path) -> Catalog:
    return read_catalog([runs, DIGITS], workers=1)


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where slow readers leave the number of their process."""
    return tmp_path_factory.mktemp("readers")


@pytest.fixture(scope="module")
def loopback(plugin: Path, at_work: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    """Two workers, for tests that kill one part after the other."""
    variables = {"PYTHONPATH": str(plugin), "SLOW_READERS": str(at_work)}
    with Loopback(tmp_path_factory.mktemp("dask"), variables) as loopback:
        loopback.add_workers(2)
        yield loopback
    assert threading.active_count() == 1


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client has less patience."""
    names = ("_CONNECT_S", "_QUIET_S", "_NO_WORKER_S")
    patches = "".join(f"cluster_client.{name} = 0.8; " for name in names)
    start, _, _ = cluster._MAIN.partition("from runfolio")
    monkeypatch.setattr(
        cluster,
        "_MAIN",
        f"{start}from runfolio.catalog import cluster_client; {patches}cluster_client.main()",
    )


class OnFirst:
    """A reporter that does something when the first run is done."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.act = act
        self.done = 0

    def start(self, stage: str, total: int | None) -> None:
        self.total = total

    def advance(self, n: int = 1) -> None:
        self.done += n
        if self.done == 1:
            self.act()

    def finish(self) -> None:
        assert self.done == self.total


def packed(catalog: Catalog) -> dict[str, bytes | None]:
    return {run_id: shelf.packed for run_id, shelf in catalog.shelves.items()}


def written(catalog: Catalog) -> bytes:
    """The runs as bytes: a value that is no number equals itself there."""
    return msgspec.msgpack.encode(catalog.runs)


def assert_same(found: Catalog, serial: Catalog) -> None:
    assert written(found) == written(serial)
    assert found.problems == serial.problems
    assert found.root_labels == serial.root_labels
    assert packed(found) == packed(serial)
    assert all(packed(found).values())


def test_two_workers_give_the_bytes_of_one_process_and_one_may_be_killed(
    runs: Path, serial: Catalog, loopback: Loopback, at_work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(serial.runs) > RUNS + 60
    assert serial.problems
    # Paths as a user gives them: workers have another working folder.
    monkeypatch.chdir(runs.parent)
    sources = [Path("runs"), DIGITS]
    assert_same(read_catalog(sources, scheduler=loopback.address), serial)
    readers = {int(path.name) for path in at_work.iterdir()}
    assert readers == {worker.pid for worker in loopback.workers}

    reporter = OnFirst(loopback.workers[0].kill)
    assert_same(read_catalog(sources, scheduler=loopback.address, reporter=reporter), serial)
    assert loopback.workers[0].wait() == -signal.SIGKILL
    assert loopback.workers[1].poll() is None


def test_a_client_that_dies_costs_one_note(serial: Catalog, loopback: Loopback) -> None:
    jobs = list(enumerate(shelf.job for shelf in serial.shelves.values()))
    problems: list[Problem] = []
    with closing(cluster.Cluster(loopback.address, None, problems.append)) as engine:
        results = engine.digest(jobs)
        found = [next(results)]
        engine._client.kill()  # type: ignore[union-attr]
        found += results
    assert [problem.slug for problem in problems] == ["scheduler-lost"]
    assert sorted(found) == sorted(Serial().digest(jobs))


def test_a_cluster_without_workers_is_not_waited_for(
    serial: Catalog, loopback: Loopback, hasty: None
) -> None:
    jobs = list(enumerate(shelf.job for shelf in serial.shelves.values()))
    problems: list[Problem] = []
    with closing(cluster.Cluster(loopback.address, None, problems.append)) as engine:
        results = engine.digest(jobs)
        found = [next(results)]
        for worker in loopback.workers:
            worker.kill()
        found += results
    assert [(problem.slug, "no worker is left" in problem.message) for problem in problems] == [
        ("scheduler-lost", True)
    ]
    assert sorted(found) == sorted(Serial().digest(jobs))
    loopback.add_workers(1)


def test_a_scheduler_that_dies_costs_one_note(runs: Path, serial: Catalog, loopback: Loopback) -> None:
    reporter = OnFirst(loopback.scheduler.kill)
    found = read_catalog([runs, DIGITS], scheduler=loopback.address, reporter=reporter)
    (lost,) = set(found.problems) - set(serial.problems)
    assert (lost.slug, lost.severity) == ("scheduler-lost", "note")
    assert "the scheduler is gone" in lost.message
    assert loopback.address not in lost.message
    assert written(found) == written(serial)
    assert packed(found) == packed(serial)


def test_a_run_that_kills_its_worker_is_one_problem(runs: Path, plugin: Path, tmp_path: Path) -> None:
    """The command line with a cluster of its own; the site is that of a build without one."""
    shutil.copytree(runs / "slow", tmp_path / "runs", ignore=shutil.ignore_patterns("1*", "0[3-9]*"))
    (tmp_path / "runs" / "a.fatal").write_text("x")
    command = [str(Path(sysconfig.get_path("scripts")) / "runfolio"), "build", "--workers", "2"]
    for out, more in (("plain", ()), ("cluster", ("--scheduler", "local"))):
        done = subprocess.run(
            [*command, "--no-cache", "--out", out, *more],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(plugin)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("reader-died") == 1, done.stderr
        assert done.stderr.count("a.fatal") == 1, done.stderr
        assert "Traceback" not in done.stderr
        assert "from 30 runs" in done.stdout
    sites = [
        {path.relative_to(tmp_path / out): path.read_bytes() for path in (tmp_path / out).rglob("*.*")}
        for out in ("plain", "cluster")
    ]
    assert len(sites[0]) > 30
    assert sites[0] == sites[1]


def refusal(scheduler: str, source: Path) -> EngineError:
    with pytest.raises(EngineError) as caught:
        read_catalog([source], scheduler=scheduler)
    return caught.value


def test_workers_that_cannot_do_the_work_are_told_apart(
    runs: Path, plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*interpreter: str, source: Path = runs / "slow", **environment: str) -> str:
        empty.add_workers(1, *interpreter, **environment)
        error = refusal(empty.address, source)
        empty.workers[-1].kill()
        empty.workers[-1].wait()
        assert error.error_slug == "unfit-worker"
        assert error.hint
        return error.message

    old = tmp_path / "old" / "runfolio-0.0.9.dist-info"
    old.mkdir(parents=True)
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: runfolio\nVersion: 0.0.9\n")
    without = tmp_path / "without"
    without.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "runfolio" not in path.name:
            (without / path.name).symlink_to(path)

    with Loopback(tmp_path / "dask") as empty:
        error = refusal(empty.address, runs / "slow")
        assert error.error_slug == "no-worker"
        assert f"dask worker {empty.address}" in error.hint
        assert "has Runfolio 0.0.9, this build" in refused(PYTHONPATH=f"{old.parent}{os.pathsep}{plugin}")
        assert "has no Runfolio" in refused("-S", PYTHONPATH=str(without))
        assert "has other readers" in refused()
        # A path that leads elsewhere in every process, as on a machine without the shared disk.
        monkeypatch.chdir(runs.parent)
        message = refused(source=Path("/proc/self/cwd/runs/slow"), PYTHONPATH=str(plugin))
        assert "does not see the runs in `slow`" in message


@pytest.mark.parametrize("address", ["nowhere", "tcp://127.0.0.1:1"])
def test_a_scheduler_that_is_not_there(address: str, runs: Path, hasty: None) -> None:
    assert cluster_client._CONNECT_S <= 5
    error = refusal(address, runs / "slow")
    assert (error.error_slug, error.exit_code) == ("scheduler", 1)
    assert str(error).startswith(f"the scheduler {address} cannot be reached: ")


def test_without_dask_the_message_says_what_to_install(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    error = refusal("local", runs)
    assert (error.error_slug, error.hint) == ("dask-missing", "pip install 'runfolio[dask]'")


def jobs_of(*sizes: int) -> list[Numbered]:
    storage = LocalStorage(Path())
    return [
        (index, Job(storage, Claim(0, str(index), "", ("jsonl",), (Entry("x", size, 1),))))
        for index, size in enumerate(sizes)
    ]


def test_chunks_hold_bytes_not_runs() -> None:
    small = [len(chunk) for chunk in chunks_of(jobs_of(*[1000] * 400), 2)]
    assert set(small[:-1]) == {50}
    assert sum(small) == 400
    assert [len(chunk) for chunk in chunks_of(jobs_of(*[5_000_000] * 4), 2)] == [1] * 4
    assert [len(chunk) for chunk in chunks_of(jobs_of(*[5_000_000] * 400), 2)] == [4] * 100
    assert list(chunks_of([], 2)) == []
