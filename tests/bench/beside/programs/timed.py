"""What a reader found, as JSON: the last line of every program that reads one format. The standard library alone."""

from __future__ import annotations

import json
import time


def say(runs: int, points: int, began: float) -> None:
    """Print how many runs and points were read, and seconds since `began`, when everything was imported."""
    print(json.dumps({"runs": runs, "points": points, "after_imports": time.perf_counter() - began}))
