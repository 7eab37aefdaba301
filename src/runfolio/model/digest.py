"""What is kept of a run once its files were read: everything above the catalog works from this alone."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.model.metric import BucketedSeries
from runfolio.model.problem import Problem
from runfolio.model.run import Run


@dataclass(frozen=True, slots=True)
class RunDigest:
    """A run, the thinned series of each of its metrics (in the order of `run.metrics`), and what was wrong with it."""

    run: Run
    series: tuple[BucketedSeries, ...]
    problems: tuple[Problem, ...] = ()
