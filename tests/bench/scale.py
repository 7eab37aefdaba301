"""What many runs cost, each figure beside its goal: `python tests/bench/scale.py [--runs 1000] [--form jsonl] [--json]`.

Generated runs of 10 metrics x 1,000 steps (`--metrics`, `--steps`). Each line is a process of its own from start to end, with imports; the
bounds of tests/bench/bounds.py are measured in the same run, in turns with what is set against them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from generate import generate, write_run

HERE = Path(__file__).parent
PROCESSES = 2
_DIGEST = (
    "import sys; from pathlib import Path; from runfolio.catalog import read_catalog; "
    "read_catalog([Path(sys.argv[2])], workers=int(sys.argv[1]))"
)


@dataclass(frozen=True)
class Line:
    """One figure. `measured` and `goal` are in `unit`; smaller is better."""

    name: str
    measured: float
    unit: str
    goal: float | None
    seconds: float
    """Wall time of the thing itself."""
    beside: float = 0.0
    """Wall time of what it is set against, where `measured` is a ratio."""

    @property
    def is_met(self) -> bool:
        """True where there is no goal, or it is reached."""
        return self.goal is None or self.measured <= self.goal


@dataclass(frozen=True)
class Taken:
    """What a process took; memory is that of all its processes together (Linux), at the worst moment."""

    seconds: float
    peak_bytes: int
    output: str


def run(arguments: list[str], cwd: Path) -> Taken:
    """The process from its start to its end."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(arguments, cwd=cwd, stdout=output, stderr=subprocess.STDOUT)
        peak = _watched(process)
        seconds = time.perf_counter() - started
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise SystemExit(f"{arguments[1:4]} ended with {process.returncode}: {text[-2000:]}")
    return Taken(seconds, peak, text)


