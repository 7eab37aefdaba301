"""Methods on the tasks of a suite, worked out: every task's own comparison, and what holds over all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runfolio.analysis.baseline import choose_baseline
from runfolio.analysis.compare import CompareOptions, Comparison, compare_groups
from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.analysis.suite import Suite, SuiteRow
from runfolio.analysis.suite_result import SuiteComparison, compare_suite
from runfolio.analysis.where import Where
from runfolio.model import Group, GroupResult, MetricSpec, Run
from runfolio.pages.options import SuiteOptions
from runfolio.pages.tasks import TaskCells


@dataclass(frozen=True, eq=False)
class Standings:
    """A suite's numbers."""

    cells: TaskCells
    comparisons: tuple[Comparison, ...]
    """One a task, among the methods that have runs on it."""
    overall: SuiteComparison
    baseline: Group | None
    baseline_reason: str
    notes: tuple[str, ...]
    """What a reader should know before trusting a cell."""

    @property
    def leaders(self) -> tuple[tuple[str, ...], ...]:
        """For each task, ids of the methods that are best or tied best on it."""
        return tuple(
            tuple(item.group.group_id for item in comparison.results if is_first(item, comparison))
            for comparison in self.comparisons
        )


def is_first(result: GroupResult, comparison: Comparison) -> bool:
    """True where the runs may put the method first: three or more, none missing, and somebody to be ahead of."""
    others = [item for item in comparison.results if item.rank_low and item is not result]
    return bool(comparison.spec.goal.sign and result.rank_low == 1 and result.estimate.n >= 3 and others)


def standings(
    cells: TaskCells,
    runs: Mapping[str, Run],
    varying: Sequence[str],
    options: SuiteOptions,
    compare: CompareOptions,
    where: Where | None,
    content: str,
) -> Standings | None:
    """The numbers of a suite; None where no method has a run on any task."""
    if not cells.tasks or not cells.methods:
        return None
    first = cells.tasks[0].spec
    baseline, reason = choose_baseline(cells.methods, runs, where, first)
    rows = tuple(_row(at, method, cells, runs) for at, method in enumerate(cells.methods))
    suite = Suite(cells.tasks, rows, None if baseline is None else baseline.group_id)
    comparisons = []
    for task, groups in zip(cells.tasks, cells.cells, strict=True):
        there = [group for group in groups if group.run_ids]
        base = next((g for g in there if baseline and g.group_id == baseline.group_id), None)
        comparisons.append(compare_groups(there, runs, task.spec, base, reason, compare))
    return Standings(
        cells=cells,
        comparisons=tuple(comparisons),
        overall=compare_suite(suite, options.normalise, content),
        baseline=baseline,
        baseline_reason=reason,
        notes=(*_mixed(cells, runs, varying, options), *_missing(rows)),
    )


def _row(at: int, method: Group, cells: TaskCells, runs: Mapping[str, Run]) -> SuiteRow:
    members = [groups[at].run_ids for groups in cells.cells]
    return SuiteRow(
        key=method.group_id,
        label=method.label,
        values=tuple(
            tuple(_value(runs[run_id], task.spec) for run_id in ids)
            for ids, task in zip(members, cells.tasks, strict=True)
        ),
        run_ids=tuple(members),
    )


def _value(run: Run, spec: MetricSpec) -> float:
    return value_of(run, spec) if outcome_of(run, spec) is Outcome.OK else math.nan


def _mixed(
    cells: TaskCells, runs: Mapping[str, Run], varying: Sequence[str], options: SuiteOptions
) -> list[str]:
    """A sentence where a cell's runs differ in more than the seed: their spread is then no spread of replicates."""
    if options.method is None or cells.choice:
        return []
    others = [name for name in varying if name not in (options.method, cells.parameter)]
    mixed = {
        name
        for groups in cells.cells
        for group in groups
        for name in others
        if len({_text(runs[run_id], name) for run_id in group.run_ids}) > 1
    }
    if not mixed:
        return []
    names = ", ".join(name for name in others if name in mixed)
    return [f"Cells hold runs that differ in {names}; the intervals are over settings as well as seeds."]


def _text(run: Run, name: str) -> str | None:
    return run.parameters[name].text if name in run.parameters else None


def _missing(rows: Sequence[SuiteRow]) -> list[str]:
    """One sentence a method that lost runs, or was not run on every task."""
    notes = []
    for row in rows:
        empty = sum(not values for values in row.values)
        if row.missing:
            total = sum(map(len, row.values))
            notes.append(
                f"{row.label}: {row.missing} of {total} runs gave no usable value, so it has no place."
            )
        elif empty:
            notes.append(f"{row.label}: no runs on {empty} of {len(row.values)} tasks, so it has no place.")
    return notes
