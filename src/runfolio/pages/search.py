"""A study seen as a search: its configurations as trials, with the numbers that the sweep's page picks from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from runfolio.analysis.bins import Bins, bins_of
from runfolio.analysis.estimate import estimate_group
from runfolio.analysis.importance import Importance, importance
from runfolio.analysis.pareto import MOST_OBJECTIVES, Front, pareto_front
from runfolio.analysis.select import Outcome, value_of
from runfolio.analysis.spearman import average_ranks
from runfolio.analysis.sweep import SEARCHERS, Sampler, looks_like_sweep
from runfolio.errors import nearest
from runfolio.model import Estimate, FloatArray, Group, MetricSpec, Problem, Severity
from runfolio.pages.study import Study

_LATEST = datetime.max.replace(tzinfo=UTC)
#: What readers put beside the settings of a trial: notes of the search itself.
_IN_A_CELL, _FEWEST_BINS, _MOST_BINS = 3, 3, 8
_NO_SETTINGS = ("user_attrs.", "study.")


def is_sweep(study: Study) -> bool:
    """True where the experiment has a page as a sweep: as configured, else where it looks like one."""
    if study.primary is None or study.options.sweep is False or study.arena is not None:
        return False
    return study.options.sweep is True or looks_like_sweep(study.runs, study.grouping, study.site.history.by)


def objective_problems(studies: Sequence[Study]) -> list[Problem]:
    """Configured objectives that cannot be weighed against each other: not logged, or without a direction."""
    return [
        Problem(
            "objective-unused",
            Severity.WARNING,
            f"[experiments.{study.name}] objectives: {reason}",
            hint=hint,
        )
        for study in studies
        for name in study.options.objectives
        for reason, hint in _faults(study, name)
    ]


def _faults(study: Study, name: str) -> Iterator[tuple[str, str]]:
    if name not in study.specs:
        yield (
            f"metric `{name}` is not logged{nearest(name, study.specs)}",
            "there is no Pareto front without it",
        )
    elif not study.specs[name].goal.sign:
        yield f"nobody says which way `{name}` is better", f'set goal under [metrics."{name}"]'


@dataclass(frozen=True, slots=True)
class Trial:
    """One configuration and what came of it."""

    group: Group
    name: str
    estimate: Estimate
    """Mean of its usable runs."""
    failed: int
    """Runs without a value that counts."""
    is_running: bool
    """A run still goes on and none has a value yet."""
    started_at: datetime | None
    seconds: float
    """All its runs together; 0 where none says."""

    @property
    def is_failed(self) -> bool:
        """Over, without any value."""
        return not self.estimate.n and not self.is_running


@dataclass(frozen=True, eq=False)
class Search:
    """The trials of a study in the order they began, and the statistics of them, each worked out when first asked for."""

    study: Study
    spec: MetricSpec

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """One a configuration; equal starts in the order of the study."""
        found = [self._trial(group) for group in self.study.grouping.groups]
        return tuple(sorted(found, key=lambda trial: trial.started_at or _LATEST))

    def _trial(self, group: Group) -> Trial:
        study = self.study
        runs = [study.by_id[run_id] for run_id in group.run_ids]
        estimate = estimate_group(group, study.by_id, self.spec)
        starts = [run.started_at for run in runs if run.started_at is not None]
        running = any(study.outcomes[run.run_id] is Outcome.RUNNING for run in runs)
        return Trial(
            group,
            runs[0].name if len(runs) == 1 else group.label,
            estimate,
            sum(study.is_bad(run.run_id) for run in runs),
            running and not estimate.n,
            min(starts, default=None),
            sum(run.duration_s or 0.0 for run in runs),
        )

    @property
    def has_replicates(self) -> bool:
        """Some configuration has more than one run: a trial's value is then a mean."""
        return any(len(trial.group.run_ids) > 1 for trial in self.trials)

    @cached_property
    def values(self) -> FloatArray:
        """The metric of each trial in logged units, shape (n,); NaN where no run gave a value."""
        return np.array([trial.estimate.value if trial.estimate.n else math.nan for trial in self.trials])

    @cached_property
    def failed(self) -> NDArray[np.bool_]:
        """Which trials failed, shape (n,)."""
        return np.array([trial.is_failed for trial in self.trials], dtype=bool)

    @property
    def ended(self) -> int:
        """Trials that gave a value or failed: the n of `best of n`."""
        return int(np.isfinite(self.values).sum() + self.failed.sum())

    @cached_property
    def best(self) -> Trial | None:
        """The trial with the best value (the highest where no direction is known); the first of equal ones."""
        if not np.isfinite(self.values).any():
            return None
        good = np.where(np.isfinite(self.values), self.values * (self.spec.goal.sign or 1), -np.inf)
        return self.trials[int(good.argmax())]

    @cached_property
    def _binned(self) -> tuple[tuple[Bins, ...], tuple[str, ...]]:
        found, words = [], []
        for name in self.study.grouping.varying:
            if name.startswith(_NO_SETTINGS):
                continue
            keys = [dict(trial.group.key).get(name) for trial in self.trials]
            bins = bins_of(name, keys)
            if bins is None:
                words.append(name)
            else:
                found.append(bins)
        return tuple(found), tuple(words)

    def coarse(self, name: str) -> Bins:
        """The parameter in fewer bins, so that those of two make cells with about three trials each."""
        keys = [dict(trial.group.key).get(name) for trial in self.trials]
        most = min(max(round(math.sqrt(len(keys) / _IN_A_CELL)), _FEWEST_BINS), _MOST_BINS)
        found = bins_of(name, keys, most)
        assert found is not None  # those that have no bins are not among the parameters
        return found

    @property
    def parameters(self) -> tuple[Bins, ...]:
        """The parameters that vary, in bins, in the order they were given."""
        return self._binned[0]

    @property
    def unbinned(self) -> tuple[str, ...]:
        """Parameters with too many different words to say anything of."""
        return self._binned[1]

    @cached_property
    def importance(self) -> Importance:
        """What each parameter explains of the metric: of its ranks, where one trial holds most of the variance."""
        found = importance(self.parameters, self.values, f"{self.study.name}\x1f{self.spec.name}")
        if found.heaviest is None:
            return found
        ranks = np.full(self.values.size, np.nan)
        known = np.isfinite(self.values)
        ranks[known] = average_ranks(self.values[known])
        by_rank = importance(self.parameters, ranks, f"{self.study.name}\x1f{self.spec.name}")
        return replace(by_rank, heaviest=found.heaviest)

    @cached_property
    def failing(self) -> Importance | None:
        """What each parameter explains of failing (0 and 1); None where no trial failed, or too few ended."""
        ended = np.isfinite(self.values) | self.failed
        if not self.failed.any():
            return None
        y = np.where(ended, self.failed.astype(np.float64), np.nan)
        return importance(self.parameters, y, f"{self.study.name}\x1ffailed")

    @cached_property
    def ranked(self) -> tuple[Bins, ...]:
        """The parameters by what they explain, the most first; those without a share after them, in their order."""
        by_name = {item.name: item for item in self.parameters}
        first = [name for share in self.importance.shares for name in share.names]
        rest = [item.name for item in self.parameters if item.name not in first]
        return tuple(by_name[name] for name in (*first, *rest))

    @property
    def sampler(self) -> Sampler | None:
        """As configured; else a grid where all combinations were tried; else None."""
        if self.study.options.sampler is not None:
            return self.study.options.sampler
        return Sampler.GRID if self._is_grid else None

    @property
    def _is_grid(self) -> bool:
        levels = [item.count for item in self.parameters if item.is_levels and item.known.all()]
        return len(levels) == len(self.parameters) > 1 and math.prod(levels) == len(self.trials)

    @property
    def is_from_searcher(self) -> bool:
        """The trials come from a tool whose default sampler learns from earlier trials."""
        return any(run.source.reader in SEARCHERS for run in self.study.runs)

    @cached_property
    def objectives(self) -> tuple[MetricSpec, ...]:
        """Two or three metrics with a direction: as configured, else what the runs' tool calls its objectives."""
        known = self.study.specs
        names = self.study.options.objectives or self._hinted
        found = tuple(known[name] for name in names if name in known and known[name].goal.sign)
        return found if len(found) == len(names) and 2 <= len(found) <= MOST_OBJECTIVES else ()

    @property
    def _hinted(self) -> tuple[str, ...]:
        runs = [run for run in self.study.runs if run.source.reader in SEARCHERS]
        return tuple(dict.fromkeys(name for run in runs for name in run.metric_hints))

    @cached_property
    def objective_values(self) -> FloatArray:
        """Means of each trial's usable runs, shape (n, objectives), logged units; NaN where there is none."""
        return np.array([[self._mean(trial, spec) for spec in self.objectives] for trial in self.trials])

    def _mean(self, trial: Trial, spec: MetricSpec) -> float:
        runs = [self.study.by_id[run_id] for run_id in trial.group.run_ids]
        values = [value_of(run, spec) for run in runs if not self.study.is_bad(run.run_id)]
        finite = [value for value in values if math.isfinite(value)]
        return math.fsum(finite) / len(finite) if finite else math.nan

    @cached_property
    def front(self) -> Front | None:
        """The trials that no other beats in all objectives; None for fewer than two objectives."""
        if not self.objectives:
            return None
        return pareto_front(self.objective_values, tuple(spec.goal.sign for spec in self.objectives))

    @cached_property
    def methods(self) -> Mapping[str, tuple[int, ...]]:
        """Places of the trials of each family (model, optimizer), where there are families."""
        if self.study.family is None:
            return {}
        found: dict[str, list[int]] = {}
        for place, trial in enumerate(self.trials):
            value = dict(trial.group.key).get(self.study.family)
            if value is not None:
                found.setdefault(value.text, []).append(place)
        return {name: tuple(places) for name, places in sorted(found.items())}
