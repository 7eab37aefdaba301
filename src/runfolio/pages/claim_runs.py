"""Claims about single runs: none failed, none diverged, all logged a metric, a filter is so for them, a budget is kept."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from runfolio.analysis.claim import Claim, Form
from runfolio.analysis.claim import Outcome as Holding
from runfolio.analysis.metrics import MetricOptions, metric_spec
from runfolio.analysis.quantity import Quantity, parse_quantity
from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.errors import nearest
from runfolio.model import MetricSpec, Run, RunStatus
from runfolio.pages.claim_choice import NotThereError, fault, runs_of, where_in
from runfolio.pages.study import Study
from runfolio.pages.words import count, listing, value_text, with_unit

RUN_FORMS = (Form.NONE_FAILED, Form.NONE_DIVERGED, Form.LOGGED, Form.WHERE, Form.BUDGET)
DURATION = "duration"

_Member = tuple[Study, Run]


@dataclass(frozen=True, slots=True)
class RunsRuling:
    """What the runs say of a claim about each of them."""

    outcome: Holding
    reason: str
    run_ids: tuple[str, ...]
    """The runs that speak against it, where some do; else all that were asked."""
    experiment: str = ""
    spec: MetricSpec | None = None


def judge_runs(claim: Claim, studies: Sequence[Study], *, may_wait: bool = False) -> RunsRuling:
    """The claim asked of every run it is about. A run that still goes on leaves it undecided, where it could still change it.

    `may_wait`: a metric that no run logged is not there yet; else that is what `logged` finds.

    Raises:
        NotThereError: there is no such run, or no run has what the claim names.
    """
    members = runs_of(claim, studies)
    names = {study.name for study, _ in members}
    experiment = names.pop() if len(names) == 1 else ""
    rule = {
        Form.NONE_FAILED: _none_failed,
        Form.NONE_DIVERGED: _none_diverged,
        Form.LOGGED: _logged,
        Form.WHERE: _where,
        Form.BUDGET: _budget,
    }[claim.form]
    outcome, reason, ids, spec = rule(replace(claim, may_be_open=may_wait), members)
    run_ids = tuple(ids) or tuple(run.run_id for _, run in members)
    return RunsRuling(outcome, reason, run_ids, experiment, spec)


_Found = tuple[Holding, str, Sequence[str], MetricSpec | None]


def _none_failed(claim: Claim, members: Sequence[_Member]) -> _Found:
    return _none(claim, members, lambda outcome: outcome not in (Outcome.OK, Outcome.RUNNING))


def _none_diverged(claim: Claim, members: Sequence[_Member]) -> _Found:
    return _none(claim, members, lambda outcome: outcome is Outcome.DIVERGED)


def _none(claim: Claim, members: Sequence[_Member], is_bad: Callable[[Outcome], bool]) -> _Found:
    outcomes = [(run.run_id, _ending(claim, study, run)) for study, run in members]
    bad = [(run_id, outcome) for run_id, outcome in outcomes if is_bad(outcome)]
    goes_on = [run_id for run_id, outcome in outcomes if outcome is Outcome.RUNNING]
    if bad:
        kinds = Counter(str(outcome) for _, outcome in bad)
        words = ", ".join(f"{number} {_ENDED[kind]}" for kind, number in sorted(kinds.items()))
        ids = [run_id for run_id, _ in bad]
        return (
            Holding.DOES_NOT_HOLD,
            f"{words}, of {count(len(members), 'run')}: {listing(ids, 4)}",
            ids,
            None,
        )
    if goes_on:
        return Holding.UNDECIDED, _goes_on(goes_on, members), goes_on, None
    return Holding.HOLDS, _all_of(members), (), None


_ENDED = {
    "failed": "failed",
    "diverged": "diverged",
    "interrupted": "interrupted",
    "not logged": "without the metric",
}


def _ending(claim: Claim, study: Study, run: Run) -> Outcome:
    """How the run ended, seen from the claim's metric; without one from its experiment's headline metric."""
    if not claim.metric:
        return study.outcomes[run.run_id]
    spec = study.specs.get(claim.metric) or metric_spec(claim.metric, MetricOptions())
    return outcome_of(run, spec)


def _logged(claim: Claim, members: Sequence[_Member]) -> _Found:
    known = dict.fromkeys(name for study, _ in members for name in study.specs)
    if claim.metric not in known and claim.may_be_open:
        raise NotThereError(f"metric `{claim.metric}` is not logged{nearest(claim.metric, known)}")
    spec = next((study.specs[claim.metric] for study, _ in members if claim.metric in study.specs), None)
    lacking = [run for _, run in members if claim.metric not in run.metrics]
    over = [run.run_id for run in lacking if run.status is not RunStatus.RUNNING]
    if over:
        reason = f"{len(over)} of {count(len(members), 'run')} did not: {listing(over, 4)}"
        reason += "" if spec else f"; no run of the experiment did{nearest(claim.metric, known)}"
        return Holding.DOES_NOT_HOLD, reason, over, spec
    if lacking:
        ids = [run.run_id for run in lacking]
        return Holding.UNDECIDED, _goes_on(ids, members), ids, spec
    return Holding.HOLDS, _all_of(members), (), spec


def _where(claim: Claim, members: Sequence[_Member]) -> _Found:
    runs = [run for _, run in members]
    filters = {study.name: where_in(claim.where, runs, study) for study, _ in members}
    so = {run.run_id: filters[study.name].matches(run) for study, run in members}
    going = {run.run_id for run in runs if run.status is RunStatus.RUNNING}
    yes = [run_id for run_id, is_so in so.items() if is_so and run_id not in going]
    no = [run_id for run_id, is_so in so.items() if not is_so and run_id not in going]
    total = count(len(members), "run")
    reason = f"so for {len(yes)} of {total}"
    if claim.count in ("all", "none"):
        against = no if claim.count == "all" else yes
        if against:
            word = "not so for" if claim.count == "all" else "so for"
            reason = f"{word} {len(against)} of {total}: {listing(against, 4)}"
            return Holding.DOES_NOT_HOLD, reason, against, None
        if going:
            return Holding.UNDECIDED, _goes_on(sorted(going), members), sorted(going), None
        return Holding.HOLDS, reason, (), None
    least = int(claim.count)
    if len(yes) >= least:
        return Holding.HOLDS, reason, yes, None
    if len(yes) + len(going) >= least:
        return Holding.UNDECIDED, f"{reason}; {_goes_on(sorted(going), members)}", sorted(going), None
    return Holding.DOES_NOT_HOLD, reason, yes, None


def _budget(claim: Claim, members: Sequence[_Member]) -> _Found:
    spec = _budget_spec(claim, members)
    limit = parse_quantity(claim.at_most)
    most = None if limit is None else _in_unit(limit, spec)
    if most is None:
        shown = f"a number in {spec.unit}" if spec.unit else "a plain number"
        such = ", such as `90 s`, `5 min` or `2 h`" if spec.unit in ("s", "ms") else ""
        raise fault(
            claim,
            f"`at_most` is `{claim.at_most}`; {spec.label} needs {shown}, or a unit of the same kind{such}",
            "claim",
        )
    values = {run.run_id: _spent(claim, run, spec) for _, run in members}
    known = {run_id: value for run_id, value in values.items() if math.isfinite(value)}
    going = {run.run_id for _, run in members if run.status is RunStatus.RUNNING}
    unknown = sorted(set(values) - set(known) | going)
    if claim.is_total:
        total = math.fsum(known.values())
        reason = f"{_shown(spec, total)} in {count(len(known), 'run')}, of at most {_shown(spec, most)}"
        over = list(known) if total > most else []
    else:
        largest = max(known, key=lambda run_id: (known[run_id], run_id), default="")
        over = [run_id for run_id, value in known.items() if value > most]
        reason = f"the most is {_shown(spec, known[largest])} ({largest})" if known else "no run says it"
        if over:
            reason = f"{len(over)} of {count(len(members), 'run')} took more; {reason}"
    if over:
        return Holding.DOES_NOT_HOLD, reason, over, spec
    if unknown:
        return Holding.UNDECIDED, f"{reason}; not known for {listing(unknown, 4)}", unknown, spec
    return Holding.HOLDS, reason, (), spec


def _budget_spec(claim: Claim, members: Sequence[_Member]) -> MetricSpec:
    known = dict.fromkeys(name for study, _ in members for name in study.specs)
    if claim.budget in known:
        return next(study.specs[claim.budget] for study, _ in members if claim.budget in study.specs)
    if claim.budget == DURATION:
        return MetricSpec(DURATION, DURATION, unit="s", is_time=True)
    numbers = dict.fromkeys(
        name for _, run in members for name, value in run.parameters.items() if value.number is not None
    )
    if claim.budget in numbers:
        return MetricSpec(claim.budget, claim.budget)
    named = nearest(claim.budget, [*known, *numbers, DURATION])
    raise NotThereError(
        f"`{claim.budget}` is neither a logged metric nor a parameter that is a number{named}"
    )


def _spent(claim: Claim, run: Run, spec: MetricSpec) -> float:
    if claim.budget == DURATION and DURATION not in run.metrics:
        return math.nan if run.duration_s is None else run.duration_s
    if claim.budget not in run.metrics and claim.budget in run.parameters:
        number = run.parameters[claim.budget].number
        return math.nan if number is None else number
    return value_of(run, spec)


def _in_unit(limit: Quantity, spec: MetricSpec) -> float | None:
    """The limit in logged units of the metric; None where its unit is of another kind."""
    if not limit.unit:
        return limit.value
    return limit.in_unit("s" if spec.is_time else spec.unit)


def _shown(spec: MetricSpec, value: float) -> str:
    return with_unit(spec, value_text(spec, value))


def _goes_on(ids: Sequence[str], members: Sequence[_Member]) -> str:
    verb = "is" if len(ids) == 1 else "are"
    return f"{len(ids)} of {count(len(members), 'run')} {verb} still running"


def _all_of(members: Sequence[_Member]) -> str:
    return f"{len(members)} of {count(len(members), 'run')}"
