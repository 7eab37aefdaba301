"""Screening, sizes without unit, methods over data sets, pairwise outcomes: against scipy, statsmodels and published tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.multitest import multipletests

from runfolio.analysis.bh import bh
from runfolio.analysis.bradley_terry import ELO, bradley_terry, strength_contrasts
from runfolio.analysis.data_sets import (
    cliques,
    critical_difference,
    friedman,
    mean_ranks,
    pairs_of_methods,
)
from runfolio.analysis.effect import geometric_ratio, hedges_g
from runfolio.analysis.percentile import middle_of_runs, percentile
from runfolio.analysis.signed_rank import average_ranks, signed_rank_p

#: Demšar 2006, table 6: AUC of C4.5, C4.5+m, C4.5+cf, C4.5+m+cf on 14 data sets.
DEMSAR = [
    (0.763, 0.768, 0.771, 0.798),
    (0.599, 0.591, 0.590, 0.569),
    (0.954, 0.971, 0.968, 0.967),
    (0.628, 0.661, 0.654, 0.657),
    (0.882, 0.888, 0.886, 0.898),
    (0.936, 0.931, 0.916, 0.931),
    (0.661, 0.668, 0.609, 0.685),
    (0.583, 0.583, 0.563, 0.625),
    (0.775, 0.838, 0.866, 0.875),
    (1.000, 1.000, 1.000, 1.000),
    (0.940, 0.962, 0.965, 0.962),
    (0.619, 0.666, 0.614, 0.669),
    (0.972, 0.981, 0.975, 0.975),
    (0.957, 0.978, 0.946, 0.970),
]

#: Agresti, Categorical Data Analysis: wins in the eastern division of the American League, 1987.
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
WINS = [
    [0, 7, 9, 7, 7, 9, 11],
    [6, 0, 7, 5, 11, 9, 9],
    [4, 6, 0, 7, 7, 8, 12],
    [6, 8, 6, 0, 6, 7, 10],
    [6, 2, 6, 7, 0, 7, 12],
    [4, 4, 5, 6, 6, 0, 6],
    [2, 4, 1, 3, 1, 7, 0],
]

samples = st.lists(st.floats(0.01, 1e3).map(lambda x: round(x, 3)), min_size=3, max_size=12)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_bh_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert bh(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])


def test_bh_flags_four_of_the_fifteen_of_its_authors() -> None:
    # Benjamini and Hochberg 1995, section 3.2: four hypotheses are rejected, by Bonferroni's method three.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert [q <= 0.05 for q in bh(p)] == [True] * 4 + [False] * 11
    assert bh([]) == []


@given(samples, samples)
def test_the_ratio_of_geometric_means_is_that_of_scipy(a: list[float], b: list[float]) -> None:
    assume(np.ptp(a) > 0.01 and np.ptp(b) > 0.01)
    theirs = stats.ttest_ind(np.log(a), np.log(b), equal_var=False)
    ends = theirs.confidence_interval(0.95)
    found = geometric_ratio(a, b)
    assert found is not None and found.low is not None and found.high is not None
    assert found.value == pytest.approx(stats.gmean(a) / stats.gmean(b), rel=1e-9)
    assert (found.low, found.high) == pytest.approx((math.exp(ends.low), math.exp(ends.high)), rel=1e-6)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-12)


def test_a_ratio_is_refused_where_a_value_is_not_positive() -> None:
    assert geometric_ratio([1.0, 0.0], [1.0]) is None
    assert geometric_ratio([], [1.0]) is None
    few = geometric_ratio([2.0, 2.0], [1.0, 1.0])
    assert few is not None and (few.value, few.low) == (pytest.approx(2), None)
    same = geometric_ratio([2.0] * 3, [1.0] * 3)
    assert same is not None and same.low is None


def test_hedges_g_by_its_exact_correction() -> None:
    # The correction is close to 1 − 3/(4ν − 1); at ν = 10 it is 0.92275.
    a, b = [4.0, 5.0, 6.0, 7.0, 8.0, 9.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    cohen = 3 / math.sqrt(3.5)
    assert hedges_g(a, b) == pytest.approx(cohen * 0.9227456, rel=1e-6)
    assert hedges_g(a, b) == pytest.approx(cohen * (1 - 3 / 39), rel=1e-3)
    assert hedges_g([1.0], [2.0, 3.0]) is None
    assert hedges_g([1.0, 1.0], [1.0, 1.0]) is None


@given(st.lists(st.integers(-6, 6).map(float), min_size=5, max_size=11))
def test_the_signed_rank_test_agrees_with_scipy_also_with_ties(gaps: list[float]) -> None:
    signed = [g for g in gaps if g]
    assume(len(signed) >= 2)
    theirs = stats.permutation_test(
        (np.array(signed),),
        lambda x, axis=-1: (stats.rankdata(np.abs(x), axis=axis) * (x > 0)).sum(axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert signed_rank_p(gaps) == pytest.approx(theirs.pvalue, rel=1e-9)


def test_the_signed_rank_test_of_many_agrees_with_scipys_exact_one() -> None:
    gaps = np.random.default_rng(2).normal(0.3, size=45)
    assert signed_rank_p(list(gaps)) == pytest.approx(stats.wilcoxon(gaps, method="exact").pvalue, rel=1e-9)
    assert signed_rank_p([1.0] * 4) is None
    assert signed_rank_p([0.0] * 6) == 1
    assert signed_rank_p([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(0.0625)


@given(st.lists(st.integers(0, 9).map(float), min_size=1, max_size=20))
def test_shared_ranks_are_those_of_scipy(values: list[float]) -> None:
    assert average_ranks(values) == pytest.approx(stats.rankdata(values))


def test_demsars_table_six() -> None:
    # He ranked one data set before rounding it: with its third score above its fourth, all that he prints is found.
    as_ranked = [*DEMSAR[:12], (0.972, 0.981, 0.9751, 0.9749), DEMSAR[13]]
    assert [round(r, 3) for r in mean_ranks(as_ranked)] == [3.143, 2.0, 2.893, 1.964]
    for table, printed in ((as_ranked, (9.28, 3.69)), (DEMSAR, (9.86, 3.99))):
        # Without the correction for ties.
        plain = 12 * 14 / 20 * (sum(r * r for r in mean_ranks(table)) - 4 * 25 / 4)
        assert (round(plain, 2), round(13 * plain / (14 * 3 - plain), 2)) == printed
    theirs = stats.friedmanchisquare(*np.array(DEMSAR).T)
    found = friedman(DEMSAR)
    assert found is not None
    assert found.chi_square == pytest.approx(theirs.statistic, rel=1e-12)
    assert found.chi_square_p == pytest.approx(theirs.pvalue, rel=1e-10)
    assert found.f_p == pytest.approx(stats.f.sf(found.f, 3, 39), rel=1e-10)
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)
    assert critical_difference(4, 14, 0.10) == pytest.approx(1.12, abs=0.005)


def test_the_critical_values_are_those_of_scipy() -> None:
    for level in (0.05, 0.10):
        for k in (3, 5, 10, 20):
            q = stats.studentized_range.ppf(1 - level, k, math.inf) / math.sqrt(2)
            found = critical_difference(k, 10, level)
            assert found == pytest.approx(q * math.sqrt(k * (k + 1) / 60), rel=3e-4)


def test_methods_over_few_data_sets_are_not_tested() -> None:
    assert friedman(DEMSAR[:4]) is None
    assert friedman([row[:2] for row in DEMSAR]) is None
    assert friedman([(1.0, 1.0, 1.0)] * 6) is None
    assert critical_difference(4, 4) is None
    assert critical_difference(2, 14) is None
    assert critical_difference(21, 14) is None
    assert {pair.p for pair in pairs_of_methods(DEMSAR[:4])} == {None}
    assert all(map(math.isnan, mean_ranks([(math.nan, 1.0)])))
    assert pairs_of_methods([]) == [] and mean_ranks([]) == []


def test_where_all_data_sets_agree_the_f_has_no_bound() -> None:
    found = friedman([(1.0, 2.0, 3.0)] * 6)
    assert found is not None and (found.f, found.f_p) == (math.inf, 0)
    assert found.chi_square == pytest.approx(12)


def test_pairs_of_methods_are_corrected_by_holm() -> None:
    found = pairs_of_methods(DEMSAR)
    raw = [pair.p or 0 for pair in found]
    assert len(found) == 6
    assert [pair.p_adjusted for pair in found] == pytest.approx(multipletests(raw, method="holm")[1])


def test_a_data_set_without_all_scores_does_not_rank() -> None:
    assert mean_ranks([*DEMSAR, (math.nan, 0.5, 0.5, 0.5)]) == mean_ranks(DEMSAR)
    assert mean_ranks([(1.0, 2.0)], lower_is_better=True) == [1.0, 2.0]


def test_cliques_hold_what_is_not_apart() -> None:
    assert cliques(4, [(0, 2), (0, 3), (1, 2), (1, 3)]) == [(0, 1), (2, 3)]
    assert cliques(3, [(0, 2)]) == [(0, 1), (1, 2)]
    assert cliques(2, [(0, 1)]) == []
    assert cliques(3, []) == [(0, 1, 2)]
    # The outer two are not told apart, but no bar can join them past the one between.
    assert cliques(3, [(0, 1)]) == [(1, 2)]


def test_baseball_of_1987() -> None:
    found, why = bradley_terry(WINS)
    assert why == ""
    beta = np.array([s.elo for s in found]) / ELO
    # Agresti's estimates, Baltimore at 0.
    assert beta - beta[-1] == pytest.approx([1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0], abs=6e-4)
    assert sum(s.elo for s in found) == pytest.approx(0, abs=1e-9)
    assert all(s.low is not None and s.high is not None and s.low < s.elo < s.high for s in found)


def test_strengths_are_those_of_a_logistic_regression() -> None:
    rng = np.random.default_rng(4)
    wins = rng.integers(1, 12, (5, 5)).astype(float)
    rows, outcome = [], []
    for i in range(5):
        for j in range(i + 1, 5):
            row = np.zeros(5)
            row[i], row[j] = 1, -1
            rows.append(row[:4])
            outcome.append((wins[i, j], wins[j, i]))
    theirs = GLM(np.array(outcome), np.array(rows), family=Binomial()).fit().params
    beta = np.array([s.elo for s in bradley_terry(wins.tolist())[0]]) / ELO
    assert beta[:4] - beta[4] == pytest.approx(theirs, abs=1e-7)


def test_the_intervals_of_strength_are_as_wide_as_theory_says() -> None:
    wins = [[0, 600], [400, 0]]
    (first, _), _ = bradley_terry(wins)
    error = ELO / 2 * math.sqrt(1 / 600 + 1 / 400)
    assert first.low is not None and first.high is not None
    assert (first.high - first.low) / 2 == pytest.approx(1.96 * error, rel=0.08)


def test_strength_without_bound_is_refused() -> None:
    assert bradley_terry([[0, 3], [0, 0]])[0] == []
    assert "never lost" in bradley_terry([[0, 3], [0, 0]])[1]
    assert bradley_terry([[0.0]])[1] == "fewer than two players met"
    two_islands = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    assert bradley_terry(two_islands)[0] == []
    few, why = bradley_terry([[0, 2], [1, 0]])
    assert why == "" and few[0].low is None
    assert few[0].elo - few[1].elo == pytest.approx(ELO * math.log(2))


def test_percentiles_and_the_middle_of_the_runs() -> None:
    values = [float(v) for v in range(10)]
    assert middle_of_runs(values) == pytest.approx((0.9, 8.1))
    assert middle_of_runs([*values[:9], math.nan]) is None
    assert percentile([1.0, 2.0, math.inf], 0.25) == 1.25
    assert math.isnan(percentile([], 0.5))


def test_differences_of_strength_are_those_of_a_logistic_regression() -> None:
    rows, outcome = [], []
    for i in range(7):
        for j in range(i + 1, 7):
            row = np.zeros(7)
            row[i], row[j] = 1, -1
            rows.append(row[:6])
            outcome.append((WINS[i][j], WINS[j][i]))
    theirs = GLM(np.array(outcome), np.array(rows), family=Binomial()).fit()
    found = {(item.first, item.second): item for item in strength_contrasts(WINS)}
    assert len(found) == 21
    for (i, j), item in found.items():
        asked = np.zeros(6)
        asked[i] = 1
        if j < 6:
            asked[j] = -1
        test = theirs.t_test(asked, use_t=False)
        assert item.difference / ELO == pytest.approx(float(test.effect[0]), abs=1e-6)
        assert item.standard_error / ELO == pytest.approx(float(np.squeeze(test.sd)), rel=1e-5)
        assert item.p == pytest.approx(float(test.pvalue), abs=1e-6)
    assert strength_contrasts([[0, 3], [0, 0]]) == [] and strength_contrasts([[0.0]]) == []
