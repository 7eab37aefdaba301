"""Runs, studies and whole sites made of plain values, without files: what the tests of the pages look at."""

from __future__ import annotations

import hashlib
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import (
    BucketedSeries,
    MetricSummary,
    Problem,
    Run,
    RunStatus,
    Source,
    SourceFile,
    parameter,
)
from runfolio.pages.options import SiteOptions
from runfolio.pages.site_pages import plan_site
from runfolio.pages.study import Study, studies
from runfolio.render.renderer import Renderer

START = datetime(2026, 11, 21, 3, 43, tzinfo=UTC)


def summary(values: Sequence[float], steps: Sequence[float] | None = None) -> MetricSummary:
    """What a digest says of these values, logged at steps 0, 1, 2 …"""
    steps = range(len(values)) if steps is None else steps
    finite = [(value, float(step)) for value, step in zip(values, steps, strict=True) if math.isfinite(value)]
    low = min(finite, default=(math.nan, None))
    high = max(finite, default=(math.nan, None), key=lambda item: item[0])
    numbers = [value for value, _ in finite]
    middle = statistics.median(numbers) if numbers else math.nan
    return MetricSummary(
        count=len(values),
        first=values[0],
        last=values[-1],
        minimum=low[0],
        maximum=high[0],
        step_of_minimum=low[1],
        step_of_maximum=high[1],
        mean_of_tail=numbers[-1] if numbers else math.nan,
        nonfinite_count=len(values) - len(finite),
        last_step=float(list(steps)[-1]),
        last_time=1.0,
        mean=statistics.fmean(numbers) if numbers else math.nan,
        median_absolute_deviation=statistics.median(abs(v - middle) for v in numbers)
        if numbers
        else math.nan,
    )


def make_run(run_id: str, metrics: Mapping[str, Any] | None = None, **changes: Any) -> Run:
    """A finished run; a metric is one value or the values of its steps. Parameters are plain values."""
    settings = {name: parameter(value) for name, value in changes.pop("parameters", {}).items()}
    logged = {
        name: summary(value if isinstance(value, list) else [value])
        for name, value in (metrics or {}).items()
    }
    run = Run(
        run_id=run_id,
        experiment=changes.pop("experiment", "study"),
        name=changes.pop("name", run_id),
        status=RunStatus(changes.pop("status", "finished")),
        source=Source(
            "runlog", 0, f"study/{run_id}", (SourceFile(f"study/{run_id}/run.json", 10, "ab" * 32),)
        ),
        fingerprint="",
        started_at=changes.pop("started_at", START),
        duration_s=changes.pop("duration_s", 60.0),
        parameters=settings,
        metrics=logged,
        **changes,
    )
    return sealed(run)


def sealed(run: Run) -> Run:
    """The run with the fingerprint that its content has."""
    text = repr(replace(run, fingerprint=""))
    return replace(run, fingerprint=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def replicates(values: Mapping[str, Sequence[Any]], metric: str = "acc", **changes: Any) -> list[Run]:
    """Runs of `model` = each key, one a value, told apart by their seed. None is a failed run without the metric."""
    runs = []
    for model, numbers in values.items():
        for seed, value in enumerate(numbers):
            start = START + timedelta(minutes=len(runs))
            more = {"parameters": {"model": model, "seed": seed}, "started_at": start, **changes}
            if value is None:
                more |= {"status": "failed", "error": "Traceback:\nValueError: no"}
            runs.append(make_run(f"{model}-{seed}", {} if value is None else {metric: value}, **more))
    return runs


@dataclass
class Shelf:
    """A catalog in memory. A metric of a run is a straight line from its first to its last value."""

    runs: tuple[Run, ...]
    problems: tuple[Problem, ...] = ()
    root_labels: tuple[str, ...] = ("runs",)
    artifacts: Mapping[tuple[str, str], bytes] = field(default_factory=dict)

    def series(self, run: Run) -> tuple[BucketedSeries, ...]:
        found = []
        for name, item in run.metrics.items():
            at = np.arange(item.count, dtype=float)
            value = (
                np.linspace(item.first, item.last, item.count) if item.count > 1 else np.array([item.last])
            )
            found.append(
                BucketedSeries(name, at, at * 2, value, at, at * 2, value, np.ones(item.count), True)
            )
        return tuple(found)

    def read_artifact(self, run: Run, path: str) -> bytes:
        try:
            return self.artifacts[run.run_id, path]
        except KeyError:
            raise ReadError(
                "the artifact cannot be read: it is gone", path=path, hint="look for it"
            ) from None


def study_of(runs: Sequence[Run], **options: Any) -> Study:
    """The one experiment of these runs."""
    (found,), _ = studies(runs, SiteOptions(**options))
    return found


@cache
def renderer() -> Renderer:
    """The default theme's."""
    return Renderer()


def plan(runs: Sequence[Run] | Shelf, **options: Any) -> Any:
    """The plan of a site of these runs."""
    shelf = runs if isinstance(runs, Shelf) else Shelf(tuple(runs))
    return plan_site(shelf, SiteOptions(**options))  # type: ignore[arg-type]


def pages_of(site: Any) -> dict[str, str]:
    """Path → HTML of every page of a plan."""
    return {page.path: renderer().render(page).decode() for page in site.pages}


def files_of(site: Any) -> dict[str, bytes]:
    """Path → bytes of every data file of a plan."""
    return {file.path: file.build() for file in site.files}


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def elements(page: str) -> list[tuple[str, dict[str, str]]]:
    """Every element of a page with its attributes, as a browser would read them."""
    reader = _Elements()
    reader.feed(page)
    return reader.found
