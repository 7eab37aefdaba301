"""Champions: the one configuration that is to be used, and the run of it whose files are. Chosen anew by every build."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from runfolio.analysis.compare import CompareOptions, Comparison, compare_groups, leads_of
from runfolio.analysis.completeness import missing_runs_text
from runfolio.analysis.estimate import FEWEST_FOR_INTERVAL, Estimates, mean_of, variance_of
from runfolio.analysis.select import Outcome, outcome_of
from runfolio.model import Delta, Estimate, Group, GroupResult, MetricSpec, Run


class Tie(StrEnum):
    """Which of several that are tied best is taken, where none of them was champion before."""

    EARLIEST = "earliest"
    CHEAPEST = "cheapest"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class ChampionRule:
    """One champion as it is asked for. Texts are empty where nothing is said."""

    name: str
    experiment: str = ""
    metric: str = ""
    where: str = ""
    """Filter that all usable runs of a configuration must match for it to take part."""
    tie: Tie = Tie.EARLIEST
    cost: str = ""
    """Metric by whose mean the cheapest is found; the duration of runs where empty."""
    min_runs: int | None = None
    """Fewest usable runs; where nothing is said three, if any configuration has so many."""
    needs_support: bool = False
    """Only who is clearly best becomes champion."""
    artifact: str = ""
    """Pattern for the name or path of the artifact that is used."""
    path: str = ""
    """File it stands in, as the user would write it."""
    line: int | None = None


class Basis(StrEnum):
    """What a champion's place rests on."""

    BEST = "best"
    """It alone can hold the first place."""
    TIED = "tied best"
    LEADS = "leads"
    """Its mean is best; whether it is better could not be judged, or is not clear for other reasons."""
    KEPT = "kept"
    """It was champion before, and nothing clearly took its place."""
    ONLY = "only"
    """There is no other that takes part."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rival:
    """Another configuration, and the champion's lead over it: champion minus rival, Holm over all rivals."""

    result: GroupResult
    lead: Delta


@dataclass(frozen=True, slots=True)
class Choice:
    """The champion of several configurations, with what it rests on."""

    basis: Basis
    champion: GroupResult | None = None
    rivals: tuple[Rival, ...] = ()
    """All others with a value, in the order of their places; without a champion, seen from the one with the best mean."""
    tied: tuple[GroupResult, ...] = ()
    """Those that are not clearly behind the best mean and close to it, it first: a tie rule takes one of them."""
    unclear: tuple[GroupResult, ...] = ()
    """All that take part and are not clearly behind the best mean, it first."""
    is_earlier: bool = False
    """True where it was champion before."""
    is_running: bool = False
    """True where it is kept because runs of it still go on."""
    short: tuple[GroupResult, ...] = ()
    """Complete, but of too few runs to take part."""
    lost: tuple[tuple[GroupResult, str], ...] = ()
    """Not complete, with what became of the missing runs."""
    enough: int = FEWEST_FOR_INTERVAL
    """So many usable runs it took to take part."""

    @property
    def runner_up(self) -> Rival | None:
        """The next configuration that takes part."""
        fit = (rival for rival in self.rivals if rival.result.rank_low and rival.result not in self.short)
        return next(fit, None)


