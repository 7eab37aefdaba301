"""What may be said of each method of a suite over all its tasks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from runfolio.analysis.aggregate import (
    iqm,
    iqm_interval,
    optimality_gap,
    optimality_gap_of_rows,
    suite_median,
    suite_median_of_rows,
)
from runfolio.analysis.estimate import estimate
from runfolio.analysis.holm import holm
from runfolio.analysis.rank import places_of
from runfolio.analysis.stratified import (
    FEWEST_SCORES,
    Interval,
    finite_scores,
    stratified_bootstrap,
    stratified_contrast,
    stratified_mean,
    stratified_t,
)
from runfolio.analysis.suite import Normalisation, Scores, Suite, SuiteRow, scores_of
from runfolio.model import Estimate

_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class SuiteEstimate:
    """One number over all tasks with its 95 % interval, on the scale of the scores."""

    value: float
    """NaN where a task has no run with a value."""
    low: float | None
    high: float | None
    method: str
    """In words, such as `mean over 5 tasks of 25 runs, stratified t interval`."""
    refusal: str = ""
    """Why there is no interval; empty where there is one."""

    @property
    def half_width(self) -> float | None:
        """Half the interval's length, or None. A resampled interval need not lie evenly about the value."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """One method: by task in the task's own unit, and over all tasks."""

    row: SuiteRow
    by_task: tuple[Estimate, ...]
    scores: Scores
    """On the common scale; empty where values may not be averaged."""
    mean: SuiteEstimate | None
    """None, as the next three, where values may not be averaged."""
    iqm: SuiteEstimate | None
    median: SuiteEstimate | None
    optimality_gap: SuiteEstimate | None
    """Only on a normalised scale: 1 minus the mean of scores cut off at 1."""
    place_low: int = 0
    place_high: int = 0
    """Places this method may hold over all tasks, 1-based; 0 where it has missing runs or is not ranked."""


@dataclass(frozen=True, slots=True)
class SuiteComparison:
    """All methods of a suite, best mean first."""

    suite: Suite
    normalisation: Normalisation
    results: tuple[SuiteResult, ...]
    refusal: str
    """Why values were not averaged over tasks; empty where they were."""
    caption: str
    """How the rows are ordered, and that it is these tasks that the intervals speak of."""


def compare_suite(
    suite: Suite, rule: Normalisation = Normalisation.NONE, content: str = ""
) -> SuiteComparison:
    """Every method over all tasks: mean with stratified t, interquartile mean, median, optimality gap, places.

    Methods with missing runs come after the complete ones and have no place. Where values may not be averaged, rows keep
    their order and have results by task only.
    """
    scores, refusal = scores_of(suite, rule)
    by_task = [
        tuple(estimate(v, ids) for v, ids in zip(row.values, row.run_ids, strict=True)) for row in suite.rows
    ]
    if refusal or not suite.tasks:
        plain = [
            SuiteResult(row, own, (), None, None, None, None)
            for row, own in zip(suite.rows, by_task, strict=True)
        ]
        return SuiteComparison(suite, rule, tuple(plain), refusal, "")
    sign = 1 if rule is not Normalisation.NONE else suite.tasks[0].spec.goal.sign
    places = _places(suite.rows, scores, sign)
    is_scored = rule is not Normalisation.NONE
    results = [
        _result(row, own, points, place, content, is_scored=is_scored)
        for row, own, points, place in zip(suite.rows, by_task, scores, places, strict=True)
    ]
    results.sort(key=lambda r: _order(r, sign))
    first = sum(r.place_low == 1 for r in results)
    tied = f"; places 1–{first} are not separated" if first > 1 else ""
    caption = f"Ordered by mean over tasks, best first{tied}. Intervals hold over these {len(suite.tasks)} tasks: seeds vary, tasks do not."
    return SuiteComparison(suite, rule, tuple(results), "", caption)


def _order(result: SuiteResult, sign: int) -> tuple[bool, bool, float]:
    value = math.nan if result.mean is None else result.mean.value
    return not result.row.is_complete, math.isnan(value), 0.0 if math.isnan(value) else -sign * value


def _places(rows: Sequence[SuiteRow], scores: Sequence[Scores], sign: int) -> list[tuple[int, int]]:
    complete = [i for i, row in enumerate(rows) if row.is_complete]
    tested = []
    for i, j in combinations(range(len(complete)), 2):
        found = stratified_contrast(scores[complete[i]], scores[complete[j]])
        if found is not None and found.p is not None:
            above = (i, j) if found.difference * sign > 0 else (j, i)
            tested.append((above, found.p))
    adjusted = holm([p for _, p in tested])
    clear = [pair for (pair, _), p in zip(tested, adjusted, strict=True) if p <= _LEVEL]
    places = dict(zip(complete, places_of(len(complete), clear), strict=True))
    return [places.get(i, (0, 0)) for i in range(len(rows))]


def _result(
    row: SuiteRow,
    by_task: tuple[Estimate, ...],
    scores: Scores,
    place: tuple[int, int],
    content: str,
    *,
    is_scored: bool,
) -> SuiteResult:
    kept = finite_scores(scores)
    counts = [len(task) for task in kept]
    names = f"{content}\x1f{row.key}"
    median = gap = None
    if all(counts):
        median = stratified_bootstrap(kept, lambda x: suite_median_of_rows(x, counts), f"median\x1f{names}")[
            0
        ]
        gap = stratified_bootstrap(kept, lambda x: optimality_gap_of_rows(x, 1.0), f"gap\x1f{names}")[0]
    said = _Said(row, kept)
    return SuiteResult(
        row=row,
        by_task=by_task,
        scores=scores,
        mean=said.of(
            "mean over tasks", stratified_mean(scores), stratified_t(scores), "stratified t interval"
        ),
        iqm=said.of(
            "interquartile mean", iqm(scores) if all(counts) else math.nan, iqm_interval(kept, names)
        ),
        median=said.of("median over tasks", suite_median(scores), median),
        optimality_gap=said.of("optimality gap", optimality_gap(scores) if all(counts) else math.nan, gap)
        if is_scored
        else None,
        place_low=place[0],
        place_high=place[1],
    )


class _Said:
    """Puts one method's numbers into words."""

    def __init__(self, row: SuiteRow, kept: Sequence[Sequence[float]]) -> None:
        self.kept = kept
        self.runs = sum(map(len, kept))
        self.without = sum(not task for task in kept)
        tasks = f"{len(kept)} tasks" if len(kept) != 1 else "1 task"
        counted = (
            f"{self.runs} runs"
            if not row.missing
            else f"the {self.runs} of {self.runs + row.missing} runs that finished"
        )
        self.who = f"{counted} on {tasks}"

    def of(
        self, what: str, value: float, interval: Interval | None, how: str = "stratified bootstrap interval"
    ) -> SuiteEstimate:
        if interval is not None and math.isfinite(value):
            return SuiteEstimate(value, *interval, f"{what}, {self.who}, 95% {how}")
        return SuiteEstimate(value, None, None, f"{what}, {self.who}", self._why(how))

    def _why(self, how: str) -> str:
        if self.without:
            return f"{self.without} of {len(self.kept)} tasks have no run with a value"
        if min(map(len, self.kept), default=0) < 2:
            return "a task has a single run with a value; an interval needs at least two on each"
        if "bootstrap" in how and self.runs < FEWEST_SCORES:
            return f"{self.runs} runs over all tasks; an interval needs {FEWEST_SCORES}"
        return "too few runs for an interval" if self.runs < 3 else "runs do not differ"
