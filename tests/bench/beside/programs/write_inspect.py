"""Runs as logs of Inspect, a scorer a metric and a sample every tenth step: `write_inspect.py RUNS FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalLog,
    EvalMetric,
    EvalResults,
    EvalSample,
    EvalScore,
    EvalSpec,
    EvalStats,
    write_eval_log,
)
from inspect_ai.scorer import Score
from rows import Rows, read

folder = Path(sys.argv[2])
folder.mkdir(parents=True)


def log_of(run: Rows) -> EvalLog:
    """A finished evaluation whose means are the run's last values."""
    last = run.rows[-1]
    scores = [
        EvalScore(name=name, scorer=name, metrics={"mean": EvalMetric(name="mean", value=last[name])})
        for name in run.metrics
    ]
    samples = [
        EvalSample(
            id=int(row["step"]),
            epoch=1,
            input=f"What is logged at step {int(row['step'])}?",
            target="",
            scores={name: Score(value=row[name]) for name in run.metrics},
        )
        for row in run.rows[::10]
    ]
    return EvalLog(
        status="success",
        eval=EvalSpec(
            created=run.about["started_at"],
            task="generated",
            task_args=run.about["parameters"],
            dataset=EvalDataset(name="generated", samples=len(samples)),
            model="mockllm/model",
            config=EvalConfig(),
        ),
        results=EvalResults(total_samples=len(samples), completed_samples=len(samples), scores=scores),
        stats=EvalStats(started_at=run.about["started_at"], completed_at=run.about["ended_at"]),
        samples=samples,
    )


for run in read(sys.argv[1]):
    write_eval_log(log_of(run), str(folder / f"{run.run_id}.eval"))
