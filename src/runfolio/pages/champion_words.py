"""What may be said of a champion, in sentences that claim no more than the comparison does."""

from __future__ import annotations

import math
from collections.abc import Callable

from runfolio.analysis.champion import Basis, ChampionRule, Choice, Tie, first_start, mean_cost
from runfolio.analysis.estimate import FEWEST_FOR_INTERVAL
from runfolio.analysis.rounding import duration_text
from runfolio.model import GroupResult, MetricSpec, Run
from runfolio.pages.study import Study
from runfolio.pages.words import count, listing, value_text, with_unit


def sentence_of(
    rule: ChampionRule, choice: Choice, study: Study, spec: MetricSpec, cost_of: Callable[[Run], float]
) -> str:
    """Why this configuration is champion, or why none is; without a full stop."""
    item = choice.champion
    if item is None:
        return _why_none(choice, study)
    name = item.group.label
    match choice.basis:
        case Basis.BEST:
            second = choice.runner_up
            assert second is not None
            return (
                f"{name} is best; against {second.result.group.label}, the second, it is {second.lead.reason}"
            )
        case Basis.ONLY:
            return f"{name}: no other configuration takes part"
        case Basis.KEPT:
            return _kept(choice, item)
        case Basis.TIED:
            who = listing([other.group.label for other in _first_of(choice.tied, item)], 4)
            return f"{who} are tied best; {name} {_tie(rule, choice, item, study, cost_of)}"
        case _:
            return _leads(choice, item, spec)


def _first_of(tied: tuple[GroupResult, ...], item: GroupResult) -> list[GroupResult]:
    """The tied, the champion first."""
    return [item, *(other for other in tied if other.group != item.group)]


def _why_none(choice: Choice, study: Study) -> str:
    if choice.tied:
        only = "only who is clearly best becomes champion"
        who = listing([item.group.label for item in choice.tied], 4)
        if len(choice.tied) > 1:
            return f"{who} are tied best, and {only}"
        behind = listing([item.group.label for item in choice.unclear[1:]], 3) or "all others"
        return f"{who} leads, but is not clearly ahead of {behind}, and {only}"
    if choice.short:
        most = max(item.estimate.n for item in choice.short)
        return f"no configuration has {count(choice.enough, 'usable run')}; the most is {most}"
    if choice.lost:
        some = [f"{item.group.label}: {text}" for item, text in choice.lost[:3]]
        more = f"; and {len(choice.lost) - 3} more" if len(choice.lost) > 3 else ""
        return f"no configuration is complete ({'; '.join(some)}{more})"
    return f"no run of {study.name} can be used"


def _kept(choice: Choice, item: GroupResult) -> str:
    name = item.group.label
    if choice.is_running:
        going = len(item.estimate.failed)
        return f"{name} is kept while {count(going, 'run')} of it {'goes' if going == 1 else 'go'} on"
    stays = f"{name} is kept because it was champion before"
    lost = next((text for other, text in choice.lost if other.group == item.group), "")
    if lost:
        return f"{stays}; {lost}, so that it cannot be compared"
    if not choice.tied or choice.tied[0].group == item.group:
        return f"no other configuration is clearly better; {stays}"
    leads = listing([other.group.label for other in choice.tied if other.group != item.group], 4)
    if item in choice.unclear:
        verb = "has" if len(choice.tied) == 1 else "have"
        return f"{leads} {verb} a better mean, but not clearly so; {stays}"
    verb = "leads" if len(choice.tied) == 1 else "are tied best"
    return f"{leads} {verb}, but none is clearly best; {stays}"


def _tie(
    rule: ChampionRule, choice: Choice, item: GroupResult, study: Study, cost_of: Callable[[Run], float]
) -> str:
    if choice.is_earlier:
        return "is kept because it was champion before"
    members = [study.by_id[run_id] for run_id in item.estimate.run_ids]
    if rule.tie is Tie.CHEAPEST and math.isfinite(cost := mean_cost(members, cost_of)):
        spec = study.specs.get(rule.cost)
        what = f"{spec.label} {with_unit(spec, value_text(spec, cost))}" if spec else duration_text(cost)
        return f"is taken because it costs least ({what} on average)"
    if rule.tie is not Tie.MEAN and math.isfinite(first_start(members)):
        return "is taken because its first run started first"
    return "is taken because its mean is best"


def _leads(choice: Choice, item: GroupResult, spec: MetricSpec) -> str:
    name, n = item.group.label, item.estimate.n
    if n < FEWEST_FOR_INTERVAL:
        few = "one run is" if n == 1 else f"{n} runs are"
        what = "value" if n == 1 else "mean"
        return f"{name} has the best {what}, but {few} too few to say that it is better"
    lost = {other.group.group_id: text for other, text in choice.lost}
    for rival in choice.rivals:
        other = rival.result
        if (other.estimate.value - item.estimate.value) * spec.goal.sign > 0:
            why = lost.get(other.group.group_id, f"only {count(other.estimate.n, 'run')}")
            return f"{name} leads; {other.group.label} has a better mean, but takes no part: {why}"
    unclear = [
        rival.result.group.label
        for rival in choice.rivals
        if rival.result in choice.unclear or not rival.lead.verdict.is_clear
    ]
    return f"{name} leads, but is not clearly ahead of {listing(unclear, 3) or 'all others'}"
