"""What a Dask cluster costs and brings, on one machine: `python tests/bench/cluster.py [--runs N] [--rounds N] [--json]`.

The same runs are read without a cache by one process, by two, by a cluster with one worker and by one with two; the four take turns, and the
fastest round of each counts. The fixed cost is what a cluster takes for a single small run. `share` is what is left of a worker's speed
when its results travel: 1 is a worker as fast as a process that reads by itself. `efficiency` is how much of its double speed the second
worker brings; a machine with less than three idle processors holds it down.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "catalog"))
from generate import generate
from loopback import Loopback

from runfolio.catalog import read_catalog


def seconds(source: Path, workers: int, scheduler: str | None, expected: int) -> float:
    """Wall time of reading all runs of the source."""
    start = time.perf_counter()
    catalog = read_catalog([source], workers=workers, scheduler=scheduler)
    taken = time.perf_counter() - start
    assert len(catalog.runs) == expected, catalog.problems
    assert not any(problem.slug == "scheduler-lost" for problem in catalog.problems)
    return taken


def measure(folder: Path, runs: int, steps: int, rounds: int) -> dict[str, float]:
    """Seconds of each way, and the ratios that follow."""
    many = generate(folder / "many", runs, steps=steps)
    one = generate(folder / "one", 1, steps=10)
    with Loopback(folder / "a") as single, Loopback(folder / "b") as double:
        single.add_workers(1)
        double.add_workers(2)
        ways: dict[str, Callable[[], float]] = {
            "one process": lambda: seconds(many, 1, None, runs),
            "two processes": lambda: seconds(many, 2, None, runs),
            "one worker": lambda: seconds(many, 1, single.address, runs),
            "two workers": lambda: seconds(many, 1, double.address, runs),
            "fixed": lambda: seconds(one, 1, double.address, 1),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                times[name].append(way())
    best = {name: min(found) for name, found in times.items()}
    fixed = best["fixed"]
    single_net, double_net = best["one worker"] - fixed, best["two workers"] - fixed
    return {
        **best,
        "fixed / one process": fixed / best["one process"],
        "share": best["one process"] / single_net,
        "efficiency": single_net / (2 * double_net),
        "efficiency of processes": best["one process"] / (2 * best["two processes"]),
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
