"""The comparison or leaderboard that somebody asks for by name, in place of what is configured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from runfolio.analysis.compare import Comparison
from runfolio.analysis.variants import VariantComparison
from runfolio.analysis.where import parse_where, vocabulary
from runfolio.errors import NothingFoundError, UsageError, nearest
from runfolio.model import Run
from runfolio.pages.leaderboard import Leaderboard, leaderboard
from runfolio.pages.lookup import named_study
from runfolio.pages.options import SiteOptions
from runfolio.pages.rates import rate_meant
from runfolio.pages.study import Study, studies


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for; see `api.compare`."""

    metric: str | None = None
    by: tuple[str, ...] = ()
    baseline: str | None = None
    where: str | None = None
    experiment: str | None = None


def select_runs(runs: Sequence[Run], where: str | None) -> list[Run]:
    """The runs a filter expression matches, in their order; all of them for None.

    Raises:
        WhereError: the expression cannot be parsed or names something unknown.
    """
    if where is None:
        return list(runs)
    condition = parse_where(where, known=vocabulary(runs))
    return [run for run in runs if condition.matches(run)]


def compare_runs(runs: Sequence[Run], options: SiteOptions, asked: Asked) -> Comparison:
    """Every configuration of the experiment that is meant against the baseline; see `api.compare`."""
    study = _study_of(runs, options, asked)
    rate = rate_meant(study, asked.metric or "")
    if rate is not None:
        message = f"`{rate.options.name}` is a rate: its counts are no means to compare"
        hint = "ask for the rate: api.rate(…), or `runfolio compare`"
        raise UsageError(message, slug="rate-not-mean", hint=hint)
    spec = study.primary if asked.metric is None else study.specs[asked.metric]
    if spec is None:
        raise NothingFoundError(f"experiment `{study.name}` logged no metric", slug="no-metric")
    return study.compare(spec)


def rate_of_runs(runs: Sequence[Run], options: SiteOptions, asked: Asked) -> VariantComparison | None:
    """The rate that is meant, by variant; None where a metric is meant. See `api.rate`."""
    return rate_meant(_study_of(runs, options, asked), asked.metric or "") if options.proportions else None


def leaderboard_of_runs(runs: Sequence[Run], options: SiteOptions, asked: Asked) -> Leaderboard:
    """The leaderboard of an experiment's page.

    Raises:
        NothingFoundError: the experiment is no suite of tasks.
    """
    study = _study_of(runs, options, asked)
    if asked.metric is not None:
        study = replace(study, options=replace(study.options, primary=asked.metric))
    if study.standings is None:
        raise NothingFoundError(
            f"experiment `{study.name}` is no suite of tasks",
            slug="no-suite",
            hint='name the parameter whose values are the tasks: `task = "…"` under [suite]',
        )
    return leaderboard(study, study.standings)


def _study_of(runs: Sequence[Run], options: SiteOptions, asked: Asked) -> Study:
    """The one experiment that is meant, with what is asked for in place of what is configured."""
    left = select_runs(runs, asked.where)
    if not left:
        raise NothingFoundError(f"no run matches `{asked.where}`", slug="nothing-found")
    if asked.by:
        _require_parameters(asked.by, left)
        options = replace(options, groups=replace(options.groups, by=asked.by))
    if asked.baseline is not None:
        own = {name: replace(item, baseline=None) for name, item in options.experiments.items()}
        options = replace(options, baseline=asked.baseline, experiments=own)
    metric = asked.metric
    if metric is not None and not any(metric in run.metrics for run in left):
        rate = options.proportions.get(metric)
        metric = metric if rate is None else rate.successes
    study = named_study(studies(left, options)[0], metric, asked.experiment)
    if asked.baseline is not None:
        parse_where(asked.baseline, known=vocabulary(study.runs, study.specs))
    return study


def _require_parameters(by: Iterable[str], runs: Sequence[Run]) -> None:
    known = dict.fromkeys(name for run in runs for name in run.parameters)
    for name in by:
        if name not in known:
            message = f"no run has a parameter `{name}`{nearest(name, known)}"
            raise NothingFoundError(
                message, slug="no-such-parameter", hint=f"parameters: {', '.join(known) or 'none'}"
            )
