"""Groups of replicates, and what may be said about their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from runfolio.model.parameter import ParameterValue


@dataclass(frozen=True, slots=True)
class Group:
    """Runs of one experiment that differ only in the seed: replicates of one configuration."""

    group_id: str
    """Readable, unique in its experiment and stable: made from the key, not from the position."""
    label: str
    """Values of what varies, such as `tinyformer, lr 1e-3`."""
    key: tuple[tuple[str, ParameterValue], ...]
    """The parameters that tell this group from others, with their values."""
    run_ids: tuple[str, ...]
    """All replicates, finished or not, ordered by seed, then id."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replicates with its interval, in logged units."""

    value: float
    """Mean of the n values; NaN when n is 0."""
    low: float | None
    high: float | None
    """Ends of the interval; None when none may be shown (n < 3; for n = 2 the two values are in `values`)."""
    n: int
    method: str
    """In words, such as `mean of 5 runs, 95% t interval`."""
    values: tuple[float, ...] = ()
    """The n finite values, in the order of the group's runs."""
    run_ids: tuple[str, ...] = ()
    """The runs the values came from, same order."""
    failed: tuple[str, ...] = ()
    """Runs of the group that failed, diverged, were interrupted or did not log the metric."""

    @property
    def half_width(self) -> float | None:
        """Half the interval's length, or None."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


class Verdict(StrEnum):
    """The words Runfolio uses for a comparison (statistics: section 2.5)."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    NO_CLEAR_DIFFERENCE = "no clear difference"
    EQUIVALENT = "equivalent"
    TOO_FEW_RUNS = "too few runs"
    NOT_JUDGED = "not judged"

    @property
    def is_clear(self) -> bool:
        """True where the data separate the two."""
        return self in (Verdict.BETTER, Verdict.WORSE, Verdict.HIGHER, Verdict.LOWER)


@dataclass(frozen=True, slots=True)
class Delta:
    """A group's value minus the baseline's, in logged units, and the verdict on it."""

    absolute: float
    low: float | None
    high: float | None
    """95% interval of the difference (Welch, or paired t); None when a side has fewer than two values."""
    p: float | None
    p_adjusted: float | None
    """Holm over all candidates compared with this baseline on this metric."""
    verdict: Verdict
    reason: str
    """The sentence behind the verdict: sizes, interval, counts."""
    relative: float | None = None
    """Share of the baseline, only where its interval excludes 0 and all values have one sign."""
    method: str = ""
    """Name of the test, for tooltips."""
    qualifier: str = ""
    """`maybe by less than d`, `by less than d`, `within ±d`, `tests disagree` or empty."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One row of a comparison: a group, its estimate, and its difference to the baseline (None for the baseline)."""

    group: Group
    estimate: Estimate
    delta: Delta | None
    rank_low: int = 0
    rank_high: int = 0
    """Places this group may hold, 1-based, from simultaneous pairwise comparisons; 0 when not ranked."""
