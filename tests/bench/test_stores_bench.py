"""The measurement of object stores runs, at a small size, and its calls are those that the documentation tells."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

STORES = Path(__file__).with_name("stores.py")


def test_calls_and_lines() -> None:
    options = ["--runs", "6", "--steps", "5", "--kinds", "s3", "--large", "20", "--json"]
    done = subprocess.run(
        [sys.executable, str(STORES), *options], capture_output=True, encoding="utf-8", check=True
    )
    lines = json.loads(done.stdout)
    assert all(line["seconds"] > 0 for line in lines)
    calls = {line["name"]: line["calls"] for line in lines if line["kind"] == "s3"}
    assert len(calls) == 8
    assert calls["list, nothing known"] == 6 * 2 * 2 + 1
    assert calls["list, nothing changed"] == 1
    assert calls["sync, nothing changed"] <= 5
    assert calls["build to the store, nothing changed"] <= 5
    # 20 MB: the size, then three parts, and the state before and after.
    assert (calls["large file in one go"], calls["large file in parts"]) == (2, 6)
