"""Counts of a live variant, out of what its runs logged."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from runfolio.analysis.gamma import chi_square_tail
from runfolio.analysis.proportion import Count
from runfolio.analysis.sequential import SPAN
from runfolio.model import Goal, Group, Run

UNEVEN = 0.001
"""Below this p the rates of a variant's runs differ by more than counting explains."""
_WHOLE = 1e-6


class Logged(StrEnum):
    """What each logged value of a count is."""

    TOTALS = "totals"
    """All so far: the last value of a run counts."""
    INCREMENTS = "increments"
    """What came since the value before: the values of a run are added up."""


@dataclass(frozen=True, slots=True)
class ProportionOptions:
    """A rate made of two metrics, such as conversions among visitors."""

    name: str
    successes: str
    trials: str
    label: str = ""
    goal: Goal = Goal.NONE
    logged: Logged = Logged.TOTALS
    threshold: float | None = None
    """Smallest difference of rates that matters."""
    span: float = SPAN
    """Size of difference for which the watched interval is made narrow."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Planned share of the traffic by a variant's label; those not named have 1. Empty: all equal."""


def count_of(group: Group, runs: Mapping[str, Run], options: ProportionOptions) -> tuple[Count | None, str]:
    """Successes and trials of all runs of a variant together, and an empty text; or nothing, and what is wrong.

    Runs that go on, failed or were interrupted count with what they logged: the visitors were there. A run that logged neither
    metric counts nothing.
    """
    found = [count_of_run(runs[i], options) for i in group.run_ids]
    wrong = next((why for _, why in found if why), "")
    if wrong:
        return None, wrong
    counts = [count for count, _ in found if count is not None]
    if not counts:
        return None, f"no run logged {options.successes} and {options.trials}"
    return Count(sum(c.successes for c in counts), sum(c.trials for c in counts)), ""


def count_of_run(run: Run, options: ProportionOptions) -> tuple[Count | None, str]:
    """The counts of one run, or nothing where it logged neither; with what is wrong with them."""
    names = (options.successes, options.trials)
    missing = [name for name in names if name not in run.metrics]
    if len(missing) == 2:
        return None, ""
    if missing:
        return None, f"{run.name} did not log {missing[0]}"
    numbers = []
    for name in names:
        summary = run.metrics[name]
        value = summary.last
        if options.logged is Logged.INCREMENTS:
            value = math.nan if summary.nonfinite_count else summary.mean * summary.count
        if not math.isfinite(value) or value < 0 or abs(value - round(value)) > _WHOLE * max(1.0, value):
            return None, f"{run.name}: {name} is no whole number of things"
        numbers.append(round(value))
    if numbers[0] > numbers[1]:
        return None, f"{run.name}: more {options.successes} than {options.trials}"
    return Count(*numbers), ""


def uneven_p(counts: Sequence[Count]) -> float | None:
    """p of several runs of one variant having one rate. Where they have not, intervals made from counts are too narrow.

    Formula: χ² = Σ (x_i − n_i·p)² / (n_i·p·(1 − p)), p the rate of all together, on k − 1 degrees of freedom.
    Shapes: k counts → a number from 0 to 1.
    Missing values: counts are whole or absent; runs without trials are left out.
    Refused: None with fewer than two runs, and where fewer than five successes or failures are expected of one.
    Source: Pearson 1900.
    """
    used = [c for c in counts if c.trials]
    total = Count(sum(c.successes for c in used), sum(c.trials for c in used))
    if len(used) < 2:
        return None
    rate = total.rate
    if min(c.trials for c in used) * min(rate, 1 - rate) < 5:
        return None
    chi = math.fsum((c.successes - c.trials * rate) ** 2 / (c.trials * rate * (1 - rate)) for c in used)
    return chi_square_tail(chi, len(used) - 1)
