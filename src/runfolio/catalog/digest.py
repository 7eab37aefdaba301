"""Rows → summaries and thinned series: the only pass over all rows.

Metrics that were logged in the same rows are digested together, as one matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from runfolio.catalog.buckets import thin
from runfolio.catalog.own_fingerprint import own_fingerprint
from runfolio.model import (
    BucketedSeries,
    FloatArray,
    MetricSummary,
    Problem,
    RunDigest,
    Severity,
)
from runfolio.readers import Reading, RowBlock


@dataclass(frozen=True, slots=True, eq=False)
class Logged:
    """Metrics logged in the same rows: `step` (n,) strictly increasing, `time` (n,), `values` (k, n) for k names."""

    names: tuple[str, ...]
    step: FloatArray
    time: FloatArray
    values: FloatArray


def logged(rows: Sequence[RowBlock]) -> tuple[list[Logged], dict[str, int]]:
    """All logged values, ordered by step, and for each metric how many gave way to a different one at their step.

    Each metric is in exactly one `Logged`. Blocks of lower priority give way, then earlier rows.
    """
    homes: dict[str, list[int]] = {}
    order = sorted(range(len(rows)), key=lambda index: rows[index].priority)
    for block in rows:
        for name in block.names:
            homes.setdefault(name, [])
    for index in order:
        for name in rows[index].names:
            homes[name].append(index)
    alike: dict[tuple[int, ...], list[str]] = {}
    for name, indexes in homes.items():
        alike.setdefault(tuple(indexes), []).append(name)
    result: list[Logged] = []
    dropped: dict[str, int] = {}
    for places, names in alike.items():
        part, lost = _ordered(_joined(tuple(names), [rows[index] for index in places]))
        result.append(part)
        dropped.update({name: int(count) for name, count in zip(names, lost, strict=True) if count})
    return result, {name: dropped[name] for name in homes if name in dropped}


def _joined(names: tuple[str, ...], blocks: list[RowBlock]) -> Logged:
    if len(blocks) == 1 and blocks[0].names == names:
        # In one order in memory: sums of the same values must not differ in their last digits.
        return Logged(names, blocks[0].step, blocks[0].time, np.ascontiguousarray(blocks[0].values))
    values = [block.values[[block.names.index(name) for name in names]] for block in blocks]
    return Logged(
        names,
        np.concatenate([block.step for block in blocks]),
        np.concatenate([block.time for block in blocks]),
        np.concatenate(values, axis=1),
    )


def _ordered(part: Logged) -> tuple[Logged, FloatArray]:
    """Sorted by step, with the last row of each step; and (k,) how many values were lost: dropped for a different one."""
    if len(part.step) < 2 or bool((np.diff(part.step) > 0).all()):
        return part, np.zeros(len(part.names))
    order = np.argsort(part.step, kind="stable")
    step, values = part.step[order], part.values[:, order]
    is_last = np.append(step[1:] != step[:-1], True)
    follows = values[:, 1:]
    same = (values[:, :-1] == follows) | (np.isnan(values[:, :-1]) & np.isnan(follows))
    lost: FloatArray = np.count_nonzero(~same & ~is_last[:-1], axis=1).astype(float)
    ordered = Logged(
        part.names, step[is_last], part.time[order][is_last], np.ascontiguousarray(values[:, is_last])
    )
    return ordered, lost


def digest(reading: Reading) -> RunDigest:
    """The run with its summaries, its thinned series in the same order, and what was wrong."""
    run = reading.run
    if run.source.part:
        run = replace(run, fingerprint=own_fingerprint(reading))
    parts, dropped = logged(reading.rows)
    summaries: dict[str, MetricSummary] = {}
    series: dict[str, BucketedSeries] = {}
    for part in parts:
        summaries.update(zip(part.names, summarize(part), strict=True))
        series.update(zip(part.names, thin(part.names, part.step, part.time, part.values), strict=True))
    names = list(dict.fromkeys(name for block in reading.rows for name in block.names))
    metrics = {name: summaries[name] for name in names}
    problems = reading.problems + _repeated(dropped, run.source.path, run.run_id)
    duration = run.duration_s
    if duration is None:
        duration = _last_time(metrics)
    run = replace(run, metrics=metrics, duration_s=duration)
    return RunDigest(run, tuple(series[name] for name in names), problems)


def _last_time(metrics: Mapping[str, MetricSummary]) -> float | None:
    return max((m.last_time for m in metrics.values() if m.last_time is not None), default=None)


def _repeated(dropped: Mapping[str, int], path: str, run_id: str) -> tuple[Problem, ...]:
    if not dropped:
        return ()
    first = next(iter(dropped))
    others = f" and {len(dropped) - 1} more" if len(dropped) > 1 else ""
    count = sum(dropped.values())
    said = (
        "1 value was logged at a step that has"
        if count == 1
        else f"{count} values were logged at steps that have"
    )
    message = f"{said} another value (metric `{first[:120]}`{others}); the last one of the lowest rank counts"
    hint = "this is normal after a resume; otherwise log each step once"
    return (Problem("repeated-steps", Severity.NOTE, message, path, run_id, hint),)


def summarize(part: Logged) -> list[MetricSummary]:
    """One summary a metric, in the order of `names`."""
    values, finite = part.values, np.isfinite(part.values)
    whole = bool(finite.all())
    numbers = _bulk(values).T if whole else np.array(list(map(_numbers, values, finite)))
    kept = values if whole else np.where(finite, values, np.nan)
    places = [_places(kept, numbers[:, 0]), _places(kept, numbers[:, 1])]
    times = part.time[np.isfinite(part.time)]
    last_time = float(times[-1]) if len(times) else None
    nonfinite = (values.shape[1] - np.count_nonzero(finite, axis=1)).tolist()
    rows = zip(
        numbers.tolist(),
        values[:, 0].tolist(),
        values[:, -1].tolist(),
        *(part.step[at].tolist() for at in places),
        nonfinite,
        strict=True,
    )
    return [
        MetricSummary(
            count=values.shape[1],
            first=first,
            last=last,
            minimum=low,
            maximum=high,
            step_of_minimum=None if low != low else step_of_low,
            step_of_maximum=None if high != high else step_of_high,
            mean_of_tail=tail,
            nonfinite_count=missing,
            last_step=float(part.step[-1]),
            last_time=last_time,
            mean=mean,
            median_absolute_deviation=deviation,
        )
        for (low, high, mean, tail, deviation), first, last, step_of_low, step_of_high, missing in rows
    ]


def _places(values: FloatArray, extremes: FloatArray) -> NDArray[np.intp]:
    """Where each row (k, n) first has its extreme (k,); 0 where that is NaN."""
    places: NDArray[np.intp] = (values == extremes[:, np.newaxis]).argmax(axis=1)
    return places


def _tail(count: int) -> int:
    """Values in the last tenth of `count`, at least one."""
    return max(1, -(-count // 10))


def _mean(values: FloatArray) -> FloatArray:
    """Means of rows; halved before summing where the sum would overflow."""
    with np.errstate(over="ignore"):
        means: FloatArray = values.mean(axis=-1)
        return means if np.isfinite(means).all() else (values / values.shape[-1]).sum(axis=-1)


def _bulk(values: FloatArray) -> FloatArray:
    """Minimum, maximum, mean, mean of the tail and median absolute deviation of finite rows (k, n), shape (5, k)."""
    with np.errstate(over="ignore"):
        median = np.median(values, axis=1, keepdims=True)
        deviation = np.median(np.abs(values - median), axis=1)
    tail = values[:, -_tail(values.shape[1]) :]
    return np.array([values.min(axis=1), values.max(axis=1), _mean(values), _mean(tail), deviation])


def _numbers(values: FloatArray, finite: NDArray[np.bool_]) -> FloatArray:
    """The same for one row with non-finite values; NaN where there is no finite one."""
    kept = values[finite]
    if len(kept) == 0:
        return np.full(5, np.nan)
    result = _bulk(kept[np.newaxis])[:, 0]
    tail = values[-_tail(len(values)) :]
    tail = tail[np.isfinite(tail)]
    result[3] = _mean(tail) if len(tail) else np.nan
    return result
