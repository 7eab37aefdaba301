"""The runs that are exported for real clients to read back, with all that the forms have trouble with."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from runfolio import api
from runfolio.catalog import read_catalog, rows_of_runs
from runfolio.testing.factories import write_run


def make(folder: Path) -> Path:
    """Run folders: a nested one with media and odd names, a failed one with a step that is no whole number, one that was killed."""
    rows: list[dict[str, float]] = [
        {"step": step, "time": step / 4, "loss": 1 / (step + 1), "val/acc": 0.1 * step} for step in range(5)
    ]
    rows += [{"step": 5, "time": 2.0, "loss": math.nan, "odd: ü": math.inf}, {"step": 7, "loss": -1e-300}]
    write_run(
        folder / "näme: x" / "a-1",
        rows,
        parameters={
            "lr": 1e-3,
            "opt": {"name": "adam", "betas": [0.9, 0.99]},
            "ok": True,
            "none": None,
            "ü": "ä\u2028\U0001f600",
        },
        tags=["baseline", "two words"],
        name='"quoted"\u0085 name',
        notes="**bold**\n\nlines",
        group="g",
        ended_at="2026-11-21T03:44:00.120Z",
        git={"commit": "0123456789abcdef0123456789abcdef01234567"},
        artifacts={"deep/t.txt": b"text"},
        events=[
            {
                "event": "artifact",
                "name": "t",
                "kind": "text",
                "media_type": "text/plain",
                "path": "artifacts/deep/t.txt",
            }
        ],
    )
    write_run(
        folder / "näme: x" / "child",
        [{"step": 0, "loss": 2.0}, {"step": 1, "loss": 1.0}],
        parent="a-1",
        status="failed",
        error="boom",
    )
    write_run(
        folder / "other" / "killed", [{"loss": float(step)} for step in range(100)], status="interrupted"
    )
    return folder


def facts(folder: Path) -> dict[str, dict[str, Any]]:
    """Run id → what a client has to give back; numbers as texts, so that NaN is NaN."""
    catalog = read_catalog([folder], workers=1)
    found = {}
    for run, rows in rows_of_runs(catalog, catalog.runs):
        found[run.run_id] = {
            "experiment": run.experiment,
            "name": run.name,
            "status": run.status.value,
            "start": run.started_at and run.started_at.timestamp(),
            "duration": run.duration_s,
            "parameters": {name: value.value for name, value in run.parameters.items()},
            "notes": run.notes,
            "parent": run.parent_id,
            "commit": run.git and run.git.commit,
            "tags": list(run.tags),
            "metrics": {
                item.metric: [
                    [int(s), repr(v)] for s, v in zip(item.step.tolist(), item.value.tolist(), strict=True)
                ]
                for item in rows
            },
        }
    return found


def export(form: str, place: Path) -> None:
    """Write the runs, their export and `facts.json` below the folder."""
    source = make(place / "runs")
    result = api.export_to(source, place / "exported", form)
    if result.refused:
        sys.exit(str(result.refused))
    (place / "facts.json").write_text(json.dumps(facts(source)), encoding="utf-8")
