"""Run folders for tests: plain ones, many at once, and hostile ones. All are the same on every machine and day."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from runfolio.runlog import EVENTS_FILE, INFINITY, METRICS_JSONL, NAN, NEGATIVE_INFINITY, NOTES_FILE, RUN_FILE

_STARTED_AT = "2026-11-21T03:43:00.120Z"


def write_run(
    folder: Path,
    rows: Iterable[Mapping[str, float]] = (),
    *,
    events: Sequence[Mapping[str, Any]] = (),
    notes: str = "",
    artifacts: Mapping[str, bytes] | None = None,
    **record: Any,
) -> Path:
    """The folder, which is a finished run named after it unless `record` says otherwise.

    Args:
        folder: made if it is not there.
        rows: lines of metrics.jsonl; non-finite numbers are written as the run log has them.
        events: lines of events.jsonl.
        notes: text of notes.md; none is written when empty.
        artifacts: path below artifacts/ → bytes, written without an event.
        record: fields of run.json; None leaves out one of the defaults.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fields = {"schema": 1, "status": "finished", "started_at": _STARTED_AT, **record}
    kept = {name: value for name, value in fields.items() if value is not None}
    (folder / RUN_FILE).write_text(json.dumps(kept, indent=1), encoding="utf-8")
    write_lines(folder / METRICS_JSONL, rows)
    if events:
        write_lines(folder / EVENTS_FILE, events)
    if notes:
        (folder / NOTES_FILE).write_text(notes, encoding="utf-8")
    for path, content in (artifacts or {}).items():
        target = folder / "artifacts" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """The file, with one JSON object a line."""
    lines = [json.dumps({name: _logged(value) for name, value in row.items()}) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _logged(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return NAN if math.isnan(value) else INFINITY if value > 0 else NEGATIVE_INFINITY
    return value


def curve_rows(
    steps: int, metrics: Sequence[str] = ("loss", "val/acc"), seed: int = 0
) -> list[dict[str, float]]:
    """Rows of a training that goes down (names with `loss`) or up, with noise."""
    draw = random.Random(seed)
    rows = []
    for step in range(steps):
        progress = 1 - math.exp(-3 * (step + 1) / steps)
        row: dict[str, float] = {"step": step, "time": round(0.1 * step, 3)}
        for name in metrics:
            level = 1 - progress if "loss" in name else progress
            row[name] = level + draw.gauss(0, 0.02)
        rows.append(row)
    return rows


def write_runs(root: Path, runs: int, *, metrics: int = 10, steps: int = 1000, experiments: int = 1) -> Path:
    """The root, with finished runs in `experiments` experiments: configurations of learning rates with five seeds each."""
    names = [f"{'loss' if index % 2 else 'acc'}_{index}" for index in range(metrics)]
    for index in range(runs):
        experiment = f"experiment-{index % experiments}"
        write_run(
            root / experiment / f"run-{index:05d}",
            curve_rows(steps, names, seed=index),
            experiment=experiment,
            run_id=f"run-{index:05d}",
            ended_at="2026-11-21T03:53:00.120Z",
            parameters={"lr": 10.0 ** -(1 + index // 5 % 4), "seed": index % 5},
        )
    return root


def write_hostile_runs(root: Path, *, long_run_steps: int = 1_000_000) -> Path:
    """The root, with runs that try everything a log can try. Each must be read or named as a Problem.

    Args:
        root: made if it is not there.
        long_run_steps: rows of the longest run.
    """
    folder = root / "hostile"
    _write_hostile_names(folder)
    _write_hostile_records(folder)
    _write_hostile_lines(folder)
    if long_run_steps:
        line = b'{"step": %d, "time": %d.5, "loss": 0.%06d}\n'
        body = b"".join(line % (step, step, step * 7919 % 1_000_000) for step in range(long_run_steps))
        (write_run(folder / "million", run_id="million") / METRICS_JSONL).write_bytes(body)
    return root


def _write_hostile_names(folder: Path) -> None:
    script = "<script>alert(1)</script>"
    quotes = "\"'`&<>{{7*7}}{% raw %}${1}"
    three = curve_rows(3)
    write_run(folder / "script", three, name=script, experiment=script, tags=[script], parameters={script: script},
              notes=f"{script}\n\n[x](javascript:alert(1))\n\n<img src=x onerror=alert(1)>", run_id="script")  # fmt: skip
    write_run(
        folder / "quotes", three, name=quotes, parameters={quotes: quotes}, tags=[quotes], run_id=quotes
    )
    write_run(
        folder / "direction", three, name="abc\u202egpj.exe\u2066", parameters={"\u202e": "\u200f\u202d"}
    )
    write_run(folder / "control", three, name="a\x00b\x07c\nd\re", parameters={"\x1b[31m": "\x08"})
    write_run(folder / "long", [{"step": 0, "m" * 10_000: 1.0}], name="n" * 10_000, run_id="i" * 10_000,
              parameters={"p" * 10_000: "v" * 10_000})  # fmt: skip
    write_run(folder / "Case", three, run_id="Case")
    write_run(folder / "case_", three, run_id="case")
    write_run(folder / "twin-1", three, run_id="twin")
    write_run(folder / "twin-2", three, run_id="twin")


def _write_hostile_records(folder: Path) -> None:
    three = curve_rows(3)
    write_run(folder / "no-steps", [])
    write_run(folder / "one-step", [{"step": 5, "loss": 0.5}])
    write_run(
        folder / "nonfinite", [{"step": s, "loss": v} for s, v in enumerate((math.nan, math.inf, -math.inf))]
    )
    write_run(folder / "newer", three, schema=999, future={"a": [1]})
    write_run(folder / "types", three, parameters=[1], tags="a", started_at="yesterday", ended_at=7, status=3, name=1,
              git="x", environment=[], hardware=1, data={"a": 1}, command="python x.py", group=[], parent={})  # fmt: skip
    paths = ["../../../../etc/passwd", "/etc/passwd", "artifacts/../../x", "C:\\x", "artifacts/gone.png"]
    write_run(folder / "paths", three, events=[{"event": "artifact", "name": p, "path": p} for p in paths])


def _write_hostile_lines(folder: Path) -> None:
    three = curve_rows(3)
    torn = write_run(folder / "torn", curve_rows(10))
    lines = (torn / METRICS_JSONL).read_bytes().splitlines(keepends=True)
    lines[4] = b'{"step": 4, "lo\n'
    (torn / METRICS_JSONL).write_bytes(b"".join(lines) + b'{"step": 10, "loss": 0.')
    (write_run(folder / "garbage", three) / METRICS_JSONL).write_bytes(bytes(range(256)) * 20)
    (write_run(folder / "no-record", three) / RUN_FILE).write_bytes(b'{"schema": 1, "run_')
    huge = b'{"step": 1e400, "a": 1e400, "b": 123456789012345678901234567890}\n{"step": 2, "b": [[1]], "c": true}\n'
    (write_run(folder / "huge", three) / METRICS_JSONL).write_bytes(huge)
    deep = '{"step": 1, "a": ' + '{"a": ' * 5000 + "1" + "}" * 5001 + "\n"
    (write_run(folder / "deep", three) / METRICS_JSONL).write_text(deep)
