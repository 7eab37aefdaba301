"""The functions of live values: each gives a number or a word with where it comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from runfolio.analysis.compare import Comparison, compare_with
from runfolio.analysis.estimate import estimate_group
from runfolio.analysis.rounding import number_text, parameter_text, uses_scientific
from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.findings.answer import Answer, Way
from runfolio.findings.fault import UnansweredError
from runfolio.model import Delta, Estimate, Group, GroupResult, MetricSpec
from runfolio.pages.configurations import verdict_text
from runfolio.pages.lookup import Chosen, Lookup
from runfolio.pages.rates import rate_delta, rate_meant, rate_spec
from runfolio.pages.routes import slug
from runfolio.pages.study import Study
from runfolio.pages.variants import rate_decimals, rate_label
from runfolio.pages.words import (
    count,
    difference_text,
    difference_unit,
    heading,
    interval_text,
    value_text,
    with_unit,
)

LINKED = 5
LIT = 60


@dataclass(frozen=True, eq=False)
class LiveValues:
    """One finding's functions."""

    lookup: Lookup

    def functions(self) -> Mapping[str, Callable[..., Answer]]:
        """Each by the name it has in the text."""
        return {name: getattr(self, name) for name in FUNCTIONS}

    def best(self, metric: str = "", where: str = "", experiment: str = "") -> Answer:
        """The mean of the leading configuration."""
        chosen, spec, comparison, first = self._leader(metric, where, experiment)
        text = with_unit(spec, _value(chosen.study, spec, first.estimate.value))
        return self._of_leader(text, chosen, spec, comparison, first)

    def leader(self, metric: str = "", where: str = "", experiment: str = "") -> Answer:
        """The name of the leading configuration."""
        chosen, spec, comparison, first = self._leader(metric, where, experiment)
        return self._of_leader(first.group.label, chosen, spec, comparison, first)

    def setting(self, name: str, metric: str = "", where: str = "", experiment: str = "") -> Answer:
        """The value a parameter has in the leading configuration."""
        chosen, spec, comparison, first = self._leader(metric, where, experiment)
        value = chosen.study.by_id[first.group.run_ids[0]].parameters.get(name)
        if value is None:
            raise UnansweredError(f"the leading configuration has no parameter `{name}`", can_come=True)
        text = parameter_text(value, uses_scientific([value]))
        return self._of_leader(text, chosen, spec, comparison, first)

    def mean(self, metric: str = "", where: str = "", experiment: str = "") -> Answer:
        """The mean over all chosen runs that gave a value."""
        chosen, spec, estimate = self._estimate(metric, where, experiment)
        text = with_unit(spec, _value(chosen.study, spec, estimate.value))
        return self._of_runs(text, f"Mean {heading(spec)}", _about(chosen, spec, estimate), chosen)

    def estimate(self, metric: str = "", where: str = "", experiment: str = "") -> Answer:
        """The mean with the half-width of its 95% interval: only of one configuration with three runs or more."""
        study, spec = self._asked(metric, experiment)
        chosen = self.lookup.one(study, where) if where else self.lookup.chosen(study)
        if len(chosen.groups) != 1:
            raise UnansweredError("an interval needs one configuration", hint="name it with a filter")
        estimate = estimate_group(chosen.groups[0], study.by_id, spec)
        if estimate.half_width is None:
            raise UnansweredError(
                f"{chosen.groups[0].label} has no interval for `{spec.name}`: {estimate.method}",
                can_come=True,
            )
        value = _value(study, spec, estimate.value)
        half = number_text(estimate.half_width * spec.scale, study.digits[spec.name])
        text = with_unit(spec, f"{value} ± {half}")
        return self._of_runs(text, f"Mean {heading(spec)}", _about(chosen, spec, estimate), chosen)

    def delta(self, metric: str = "", where: str = "", against: str = "", experiment: str = "") -> Answer:
        """One configuration's mean minus another's, by default the baseline's."""
        chosen, spec, delta, name, digits = self._difference(metric, where, against, experiment)
        unit = difference_unit(spec)
        text = f"{difference_text(spec, delta.absolute, digits)}{' ' + unit if unit else ''}"
        return self._of_runs(text, name, _of_difference(delta, spec, digits), chosen)

    def verdict(self, metric: str = "", where: str = "", against: str = "", experiment: str = "") -> Answer:
        """What may be said about that difference."""
        chosen, spec, delta, name, digits = self._difference(metric, where, against, experiment)
        return self._of_runs(verdict_text(delta), name, _of_difference(delta, spec, digits), chosen)

    def rate(self, name: str = "", where: str = "", experiment: str = "") -> Answer:
        """The rate of one variant of an A/B test, with its counts and interval."""
        study = self.lookup.study(experiment, name)
        found = rate_meant(study, name)
        if found is None:
            raise UnansweredError(
                f"no rate `{name}` is configured for `{study.name}`", hint="add [proportions.NAME]"
            )
        chosen = self.lookup.one(study, where) if where else self.lookup.chosen(study)
        if len(chosen.groups) != 1:
            raise UnansweredError("a rate needs one variant", hint="name it with a filter")
        own = next((item for item in found.variants if item.group == chosen.groups[0]), None)
        if own is None:
            raise UnansweredError(f"`{where}` picks some runs of one variant: a rate takes all of them")
        if own.count is None or own.interval is None:
            raise UnansweredError(own.problem or "there are no trials yet", can_come=True)
        digits = rate_decimals(found)
        low, high = (number_text(100 * end, digits) for end in own.interval)
        facts = (
            f"{own.count.successes:,} of {own.count.trials:,} {found.options.trials}.",
            f"95% interval {low} to {high}% (Wilson), for one look.",
            *_filter(chosen),
        )
        text = f"{number_text(100 * own.count.rate, digits)}%"
        return self._of_runs(text, f"{rate_label(found)}: {own.group.label}", facts, chosen)

    def lowest(self, metric: str = "", where: str = "", experiment: str = "") -> Answer:
        """The lowest value of a single run."""
        return self._extreme(min, "Lowest", metric, where, experiment)

    def highest(self, metric: str = "", where: str = "", experiment: str = "") -> Answer:
        """The highest value of a single run."""
        return self._extreme(max, "Highest", metric, where, experiment)

    def count(self, where: str = "", experiment: str = "") -> Answer:
        """How many runs there are."""
        chosen = self._plain(where, experiment)
        return self._of_runs(f"{len(chosen.run_ids):,}", "Number of runs", _filter(chosen), chosen)

    def configurations(self, where: str = "", experiment: str = "") -> Answer:
        """How many configurations there are."""
        chosen = self._plain(where, experiment)
        return self._of_runs(f"{len(chosen.groups):,}", "Number of configurations", _filter(chosen), chosen)

    def failed(self, where: str = "", experiment: str = "") -> Answer:
        """How many runs failed, diverged, were interrupted or did not log the headline metric."""
        chosen = self._plain(where, experiment)
        bad = tuple(run_id for run_id in chosen.run_ids if chosen.study.is_bad(run_id))
        facts = (f"of {count(len(chosen.run_ids), 'run')}", *_filter(chosen))
        return self._of_runs(f"{len(bad):,}", "Runs that gave no usable value", facts, chosen, bad)

    def _asked(self, metric: str, experiment: str) -> tuple[Study, MetricSpec]:
        study = self.lookup.study(experiment, metric)
        return study, self.lookup.spec(study, metric)

    def _plain(self, where: str, experiment: str) -> Chosen:
        return self.lookup.chosen(self.lookup.study(experiment), where)

    def _leader(
        self, metric: str, where: str, experiment: str
    ) -> tuple[Chosen, MetricSpec, Comparison, GroupResult]:
        study, spec = self._asked(metric, experiment)
        if not spec.goal.sign:
            message = f"nothing says whether a high or a low `{spec.name}` is better"
            raise UnansweredError(message, hint=f'say goal = "…" under [metrics."{spec.name}"]')
        chosen = self.lookup.chosen(study, where)
        comparison = self.lookup.compare(chosen, spec)
        ranked = (item for item in comparison.results if item.estimate.n)
        first = comparison.leader or next(ranked, None)
        if first is None:
            raise UnansweredError(f"no run gave a value of `{spec.name}`", can_come=True)
        return chosen, spec, comparison, first

    def _estimate(self, metric: str, where: str, experiment: str) -> tuple[Chosen, MetricSpec, Estimate]:
        study, spec = self._asked(metric, experiment)
        chosen = self.lookup.chosen(study, where)
        everyone = Group("", "", (), chosen.run_ids)
        estimate = estimate_group(everyone, study.by_id, spec)
        if not estimate.n:
            message = f"no run that matches `{where}` gave a value of `{spec.name}`"
            raise UnansweredError(message, can_come=True)
        return chosen, spec, estimate

    def _difference(
        self, metric: str, where: str, against: str, experiment: str
    ) -> tuple[Chosen, MetricSpec, Delta, str, int]:
        study = self.lookup.study(experiment, metric)
        rate = rate_meant(study, metric)
        spec = self.lookup.spec(study, metric) if rate is None else rate_spec(rate)
        if not where:
            raise UnansweredError("a difference needs a filter that picks one configuration")
        ours = self.lookup.one(study, where)
        base = self.lookup.one(study, against).groups[0] if against else study.baseline
        if base is None:
            raise UnansweredError("there is no baseline to compare with", can_come=True)
        group = ours.groups[0]
        if group.group_id == base.group_id:
            raise UnansweredError(f"`{where}` is the configuration it is compared with, {base.label}")
        whole = not against and group in study.grouping.groups
        others = study.grouping.groups if whole else (group, base)
        both = Chosen(study, "", (group, base))
        name = f"{heading(spec)}: {group.label} minus {base.label}"
        if rate is not None:
            delta, variant = rate_delta(study, rate, group, base, others)
            if not math.isfinite(delta.absolute):
                raise UnansweredError(variant.reason, can_come=True)
            return both, spec, delta, name, rate_decimals(rate)
        a, b, delta = compare_with(group, others, study.by_id, spec, base, study.site.compare)
        if not (a.n and b.n):
            missing = group if not a.n else base
            raise UnansweredError(f"no run of {missing.label} gave a value of `{spec.name}`", can_come=True)
        return both, spec, delta, name, study.digits[spec.name]

    def _extreme(
        self,
        pick: Callable[[Sequence[tuple[float, str]]], tuple[float, str]],
        word: str,
        metric: str,
        where: str,
        experiment: str,
    ) -> Answer:
        study, spec = self._asked(metric, experiment)
        chosen = self.lookup.chosen(study, where)
        ids = [i for i in chosen.run_ids if outcome_of(study.by_id[i], spec) is Outcome.OK]
        values = [(value_of(study.by_id[run_id], spec), run_id) for run_id in ids]
        values = [item for item in values if math.isfinite(item[0])]
        if not values:
            raise UnansweredError(f"no run gave a value of `{spec.name}`", can_come=True)
        value, run_id = pick(values)
        text = with_unit(spec, _value(study, spec, value))
        facts = (f"a single run, of {count(len(values), 'run')} with a value", *_filter(chosen))
        return self._of_runs(text, f"{word} {heading(spec)}", facts, chosen, (run_id,))

    def _of_leader(
        self, text: str, chosen: Chosen, spec: MetricSpec, comparison: Comparison, first: GroupResult
    ) -> Answer:
        ranked = sum(1 for item in comparison.results if item.estimate.n)
        word = "Highest" if spec.goal.sign > 0 else "Lowest"
        facts = [*_about(Chosen(chosen.study, chosen.where, (first.group,)), spec, first.estimate)]
        if ranked > 1:
            facts.append(f"It is the best of {ranked} configurations, which flatters it.")
        if comparison.tied_best:
            facts.append(
                f"{len(comparison.tied_best) + 1} configurations cannot be told apart in first place."
            )
        name = f"{word} mean {heading(spec)}: {first.group.label}"
        only = Chosen(chosen.study, chosen.where, (first.group,))
        return self._of_runs(text, name, facts, only, first.group.run_ids, lit=(first.group.group_id,))

    def _of_runs(
        self,
        text: str,
        name: str,
        facts: Sequence[str],
        chosen: Chosen,
        run_ids: tuple[str, ...] | None = None,
        lit: tuple[str, ...] | None = None,
    ) -> Answer:
        study = chosen.study
        ids = chosen.run_ids if run_ids is None else run_ids
        ways = tuple(Way(study.by_id[run_id].name, study.address(run_id)) for run_id in ids[:LINKED])
        groups = tuple(group.group_id for group in chosen.groups) if run_ids is None else (lit or ())
        return Answer(
            text=text,
            name=name,
            facts=tuple(facts),
            runs=ways,
            more=chosen.way if len(ids) > LINKED else None,
            files=sum(len(study.by_id[run_id].source.files) for run_id in ids),
            run_ids=tuple(ids),
            run_slugs=tuple(slug(run_id) for run_id in ids[:LIT]),
            groups=groups[:LIT],
        )


