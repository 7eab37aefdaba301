"""How a run ended, in words: the same on every page."""

from __future__ import annotations

from runfolio.analysis.select import Outcome
from runfolio.model import Run, RunStatus

STATUS_WORDS = {
    RunStatus.FINISHED: "finished",
    RunStatus.FAILED: "failed",
    RunStatus.RUNNING: "running",
    RunStatus.INTERRUPTED: "interrupted",
}


def status_word(run: Run, outcome: Outcome) -> str:
    """One word on how a run ended."""
    if outcome is Outcome.DIVERGED:
        return "diverged"
    if outcome is Outcome.NOT_LOGGED and run.status is RunStatus.FINISHED:
        return "not logged"
    return STATUS_WORDS[run.status]


def last_words(run: Run, most: int) -> str:
    """At most `most` characters of the last line of the run's error; empty without one."""
    lines = [line for line in (run.error or "").strip().splitlines() if line.strip()]
    return lines[-1].strip()[:most] if lines else ""


def last_step(run: Run) -> str:
    """`1,200`: the last step at which the run logged anything; empty where no step was logged."""
    steps = [item.last_step for item in run.metrics.values() if item.last_step is not None]
    return f"{max(steps):,.10g}" if steps else ""
