"""What a champion is chosen from: the experiment, the metric, and the configurations that take part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runfolio.analysis.champion import ChampionRule, Tie, duration_of
from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.analysis.where_values import nearest_value
from runfolio.errors import ConfigError, nearest
from runfolio.model import Group, MetricSpec, Run
from runfolio.pages.claim_choice import NotThereError, studies_with, where_in
from runfolio.pages.study import Study
from runfolio.pages.words import count, listing


@dataclass(frozen=True, eq=False)
class Candidates:
    """Where a champion is looked for."""

    study: Study
    spec: MetricSpec | None
    groups: tuple[Group, ...]
    refusal: str = ""
    """Why there can be no champion; empty where one may be chosen."""
    notes: tuple[str, ...] = ()
    """Configurations that take no part though some of their runs match."""


def candidates_of(rule: ChampionRule, studies: Sequence[Study]) -> Candidates:
    """The configurations that take part.

    Raises:
        ConfigError: what the rule names is not there, or it fits several experiments; with its file and line.
    """
    try:
        study = _study_of(rule, studies)
        where = where_in(rule.where, study.runs, study) if rule.where else None
        cost_of(rule, study)
    except NotThereError as error:
        raise _fault(
            rule, error.message, "champion", error.hint or "mend the name in the champion's table"
        ) from error
    spec = study.specs[rule.metric] if rule.metric else study.primary
    if spec is None:
        return Candidates(study, None, (), "no run logged a metric")
    if where is None:
        found, notes = study.grouping.groups, list[str]()
    else:
        kept = frozenset(run.run_id for run in study.runs if where.matches(run))
        if not kept:
            near = nearest_value(where, study.runs)
            return Candidates(study, spec, (), f"no run matches `{rule.where}`{near}")
        found, notes = _whole(rule, study, spec, kept)
    if not spec.goal.sign:
        refusal = f'nobody said whether a high or a low {spec.label} is better: set goal under [metrics."{spec.name}"]'
    elif not found:
        refusal = f"no configuration matches `{rule.where}` with all its runs"
    else:
        refusal = _several_tasks(study, found)
    return Candidates(study, spec, found, refusal, tuple(notes))


def cost_of(rule: ChampionRule, study: Study) -> Callable[[Run], float]:
    """What a run costs by the rule: its duration, or the value of a metric.

    Raises:
        NotThereError: no run logged the metric.
    """
    if rule.tie is not Tie.CHEAPEST or not rule.cost or rule.cost == "duration":
        return duration_of
    if rule.cost not in study.specs:
        near = nearest(rule.cost, study.specs)
        raise NotThereError(f"the cost `{rule.cost}` is no metric of `{study.name}`{near}")
    spec = study.specs[rule.cost]
    return lambda run: value_of(run, spec)


def _study_of(rule: ChampionRule, studies: Sequence[Study]) -> Study:
    found = studies_with(rule.metric, rule.experiment, studies)
    if len(found) > 1 and rule.where:
        found = [study for study in found if _picks(rule, study)] or found
    if len(found) > 1:
        names = listing([study.name for study in found], 4)
        message = f"{len(found)} experiments fit: {names}"
        raise _fault(rule, message, "which-experiment", "name one with `experiment`")
    return found[0]


def _picks(rule: ChampionRule, study: Study) -> bool:
    try:
        where = where_in(rule.where, study.runs, study)
    except NotThereError:
        return False
    return any(where.matches(run) for run in study.runs)


def _whole(
    rule: ChampionRule, study: Study, spec: MetricSpec, kept: frozenset[str]
) -> tuple[tuple[Group, ...], list[str]]:
    """The configurations whose usable runs all match, and of those with some that do, why they take no part."""
    found, notes = [], []
    for group in study.grouping.groups:
        usable = [i for i in group.run_ids if outcome_of(study.by_id[i], spec) is Outcome.OK]
        members = usable or group.run_ids
        matching = [run_id for run_id in members if run_id in kept]
        if len(matching) == len(members) or (matching and not usable):
            found.append(group)
        elif matching:
            some = f"{len(matching)} of {count(len(members), 'usable run')}"
            notes.append(f"{group.label}: {some} match `{rule.where}`; seeds cannot be chosen")
    return tuple(found), notes


def _several_tasks(study: Study, groups: Sequence[Group]) -> str:
    """In a suite, means on different tasks are not to be compared."""
    if study.tasks is None:
        return ""
    ids = {run_id for group in groups for run_id in group.run_ids}
    names = [
        task.name
        for task, cells in zip(study.tasks.tasks, study.tasks.cells, strict=True)
        if any(ids.intersection(cell.run_ids) for cell in cells)
    ]
    if len(names) < 2:
        return ""
    return f"the runs are of {len(names)} tasks ({listing(names)}): pick one with `where`"


def _fault(rule: ChampionRule, message: str, slug: str, hint: str = "") -> ConfigError:
    text = f"champion `{rule.name}`: {message}"
    return ConfigError(text, slug=slug, path=rule.path or None, line=rule.line, hint=hint)
