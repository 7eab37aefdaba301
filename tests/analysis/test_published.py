"""Published inputs with known answers that no other test of this floor holds."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.weightstats import ttost_ind

from runfolio.analysis.difference import difference
from runfolio.analysis.estimate import estimate
from runfolio.analysis.rounding import pdg
from runfolio.analysis.verdict import judge
from runfolio.model import Goal, MetricSpec, Verdict


@pytest.mark.parametrize(
    ("value", "half", "texts"),
    [
        (0.827, 0.119, ("0.83", "0.12")),
        (0.827, 0.367, ("0.8", "0.4")),
        (0.827, 0.95, ("0.8", "1.0")),
        (0.9134, 0.0041, ("0.913", "0.004")),
        (0.9134, 0.0967, ("0.91", "0.10")),
    ],
)
def test_particle_data_group(value: float, half: float, texts: tuple[str, str]) -> None:
    assert pdg(value, half) == texts


@pytest.mark.parametrize("shift", [0.0, 0.01, 0.02, 0.04])
def test_equivalence_is_that_of_two_one_sided_tests(shift: float) -> None:
    rng = np.random.default_rng(8)
    a, b = rng.normal(0.9 + shift, 0.01, 12), rng.normal(0.9, 0.015, 9)
    spec = MetricSpec("acc", "acc", goal=Goal.MAXIMIZE, threshold=0.025)
    found = difference(estimate(a.tolist()), estimate(b.tolist()), spec)
    theirs = ttost_ind(a, b, -0.025, 0.025, usevar="unequal")[0]
    verdict = judge(found, spec, 1.0).verdict
    assert (verdict is Verdict.EQUIVALENT) == (theirs <= 0.05)
