"""Fairness of a comparison of tuned methods: the best of many trials beats the best of few by luck alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.rounding import duration_text


@dataclass(frozen=True, slots=True)
class Budget:
    """What a method was given: trials, and seconds of compute where known."""

    label: str
    trials: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class BudgetNote:
    """At how many trials methods may be compared, and what to say beside the comparison."""

    trials: int
    """The smallest number any method had; 0 without methods."""
    is_equal: bool
    text: str


def fair_budget(budgets: Sequence[Budget]) -> BudgetNote:
    """The common number of trials of tuned methods, and the sentence that goes with their comparison.

    Formula: the smallest number of trials; the best of more is read off the curve of expected best at that number.
    Shapes: one budget a method → a number and a sentence.
    Missing values: compute that is not known is not said.
    Source: Dodge et al. 2019.
    """
    if not budgets:
        return BudgetNote(0, is_equal=True, text="")
    least = min(b.trials for b in budgets)
    is_equal = all(b.trials == least for b in budgets)
    each = ", ".join(f"{b.label}: {_of(b)}" for b in budgets)
    end = "" if is_equal else f"; trial counts differ, so methods are compared at {least} {_word(least)}"
    return BudgetNote(least, is_equal, f"{each}{end}")


def _of(budget: Budget) -> str:
    compute = f", {duration_text(budget.seconds)}" if budget.seconds is not None else ""
    return f"best of {budget.trials} {_word(budget.trials)}{compute}"


def _word(count: int) -> str:
    return "trial" if count == 1 else "trials"
