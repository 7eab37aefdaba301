"""Parameter importance against known truths: the Ishigami function, pure noise, and the plain formulas."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runfolio.analysis.bins import Bins, bins_of
from runfolio.analysis.confounding import confounded, cramers_v
from runfolio.analysis.importance import (
    FEWEST_TRIALS,
    Importance,
    importance,
    jackknife,
    shuffle_p,
    variance_share,
)
from runfolio.analysis.spearman import spearman
from runfolio.model import FloatArray, parameter

#: First-order Sobol indices of the Ishigami function with a = 7, b = 0.1 (Ishigami & Homma 1990; closed form).
TRUTH = (0.3139, 0.4424, 0.0)


def ishigami(x: FloatArray) -> FloatArray:
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def numbers(name: str, values: Sequence[float] | FloatArray) -> Bins:
    found = bins_of(name, [None if math.isnan(value) else parameter(float(value)) for value in values])
    assert found is not None
    return found


def words(name: str, values: Sequence[str | None]) -> Bins:
    found = bins_of(name, [None if value is None else parameter(value) for value in values])
    assert found is not None
    return found


def sweep(n: int, seed: int) -> Importance:
    x = np.random.default_rng(seed).uniform(-np.pi, np.pi, (n, 3))
    return importance([numbers(f"x{i + 1}", x[:, i]) for i in range(3)], ishigami(x))


def by_name(found: Importance) -> dict[str, float]:
    return {item.names[0]: item.share for item in found.shares}


def test_a_large_sample_gives_the_sobol_indices_of_ishigami() -> None:
    shares = by_name(sweep(4000, 0))
    # Twelve bins cannot follow sin² quite: the share of the binned function is 0.40.
    assert [shares[f"x{i}"] for i in (1, 2, 3)] == [
        pytest.approx(TRUTH[0], abs=0.03),
        pytest.approx(TRUTH[1], abs=0.05),
        pytest.approx(TRUTH[2], abs=0.01),
    ]


def test_small_samples_are_right_on_average_and_their_intervals_cover() -> None:
    found = [sweep(100, seed) for seed in range(200)]
    mean = {name: np.mean([by_name(one)[name] for one in found]) for name in ("x1", "x2", "x3")}
    assert mean["x1"] == pytest.approx(0.30, abs=0.02)
    assert mean["x2"] == pytest.approx(0.39, abs=0.02)
    assert mean["x3"] == pytest.approx(0.00, abs=0.01)
    binned = {"x1": 0.306, "x2": 0.399, "x3": 0.0}
    inside = [item.low <= binned[item.names[0]] <= item.high for one in found for item in one.shares]
    assert 0.93 <= np.mean(inside) <= 0.995


def test_spearman_is_blind_where_the_share_is_not() -> None:
    second = next(item for item in sweep(1000, 3).shares if item.names == ("x2",))
    assert abs(second.rho) < 0.1 and second.is_supported and second.share > 0.35


def test_shares_are_not_forced_to_add_up_to_one() -> None:
    assert sum(by_name(sweep(1000, 1)).values()) < 0.85


def test_in_pure_noise_something_is_named_in_fewer_than_six_percent_of_sweeps() -> None:
    named = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x, y = rng.uniform(size=(20, 5)), rng.normal(size=20)
        named += bool(importance([numbers(f"p{i}", x[:, i]) for i in range(5)], y).supported)
    assert named / 200 < 0.06


def test_replicates_taken_as_trials_would_name_noise_which_is_why_means_are_used() -> None:
    """Five runs of each of 40 settings are 40 trials: taken as 200, settings that differ by chance look like effects."""
    wrong = right = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x, level = rng.uniform(size=40), rng.normal(size=40)
        runs = level.repeat(5) + rng.normal(0, 0.2, 200)
        wrong += bool(importance([numbers("x", x.repeat(5))], runs).supported)
        right += bool(importance([numbers("x", x)], runs.reshape(40, 5).mean(axis=1)).supported)
    assert right / 60 <= 0.1 < 0.5 < wrong / 60


def test_epsilon_squared_by_the_textbook() -> None:
    rng = np.random.default_rng(4)
    place = rng.integers(0, 4, 50).astype(np.intp)
    y = rng.normal(size=50) + place
    f = stats.f_oneway(*(y[place == i] for i in range(4))).statistic
    # ε² = 1 − (1 − η²)(n − 1)/(n − K), η² from F.
    eta = f * 3 / (f * 3 + 46)
    assert variance_share(y, place) == pytest.approx(1 - (1 - eta) * 49 / 46, rel=1e-12)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-1e3, 1e3)), min_size=8, max_size=40))
def test_the_jackknife_leaves_each_trial_out_in_turn(rows: list[tuple[int, float]]) -> None:
    place = np.array([row[0] for row in rows], dtype=np.intp)
    y = np.array([row[1] for row in rows])
    found = jackknife(y, place)
    for i in range(len(rows)):
        expected = variance_share(np.delete(y, i), np.delete(place, i))
        rest = np.delete(y, i)
        if math.isfinite(expected) and rest.std() > 1e-6 * (1 + np.abs(rest).max()):
            assert found[i] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_the_permutation_p_is_near_that_of_f_and_never_zero() -> None:
    rng = np.random.default_rng(5)
    place = np.repeat(np.arange(3, dtype=np.intp), 20)
    y = rng.normal(size=60) + 0.3 * place
    expected = stats.f_oneway(*(y[place == i] for i in range(3))).pvalue
    assert shuffle_p(y, [place])[0] == pytest.approx(expected, abs=0.02)
    assert shuffle_p(y + 100 * place, [place]) == [0.001]


def test_the_same_data_give_the_same_p() -> None:
    assert sweep(64, 9) == sweep(64, 9)


@given(st.lists(st.tuples(st.integers(0, 6), st.floats(-5, 5)), min_size=3, max_size=40))
def test_spearman_is_scipy_s(pairs: list[tuple[int, float]]) -> None:
    a, b = np.array([p[0] for p in pairs], dtype=float), np.array([p[1] for p in pairs])
    if np.unique(a).size < 2 or np.unique(b).size < 2:
        assert math.isnan(spearman(a, b))
    else:
        assert spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-12)


def test_cramers_v_is_scipy_s_with_bergsma_s_correction() -> None:
    rng = np.random.default_rng(6)
    a = rng.integers(0, 3, 80).astype(np.intp)
    b = np.where(rng.uniform(size=80) < 0.7, a, rng.integers(0, 4, 80)).astype(np.intp)
    plain = stats.contingency.association(
        np.array([[np.sum((a == i) & (b == j)) for j in range(4)] for i in range(3)])
    )
    n, r, c = 80, 3, 4
    phi = plain**2 * 2
    smaller = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    expected = math.sqrt(max(0, phi - (r - 1) * (c - 1) / (n - 1)) / smaller)
    assert cramers_v(a, b) == pytest.approx(expected, rel=1e-12)
    assert cramers_v(a, a) == pytest.approx(1.0)
    assert math.isnan(cramers_v(a, np.zeros(80, dtype=np.intp)))


# ── refusals ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_fewer_than_twenty_trials_give_no_share() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(size=FEWEST_TRIALS)
    found = importance([numbers("x", x[:-1])], x[:-1])
    assert found.shares == () and "at least 20" in found.refusal
    # Failed trials do not count.
    y = x.copy()
    y[3] = np.nan
    assert importance([numbers("x", x)], y).refusal.startswith("19 usable trials")
    assert importance([numbers("x", x)], x).shares


def test_a_parameter_with_one_value_or_too_few_trials_is_refused_with_the_reason() -> None:
    rng = np.random.default_rng(1)
    y = rng.normal(size=40)
    half = np.where(np.arange(40) < 15, rng.uniform(size=40), np.nan)
    found = importance(
        [numbers("one", np.ones(40)), numbers("half", half), numbers("x", rng.uniform(size=40))], y
    )
    assert dict(found.refused) == {"one": "it has one value", "half": "only 15 usable trials have it"}
    assert [item.names for item in found.shares] == [("x",)]
    assert (
        importance([numbers("x", rng.uniform(size=40))], np.ones(40)).refusal
        == "all trials have the same value"
    )


def test_more_than_twelve_words_are_no_levels() -> None:
    assert bins_of("note", [parameter(f"text {i}") for i in range(30)]) is None


def test_parameters_that_move_together_are_reported_as_one() -> None:
    rng = np.random.default_rng(2)
    lr = 10 ** rng.uniform(-4, 0, 60)
    kind = rng.choice(["a", "b", "c"], 60)
    columns = [
        numbers("lr", lr),
        numbers("warmup", 1000 * lr + rng.normal(0, 1e-3, 60)),
        words("kind", kind.tolist()),
        words("copy of kind", [f"the {item}" for item in kind]),
        numbers("free", rng.uniform(size=60)),
    ]
    found = importance(columns, np.log10(lr) + rng.normal(0, 0.1, 60))
    assert {item.names for item in found.shares} == {("lr", "warmup"), ("kind", "copy of kind"), ("free",)}
    assert found.shares[0].names == ("lr", "warmup")
    assert confounded([]) == ()


def test_a_parameter_of_one_model_alone_is_judged_among_its_trials_and_is_not_confounded_with_the_model() -> (
    None
):
    rng = np.random.default_rng(3)
    model = rng.choice(["forest", "mlp"], 120)
    depth = np.where(model == "forest", rng.uniform(1, 20, 120), np.nan)
    y = np.where(model == "forest", np.nan_to_num(depth) / 20, rng.normal(0.5, 0.1, 120))
    found = importance([words("model", model.tolist()), numbers("depth", depth)], y)
    depth_share = next(item for item in found.shares if item.names == ("depth",))
    assert depth_share.n == (model == "forest").sum() and depth_share.share > 0.9


def test_one_trial_that_holds_most_of_the_variance_is_named() -> None:
    rng = np.random.default_rng(8)
    y = rng.normal(size=50)
    y[17] = 1e6
    assert importance([numbers("x", rng.uniform(size=50))], y).heaviest == (17, pytest.approx(0.98, abs=0.01))


def test_one_trial_that_alone_differs_leaves_the_interval_open() -> None:
    """As where one trial of many failed: without it there is nothing to explain."""
    rng = np.random.default_rng(11)
    y = np.zeros(40)
    y[5] = 1.0
    (found,) = importance([numbers("x", rng.uniform(size=40))], y).shares
    assert (found.low, found.high) == (0.0, 1.0) and not found.is_supported


# ── bins ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.floats(-1e6, 1e6), min_size=20, max_size=200))
def test_every_number_lies_in_its_bin_and_no_bin_is_empty(values: list[float]) -> None:
    found = numbers("x", values)
    assert set(found.place.tolist()) == set(range(found.count)) and found.count <= 12
    for value, place in zip(values, found.place, strict=True):
        low, high = found.ends[place]
        assert low <= value <= high
    assert all(a[1] < b[0] for a, b in zip(found.ends, found.ends[1:], strict=False))


def test_levels_are_ordered_and_bins_are_equally_full() -> None:
    assert words("optimizer", ["sgd", None, "adam"]).labels == ("adam", "sgd")
    assert words("optimizer", ["sgd", None, "adam"]).place.tolist() == [1, -1, 0]
    assert numbers("batch", [256, 32, 64.0]).labels == ("32", "64", "256")
    found = numbers("lr", (10 ** np.linspace(-4, 0, 120)).tolist())
    assert np.bincount(found.place).tolist() == [10] * 12 and found.is_log and not found.is_levels
    assert found.labels[0] == "1e-4 to 2.01e-4"
    assert numbers("x", np.arange(20.0)).count == 3
