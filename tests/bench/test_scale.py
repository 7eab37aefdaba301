"""The measurement of many runs runs, at its smallest size, with every line it promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCALE = Path(__file__).with_name("scale.py")


def test_every_goal_has_a_line() -> None:
    done = subprocess.run(
        [
            sys.executable,
            str(SCALE),
            "--runs",
            "6",
            "--metrics",
            "2",
            "--steps",
            "20",
            "--times",
            "1",
            "--json",
        ],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    (size,) = json.loads(done.stdout)["sizes"]
    names = [line["name"].partition(" (")[0] for line in size["lines"]]
    assert names == [
        "digest, 1 process", "digest, memory", "digest, 2 processes", "digest of Parquet beside JSONL", "cold build", "cold build, memory of all processes",
        "site", "largest file", "nothing changed", "one run added", "one note edited", "appended line to reloaded page",
    ]  # fmt: skip
    assert all(line["measured"] > 0 for line in size["lines"])
