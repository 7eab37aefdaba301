"""Whether all runs of a group may be counted, and in words what became of the others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.model import Goal, Group, MetricSpec, Run

_WORDS = {
    Outcome.DIVERGED: ("diverged", "diverged"),
    Outcome.FAILED: ("failed", "failed"),
    Outcome.INTERRUPTED: ("was interrupted", "were interrupted"),
    Outcome.RUNNING: ("is still running", "are still running"),
    Outcome.NOT_LOGGED: ("did not log the metric", "did not log the metric"),
}


def missing_runs_text(group: Group, runs: Mapping[str, Run], spec: MetricSpec) -> str:
    """`2 of 5 runs diverged`, `2 of 5 runs diverged, 1 failed`; empty when every run counts."""
    counts = Counter(outcome_of(runs[i], spec) for i in group.run_ids)
    total = len(group.run_ids)
    parts = [f"{counts[o]} {_WORDS[o][counts[o] > 1]}" for o in _WORDS if counts[o]]
    if not parts:
        return ""
    number, _, rest = parts[0].partition(" ")
    return ", ".join([f"{number} of {total} {'run' if total == 1 else 'runs'} {rest}", *parts[1:]])


def worst_value(group: Group, runs: Mapping[str, Run], spec: MetricSpec) -> float:
    """The worst finite value of any of the group's runs, however it ended; the lowest where no goal is known, NaN
    without any. An incomplete group is ordered by it."""
    values = [v for i in group.run_ids if math.isfinite(v := value_of(runs[i], spec))]
    if not values:
        return math.nan
    return max(values) if spec.goal is Goal.MINIMIZE else min(values)