def _watched(process: subprocess.Popen[str]) -> int:
    """Waits for the end; the most memory of the process and its children at one moment, shared pages counted once."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_memory, _family(process.pid))))
        time.sleep(0.02)
    return peak


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(member for child in children for member in _family(int(child)))]


def _memory(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)


def turns(times: int, *works: Callable[[], Taken]) -> list[Taken]:
    """Each work so many times, in turns; of each the one with the median time."""
    found: list[list[Taken]] = [[] for _ in works]
    for _ in range(times):
        for place, work in enumerate(works):
            found[place].append(work())
    return [sorted(each, key=lambda taken: taken.seconds)[len(each) // 2] for each in found]


class Project:
    """A folder with generated runs."""

    def __init__(self, folder: Path, runs: int, metrics: int, steps: int, form: str, times: int) -> None:
        self.folder, self.runs, self.times = folder, runs, times
        self.size = {"metrics": metrics, "steps": steps, "sealed": form == "parquet"}
        self._outs = 0
        if not (folder / "runs").exists():
            generate(folder / "runs", runs, **self.size)
        # Folders that changed a moment ago are looked at once more: nobody builds within two seconds of writing thousands of runs.
        time.sleep(2.1)

    def digest(self, processes: int) -> list[Line]:
        """Reading and digesting everything, beside the bound."""
        ours, bound = turns(
            self.times,
            lambda: run([sys.executable, "-c", _DIGEST, str(processes), "runs"], self.folder),
            lambda: run(
                [sys.executable, str(HERE / "bounds.py"), "digest", "runs", str(processes)], self.folder
            ),
        )
        name = f"digest, {processes} process{'es' if processes > 1 else ''}"
        lines = [_ratio(name, ours, bound, 1.3)]
        if processes == 1:
            lines.append(Line("digest, memory", ours.peak_bytes / 1e6, "MB", 200, ours.seconds))
        return lines

    def forms(self) -> Line:
        """Reading sealed runs, beside the same runs as JSONL; both by one process."""
        for name, sealed in (("runs-parquet", True), ("runs-jsonl", False)):
            if not (self.folder / name).exists():
                generate(self.folder / name, min(self.runs, 1000), **{**self.size, "sealed": sealed})
        sealed, lines = turns(
            self.times,
            *(
                partial(run, [sys.executable, "-c", _DIGEST, "1", name], self.folder)
                for name in ("runs-parquet", "runs-jsonl")
            ),
        )
        share = sealed.seconds / lines.seconds
        return Line("digest of Parquet beside JSONL", share, "x", 0.8, sealed.seconds, lines.seconds)

    def cold(self) -> list[Line]:
        """A build with neither site nor cache, beside the bound that writes pages."""

        def build() -> Taken:
            subprocess.run(["rm", "-rf", "site", ".runfolio"], cwd=self.folder, check=True)
            return self.build()

        def bound() -> Taken:
            self._outs += 1
            arguments = ["pages", "runs", f"bound-{self._outs}", str(PROCESSES)]
            return run([sys.executable, str(HERE / "bounds.py"), *arguments], self.folder)

        ours, least = turns(self.times, build, bound)
        files = [path.stat().st_size for path in (self.folder / "site").rglob("*") if path.is_file()]
        return [
            _ratio("cold build", ours, least, 3.5),
            Line("cold build, memory of all processes", ours.peak_bytes / 1e6, "MB", 1500, ours.seconds),
            Line("site", sum(files) / 1e6, "MB", 600 if self.runs > 1000 else 100, 0.0),
            Line("largest file", max(files) / 1e6, "MB", 50, 0.0),
        ]

    def build(self) -> Taken:
        """A build of the site, as it is."""
        return run(
            [sys.executable, "-m", "runfolio", "build", "runs", "--out", "site", "--json"], self.folder
        )

    def rebuilds(self) -> Iterator[Line]:
        """Nothing changed; one run added; one note edited; one run that grows under `serve`."""
        self.build()
        (nothing,) = turns(self.times, self.build)
        assert json.loads(nothing.output)["written"] == []
        yield Line("nothing changed", nothing.seconds, "s", 1.0, nothing.seconds)
        write_run(self.folder / "runs", self.runs, setting=self.runs // 10, replicate=5, **self.size)
        more = self.build()
        yield Line(
            f"one run added ({len(json.loads(more.output)['written'])} files)",
            more.seconds,
            "s",
            2.0,
            more.seconds,
        )
        (self.folder / "runs" / "generated" / "run-00001" / "notes.md").write_text("A note.\n")
        note = self.build()
        yield Line(
            f"one note edited ({len(json.loads(note.output)['written'])} files)",
            note.seconds,
            "s",
            2.0,
            note.seconds,
        )

    def live(self) -> Line:
        """From an appended line to the page that has it, while `serve` watches."""
        run_id = "run-live"
        folder = self.folder / "runs" / "generated" / run_id
        folder.mkdir(exist_ok=True)
        (folder / "run.json").write_text(
            json.dumps({"schema": 1, "run_id": run_id, "experiment": "generated", "status": "running"})
        )
        with (folder / "metrics.jsonl").open("a") as lines, serving(self.folder) as address:
            rows = iter(range(10**6))

            def add() -> None:
                step = next(rows)
                lines.write(f'{{"step": {step}, "val/acc_0": {1 - 1 / (step + 2)}}}\n')
                lines.flush()

            for _ in range(300):
                add()
            delays = []
            for _ in range(5):
                time.sleep(1.5)
                version = _version(address)
                started = time.perf_counter()
                add()
                urllib.request.urlopen(f"{address}/-/wait.js?version={version}", timeout=60).read()
                urllib.request.urlopen(f"{address}/runs/{run_id}.html", timeout=60).read()
                delays.append(time.perf_counter() - started)
        delay = statistics.median(delays)
        return Line("appended line to reloaded page", delay, "s", 1.0, delay)


def _ratio(name: str, ours: Taken, bound: Taken, goal: float) -> Line:
    return Line(name, ours.seconds / bound.seconds, "x bound", goal, ours.seconds, bound.seconds)


def _version(address: str) -> str:
    text = urllib.request.urlopen(f"{address}/-/reload.js", timeout=60).read().decode()
    return (
        text.partition("version=")[2].partition('"')[0].partition("'")[0].partition("`")[0].partition("&")[0]
    )


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a `serve` over the project, once it shows the site."""
    arguments = [sys.executable, "-u", "-m", "runfolio", "serve", "runs", "--out", "site", "--port", "0"]
    process = subprocess.Popen(
        arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("Serving "):
                drain = threading.Thread(target=process.stdout.read, daemon=True)
                drain.start()
                time.sleep(2)
                yield line.split()[1].rstrip("/")
                break
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", default="1000", help="numbers of runs, such as 1000,10000")
    parser.add_argument("--metrics", type=int, default=10)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--form", default="jsonl", choices=("jsonl", "parquet"))
    parser.add_argument("--times", type=int, default=3, help="turns; the median counts")
    parser.add_argument(
        "--folder", type=Path, help="where projects go and stay; runs that are there are used again"
    )
    parser.add_argument("--only", default="digest,forms,cold,rebuilds,live")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    report = []
    for runs in map(int, given.runs.split(",")):
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.folder / f"{given.form}-{runs}" if given.folder else Path(temporary)
            found = list(_lines(folder, runs, given, show=not given.json))
        report.append(
            {
                "runs": runs,
                "form": given.form,
                "lines": [{**asdict(line), "met": line.is_met} for line in found],
            }
        )
    growth = _growth(report)
    if growth and not given.json:
        print("\n".join(growth))
    if given.json:
        print(
            json.dumps(
                {
                    "processors": os.cpu_count(),
                    "metrics": given.metrics,
                    "steps": given.steps,
                    "sizes": report,
                },
                indent=1,
            )
        )


def _growth(report: list[dict[str, Any]]) -> list[str]:
    """How times and memory of the largest size stand to those of the smallest."""
    if len(report) < 2:
        return []
    first, last = ({line["name"]: line for line in size["lines"]} for size in (report[0], report[-1]))
    goals = {"cold build": ("seconds", 11.0), "digest, memory": ("measured", 1.3)}
    return [
        f"growth of {name}: {last[name][what] / first[name][what]:.2f} x, goal {goal:g}"
        for name, (what, goal) in goals.items()
        if name in first and name in last
    ]


def _lines(folder: Path, runs: int, given: argparse.Namespace, *, show: bool) -> Iterator[Line]:
    folder.mkdir(parents=True, exist_ok=True)
    project = Project(folder, runs, given.metrics, given.steps, given.form, given.times)
    parts: dict[str, Callable[[], Iterator[Line]]] = {
        "digest": lambda: iter([*project.digest(1), *project.digest(PROCESSES)]),
        "forms": lambda: iter([project.forms()]),
        "cold": lambda: iter(project.cold()),
        "rebuilds": project.rebuilds,
        "live": lambda: iter([project.live()]),
    }
    for part in given.only.split(","):
        for line in parts[part]():
            if show:
                goal = (
                    "" if line.goal is None else f"goal {line.goal:g} {'met' if line.is_met else 'NOT MET'}"
                )
                beside = f"{line.beside:7.2f} s" if line.beside else ""
                print(
                    f"{runs:6,} runs  {given.form:8} {line.name:38} {line.measured:8.2f} {line.unit:8} {line.seconds:7.2f} s {beside:10} {goal}",
                    flush=True,
                )
            yield line


if __name__ == "__main__":
    main()
