"""Two saved runs of three benchmarks, one with its rounds, and the same as one file of `--benchmark-json`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = """
import pytest


@pytest.mark.parametrize("n", [10, 1000])
def test_sum(benchmark, n):
    benchmark.pedantic(sum, args=(range(n),), rounds=3, iterations=2)


def test_sort(benchmark):
    benchmark.pedantic(sorted, args=([3, 1, 2],), rounds=4)
"""


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "tiny"
        place.mkdir()
        (place / "test_tiny.py").write_text(TESTS)
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        for extra in (
            ["--benchmark-save=first", "--benchmark-save-data"],
            ["--benchmark-save=second"],
            ["--benchmark-json=out.json"],
        ):
            quiet = {"HOME": folder, "GIT_CONFIG_GLOBAL": os.devnull}
            subprocess.run(
                [*pytest, *extra], cwd=place, env={**os.environ, **quiet}, check=True, capture_output=True
            )
        saved = sorted((place / ".benchmarks").rglob("*.json"))
        for path in [*saved, place / "out.json"]:
            value = json.loads(path.read_text())
            value["machine_info"] |= {
                "node": "box",
                "cpu": {"brand_raw": "fast", "count": 2},
                "release": "6.0",
            }
            # The folder is named after the machine; the story's is called so everywhere.
            name = Path(".benchmarks", "Linux-64bit", path.name) if path in saved else Path(path.name)
            copy = target / "tiny" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(json.dumps(value))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
