from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runfolio.charts.sparkline import sparklines, thinned


@given(st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_thinning_keeps_ends_and_extremes_in_order(n: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    x, y = np.cumsum(generator.random(n) + 1e-6), generator.normal(size=n)
    px, py = thinned(x, y)
    assert px.size <= 32
    assert (px[0], px[-1], py[0], py[-1]) == (x[0], x[-1], y[0], y[-1])
    assert (py.min(), py.max()) == (y.min(), y.max())
    assert (np.diff(px) > 0).all()


def test_a_column_shares_its_range_and_failed_runs_have_no_say() -> None:
    x = np.arange(100.0)
    found = sparklines(
        [(x, x / 100), None, (x, x * 1e6), (x, np.full(100, np.nan))], is_cut=[False, False, True, False]
    )
    first, missing, wild, empty = found
    assert missing is None
    assert empty is None
    assert first is not None
    assert wild is not None
    assert (first.low, first.high) == (wild.low, wild.high) == (0.0, 0.99)
