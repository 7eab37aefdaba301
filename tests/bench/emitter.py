"""What the emitter costs: `python tests/bench/emitter.py [--json] [--calls N]`.

A row of three metrics is logged by the emitter and by three loops that do less; they take turns in small rounds, so
that a busy machine slows all of them alike; so do the fresh processes that are timed for the import. Ratios are those
of the medians. At the end stands what the emitter is to cost at most, beside what it costs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import runfolio

_ROUND = 200


def measure_calls(calls: int, root: Path) -> dict[str, dict[str, float]]:
    """Median and 99th percentile, in nanoseconds a call, of each way to write the row."""
    run = runfolio.start("bench", root=root, capture=False)
    buffered = (root / "buffered.jsonl").open("a", encoding="utf-8")
    unbuffered = os.open(root / "unbuffered.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    ways = _ways(run, buffered, unbuffered)
    times: dict[str, list[int]] = {name: [] for name in ways}
    for start in range(0, calls, _ROUND):
        for name, way in ways.items():
            way(start)  # the first call after a change of code pays for cold caches
            for step in range(start, start + _ROUND):
                began = time.perf_counter_ns()
                way(step)
                times[name].append(time.perf_counter_ns() - began)
    run.finish()
    buffered.close()
    os.close(unbuffered)
    return {
        name: {"median_ns": statistics.median(taken), "p99_ns": sorted(taken)[int(len(taken) * 0.99)]}
        for name, taken in times.items()
    }


def _ways(run: runfolio.Run, buffered: TextIO, unbuffered: int) -> dict[str, Callable[[int], object]]:
    began = time.monotonic()
    ready = b'{"step": 1234, "time": 12.345678, "loss": 0.6931471805599453, "val/acc": 0.9123456789, "lr": 0.001}\n'

    def row(step: int) -> dict[str, float]:
        return {"loss": 1.0 / (step + 3), "val/acc": 0.9123456789, "lr": 0.001}

    def line(step: int) -> str:
        return json.dumps({"step": step, "time": round(time.monotonic() - began, 6), **row(step)}) + "\n"

    return {
        "log": lambda step: run.log(row(step), step=step),
        "json + buffered write": lambda step: buffered.write(line(step)),
        "json + os.write": lambda step: os.write(unbuffered, line(step).encode()),
        "bare os.write": lambda step: os.write(unbuffered, ready),
    }


_MEMORY = "{}\nprint(int(open('/proc/self/statm').read().split()[1]) * 4096)"
_LOGGING = """
import sys
sys.path.insert(0, {source!r})
import runfolio
run = runfolio.start("memory", root={root!r}, capture={capture})
for step in range(10_000): run.log(loss=0.5, step=step)
if run._capturing: run._capturing.join()
"""


def isolated(code: str) -> float:
    """What a Python without site packages prints for the code."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def import_milliseconds(repeats: int = 25) -> dict[str, dict[str, float]]:
    """Medians of what fresh processes with these imports take above a bare Python: wall time and processor time."""
    source = f"import sys; sys.path.insert(0, {str(Path(runfolio.__file__).parents[1])!r})"
    statements = {
        "bare Python": "import sys",
        "import runfolio": f"{source}; import runfolio",
        "import runfolio + runfolio.start": f"{source}; import runfolio; runfolio.start",
        "import json, threading": "import json, threading",
    }
    turns = [{name: _process(code) for name, code in statements.items()} for _ in range(repeats)]
    medians = {
        name: {kind: 1e3 * statistics.median(turn[name][kind] for turn in turns) for kind in ("wall", "cpu")}
        for name in statements
    }
    bare = medians.pop("bare Python")
    return {
        name: {kind: value - bare[kind] for kind, value in taken.items()} for name, taken in medians.items()
    }


def _process(code: str) -> dict[str, float]:
    """Seconds of a fresh Python without site packages."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", code])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{code} ended with {process.returncode}")
    return {"wall": seconds, "cpu": usage.ru_utime + usage.ru_stime}


def memory_bytes(root: Path) -> dict[str, float]:
    """Resident memory above that of a bare process, after 10,000 rows."""
    source = str(Path(runfolio.__file__).parents[1])
    bare = isolated(_MEMORY.format("pass"))
    return {
        name: isolated(_MEMORY.format(_LOGGING.format(source=source, root=str(root), capture=capture))) - bare
        for name, capture in {"capture off": False, "capture on": True}.items()
    }


def start_milliseconds(root: Path, repeats: int = 9) -> dict[str, float]:
    """Median time of start() and of an immediate finish(), which waits for what is captured."""
    starts, ends = [], []
    for _ in range(repeats):
        began = time.perf_counter()
        run = runfolio.start("bench", root=root)
        starts.append(time.perf_counter() - began)
        began = time.perf_counter()
        run.finish()
        ends.append(time.perf_counter() - began)
    return {"start": 1e3 * statistics.median(starts), "finish": 1e3 * statistics.median(ends)}


def against_goals(report: dict[str, Any]) -> list[dict[str, Any]]:
    """What each goal names, what was measured, and the most that it is to be."""
    log, loop = report["calls"]["log"], report["calls"]["json + os.write"]
    imports = report["import_ms"]
    measured = [
        ("log(), median / json + os.write", "x", log["median_ns"] / loop["median_ns"], 1.5),
        ("log(), 99th percentile / json + os.write", "x", log["p99_ns"] / loop["p99_ns"], 3.0),
        ("import runfolio, above bare Python", "ms", imports["import runfolio"]["wall"], 15.0),
        ("with runfolio.start", "ms", imports["import runfolio + runfolio.start"]["wall"], 15.0),
        ("memory, above bare Python", "MB", report["memory_bytes"]["capture on"] / 1e6, 5.0),
    ]
    return [
        {"name": name, "measured": value, "unit": unit, "goal": goal, "met": value <= goal}
        for name, unit, value, goal in measured
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--calls", type=int, default=50_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        calls = measure_calls(options.calls, root)
        log = calls["log"]["median_ns"]
        report: dict[str, Any] = {
            "calls": calls,
            "ratio_of_medians": {
                name: log / way["median_ns"] for name, way in calls.items() if name != "log"
            },
            "import_ms": import_milliseconds(),
            "memory_bytes": memory_bytes(root),
            "start_ms": start_milliseconds(root),
        }
    report["goals"] = against_goals(report)
    if options.json:
        print(json.dumps(report, indent=2))
        return
    for name, way in calls.items():
        print(f"{name:24} median {way['median_ns']:7.0f} ns   p99 {way['p99_ns']:7.0f} ns")
    for name, taken in report["import_ms"].items():
        print(f"{name:34} {taken['wall']:5.1f} ms, {taken['cpu']:5.1f} ms of processor time")
    for part in ("ratio_of_medians", "memory_bytes", "start_ms"):
        print(part, {name: round(value, 2) for name, value in report[part].items()})
    for item in report["goals"]:
        told = "met" if item["met"] else "NOT MET"
        print(f"{item['name']:42} {item['measured']:6.2f} {item['unit']:2}  goal {item['goal']:4g}  {told}")


if __name__ == "__main__":
    main()
