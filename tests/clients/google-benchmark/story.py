"""Benchmarks of Google Benchmark's own bindings: a plain one, one with arguments, repetitions, and one that fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = """
import google_benchmark as benchmark

@benchmark.register
def summing(state):
    while state:
        sum(range(100))

@benchmark.register
@benchmark.option.arg(8)
@benchmark.option.arg(64)
@benchmark.option.unit(benchmark.kMicrosecond)
def sorting(state):
    while state:
        sorted(range(state.range(0), 0, -1))

@benchmark.register
def failing(state):
    state.skip_with_error("no luck")
    while state:
        pass

benchmark.main()
"""


def main(folder: Path) -> None:
    home = folder / "speed"
    home.mkdir()
    for name, words in {"single": (), "repeated": ("--benchmark_repetitions=3",)}.items():
        out = home / f"{name}.json"
        options = [
            f"--benchmark_out={out}",
            "--benchmark_out_format=json",
            "--benchmark_min_time=0.001s",
            *words,
        ]
        subprocess.run([sys.executable, "-c", BENCHMARKS, *options], check=True, capture_output=True)
        said = json.loads(out.read_text())
        said["context"]["host_name"] = "machine"  # the file is to name nobody
        out.write_text(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