#: In the order in which they are offered.
FUNCTIONS = (
    *("best", "leader", "setting", "mean", "estimate", "delta", "verdict", "rate"),
    *("lowest", "highest", "count", "configurations", "failed"),
)


def _value(study: Study, spec: MetricSpec, value: float) -> str:
    return value_text(spec, value, study.digits[spec.name])


def _filter(chosen: Chosen) -> tuple[str, ...]:
    where = f"Runs where {chosen.where}." if chosen.where else "All runs."
    return (f"{where} Experiment {chosen.study.name}.",)


def _about(chosen: Chosen, spec: MetricSpec, estimate: Estimate) -> tuple[str, ...]:
    """The formula, the interval where one may be shown, and the filter."""
    study, digits = chosen.study, chosen.study.digits[spec.name]
    if len(chosen.groups) > 1:
        how = f"mean of {count(estimate.n, 'run')} in {len(chosen.groups)} configurations, so without an interval"
    elif estimate.low is not None and estimate.high is not None:
        low, high = (value_text(spec, end, digits) for end in (estimate.low, estimate.high))
        how = f"{estimate.method}: {low} to {high}"
    else:
        how = estimate.method
    lost = f", {len(estimate.failed)} more gave none" if estimate.failed and len(chosen.groups) > 1 else ""
    return (
        f"{how[:1].upper()}{how[1:]}{lost}.",
        f"Metric {spec.name}.",
        *_filter(Chosen(study, chosen.where, ())),
    )


def _of_difference(delta: Delta, spec: MetricSpec, digits: int) -> tuple[str, ...]:
    facts = []
    if delta.low is not None and delta.high is not None:
        facts.append(f"95% interval {interval_text(spec, delta.low, delta.high, digits)}.")
    facts.append(f"Verdict: {verdict_text(delta)}{' (' + delta.reason + ')' if delta.reason else ''}.")
    return tuple(facts)