def choose_champion(
    rule: ChampionRule,
    groups: Sequence[Group],
    runs: Mapping[str, Run],
    spec: MetricSpec,
    cost_of: Callable[[Run], float],
    earlier: Group | None = None,
    options: CompareOptions | None = None,
    known: Estimates | None = None,
) -> Choice:
    """The configuration that is champion of several, or none, and what that rests on.

    Formula: of the complete configurations with enough runs the one with the best mean, if it is best (it alone can hold the first
    place, the difference to the second is clear, and no incomplete one has a better mean). Otherwise the earlier champion, unless it is
    clearly behind the best mean. Else, of those that are not clearly behind and whose mean is within one standard error of the best
    (within the threshold, where that is larger), the one that started first, costs least or has the best mean, as is configured. Where a
    clear win is needed, none but the earlier one. It also stays where runs of it go on or failed, unless another is best.
    Shapes: k groups with their runs → one of them or none; the differences of all others to it, Holm over k − 1.
    Missing values: a configuration with failed, diverged or running runs takes no part. One of fewer than three runs takes part only where
    none has three: a single lucky run is no champion.
    Refused: a champion without a known direction of the metric.
    Source: rules of Runfolio; one standard error: Breiman, Friedman, Olshen and Stone 1984; places: Mogstad, Romano, Shaikh and Wilhelm 2024.
    """
    options = options or CompareOptions()
    known = known or Estimates(runs)
    field = _field(rule, compare_groups(groups, runs, spec, None, "", options, known), runs)
    if not spec.goal.sign:
        return Choice(Basis.NONE, short=field.short, lost=field.lost, enough=field.enough)
    before = next((item for item in field.valued if item.group == earlier), None)
    basis, item = _decide(rule, field, before, lambda one: _tie_key(one, rule.tie, runs, cost_of))
    seen_from = item or field.first
    others = [other for other in field.valued if seen_from and other.group != seen_from.group]
    rivals = [other.group for other in others]
    leads = leads_of(seen_from.group, rivals, runs, spec, options, known) if seen_from else []
    return Choice(
        basis=basis,
        champion=item,
        rivals=tuple(map(Rival, others, leads)),
        tied=field.tied,
        unclear=field.unclear,
        is_earlier=item is not None and item == before,
        is_running=basis is Basis.KEPT and item is not None and _goes_on(item, runs, spec),
        short=field.short,
        lost=field.lost,
        enough=field.enough,
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """Who takes part, and who of them is in question."""

    comparison: Comparison
    valued: tuple[GroupResult, ...]
    lost: tuple[tuple[GroupResult, str], ...]
    short: tuple[GroupResult, ...]
    enough: int
    first: GroupResult | None
    """The best mean of those that take part."""
    unclear: tuple[GroupResult, ...]
    tied: tuple[GroupResult, ...]


def _field(rule: ChampionRule, comparison: Comparison, runs: Mapping[str, Run]) -> _Field:
    spec = comparison.spec
    missing = [(item, missing_runs_text(item.group, runs, spec)) for item in comparison.results]
    complete = [item for item, text in missing if not text and item.estimate.n]
    is_judged = any(item.estimate.n >= FEWEST_FOR_INTERVAL for item in complete)
    enough = rule.min_runs or (FEWEST_FOR_INTERVAL if is_judged else 1)
    fit = [item for item in complete if item.estimate.n >= enough]
    first = fit[0] if fit else None
    unclear = _unclear(first, fit) if first else []
    return _Field(
        comparison,
        valued=tuple(item for item in comparison.results if item.estimate.n),
        lost=tuple((item, text) for item, text in missing if text),
        short=tuple(item for item in complete if item.estimate.n < enough),
        enough=enough,
        first=first,
        unclear=tuple(unclear),
        tied=tuple(item for item in unclear if first and _is_close(item, first, spec)),
    )


def _decide(
    rule: ChampionRule,
    field: _Field,
    before: GroupResult | None,
    tie_key: Callable[[GroupResult], tuple[float, ...]],
) -> tuple[Basis, GroupResult | None]:
    """What it rests on, and the champion."""
    first, tied = field.first, field.tied
    if first and _is_best(first, field.comparison, field.valued):
        return Basis.BEST, first
    if first and len(field.valued) == 1:
        return Basis.ONLY, first
    is_open = before in [item for item, _ in field.lost]
    if before and (rule.needs_support or before in field.unclear or is_open):
        return Basis.TIED if before in tied and len(tied) > 1 else Basis.KEPT, before
    if not first or rule.needs_support:
        return Basis.NONE, None
    return Basis.TIED if len(tied) > 1 else Basis.LEADS, min(tied, key=tie_key)


def _is_best(first: GroupResult, comparison: Comparison, valued: Sequence[GroupResult]) -> bool:
    """As headlines have it: alone in first place, clearly ahead of the second, no incomplete rival with a better mean."""
    if first != comparison.leader or not comparison.leader_is_best:
        return False
    sign = comparison.spec.goal.sign
    is_hidden = any(
        not item.rank_low and (item.estimate.value - first.estimate.value) * sign > 0 for item in valued
    )
    return comparison.lead is not None and comparison.lead.verdict.is_clear and not is_hidden


def _unclear(first: GroupResult, fit: Sequence[GroupResult]) -> list[GroupResult]:
    """Those that take part and are not clearly behind the first; of too few runs to judge, those of the same mean."""
    if first.estimate.n < FEWEST_FOR_INTERVAL:
        return [item for item in fit if item.estimate.value == first.estimate.value]
    return [item for item in fit if item.rank_low <= first.rank_low]


def _is_close(item: GroupResult, first: GroupResult, spec: MetricSpec) -> bool:
    """True where the means differ by less than matters, or than the best one is uncertain by."""
    n = first.estimate.n
    error = math.sqrt(variance_of(first.estimate.values) / n) if n > 1 else 0.0
    return abs(item.estimate.value - first.estimate.value) <= max(spec.threshold or 0.0, error)


def _goes_on(item: GroupResult, runs: Mapping[str, Run], spec: MetricSpec) -> bool:
    """True where runs of the group are missing only because they are not over."""
    missing = [outcome_of(runs[run_id], spec) for run_id in item.estimate.failed]
    return bool(missing) and all(outcome is Outcome.RUNNING for outcome in missing)


def _tie_key(
    item: GroupResult, tie: Tie, runs: Mapping[str, Run], cost_of: Callable[[Run], float]
) -> tuple[float, ...]:
    """Smallest first; what is equal in it stays in the order of the means, as the tied are."""
    members = [runs[run_id] for run_id in item.estimate.run_ids]
    if tie is Tie.MEAN:
        return ()
    started = first_start(members)
    if tie is Tie.EARLIEST:
        return (started,)
    return mean_cost(members, cost_of), started


def first_start(runs: Sequence[Run]) -> float:
    """When the first of these runs started, as a Unix time; infinite where none says."""
    return min((run.started_at.timestamp() for run in runs if run.started_at), default=math.inf)


def mean_cost(runs: Sequence[Run], cost_of: Callable[[Run], float]) -> float:
    """The mean cost of these runs; infinite where one of them has none."""
    costs = [cost_of(run) for run in runs]
    return mean_of(costs) if costs and all(map(math.isfinite, costs)) else math.inf


def duration_of(run: Run) -> float:
    """Seconds the run took; NaN where it does not say."""
    return math.nan if run.duration_s is None else run.duration_s


def middle_run(found: Estimate, spec: MetricSpec) -> str:
    """Id of the run that stands for a configuration: whose value is the median of its runs.

    Formula: with the n values sorted from worst to best, the run at place ⌈n/2⌉: of an even number the worse of the two in the middle; of
    equal values the first in the order of the group.
    Shapes: n values with their runs → one of the runs.
    Missing values: runs without a usable value are not among them; at least one must be.
    Refused: the best run: its value is best by luck too, and promises more than the next run keeps.
    Source: a rule of Runfolio; Henderson et al. 2018 on choosing the best seed.
    """
    ranked = sorted(
        zip(found.values, found.run_ids, strict=True), key=lambda pair: pair[0] * (spec.goal.sign or 1)
    )
    return ranked[(len(ranked) - 1) // 2][1]
