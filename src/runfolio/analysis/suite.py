"""A suite: the same methods on several tasks, with what may be said of each method over all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from runfolio.analysis.normalise import Bounds, by_baseline, min_max, why_not_averaged
from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.model import MetricSpec, Run

Scores = tuple[tuple[float, ...], ...]


class Normalisation(StrEnum):
    """How the values of tasks are brought to one scale before they are averaged."""

    NONE = "none"
    """Raw values: only where all tasks have one unit and one direction."""
    BOUNDS = "bounds"
    """0 and 1 are configured for each task."""
    BASELINE = "baseline"
    """1 is what the baseline method reaches on the task."""


@dataclass(frozen=True, slots=True)
class Task:
    """One task: its metric, and the values that score 0 and 1 where they are known."""

    name: str
    spec: MetricSpec
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class SuiteRow:
    """One method: its runs on each task, in the order of the suite's tasks."""

    key: str
    """Unique and stable, for anchors."""
    label: str
    values: Scores
    """In logged units; NaN for a run that failed, diverged, was interrupted or did not log the metric. A task without
    runs is empty."""
    run_ids: tuple[tuple[str, ...], ...]

    @property
    def missing(self) -> int:
        """Runs without a value."""
        return sum(not math.isfinite(v) for task in self.values for v in task)

    @property
    def is_complete(self) -> bool:
        """True when every task has runs and every run a value."""
        return not self.missing and all(self.values)


@dataclass(frozen=True, slots=True)
class Suite:
    """Methods (rows) on tasks (columns)."""

    tasks: tuple[Task, ...]
    rows: tuple[SuiteRow, ...]
    baseline: str | None = None
    """Key of the row that others are compared with."""


def collect_suite(
    runs: Sequence[Run],
    tasks: Sequence[Task],
    task_of: Callable[[Run], str | None],
    method_of: Callable[[Run], str | None],
    labels: Mapping[str, str] | None = None,
    baseline: str | None = None,
) -> Suite:
    """The runs by method and task. `task_of` gives the name of a run's task (a parameter's text, or the experiment) and
    `method_of` the key of its method; runs for which either is unknown stay out. Methods in order of first appearance;
    `labels` may give a method another name than its key. A run still running counts as without a value."""
    names = {task.name: place for place, task in enumerate(tasks)}
    found: dict[str, list[list[Run]]] = {}
    for run in runs:
        task, method = task_of(run), method_of(run)
        if task in names and task is not None and method is not None:
            found.setdefault(method, [[] for _ in tasks])[names[task]].append(run)
    rows = tuple(
        SuiteRow(
            key=method,
            label=(labels or {}).get(method, method),
            values=tuple(
                tuple(_value(run, task.spec) for run in members)
                for task, members in zip(tasks, by_task, strict=True)
            ),
            run_ids=tuple(tuple(run.run_id for run in members) for members in by_task),
        )
        for method, by_task in found.items()
    )
    return Suite(tuple(tasks), rows, baseline if baseline in found else None)


def _value(run: Run, spec: MetricSpec) -> float:
    return value_of(run, spec) if outcome_of(run, spec) is Outcome.OK else math.nan


def scores_of(suite: Suite, rule: Normalisation) -> tuple[list[Scores], str]:
    """The scores of every row on one scale, in the order of the rows, and an empty text; or nothing, and why not.

    Higher is better on a normalised scale; raw values keep the direction that all tasks share.
    """
    if rule is Normalisation.NONE:
        why = why_not_averaged([task.spec for task in suite.tasks])
        return ([], why) if why else ([row.values for row in suite.rows], "")
    if rule is Normalisation.BOUNDS:
        unknown = [t.name for t in suite.tasks if t.bounds is None or not t.bounds.is_usable]
        if unknown:
            return [], f"the values that score 0 and 1 are not known for {', '.join(unknown)}"
        return [
            tuple(
                min_max(v, t.bounds)
                for v, t in zip(row.values, suite.tasks, strict=True)
                if t.bounds is not None
            )
            for row in suite.rows
        ], ""
    return _by_baseline(suite)


def _by_baseline(suite: Suite) -> tuple[list[Scores], str]:
    base = next((row for row in suite.rows if row.key == suite.baseline), None)
    if base is None:
        return [], "there is no baseline to compare with"
    scores: list[Scores] = []
    for row in suite.rows:
        tasks = []
        for values, own, task in zip(row.values, base.values, suite.tasks, strict=True):
            found = by_baseline(values, own, task.spec.goal)
            if found is None:
                return [], (
                    f"{base.label} cannot be the measure on {task.name}: it has fewer than three runs there, its mean may "
                    "be 0, values have both signs, or which way is better is not known"
                )
            tasks.append(found)
        scores.append(tuple(tasks))
    return scores, ""
