"""The figures of a sweep's page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from runfolio.analysis.bins import Bins
from runfolio.analysis.expected_best import expected_best
from runfolio.analysis.sweep import Sampler
from runfolio.charts.colours import category_roles
from runfolio.charts.metric_by_parameter import metric_by_parameter
from runfolio.charts.metric_by_step import CurveInput, metric_by_step
from runfolio.charts.metric_by_trial import metric_by_trial
from runfolio.charts.objective_by_objective import objective_by_objective
from runfolio.charts.parallel_coordinates import Parallel, parallel_coordinates
from runfolio.charts.parameter_by_parameter import parameter_by_parameter
from runfolio.charts.trial_axes import metric_axis
from runfolio.pages.configurations import filter_name, quoted
from runfolio.pages.figure_script import with_script
from runfolio.pages.figures import SMALL, WIDE, Figure, aligned
from runfolio.pages.search import Search
from runfolio.pages.sweep_words import best_label, best_text

_SHOWN = replace(SMALL, margin=(8, 16, 36, 56))
_SHOWN_WIDE = replace(WIDE, margin=_SHOWN.margin)
_MATRIX = 3
#: Values that a filter writes without quotes.
_BARE = ("true", "false", "none")


@dataclass(frozen=True, slots=True, eq=False)
class SweepFigures:
    """The figures of the page, but for the parallel coordinates."""

    slices: tuple[Figure, ...]
    pairs: tuple[Figure, ...]
    progress: tuple[Figure, ...]
    fronts: tuple[Figure, ...]

    @property
    def all(self) -> tuple[Figure, ...]:
        """Every one of them."""
        return (*self.slices, *self.pairs, *self.progress, *self.fronts)


def sweep_figures(search: Search, script: str) -> SweepFigures:
    """The figures, with their numbers in the script at this path."""
    drawn = (slices(search), pairs(search), progress(search), fronts(search))
    return SweepFigures(*(with_script(figures, search.study.name, script) for figures in drawn))


def slices(search: Search) -> tuple[Figure, ...]:
    """A slice for each parameter, what explains most first, all on one axis of the metric."""
    axis = metric_axis(search.spec, np.where(search.failed, np.nan, search.values * search.spec.scale))
    return tuple(
        _small(
            Figure(
                metric_by_parameter(
                    search.spec,
                    item,
                    search.values,
                    search.failed,
                    chart_id=f"slice-{place}",
                    y_axis=axis,
                )
            )
        )
        for place, item in enumerate(search.ranked)
    )


def pairs(search: Search) -> tuple[Figure, ...]:
    """The scatter matrix of the three parameters that explain most, each pair once."""
    top = search.ranked[:_MATRIX]
    return tuple(
        _small(
            Figure(
                parameter_by_parameter(search.spec, x, y, search.values, search.failed, chart_id=f"pair-{i}")
            )
        )
        for i, (x, y) in enumerate(combinations(top, 2))
    )


def progress(search: Search) -> tuple[Figure, ...]:
    """The best so far; and, for settings drawn independently, the expected best of n trials of each method."""
    if search.best is None or not search.spec.goal.sign:
        return ()
    label = f"{best_label(search).lower()} {best_text(search, search.best)}"
    found = [
        Figure(metric_by_trial(search.spec, search.values, search.failed, chart_id="best", best_label=label))
    ]
    if search.sampler is Sampler.RANDOM or (search.sampler is None and not search.is_from_searcher):
        found += _expected(search)
    return aligned(found)


def _expected(search: Search) -> list[Figure]:
    named = search.methods if len(search.methods) > 1 else {"all trials": tuple(range(len(search.trials)))}
    roles = category_roles(named)
    curves = []
    for name, places in named.items():
        values = search.values[list(places)]
        best = expected_best(values, search.spec.goal)
        if best.size > 1:
            curves.append(CurveInput(name, roles[name], np.arange(1.0, best.size + 1), best))
    if not curves:
        return []
    chart = metric_by_step(
        search.spec,
        curves,
        chart_id="expected-best",
        which="Unbiased, up to half of the trials with a value; for settings drawn at random, each on its own",
        title="Expected best of n trials",
        x_label="n",
        decimals=search.study.digits[search.spec.name],
        says_counts=False,
    )
    return [Figure(replace(chart, has_controls=False))]


def fronts(search: Search) -> tuple[Figure, ...]:
    """Each pair of objectives, with the trials that no other beats in all objectives."""
    if search.front is None:
        return ()
    names = tuple(trial.name for trial in search.trials)
    values, specs = search.objective_values, search.objectives
    return tuple(
        replace(
            Figure(
                objective_by_objective(
                    specs[a],
                    specs[b],
                    (values[:, a], values[:, b]),
                    search.front.is_on,
                    names,
                    chart_id=f"front-{a}-{b}",
                    is_joined=len(specs) == 2,
                )
            ),
            shown=_SHOWN_WIDE,
        )
        for a, b in combinations(range(len(specs)), 2)
    )


def parallel(search: Search) -> Parallel | None:
    """All parameters (at most eight, those that explain most) and the metric, a line a trial."""
    names = [(filter_name(item.name), _words(item)) for item in search.ranked]
    metric = (f"metrics[{quoted(search.spec.name)}]", ())
    keys = [trial.group.group_id for trial in search.trials]
    return parallel_coordinates(
        search.spec,
        search.ranked,
        [*names[:8], metric],
        search.values,
        search.failed,
        keys,
        chart_id="parallel",
    )


def _words(item: Bins) -> tuple[str, ...]:
    if item.numbers is not None:
        return ()
    return tuple(label if label in _BARE else quoted(label) for label in item.labels)


def _small(figure: Figure) -> Figure:
    return replace(figure, shown=_SHOWN)
