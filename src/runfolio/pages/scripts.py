"""Data as classic scripts, which a page opened from disk may load: one call of `runfolio.register` each.

A script is ASCII and its payload is JSON in a string literal exactly as JSON.stringify would write it, so that a
browser that has the payload can rebuild the file's bytes and check their digest.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from runfolio.analysis.curve import Curve
from runfolio.catalog.buckets import Mask, points_of
from runfolio.model import BucketedSeries
from runfolio.pages.encoding import encode, encode_axis, packed
from runfolio.pages.routes import slug

#: Part of every data script's key: a new number rewrites them all.
FORMAT = "3"


def script(key: str, payload: object) -> bytes:
    """The script that registers a payload under a key."""
    text = json.dumps(payload, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f"runfolio.register({json.dumps(key)},{json.dumps(text)});\n".encode("ascii")


def run_series_script(run_id: str, series: Sequence[BucketedSeries], most: int | None = None) -> bytes:
    """Every metric of one run, thinned to about `most` points where that is given.

    A step column equal to an earlier one is given by that metric's name; `kept` has a bit for each of its steps where a
    metric does not have them all.
    """
    metrics: dict[str, dict[str, object]] = {}
    seen: dict[bytes, str] = {}
    for together in _logged_together(series):
        first = together[0]
        stamp = first.step.tobytes() + first.time.tobytes()
        kept = _kept(together, most)
        for item, mask in zip(together, kept, strict=True):
            entry: dict[str, object] = {"value": encode(item.value if mask is None else item.value[mask])}
            if mask is not None:
                entry["kept"] = packed(mask)
            if stamp in seen:
                entry["same"] = seen[stamp]
            else:
                seen[stamp] = item.metric
                entry["step"] = encode_axis(item.step)
                if np.isfinite(item.time).any():
                    entry["time"] = encode(item.time)
            metrics[item.metric] = entry
    return script(
        f"series:{slug(run_id)}", {"metrics": {item.metric: metrics[item.metric] for item in series}}
    )


def _logged_together(series: Sequence[BucketedSeries]) -> list[list[BucketedSeries]]:
    """The series, those that share their very arrays of steps and times together."""
    found: dict[tuple[int, int], list[BucketedSeries]] = {}
    for item in series:
        found.setdefault((id(item.step), id(item.time)), []).append(item)
    return list(found.values())


def _kept(together: Sequence[BucketedSeries], most: int | None) -> Sequence[Mask | None]:
    step = together[0].step
    if most is None or len(step) <= most:
        return [None] * len(together)
    return list(points_of(step, np.array([item.value for item in together]), most))


def curves_script(experiment: str, curves: Mapping[str, Mapping[str, Curve]]) -> bytes:
    """The mean curves of an experiment's groups, by group id and metric."""
    groups = {
        group_id: {
            metric: {
                "step": encode_axis(curve.step),
                "value": encode(curve.mean),
                "low": encode(curve.low),
                "high": encode(curve.high),
                "n": encode(curve.n),
            }
            for metric, curve in by_metric.items()
        }
        for group_id, by_metric in curves.items()
    }
    return script(f"curves:{slug(experiment)}", {"groups": groups})


def number(value: float | None) -> float | str | None:
    """A number as JSON can hold it: NaN and infinities as the run log's strings."""
    if value is None or math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def moment_text(moment: datetime | None) -> str | None:
    """`2026-11-21T03:43:00Z`; None for none."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
