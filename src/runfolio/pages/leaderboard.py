"""The leaderboard of a suite: a row a method, a column a task, and what holds over all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.compare import Comparison
from runfolio.analysis.rounding import column_decimals, number_text
from runfolio.analysis.suite import Normalisation
from runfolio.analysis.suite_result import SuiteComparison, SuiteEstimate, SuiteResult
from runfolio.model import Group, GroupResult, MetricSpec
from runfolio.pages.configurations import Configurations, configurations, group_where, quoted
from runfolio.pages.standings import Standings, is_first
from runfolio.pages.study import Study
from runfolio.pages.words import DASH, count, estimate_decimals, heading, value_text

#: A suite of more tasks has no table of its own for each.
MOST_TASK_TABLES = 8
MAX_NOTES = 6


@dataclass(frozen=True, slots=True)
class LeaderCell:
    """One number of the leaderboard, in shown units."""

    value: str
    half_width: str = ""
    """Without ±; empty where no interval may be shown."""
    raw: float | None = None
    raw_half: float | None = None
    best: str = ""
    """`best`, `tied best` or empty."""
    spread: str = ""
    """Both values, where there are two."""
    lost: str = ""
    """`3/5` where runs gave no usable value."""
    title: str = ""
    """How the number was made."""


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """One method."""

    key: str
    label: str
    where: str
    """Filter that finds its runs in the table of runs."""
    is_baseline: bool
    order: str
    """`1`, `=2` where the shown means are equal, or empty."""
    place: str
    """`1`, `1–3`: the places it may hold; a dash where it has none."""
    cells: tuple[LeaderCell, ...]
    overall: tuple[LeaderCell, ...]
    """Mean over tasks, then the interquartile mean where that is asked for; empty where values are not averaged."""


@dataclass(frozen=True, slots=True, eq=False)
class TaskTable:
    """One task's own table."""

    name: str
    table: Configurations
    caption: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Leaderboard:
    """The whole table with its words."""

    title: str
    caption: str
    tasks: tuple[str, ...]
    """Headings of the task columns."""
    overall: tuple[str, ...]
    """Headings of the columns over all tasks."""
    rows: tuple[LeaderRow, ...]
    refusal: str
    """Why there is no mean over tasks; empty where there is one."""
    notes: tuple[str, ...]
    by_task: tuple[TaskTable, ...]
    """Each task's own table, with differences to the baseline; empty where there are too many tasks."""
    task_notes: tuple[str, ...]
    """What is the same for all of these tables."""
    has_places: bool
    has_best: bool
    """True where the means have an order."""
    suffix: str
    """`%` where the mean over tasks is in percent, else empty."""


def leaderboard(study: Study, found: Standings) -> Leaderboard:
    """The leaderboard of an experiment's suite."""
    overall, tasks = found.overall, found.cells.tasks
    specs = [task.spec for task in tasks]
    is_one = all(heading(spec) == heading(specs[0]) for spec in specs)
    digits = [
        estimate_decimals(spec, [item.estimate for item in comparison.results])
        for spec, comparison in zip(specs, found.comparisons, strict=True)
    ]
    columns = _overall_columns(study, overall)
    shown = [_overall_cells(overall, pick) for _, pick in columns]
    orders = _orders([cells[0].value if cells else "" for cells in zip(*shown, strict=True)])
    rows = tuple(
        LeaderRow(
            key=result.row.key,
            label=result.row.label,
            where=_method_where(study, _method(found, result)),
            is_baseline=len(overall.results) > 1 and result.row.key == overall.suite.baseline,
            order=orders[at] if len(orders) > 1 and result.row.is_complete else "",
            place=_place(result),
            cells=tuple(
                _task_cell(_result(result.row.key, comparison), comparison, decimals)
                for comparison, decimals in zip(found.comparisons, digits, strict=True)
            ),
            overall=tuple(cells[at] for cells in shown),
        )
        for at, result in enumerate(overall.results)
    )
    by_task, task_notes = _by_task(study, found)
    several = f"{count(len(rows), 'method')} on {count(len(tasks), 'task')}"
    return Leaderboard(
        title=f"{heading(specs[0])}: {several}" if is_one else several,
        caption=_caption(found),
        tasks=tuple(task.name if is_one else f"{task.name}: {heading(task.spec)}" for task in tasks),
        overall=tuple(name for name, _ in columns),
        rows=rows,
        refusal=overall.refusal,
        notes=_notes(found),
        by_task=by_task,
        task_notes=task_notes,
        has_places=len(rows) > 1 and any(result.place_low for result in overall.results),
        has_best=len(rows) > 1 and any(result.place_low == 1 for result in overall.results),
        suffix="%" if overall.normalisation is Normalisation.NONE and specs[0].unit == "%" else "",
    )


