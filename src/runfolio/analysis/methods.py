"""Every statistic, by what a reader asks about. `pages/methods.py` and the tests go by this list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from runfolio.analysis.aggregate import (
    failed_as_worst,
    iqm,
    iqm_interval,
    optimality_gap,
    suite_median,
)
from runfolio.analysis.beta import f_tail
from runfolio.analysis.bh import bh
from runfolio.analysis.bins import bins_of
from runfolio.analysis.bradley_terry import bradley_terry, strength_contrasts
from runfolio.analysis.champion import choose_champion, middle_run
from runfolio.analysis.claim_trend import rule_trend
from runfolio.analysis.clipping import clip_isolated
from runfolio.analysis.confounding import cramers_v
from runfolio.analysis.curve import difference_curve, group_curve
from runfolio.analysis.data_sets import critical_difference, friedman, mean_ranks, pairs_of_methods
from runfolio.analysis.difference import relative_difference
from runfolio.analysis.direction import goal_of
from runfolio.analysis.effect import geometric_ratio, hedges_g
from runfolio.analysis.estimate import estimate, mean_of, variance_of
from runfolio.analysis.expected_best import best_so_far, expected_best
from runfolio.analysis.fisher import fisher_p
from runfolio.analysis.gamma import chi_square_tail
from runfolio.analysis.holm import holm
from runfolio.analysis.importance import importance, jackknife, shuffle_p, variance_share
from runfolio.analysis.improvement import (
    probability_of_improvement,
    probability_of_improvement_interval,
    probability_of_superiority,
)
from runfolio.analysis.max_t import best_cut, max_t_p
from runfolio.analysis.method import Method, method_of
from runfolio.analysis.normalise import by_baseline, min_max, why_not_averaged
from runfolio.analysis.pareto import pareto_front
from runfolio.analysis.percentile import middle_of_runs, percentile
from runfolio.analysis.permutation import permutation_p, sign_flip_p
from runfolio.analysis.power import runs_needed
from runfolio.analysis.profile import performance_profile
from runfolio.analysis.proportion import newcombe, wilson
from runfolio.analysis.rank import rank_intervals
from runfolio.analysis.rounding import decimals_for
from runfolio.analysis.sample_ratio import sample_ratio_p
from runfolio.analysis.select import has_diverged, value_of
from runfolio.analysis.sequential import always_valid
from runfolio.analysis.signed_rank import signed_rank_p
from runfolio.analysis.skew import outlier_remark
from runfolio.analysis.smoothing import smooth, smooth_along
from runfolio.analysis.spearman import spearman
from runfolio.analysis.steps import find_steps_of_all
from runfolio.analysis.stratified import (
    stratified_bootstrap,
    stratified_contrast,
    stratified_mean,
    stratified_t,
)
from runfolio.analysis.student import t_quantile, t_two_sided
from runfolio.analysis.suite_detail import suite_ranks
from runfolio.analysis.variant_counts import uneven_p
from runfolio.analysis.verdict import judge
from runfolio.analysis.welch import paired, pooled, welch

Named = tuple[tuple[str, Callable[..., Any]], ...]

_RUNS: Named = (
    ("Value of a run", value_of),
    ("Divergence", has_diverged),
    ("Mean of a configuration and its interval", estimate),
    ("Mean", mean_of),
    ("Variance", variance_of),
    ("Remark on runs far from the others", outlier_remark),
    ("Direction of a metric", goal_of),
    ("Digits", decimals_for),
    ("Run that stands for a configuration", middle_run),
)
_DIFFERENCES: Named = (
    ("Welch's t test", welch),
    ("Paired t test", paired),
    ("Student's t test", pooled),
    ("Holm's correction", holm),
    ("Permutation check", permutation_p),
    ("Sign-flip check of pairs", sign_flip_p),
    ("Verdict", judge),
    ("Relative difference", relative_difference),
    ("Places", rank_intervals),
    ("Champion", choose_champion),
    ("Runs needed", runs_needed),
    ("Failure rates", fisher_p),
)
_PROPORTIONS: Named = (
    ("Rate", wilson),
    ("Difference of rates, one look", newcombe),
    ("Difference of rates, every look", always_valid),
    ("Split of traffic", sample_ratio_p),
    ("Uneven runs of a variant", uneven_p),
)
_PAIRWISE: Named = (
    ("Strength from pairwise outcomes", bradley_terry),
    ("Difference of strengths", strength_contrasts),
)
_CURVES: Named = (
    ("Curve of a configuration", group_curve),
    ("Difference of curves", difference_curve),
    ("Smoothing", smooth),
    ("Smoothing along the axis", smooth_along),
)
_SUITES: Named = (
    ("Averaging over tasks", why_not_averaged),
    ("Scores between two known values", min_max),
    ("Scores by a baseline", by_baseline),
    ("Mean over tasks", stratified_mean),
    ("Stratified t interval", stratified_t),
    ("Difference over tasks", stratified_contrast),
    ("Interquartile mean", iqm),
    ("Interval of the interquartile mean", iqm_interval),
    ("Median over tasks", suite_median),
    ("Optimality gap", optimality_gap),
    ("Stratified bootstrap", stratified_bootstrap),
    ("Failed runs as the worst", failed_as_worst),
    ("Performance profile", performance_profile),
    ("Probability of superiority", probability_of_superiority),
    ("Probability of improvement", probability_of_improvement),
    ("Interval of the probability of improvement", probability_of_improvement_interval),
    ("Mean ranks over tasks", mean_ranks),
    ("Friedman's test", friedman),
    ("Signed-rank test", signed_rank_p),
    ("Pairs of methods over tasks", pairs_of_methods),
    ("Critical difference", critical_difference),
    ("Critical difference diagram", suite_ranks),
)
_SWEEPS: Named = (
    ("Importance of parameters", importance),
    ("Share of variance", variance_share),
    ("Interval of a share", jackknife),
    ("Bins of a parameter", bins_of),
    ("Support by shuffling", shuffle_p),
    ("Parameters that move together", cramers_v),
    ("Rank correlation", spearman),
    ("Pareto front", pareto_front),
    ("Expected best of n trials", expected_best),
    ("Best so far", best_so_far),
)
_HISTORY: Named = (
    ("Steps over builds", find_steps_of_all),
    ("Claim that a metric does not fall", rule_trend),
    ("Best place to cut", best_cut),
    ("How often noise looks like a step", max_t_p),
    ("Isolated builds", clip_isolated),
    ("Screening of many", bh),
)
_FURTHER: Named = (
    ("Ratio of geometric means", geometric_ratio),
    ("Hedges' g", hedges_g),
    ("Percentile", percentile),
    ("Middle of the runs", middle_of_runs),
)
_DISTRIBUTIONS: Named = (
    ("Student's t distribution", t_two_sided),
    ("Quantile of the t distribution", t_quantile),
    ("Chi-square distribution", chi_square_tail),
    ("F distribution", f_tail),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """Statistics that answer one kind of question."""

    anchor: str
    title: str
    lead: str
    methods: tuple[Method, ...]


_TOPICS: tuple[tuple[str, str, str, Named], ...] = (
    ("runs", "Runs and configurations", "Numbers in tables.", _RUNS),
    ("differences", "Differences and verdicts", "One configuration against another.", _DIFFERENCES),
    (
        "proportions",
        "Rates of live variants",
        "A/B tests: so many successes among so many trials.",
        _PROPORTIONS,
    ),
    ("pairwise", "Pairwise outcomes", "Who beat whom: arenas and preferences.", _PAIRWISE),
    ("suites", "Suites of tasks", "The same methods on several tasks.", _SUITES),
    ("curves", "Curves", "Numbers along steps, for the eye.", _CURVES),
    ("sweeps", "Sweeps", "Which settings matter, and what a search would find.", _SWEEPS),
    ("history", "History", "One metric over builds.", _HISTORY),
    (
        "further",
        "Further statistics",
        "Functions of runfolio.analysis that no page shows by itself.",
        _FURTHER,
    ),
    ("distributions", "Distributions", "What intervals and p values are read from.", _DISTRIBUTIONS),
)


@cache
def topics() -> tuple[Topic, ...]:
    """All statistics, in the order in which a reader meets them."""
    return tuple(
        Topic(anchor, title, lead, tuple(method_of(name, function) for name, function in named))
        for anchor, title, lead, named in _TOPICS
    )
