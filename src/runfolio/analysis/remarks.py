"""Sentences that stand around a comparison: how it is ordered and tested, and what to be careful of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runfolio.analysis.failure_rates import failure_remarks
from runfolio.analysis.group import DEFAULT_SEEDS, is_seed_name
from runfolio.analysis.judging import FEWEST_PAIRS, Candidate
from runfolio.analysis.skew import outlier_remark
from runfolio.model import Delta, Goal, Group, GroupResult, MetricSpec, Run

_MOST_NAMED_RUNS = 1000


_TESTS = {"Welch t test": "Welch's t test", "Student t test": "Student's t test, equal spread assumed"}


def caption_of(results: Sequence[GroupResult], spec: MetricSpec, baseline: Group | None, family: int) -> str:
    """How the rows are ordered, which places are not separated, and how differences were tested."""
    if spec.goal is Goal.NONE:
        order = "Ordered by mean, highest first; which way is better is not known."
    else:
        first = sum(r.rank_low == 1 for r in results)
        places = f"; places 1–{first} are not separated" if first > 1 else ""
        order = f"Ordered by mean, best first{places}."
    if baseline is None or not family:
        return order
    methods = (r.delta.method.partition(",")[0] for r in results if r.delta and r.delta.p is not None)
    test = " or ".join(_TESTS.get(method, method) for method in dict.fromkeys(methods))
    correction = f", Holm's correction over {family} comparisons" if family > 1 else ""
    return f"{order} Differences to {baseline.label} with 95% intervals; {test}{correction}."


def remarks_on(
    results: Sequence[GroupResult],
    everyone: Mapping[str, Candidate],
    spec: MetricSpec,
    baseline: Group | None,
    runs: Mapping[str, Run],
    paired_by: str | None,
) -> tuple[str, ...]:
    """What a reader should know before trusting a row, in the order of the rows."""
    found = []
    for result in results:
        missing = everyone[result.group.group_id].missing
        n = result.estimate.n
        if missing and n:
            who = "the other run alone" if n == 1 else f"the mean of the other {n}"
            found.append(f"{result.group.label}: {missing}; shown is {who}")
        elif missing:
            found.append(f"{result.group.label}: {missing}")
        if skewed := outlier_remark(result.estimate.values):
            found.append(f"{result.group.label}: {skewed}")
    if any(everyone[r.group.group_id].missing for r in results):
        found += failure_remarks([r.group for r in results], baseline, runs, spec)
    counts = [r.estimate.n for r in results if r.estimate.n and not everyone[r.group.group_id].missing]
    if counts and max(counts) > 2 * min(counts):
        found.append(
            f"Groups have {min(counts)} to {max(counts)} runs; adding runs until a result is clear makes false results likely"
        )
    found.extend(_pairing_remark(results, runs, baseline, paired_by))
    return tuple(found)


def power_note(lead: Delta, needed: int | None) -> str:
    """How many runs the lead's own size would take, as a plan; empty where that cannot be said."""
    if needed is None or lead.low is None or lead.high is None:
        return ""
    count = f"about {needed}" if needed <= _MOST_NAMED_RUNS else f"more than {_MOST_NAMED_RUNS}"
    return f"To show a difference of this size in four of five tries would take {count} runs on each side"


def _pairing_remark(
    results: Sequence[GroupResult], runs: Mapping[str, Run], baseline: Group | None, paired_by: str | None
) -> list[str]:
    """Says that pairing is possible, or that it was asked for and is not."""
    if baseline is None or len(results) < 2:
        return []
    if paired_by is not None:
        unpaired = [
            r.group.label
            for r in results
            if r.delta is not None and r.delta.p is not None and not r.delta.method.startswith("paired")
        ]
        few = f"fewer than {FEWEST_PAIRS} runs have a partner with the same {paired_by}"
        return [f"{label}: not paired, {few}; Welch's t test instead" for label in unpaired]
    names = {name for r in results for i in r.group.run_ids for name in runs[i].parameters}
    for name in sorted(name for name in names if is_seed_name(name, DEFAULT_SEEDS)):
        values = [
            sorted(
                runs[i].parameters[name].text if name in runs[i].parameters else "" for i in r.group.run_ids
            )
            for r in results
        ]
        if len(set(values[0])) == len(values[0]) >= FEWEST_PAIRS and all(v == values[0] for v in values):
            return [
                f"All groups have the same {len(values[0])} values of {name}; if it decides data order, split or environment, "
                f'`paired_by = "{name}"` compares pairs'
            ]
    return []
