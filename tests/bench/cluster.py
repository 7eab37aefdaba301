"""What a Dask cluster costs and brings, on one machine: `python tests/bench/cluster.py [--runs N] [--rounds N] [--json]`.

The same runs are read without a cache by one process, by two, by a cluster with one worker and by one with two; they take turns, and the
fastest round of each counts. `fixed` is a cluster that reads a single small run. Wall times need three idle processors, for two workers
and the scheduler between them; processor times hold on a busy machine too.

    efficiency       how much of its double speed the second worker brings, by wall time without the fixed cost
    worker share     processor time of one process / of the workers for the same runs: what their own work is of all they do
    relay share      processor time of the scheduler, or of client and build, whichever is more, without the fixed cost / of the workers:
                     its inverse is how many workers can be served
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "catalog"))
from generate import generate
from loopback import Loopback

from runfolio.catalog import read_catalog


@dataclass(frozen=True)
class Taken:
    """Seconds of one reading: wall time, and processor time of this process with its children, of the scheduler, of the workers."""

    wall: float
    own: float
    scheduler: float = 0.0
    workers: float = 0.0


def read(source: Path, runs: int, *, workers: int = 1, cluster: Loopback | None = None) -> Taken:
    """What reading all runs of the source took."""
    start, own, others = time.perf_counter(), _own_cpu(), _cluster_cpu(cluster)
    address = cluster.address if cluster else None
    catalog = read_catalog([source], workers=workers, scheduler=address)
    wall = time.perf_counter() - start
    assert len(catalog.runs) == runs, catalog.problems
    assert not any(problem.slug == "scheduler-lost" for problem in catalog.problems)
    scheduler, crew = (after - before for after, before in zip(_cluster_cpu(cluster), others, strict=True))
    return Taken(wall, _own_cpu() - own, scheduler, crew)


def _own_cpu() -> float:
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in found)


def _cluster_cpu(cluster: Loopback | None) -> tuple[float, float]:
    """Processor seconds of the scheduler and of all its workers so far."""
    if cluster is None:
        return 0.0, 0.0
    times = [psutil.Process(process.pid).cpu_times() for process in (cluster.scheduler, *cluster.workers)]
    scheduler, *workers = (item.user + item.system for item in times)
    return scheduler, sum(workers)


def measure(folder: Path, runs: int, steps: int, rounds: int) -> dict[str, float]:
    """Seconds of each way, and the ratios that follow."""
    many = generate(folder / "many", runs, steps=steps)
    one = generate(folder / "one", 1, steps=10)
    with Loopback(folder / "a") as single, Loopback(folder / "b") as double:
        single.add_workers(1)
        double.add_workers(2)
        # Workers load what they need with the first run.
        for cluster in (single, double):
            read(one, 1, cluster=cluster)
        ways = {
            "one process": lambda: read(many, runs),
            "two processes": lambda: read(many, runs, workers=2),
            "one worker": lambda: read(many, runs, cluster=single),
            "two workers": lambda: read(many, runs, cluster=double),
            "fixed": lambda: read(one, 1, cluster=double),
        }
        times = [{name: way() for name, way in ways.items()} for _ in range(rounds)]
    wall = {name: min(item[name].wall for item in times) for name in ways}
    local, spread, fixed = (
        min((item[name] for item in times), key=lambda taken: taken.own + taken.workers)
        for name in ("one process", "two workers", "fixed")
    )
    relay = max(spread.scheduler - fixed.scheduler, spread.own - fixed.own)
    return {
        **wall,
        "fixed / one process": wall["fixed"] / wall["one process"],
        "efficiency": (wall["one worker"] - wall["fixed"]) / (2 * (wall["two workers"] - wall["fixed"])),
        "efficiency of processes": wall["one process"] / (2 * wall["two processes"]),
        "CPU ms a run": 1000 * local.own / runs,
        "worker share": local.own / spread.workers,
        "relay share": relay / spread.workers,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.runs, given.steps, given.rounds)
    if given.json:
        settings = {"runs": given.runs, "steps": given.steps, "processors": os.cpu_count()}
        print(json.dumps({**settings, **found}, indent=2))
        return
    print(f"{given.runs:,} runs of 10 metrics x {given.steps:,} steps, {os.cpu_count()} processors")
    for name, value in found.items():
        print(f"{name:24} {value:7.2f}")


if __name__ == "__main__":
    main()