def _notes(found: Standings) -> tuple[str, ...]:
    notes = [*filter(None, [found.cells.choice]), *found.notes]
    if len(notes) > MAX_NOTES:
        notes = [*notes[:MAX_NOTES], f"and {len(notes) - MAX_NOTES} more remarks of this kind"]
    return tuple(notes)


def _caption(found: Standings) -> str:
    sentences = ["A cell is the mean over runs."]
    results = [item for comparison in found.comparisons for item in comparison.results]
    if any(item.estimate.half_width is not None for item in results):
        sentences[0] = "A cell is the mean over runs ± half of its 95% t interval."
    if any(item.estimate.n == 2 for item in results):
        sentences.append("Of two runs both values stand beside the mean.")
    if any(found.leaders):
        sentences.append("Bold: best, or not separated from the best, on the task.")
    if found.overall.caption and len(found.overall.results) > 1:
        sentences.append(found.overall.caption)
    return " ".join(sentences)


def _method(found: Standings, result: SuiteResult) -> Group:
    return next(group for group in found.cells.methods if group.group_id == result.row.key)


def _result(key: str, comparison: Comparison) -> GroupResult | None:
    return next((item for item in comparison.results if item.group.group_id == key), None)


def _task_cell(result: GroupResult | None, comparison: Comparison, decimals: int) -> LeaderCell:
    if result is None:
        return LeaderCell(DASH, title="no runs")
    spec, estimate, half = comparison.spec, result.estimate, result.estimate.half_width
    total = len(result.group.run_ids)
    both = sorted(estimate.values) if estimate.n == 2 else []
    is_alone = (result.rank_low, result.rank_high) == (1, 1)
    first = is_first(result, comparison)
    return LeaderCell(
        value=value_text(spec, estimate.value, decimals) if estimate.n else DASH,
        half_width="" if half is None else number_text(half * abs(spec.scale), decimals),
        raw=_shown(estimate.value, spec.scale) if estimate.n else None,
        raw_half=None if half is None else _shown(half, abs(spec.scale)),
        best="" if not first else "best" if is_alone else "tied best",
        lost=f"{estimate.n}/{total}" if estimate.n < total else "",
        spread=" and ".join(value_text(spec, value, decimals) for value in both),
        title=estimate.method,
    )


def _shown(value: float, scale: float) -> float | None:
    """The value in shown units, without the digits that multiplying makes up."""
    return float(f"{value * scale:.12g}") if math.isfinite(value) else None


def _place(result: SuiteResult) -> str:
    if not result.place_low:
        return DASH
    low, high = result.place_low, result.place_high
    return str(low) if low == high else f"{low}–{high}"


def _overall_columns(study: Study, overall: SuiteComparison) -> list[tuple[str, str]]:
    """Heading and field of each column over all tasks."""
    if overall.refusal:
        return []
    unit = {
        Normalisation.NONE: heading(overall.suite.tasks[0].spec),
        Normalisation.BOUNDS: "score",
        Normalisation.BASELINE: "times the baseline",
    }[overall.normalisation]
    columns = [(f"Mean of tasks: {unit}" if overall.normalisation != "none" else "Mean of tasks", "mean")]
    if study.suite_options.iqm:
        columns.append(("Interquartile mean", "iqm"))
    return columns


