"""The benchmark of a site with very many runs runs, on a small site with the same pages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[1] / "bench" / "large_pages.py"


def test_the_pages_of_many_runs_are_measured() -> None:
    arguments = ("--runs", "30", "--metrics", "2", "--steps", "5", "--pages", "4", "--json")
    done = subprocess.run(
        [sys.executable, str(BENCH), *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stdout)
    kinds = {"home", "experiment", "comparison", "shared run", "audit", "problems"}
    assert set(found) == kinds | {"acts", "files"}
    assert found["files"]["runs_of_pages"] == 4
    assert found["acts"]["nodes"] > 500 and found["acts"]["sort_ms"] > 0
    for kind in kinds:
        assert 1 < found[kind]["html_kb"] < 100 and found[kind]["lcp_ms"] > 0
        assert found[kind]["cls"] <= 0.01
