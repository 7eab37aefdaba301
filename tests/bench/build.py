"""What a build costs: `python tests/bench/build.py [--sizes 10,100,1000] [--json]`.

Builds sites of generated runs: cold (no site, no cache), with nothing changed, and with one run added. Each is a process
of its own, as a user starts it, and is set against a bound measured beside it: a plain script that reads every file as
fast as Python can, takes count, last, minimum, maximum, mean and 250 pairs of extremes of each metric, and writes one
page of 75 KB a run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from generate import generate, write_run

FORMS = ("jsonl", "parquet")

_BOUND = """
import sys
from pathlib import Path
import numpy as np

def columns_of_lines(path):
    import msgspec
    rows = msgspec.json.decode(b"[" + path.read_bytes().replace(b"\\n", b",")[:-1] + b"]")
    return {name: np.array([row[name] for row in rows], dtype=float) for name in rows[0]}

def columns_of_parquet(path):
    import pyarrow.parquet as pq
    table = pq.ParquetFile(path).read()
    return {name: table[name].to_numpy() for name in table.column_names}

runs, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir()
page = b"x" * 75_000
for folder in sorted(runs.glob("*/*")):
    lines = folder / "metrics.jsonl"
    columns = columns_of_lines(lines) if lines.exists() else columns_of_parquet(folder / "metrics.parquet")
    for values in columns.values():
        len(values), values[-1], values.min(), values.max(), values.mean()
        starts = np.unique(np.linspace(0, len(values), 250, endpoint=False).astype(int))
        np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    (out / folder.name).write_bytes(page)
"""


@dataclass(frozen=True)
class Measured:
    """One process: wall time, processor time with that of the processes it started, and the most memory of any of them."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    stages: dict[str, float] = field(default_factory=dict)
    files_written: int = 0
    ratio: float = 0.0
    """Wall time over that of the bound."""


def measure(arguments: list[str], cwd: Path) -> tuple[Measured, str]:
    """The process and what it printed."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(arguments, cwd=cwd, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode:
            raise SystemExit(f"{arguments[:4]} ended with {process.returncode}")
        unit = 1 if sys.platform == "darwin" else 1024
        return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit), output.read()


def measure_build(project: Path, bound: Measured) -> Measured:
    found, text = measure(
        [sys.executable, "-m", "runfolio", "build", "runs", "--out", "site", "--json"], project
    )
    report = json.loads(text)
    return Measured(
        found.seconds,
        found.cpu_seconds,
        found.peak_bytes,
        report["seconds"],
        len(report["written"]),
        found.seconds / bound.seconds,
    )


def measure_size(project: Path, runs: int, *, metrics: int, steps: int, sealed: bool) -> dict[str, Measured]:
    """The bound and the three builds of one generated project."""
    generate(project / "runs", runs, metrics=metrics, steps=steps, sealed=sealed)
    bound, _ = measure([sys.executable, "-c", _BOUND, "runs", "bound"], project)
    found = {
        "bound": bound,
        "cold": measure_build(project, bound),
        "unchanged": measure_build(project, bound),
    }
    write_run(
        project / "runs", runs, setting=runs // 10, replicate=5, metrics=metrics, steps=steps, sealed=sealed
    )
    found["one more"] = measure_build(project, bound)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="10,100,1000", help="numbers of runs")
    parser.add_argument("--metrics", type=int, default=10)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--forms", default=",".join(FORMS), help="jsonl, parquet")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    report = []
    for form in given.forms.split(","):
        for runs in map(int, given.sizes.split(",")):
            with tempfile.TemporaryDirectory() as folder:
                found = measure_size(
                    Path(folder), runs, metrics=given.metrics, steps=given.steps, sealed=form == "parquet"
                )
            report.append(
                {"form": form, "runs": runs, **{name: asdict(item) for name, item in found.items()}}
            )
            if not given.json:
                _print(form, runs, found)
    if given.json:
        settings = {"metrics": given.metrics, "steps": given.steps, "processors": os.cpu_count()}
        print(json.dumps({**settings, "builds": report}, indent=2))


def _print(form: str, runs: int, found: dict[str, Measured]) -> None:
    for name, item in found.items():
        stages = "  ".join(f"{stage} {seconds:.2f}" for stage, seconds in item.stages.items())
        ratio = f"{item.ratio:5.1f} x bound" if item.ratio else ""
        print(
            f"{form:8} {runs:6,} runs  {name:10} {item.seconds:7.2f} s  {item.cpu_seconds:7.2f} s CPU  {item.peak_bytes / 1e6:6.0f} MB  "
            f"{item.files_written:5,} written  {ratio:14} {stages}",
            flush=True,
        )


if __name__ == "__main__":
    main()
