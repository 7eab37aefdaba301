"""Summaries and thinned series against slow, obvious versions of themselves."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.catalog.buckets import BUCKETS, EXACT_UP_TO, thin
from runfolio.catalog.digest import Logged, logged, summarize
from runfolio.catalog.outcome import Outcome, pack, unpack_series
from runfolio.model import BucketedSeries, FloatArray
from runfolio.readers import RowBlock

values = st.one_of(st.floats(), st.sampled_from([math.nan, math.inf, -math.inf, 1.0, 2.0]))
finite = st.floats(-1e6, 1e6)


def series_of(step: FloatArray, value: FloatArray, time: FloatArray | None = None) -> BucketedSeries:
    times = np.full(len(step), np.nan) if time is None else time
    (one,) = thin(("m",), np.asarray(step, float), times, np.asarray(value, float)[np.newaxis])
    return one


def part_of(*rows: list[float]) -> Logged:
    array = np.array(rows, dtype=float)
    count = array.shape[1]
    return Logged(
        tuple(f"m{i}" for i in range(len(rows))), np.arange(count) * 10.0, np.arange(count) + 0.5, array
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(values, min_size=1, max_size=40))
def test_a_summary_says_what_was_logged(row: list[float]) -> None:
    (summary,) = summarize(part_of(row))
    kept = [v for v in row if math.isfinite(v)]
    assert summary.count == len(row)
    assert summary.nonfinite_count == len(row) - len(kept)
    np.testing.assert_equal([summary.first, summary.last], [row[0], row[-1]])
    assert summary.last_step == 10.0 * (len(row) - 1)
    assert summary.last_time == len(row) - 0.5
    if not kept:
        assert math.isnan(summary.minimum)
        assert summary.step_of_minimum is None
        assert math.isnan(summary.mean)
        return
    assert summary.minimum == min(kept)
    assert summary.maximum == max(kept)
    assert summary.step_of_minimum == 10.0 * row.index(min(kept))
    assert summary.step_of_maximum == 10.0 * row.index(max(kept))
    assert summary.mean == pytest.approx(
        float(sum(map(Fraction, kept)) / len(kept)), rel=1e-9, abs=max(1e-9 * max(map(abs, kept)), 1e-300)
    )
    tail = [v for v in row[-max(1, math.ceil(len(row) / 10)) :] if math.isfinite(v)]
    assert math.isnan(summary.mean_of_tail) == (not tail)


def test_metrics_in_one_matrix_do_not_mix() -> None:
    alone = [summarize(part_of(row))[0] for row in ([1.0, 5.0, 3.0], [math.nan, 2.0, 1.0], [7.0, 7.0, 7.0])]
    together = summarize(part_of([1.0, 5.0, 3.0], [math.nan, 2.0, 1.0], [7.0, 7.0, 7.0]))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_equal(
            [getattr(one, f) for f in one.__slots__], [getattr(other, f) for f in other.__slots__]
        )
    assert alone[0].median_absolute_deviation == 2.0
    assert alone[0].mean == 3.0


def test_up_to_the_limit_nothing_is_thinned() -> None:
    step = np.arange(EXACT_UP_TO, dtype=float)
    one = series_of(step, step**2)
    assert one.exact
    assert (one.value == step**2).all()
    assert (one.bucket_mean == one.value).all()
    assert not series_of(np.arange(EXACT_UP_TO + 1.0), np.arange(EXACT_UP_TO + 1.0)).exact


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(EXACT_UP_TO + 1, 3000), st.floats(0, 0.3), st.booleans())
def test_thinning_keeps_ends_extremes_and_gaps(seed: int, count: int, share: float, uneven: bool) -> None:
    draw = np.random.default_rng(seed)
    step = (
        np.sort(draw.choice(10**6, count, replace=False)).astype(float) if uneven else np.arange(float(count))
    )
    value = draw.normal(size=count).round(2)
    value[draw.random(count) < share] = draw.choice([np.nan, np.inf, -np.inf])
    one = series_of(step, value, step / 2)
    at = np.searchsorted(step, one.step)
    np.testing.assert_equal(one.value, value[at])
    assert (one.time == one.step / 2).all()
    assert (np.diff(one.step) > 0).all()
    assert one.step[0] == step[0]
    assert one.step[-1] == step[-1]
    assert len(one.bucket_step) <= BUCKETS
    assert len(one.step) <= 6 * BUCKETS
    assert one.bucket_count.sum() == count
    bucket = np.minimum(((step - step[0]) / (step[-1] - step[0]) * BUCKETS).astype(int), BUCKETS - 1)
    for index, number in enumerate(np.unique(bucket)):
        inside = value[bucket == number]
        kept = one.value[np.isin(one.step, step[bucket == number])]
        numbers = inside[np.isfinite(inside)]
        np.testing.assert_equal([kept[0], kept[-1]], [inside[0], inside[-1]])
        assert (~np.isfinite(inside)).any() == (~np.isfinite(kept)).any()
        if len(numbers):
            kept = kept[np.isfinite(kept)]
            assert (kept.min(), kept.max()) == (numbers.min(), numbers.max())
            assert one.bucket_mean[index] == pytest.approx(numbers.mean(), abs=1e-9)
        else:
            assert math.isnan(one.bucket_mean[index])
        assert one.bucket_step[index] == pytest.approx(step[bucket == number].mean())


def test_huge_steps_and_values_do_not_overflow() -> None:
    step = np.linspace(-1.0, 1.0, 2000) * 1.7e308
    one = series_of(step, np.full(2000, 1.7e308))
    assert one.bucket_mean == pytest.approx(np.full(len(one.bucket_mean), 1.7e308))
    (summary,) = summarize(Logged(("m",), step, step, np.full((1, 2000), 1.7e308)))
    assert summary.mean == pytest.approx(1.7e308)


def block(names: str, step: list[float], *rows: list[float], priority: int = 0) -> RowBlock:
    return RowBlock(
        tuple(names.split()), np.array(step), np.array(step) / 10, np.array(rows, dtype=float), priority
    )


def test_rows_are_ordered_by_step_and_the_last_of_a_step_counts() -> None:
    parts, lost = logged([block("a", [1, 2, 3], [1, 2, 3]), block("a", [2, 3, 4], [2, 30, 40])])
    (part,) = parts
    assert part.step.tolist() == [1, 2, 3, 4]
    assert part.values.tolist() == [[1, 2, 30, 40]]
    assert lost == {"a": 1}, "2 was logged twice with one value: nothing is lost"


def test_the_main_writer_counts_before_ranks() -> None:
    blocks = [block("a", [1, 2], [1, 2]), block("a b", [2, 3], [20, 30], [5, 6], priority=-1)]
    parts, lost = logged(blocks)
    found = {name: (p.step.tolist(), p.values[i].tolist()) for p in parts for i, name in enumerate(p.names)}
    assert found == {"a": ([1, 2, 3], [1, 2, 30]), "b": ([2, 3], [5, 6])}
    assert lost == {"a": 1}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), finite), min_size=1, max_size=60))
def test_logged_is_what_a_dictionary_would_keep(pairs: list[tuple[int, float]]) -> None:
    step, row = [float(s) for s, _ in pairs], [v for _, v in pairs]
    ((part,), _) = logged([block("a", step, row)])
    assert dict(zip(part.step.tolist(), part.values[0].tolist(), strict=True)) == dict(
        zip(step, row, strict=True)
    )


@pytest.mark.parametrize("count", [3, 1500])
def test_series_survive_packing(count: int) -> None:
    draw = np.random.default_rng(1)
    step = np.arange(count, dtype=float)
    rows = draw.normal(size=(3, count))
    rows[1, 2] = np.nan
    series = [*thin(("c", "a", "b"), step, step / 3, rows), series_of(step[:2], step[:2])]
    again = unpack_series(pack(Outcome(), series).series)
    assert [one.metric for one in again] == ["c", "a", "b", "m"]
    for one, other in zip(series, again, strict=True):
        for name in one.__slots__:
            np.testing.assert_equal(getattr(one, name), getattr(other, name))
    assert again[0].bucket_step is again[1].bucket_step, "what was shared stays shared"
