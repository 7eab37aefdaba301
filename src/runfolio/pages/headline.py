"""Sentences made from the same values as the tables. No headline claims more than the numbers support."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from runfolio.analysis.compare import Comparison
from runfolio.analysis.select import Outcome
from runfolio.model import GroupResult, Verdict
from runfolio.pages.arena import arena_headline
from runfolio.pages.histories import Told
from runfolio.pages.history_headline import experiment_history
from runfolio.pages.study import Study
from runfolio.pages.suite_headline import suite_lead, suite_verdict
from runfolio.pages.variants import variant_headline
from runfolio.pages.words import (
    count,
    difference_text,
    difference_unit,
    interval_text,
    listing,
    size_text,
    value_text,
    with_unit,
)


@dataclass(frozen=True, slots=True)
class Headline:
    """A verdict in one sentence, and the paragraph that backs it."""

    title: str
    lead: str


@dataclass(frozen=True, slots=True, eq=False)
class Headlines:
    """The headline of each experiment, worked out when it is first asked for."""

    told: Callable[[], Sequence[Told]] = tuple
    """Gives the histories of all experiments over builds."""
    _known: dict[str, Headline] = field(default_factory=dict)

    def of(self, study: Study) -> Headline:
        """As `experiment_headline`."""
        if study.name not in self._known:
            self._known[study.name] = experiment_headline(study, self.histories_of(study))
        return self._known[study.name]

    def histories_of(self, study: Study) -> tuple[Told, ...]:
        """The experiment's histories, where builds are all that differs in it."""
        return tuple(item for item in self.told() if item.study is study) if study.is_over_builds else ()


