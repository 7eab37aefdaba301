"""Whether an experiment is a sweep, and how its trials were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from runfolio.analysis.group import Grouping
from runfolio.model import Run

#: Readers of tools that do nothing but search.
SEARCHERS = ("optuna", "ray-tune")
FEWEST_MARKED = 5
FEWEST_CONFIGURATIONS = 20
_MANY_VALUES, _SOME_VALUES, _SOME_PARAMETERS = 8, 3, 3


class Sampler(StrEnum):
    """How the settings of trials were chosen."""

    RANDOM = "random"
    """Each drawn on its own."""
    GRID = "grid"
    """All combinations of some values."""
    ADAPTIVE = "adaptive"
    """From what earlier trials gave."""


def looks_like_sweep(runs: Sequence[Run], grouping: Grouping, build: str | None = None) -> bool:
    """True where the runs are trials of a search rather than a few configurations to compare.

    Either at least five configurations come from Optuna, Ray Tune or a sweep of Weights & Biases; or there are at
    least twenty, and one parameter has at least eight different numbers, or three have at least three each. A parameter
    that says which `build` was measured is no setting.
    """
    count = len(grouping.groups)
    if count >= FEWEST_MARKED and 2 * sum(map(is_marked, runs)) > len(runs):
        return True
    if count < FEWEST_CONFIGURATIONS:
        return False
    numbers = [count for name, count in _different_numbers(grouping).items() if name != build]
    return max(numbers, default=0) >= _MANY_VALUES or (
        sum(values >= _SOME_VALUES for values in numbers) >= _SOME_PARAMETERS
    )


def is_marked(run: Run) -> bool:
    """True for a run whose tool says that it belongs to a search."""
    return run.source.reader in SEARCHERS or any(tag.startswith("sweep:") for tag in run.tags)


def _different_numbers(grouping: Grouping) -> dict[str, int]:
    """How many different numbers each varying parameter has; none where any of its values is a word."""
    found: dict[str, set[float | None]] = {name: set() for name in grouping.varying}
    for group in grouping.groups:
        for name, value in group.key:
            found[name].add(value.number)
    return {name: 0 if None in numbers else len(numbers) for name, numbers in found.items()}
