"""The comparison or leaderboard that somebody asks for by name, in place of what is configured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from runfolio.analysis.compare import Comparison
from runfolio.analysis.where import parse_where, vocabulary
from runfolio.errors import NothingFoundError, nearest
from runfolio.model import Run
from runfolio.pages.leaderboard import Leaderboard, leaderboard
from runfolio.pages.options import SiteOptions
from runfolio.pages.study import Study, named_study, studies


def select_runs(runs: Sequence[Run], where: str | None) -> list[Run]:
    """The runs a filter expression matches, in their order; all of them for None.

    Raises:
        WhereError: the expression cannot be parsed or names something unknown.
    """
    if where is None:
        return list(runs)
    condition = parse_where(where, known=vocabulary(runs))
    return [run for run in runs if condition.matches(run)]


def compare_runs(
    runs: Sequence[Run],
    options: SiteOptions,
    *,
    metric: str | None = None,
    by: Iterable[str] = (),
    baseline: str | None = None,
    where: str | None = None,
    experiment: str | None = None,
) -> Comparison:
    """Every configuration of the experiment that is meant against the baseline; see `api.compare`."""
    study = _study_of(
        runs, options, metric=metric, by=by, baseline=baseline, where=where, experiment=experiment
    )
    spec = study.primary if metric is None else study.specs[metric]
    if spec is None:
        raise NothingFoundError(f"experiment `{study.name}` logged no metric", slug="no-metric")
    return study.compare(spec)


def leaderboard_of_runs(
    runs: Sequence[Run],
    options: SiteOptions,
    *,
    metric: str | None = None,
    by: Iterable[str] = (),
    baseline: str | None = None,
    where: str | None = None,
    experiment: str | None = None,
) -> Leaderboard:
    """The leaderboard of an experiment's page. Arguments as for `compare_runs`.

    Raises:
        NothingFoundError: the experiment is no suite of tasks.
    """
    study = _study_of(
        runs, options, metric=metric, by=by, baseline=baseline, where=where, experiment=experiment
    )
    if metric is not None:
        study = replace(study, options=replace(study.options, primary=metric))
    if study.standings is None:
        raise NothingFoundError(
            f"experiment `{study.name}` is no suite of tasks",
            slug="no-suite",
            hint='name the parameter whose values are the tasks: `task = "…"` under [suite]',
        )
    return leaderboard(study, study.standings)


def _study_of(
    runs: Sequence[Run],
    options: SiteOptions,
    *,
    metric: str | None,
    by: Iterable[str],
    baseline: str | None,
    where: str | None,
    experiment: str | None,
) -> Study:
    """The one experiment that is meant, with what is asked for in place of what is configured."""
    left = select_runs(runs, where)
    if not left:
        raise NothingFoundError(f"no run matches `{where}`", slug="nothing-found")
    if tuple(by):
        _require_parameters(by, left)
        options = replace(options, groups=replace(options.groups, by=tuple(by)))
    if baseline is not None:
        own = {name: replace(item, baseline=None) for name, item in options.experiments.items()}
        options = replace(options, baseline=baseline, experiments=own)
    study = named_study(studies(left, options)[0], metric, experiment)
    if baseline is not None:
        parse_where(baseline, known=vocabulary(study.runs, study.specs))
    return study


def _require_parameters(by: Iterable[str], runs: Sequence[Run]) -> None:
    known = dict.fromkeys(name for run in runs for name in run.parameters)
    for name in by:
        if name not in known:
            message = f"no run has a parameter `{name}`{nearest(name, known)}"
            raise NothingFoundError(
                message, slug="no-such-parameter", hint=f"parameters: {', '.join(known) or 'none'}"
            )