def experiment_headline(study: Study, told: Sequence[Told] = ()) -> Headline:
    """What the experiment found, and how sure that is; `told`: its histories over builds."""
    if study.is_over_builds and told:
        return Headline(*experiment_history(told, study.primary))
    if study.rate is not None:
        return Headline(*variant_headline(study.rate))
    if study.arena is not None:
        return Headline(*arena_headline(study.arena))
    if study.standings is not None:
        return Headline(suite_verdict(study.standings), suite_lead(study.standings))
    comparison = study.comparison
    ranked = [item for item in comparison.results if item.estimate.n] if comparison else []
    first = study.first
    if comparison is None or first is None:
        return Headline(_nothing_yet(study), "")
    decimals = study.digits[comparison.spec.name]
    sentences = [
        _against_baseline(comparison, first, decimals),
        _gap_to_second(comparison, decimals),
        failures(study),
    ]
    return Headline(
        _verdict(study, comparison, first, ranked, decimals),
        " ".join(_sentence(item) for item in sentences if item),
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _nothing_yet(study: Study) -> str:
    total = len(study.runs)
    bad = sum(study.is_bad(run.run_id) for run in study.runs)
    if bad:
        return f"{bad} of {count(total, 'run')} failed; no result yet"
    if any(run.metrics for run in study.runs):
        return f"{count(total, 'run')}; no result yet"
    return f"{count(total, 'run')}; no metric was logged"


def _verdict(
    study: Study, comparison: Comparison, leader: GroupResult, ranked: list[GroupResult], decimals: int
) -> str:
    """The h1: `A beats B by d`, `A leads at v, but is not clearly ahead of B`, or a plainer fact where less is known."""
    spec = comparison.spec
    value = with_unit(spec, value_text(spec, leader.estimate.value, decimals))
    name = leader.group.label
    if len(study.runs) == 1:
        return f"{study.runs[0].name}: {spec.label} {value}"
    if len(ranked) == 1:
        who = "" if len(study.grouping.groups) == 1 else f"{name}: "
        return f"{who}{spec.label} {value} over {count(leader.estimate.n, 'run')}"
    if not spec.goal.sign:
        return f"{name} has the highest {spec.label}, {value}"
    superlative = "highest" if spec.goal.sign > 0 else "lowest"
    if comparison.leader is None:
        return (
            f"No configuration is complete; {name} is {superlative} at {value} among the runs that ended well"
        )
    if all(item.estimate.n == 1 for item in ranked):
        equal = [item.group.label for item in ranked if item.estimate.value == leader.estimate.value]
        verb = "is" if len(equal) == 1 else "are"
        return f"{listing(equal)} {verb} {superlative} at {value}; one run each, so this may be noise"
    if comparison.runner_up is None:
        return f"Of {len(ranked)} configurations only {name} is complete; it reaches {value}"
    others = [item for item in ranked if item != leader]
    if _shows_win(comparison, others):
        return _win(comparison, len(ranked), value, decimals)
    return _lead(study, leader, [item for item in others if item.rank_low == 1] or others[:1], value)


def _shows_win(comparison: Comparison, others: list[GroupResult]) -> bool:
    """True where the leader alone may be first, enough runs say so, and no incomplete rival might be above it."""
    lead, leader, sign = comparison.lead, comparison.leader, comparison.spec.goal.sign
    if lead is None or leader is None or not (comparison.leader_is_best and lead.verdict.is_clear):
        return False
    return not any(
        not item.rank_low and (item.estimate.value - leader.estimate.value) * sign > 0 for item in others
    )


def _lead(study: Study, leader: GroupResult, rivals: list[GroupResult], value: str) -> str:
    """The headline of a leader that is not alone in first place: by family where there are families, else by label."""
    if study.family is None:
        others = listing([item.group.label for item in rivals], 2)
        return f"{leader.group.label} leads at {value}, but is not clearly ahead of {others}"
    own, theirs = _families(study, leader), _families(study, *rivals)
    others = listing([name for name in theirs if name not in own], 3)
    if others:
        return f"{own[0]} leads at {value}, but is not clearly ahead of {others}"
    return f"{own[0]} leads at {value}; which of its configurations is best is not clear"


def _families(study: Study, *results: GroupResult) -> list[str]:
    """The families of the results, each once, in their order."""
    values = [dict(item.group.key).get(study.family or "") for item in results]
    return list(dict.fromkeys(value.text for value in values if value is not None))


def _win(comparison: Comparison, configurations: int, value: str, decimals: int) -> str:
    spec = comparison.spec
    leader, second = comparison.leader, comparison.runner_up
    assert leader is not None and second is not None
    size = size_text(spec, leader.estimate.value - second.estimate.value, decimals)
    if configurations == 2:
        return f"{leader.group.label} beats {second.group.label} by {size}"
    return f"{leader.group.label} is best at {value}, {size} ahead of {second.group.label}"


def _against_baseline(comparison: Comparison, leader: GroupResult, decimals: int) -> str:
    """One sentence on the leader and the baseline, with the interval; empty where there is none to give."""
    spec, baseline, delta = comparison.spec, comparison.baseline, leader.delta
    if baseline is None or delta is None or delta.low is None or delta.high is None:
        return ""
    if delta.verdict is Verdict.NOT_JUDGED:
        return f"It is not judged against the baseline ({baseline.label}): {delta.reason}."
    unit = difference_unit(spec)
    side = "above" if delta.absolute >= 0 else "below"
    size = difference_text(spec, abs(delta.absolute), decimals).lstrip("+")
    against = next(item for item in comparison.results if item.group == baseline)
    runs = _run_counts(leader.estimate.n, against.estimate.n)
    includes = " includes zero" if delta.low <= 0 <= delta.high else " does not include zero"
    interval = interval_text(spec, delta.low, delta.high, decimals)
    return (
        f"{leader.group.label} is {size}{' ' + unit if unit else ''} {side} the baseline ({baseline.label}). "
        f"With {runs} the 95% interval of that difference, {interval},{includes}."
    )


def _gap_to_second(comparison: Comparison, decimals: int) -> str:
    """How far the second is behind, and how many runs it would take to show that; empty where the lead is clear."""
    spec, second, lead = comparison.spec, comparison.runner_up, comparison.lead
    if second is None or lead is None or not comparison.power_note:
        return ""
    gap = size_text(spec, lead.absolute, decimals)
    return f"{second.group.label} is second, {gap} behind. {comparison.power_note}"


def _run_counts(first: int, second: int) -> str:
    return f"{count(first, 'run')} each" if first == second else f"{first} and {count(second, 'run')}"


def failures(study: Study) -> str:
    """`2 of 5 runs of mlp, lr 10 diverged.` for each group that lost runs; empty when none did."""
    words = {
        Outcome.DIVERGED: "diverged",
        Outcome.FAILED: "failed",
        Outcome.INTERRUPTED: "were interrupted",
        Outcome.NOT_LOGGED: f"did not log {study.primary.label}" if study.primary else "logged nothing",
    }
    found: list[str] = []
    for outcome, verb in words.items():
        hit = [
            (sum(study.outcomes[run_id] is outcome for run_id in group.run_ids), group)
            for group in study.grouping.groups
        ]
        hit = [(number, group) for number, group in hit if number]
        if len(hit) == 1:
            number, group = hit[0]
            found.append(
                f"{number} of {count(len(group.run_ids), 'run')} of {group.label} {_one(verb, number)}."
            )
        elif hit:
            found.append(
                f"{count(sum(number for number, _ in hit), 'run')} in {len(hit)} configurations {verb}."
            )
    return " ".join(found)


def _one(verb: str, number: int) -> str:
    return verb.replace("were ", "was ") if number == 1 else verb
