"""Runs as a benchmarked project, to be published by asv: `write_asv.py RUNS PROJECT`.

Each step is a commit and each series a benchmark, so that a point is a point.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from asv.benchmarks import Benchmarks
from asv.config import Config
from asv.results import Results
from asv.runner import BenchmarkResult
from rows import read

runs, project = list(read(sys.argv[1])), Path(sys.argv[2])
columns = {
    f"{run.run_id}.{name}".replace("/", "."): [row[name] for row in run.rows]
    for run in runs
    for name in run.metrics
}
commits = len(runs[0].rows)


def commit_history() -> list[str]:
    """Hashes of as many commits as there are steps, the oldest first."""
    git = ["git", "-C", str(project)]
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(project)], check=True)
    history = "".join(
        f"commit refs/heads/main\ncommitter A <a@example.org> {1_700_000_000 + 3600 * number} +0000\ndata 0\n\n"
        for number in range(commits)
    )
    subprocess.run([*git, "fast-import", "--quiet"], input=history, encoding="utf-8", check=True)
    listed = subprocess.run(
        [*git, "rev-list", "--reverse", "main"], capture_output=True, encoding="utf-8", check=True
    )
    return listed.stdout.split()


def benchmark(name: str) -> dict[str, object]:
    """What asv knows of a benchmark that it found itself."""
    fixed = {"code": "", "number": 1, "repeat": 1, "timeout": 60.0, "type": "track", "unit": "unit"}
    return {
        **fixed,
        "name": name,
        "pretty_name": name,
        "params": [],
        "param_names": [],
        "version": "1",
    }


project.mkdir(parents=True)
hashes = commit_history()
settings = {"version": 1, "project": "generated", "repo": ".", "branches": ["main"]}
(project / "asv.conf.json").write_text(json.dumps(settings))
config = Config.from_json(settings)
config.results_dir = str(project / "results")
machine = {
    "machine": "bench",
    "os": "Linux",
    "arch": "x86_64",
    "cpu": "",
    "num_cpu": "2",
    "ram": "",
    "version": 1,
}
(project / "results" / "bench").mkdir(parents=True)
(project / "results" / "bench" / "machine.json").write_text(json.dumps(machine))
known = [benchmark(name) for name in columns]
Benchmarks(config, known).save()
labels = {name: machine[name] for name in ("machine", "os", "arch", "cpu", "num_cpu", "ram")}
for place, commit in enumerate(hashes):
    date = 1000 * (1_700_000_000 + 3600 * place)
    results = Results({**labels, "python": "3.12"}, {}, commit, date, "3.12", "virtualenv-py3.12", {})
    for item in known:
        value = columns[str(item["name"])][place]
        results.add_result(item, BenchmarkResult([value], [None], [None], 0, "", None))
    results.save(config.results_dir)
