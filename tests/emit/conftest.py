"""A simple reader of the run log, written from its specification and not with the code under test."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import runfolio

SCHEMA = json.loads((Path(runfolio.__file__).parent / "run.schema.json").read_text(encoding="utf-8"))
NONFINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class Log:
    """What a run's folder says, each line checked against the schema."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, name: str = "metrics.jsonl") -> list[dict[str, Any]]:
        lines = self._lines(name, "metrics_line")
        return [{key: NONFINITE.get(str(value), value) for key, value in line.items()} for line in lines]

    def values(self, metric: str, name: str = "metrics.jsonl") -> list[float]:
        return [row[metric] for row in self.rows(name) if metric in row]

    def events(self, kind: str | None = None, name: str = "events.jsonl") -> list[dict[str, Any]]:
        return [line for line in self._lines(name, "event_line") if kind in (None, line["event"])]

    @property
    def about(self) -> dict[str, Any]:
        fields = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        jsonschema.validate(fields, SCHEMA)
        return dict(fields)

    def _lines(self, name: str, definition: str) -> list[dict[str, Any]]:
        validator = jsonschema.Draft202012Validator({**SCHEMA["$defs"][definition], "$defs": SCHEMA["$defs"]})
        lines = []
        content = (self.folder / name).read_bytes()
        for line in content.split(b"\n")[:-1]:  # what stands after the last newline is torn
            try:
                parsed = json.loads(line)
            except ValueError:
                continue
            validator.validate(parsed)
            lines.append(parsed)
        return lines


@pytest.fixture
def log() -> type[Log]:
    return Log


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs code in a process of its own; the folder of runs is `root` there."""

    def run(code: str, *options: str, check: bool = True, **named: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *options, "-c", program(code, tmp_path / "runs")],
            capture_output=True,
            text=True,
            check=check,
            cwd=tmp_path,
            timeout=60,
            **named,
        )

    return run


@pytest.fixture
def background(tmp_path: Path) -> Callable[[str], subprocess.Popen[str]]:
    """Starts code in a process of its own and gives the process."""

    def start(code: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", program(code, tmp_path / "runs")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )

    return start


def program(code: str, root: Path) -> str:
    return f"import os, sys, time, runfolio\nroot = {str(root)!r}\n{code}"
