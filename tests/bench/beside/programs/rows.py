"""Generated run folders as plain values: what every peer's writer is given. The standard library alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Rows:
    """A run: its run.json, and a row a step."""

    about: dict[str, Any]
    rows: list[dict[str, float]]
    """`step`, `time` and the metrics; a missing number is NaN."""

    @property
    def run_id(self) -> str:
        return str(self.about["run_id"])

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics, in the order of the log."""
        return [name for name in self.rows[0] if name not in ("step", "time")]


def read(root: str) -> Iterator[Rows]:
    """The runs below the folder, by their ids."""
    for folder in sorted(Path(root).glob("*/*")):
        about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [{name: float(value) for name, value in json.loads(line).items()} for line in lines]
        yield Rows(about, rows)