def _overall_cells(overall: SuiteComparison, field: str) -> list[LeaderCell]:
    found: list[SuiteEstimate] = [getattr(result, field) for result in overall.results]
    spec = overall.suite.tasks[0].spec
    scale = spec.scale if overall.normalisation is Normalisation.NONE else 1.0
    known = [item for item in found if math.isfinite(item.value)]
    halves = [None if item.half_width is None else item.half_width * abs(scale) for item in known]
    decimals = column_decimals([item.value * scale for item in known], halves) if known else 2
    cells = []
    for result, item in zip(overall.results, found, strict=True):
        best = _best_overall(result, overall) if field == "mean" else ""
        cells.append(_overall_cell(item, scale, decimals, best, spec))
    return cells


def _overall_cell(
    item: SuiteEstimate, scale: float, decimals: int, best: str, spec: MetricSpec
) -> LeaderCell:
    half = item.half_width
    title = f"{item.method}; {item.refusal}" if item.refusal else item.method
    if half is not None and item.low is not None and item.high is not None:
        ends = sorted((item.low * scale, item.high * scale))
        title += f": {number_text(ends[0], decimals)} to {number_text(ends[1], decimals)}"
    is_known = math.isfinite(item.value)
    return LeaderCell(
        value=number_text(item.value * scale, decimals) if is_known else DASH,
        half_width="" if half is None or not is_known else number_text(half * abs(scale), decimals),
        raw=_shown(item.value, scale) if is_known else None,
        raw_half=None if half is None else _shown(half, abs(scale)),
        best=best,
        title=title,
    )


def _best_overall(result: SuiteResult, overall: SuiteComparison) -> str:
    ranked = [item for item in overall.results if item.place_low]
    enough = all(len(values) >= 3 for values in result.row.values)
    if result.place_low != 1 or len(ranked) < 2 or not enough:
        return ""
    return "best" if result.place_high == 1 else "tied best"


def _orders(values: Sequence[str]) -> list[str]:
    """Places by the shown value, best first: equal ones share the first of theirs, `=2`."""
    found = []
    for value in values:
        at = values.index(value) + 1
        found.append(f"={at}" if values.count(value) > 1 else str(at))
    return found


def _method_where(study: Study, method: Group) -> str:
    """The filter that finds the method's runs, on every task."""
    return group_where(method, [name for name, _ in method.key]) if method.key else ""


def _by_task(study: Study, found: Standings) -> tuple[tuple[TaskTable, ...], tuple[str, ...]]:
    """Each task's table, and the sentences that all of them would repeat."""
    if len(found.cells.tasks) > MOST_TASK_TABLES or len(found.cells.methods) < 2:
        return (), ()
    tables = [
        (task.name, comparison, configurations(study, comparison, where_of=_Cell(study, found)))
        for task, comparison in zip(found.cells.tasks, found.comparisons, strict=True)
        if comparison.results
    ]
    shared = [
        remark
        for remark in (tables[0][2].remarks if tables else ())
        if all(remark in table.remarks for _, _, table in tables)
    ]
    captions = [table.caption.removesuffix(comparison.caption).strip() for _, comparison, table in tables]
    found_tables = tuple(
        TaskTable(
            name, table, comparison.caption, tuple(item for item in table.remarks if item not in shared)
        )
        for name, comparison, table in tables
    )
    return found_tables, (max(captions, key=len, default=""), *shared)


class _Cell:
    """Filters that find a method's runs on one task."""

    def __init__(self, study: Study, found: Standings) -> None:
        self.study, self.parameter = study, found.cells.parameter

    def __call__(self, group: Group) -> str:
        own = _method_where(self.study, group)
        if not own or not self.parameter:
            return own
        name = self.parameter
        written = f"params.{name}" if name.replace(".", "_").isidentifier() else f"params[{quoted(name)}]"
        values = {
            value.text if value.number is not None else quoted(value.text)
            for run_id in group.run_ids
            if (value := self.study.by_id[run_id].parameters.get(name)) is not None
        }
        return f"{own} and {written} == {values.pop()}" if len(values) == 1 else own
