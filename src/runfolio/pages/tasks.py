"""The suite of an experiment: which runs are on which task, and what tells methods apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from runfolio.analysis.group import GroupOptions, find_groups
from runfolio.analysis.normalise import Bounds
from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.analysis.suite import Task
from runfolio.analysis.where import parse_where, vocabulary
from runfolio.errors import ConfigError, WhereError, nearest
from runfolio.model import Group, MetricSpec, ParameterValue, Run
from runfolio.pages.options import SuiteOptions, TaskOptions
from runfolio.pages.words import DASH

#: Names that say "task" so plainly that no configuration is needed; also as the last part of a dotted name.
TASK_NAMES = frozenset(
    f"{word}{ending}"
    for word in ("task", "dataset", "env", "environment", "benchmark", "test_env")
    for ending in ("", "_name", "_id")
)


@dataclass(frozen=True, eq=False)
class TaskCells:
    """The runs of an experiment by method and task."""

    parameter: str
    """Parameter whose values are the tasks; empty where they are told one by one."""
    tasks: tuple[Task, ...]
    methods: tuple[Group, ...]
    """A group a method, with its runs on all tasks."""
    cells: tuple[tuple[Group, ...], ...]
    """One tuple a task: the methods with the runs that count on it, in the order of `methods`; a group may be empty."""
    has_one_metric: bool = True
    """False where tasks may have metrics of their own."""
    choice: str = ""
    """How one run of each replicate was chosen; empty where all runs count."""

    def task_of(self, run_id: str) -> int | None:
        """Place of the task the run is on; None where it is on none, or on several."""
        found = [
            at for at, groups in enumerate(self.cells) if any(run_id in group.run_ids for group in groups)
        ]
        return found[0] if len(found) == 1 else None


def plain_task(runs: Sequence[Run], varying: Sequence[str]) -> str | None:
    """The one parameter that is named like a task, has words for values, and that every method was run on all of.

    None where there is no such parameter, several, or nothing else varies.
    """
    named = [name for name in varying if _last(name) in TASK_NAMES]
    if len(named) != 1 or len(varying) < 2:
        return None
    (task,) = named
    values = [run.parameters.get(task) for run in runs]
    if any(value is None or not isinstance(value.value, str) for value in values):
        return None
    cells = {
        (value.text, _others(run, task, varying)) for run, value in zip(runs, values, strict=True) if value
    }
    tasks, methods = {cell[0] for cell in cells}, {cell[1] for cell in cells}
    is_crossed = len(cells) == len(tasks) * len(methods)
    return task if len(tasks) > 1 and len(methods) > 1 and is_crossed else None


def _last(name: str) -> str:
    return name.lower().replace("-", "_").rpartition(".")[2]


def _others(run: Run, task: str, varying: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(_text(run, name) for name in varying if name != task)


def task_cells(
    runs: Sequence[Run],
    specs: Mapping[str, MetricSpec],
    primary: MetricSpec,
    options: SuiteOptions,
    groups: GroupOptions,
    varying: Sequence[str],
) -> TaskCells | None:
    """The suite of one experiment's runs; None where it has none.

    Raises:
        ConfigError: the configuration names a parameter or metric that no run of the experiment has.
    """
    if options.task == "":
        return None
    parameter = options.task or ("" if options.tasks else plain_task(runs, varying))
    if parameter is None:
        return None
    known = dict.fromkeys(name for run in runs for name in run.parameters)
    for name in filter(None, (parameter, options.method, options.replicate)):
        if name not in known:
            raise ConfigError(f"no run has the parameter `{name}`{nearest(name, known)}")
    told = options.tasks or _by_value(runs, parameter)
    by_task = [_members(runs, item, parameter, specs) for item in told]
    used = {run.run_id: run for members in by_task for run in members}
    methods = _methods(tuple(used.values()), options, groups, parameter)
    tasks = tuple(_task(item, specs, primary) for item in told)
    cells = tuple(
        tuple(_cell(method, members, item, options, specs) for method in methods)
        for item, members in zip(told, by_task, strict=True)
    )
    return TaskCells(parameter, tasks, methods, cells, not options.tasks, _choice(options))


def _by_value(runs: Sequence[Run], parameter: str) -> tuple[TaskOptions, ...]:
    """One task a value of the parameter, in order of first appearance; numbers in their own order."""
    values: dict[str, ParameterValue] = {}
    for run in runs:
        if parameter in run.parameters:
            values.setdefault(run.parameters[parameter].text, run.parameters[parameter])
    found = list(values.values())
    if all(value.number is not None for value in found):
        found.sort(key=lambda value: value.number or 0.0)
    return tuple(TaskOptions(value.text) for value in found)


def _members(
    runs: Sequence[Run], item: TaskOptions, parameter: str, specs: Mapping[str, MetricSpec]
) -> list[Run]:
    if item.where is not None:
        try:
            condition = parse_where(item.where, known=vocabulary(runs, specs))
        except WhereError as error:
            raise ConfigError(f"task `{item.name}`: {error.message}", hint=error.hint) from error
        return [run for run in runs if condition.matches(run)]
    if not parameter:
        return list(runs)
    return [
        run for run in runs if parameter in run.parameters and run.parameters[parameter].text == item.name
    ]


def _methods(
    runs: Sequence[Run], options: SuiteOptions, groups: GroupOptions, parameter: str
) -> tuple[Group, ...]:
    if not runs:
        return ()
    if options.method is not None:
        values = {_text(run, options.method) for run in runs}
        if len(values) == 1:
            # Nothing tells one method from others: it is called by its value.
            (only,) = values
            return (Group("method", only or DASH, (), tuple(run.run_id for run in runs)),)
        chosen = replace(groups, by=(options.method,))
    elif groups.by:
        chosen = replace(groups, by=tuple(name for name in groups.by if name != parameter))
    else:
        chosen = replace(groups, ignore=(*groups.ignore, *filter(None, (parameter, options.replicate))))
    return find_groups(runs, chosen).groups


def _text(run: Run, name: str) -> str | None:
    return run.parameters[name].text if name in run.parameters else None


def _spec(name: str | None, specs: Mapping[str, MetricSpec], task: str) -> MetricSpec | None:
    if name is None:
        return None
    if name not in specs:
        raise ConfigError(f"task `{task}`: metric `{name}` is not logged{nearest(name, specs)}")
    return specs[name]


def _task(item: TaskOptions, specs: Mapping[str, MetricSpec], primary: MetricSpec) -> Task:
    bounds = None if item.zero is None or item.one is None else Bounds(item.zero, item.one)
    return Task(item.name, _spec(item.metric, specs, item.name) or primary, bounds)


def _cell(
    method: Group,
    members: Sequence[Run],
    item: TaskOptions,
    options: SuiteOptions,
    specs: Mapping[str, MetricSpec],
) -> Group:
    """The method with its runs on one task: all of them, or of each replicate the one that `select` ranks first."""
    there = {run.run_id: run for run in members}
    runs = [there[run_id] for run_id in method.run_ids if run_id in there]
    judge = _spec(item.select, specs, item.name)
    if judge is not None:
        runs = _chosen(runs, judge, options.replicate)
    return replace(method, run_ids=tuple(run.run_id for run in runs))


def _chosen(runs: Sequence[Run], judge: MetricSpec, replicate: str | None) -> list[Run]:
    """The best run of each replicate by the judging metric; the first of equal ones. Failed attempts are never chosen,
    unless a replicate has no other: then it stays, and counts as failed."""
    best: dict[str | None, tuple[float, Run]] = {}
    for run in runs:
        value = run.parameters.get(replicate or "")
        key = value.text if value is not None else None
        is_usable = outcome_of(run, judge) is Outcome.OK
        score = value_of(run, judge) * (judge.goal.sign or 1) if is_usable else -math.inf
        if key not in best or score > best[key][0]:
            best[key] = (score, run)
    return [run for _, run in best.values()]


def _choice(options: SuiteOptions) -> str:
    judges = list(dict.fromkeys(item.select for item in options.tasks if item.select))
    if not judges:
        return ""
    whose = f"each {options.replicate}" if options.replicate else "each method"
    what = judges[0] if len(judges) == 1 else "the task's validation metric"
    return f"Of the runs of {whose}, the one that is best by {what} counts."
