"""What part of the plane a chart shows: ranges that a few wild values cannot ruin, and what leaves them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from runfolio.analysis.rounding import four_digits
from runfolio.charts.chart import Departure, Line, empty
from runfolio.charts.memory import remembered
from runfolio.model import FloatArray

#: Beyond this a value counts as infinite for a picture; squares and differences stay finite below it.
LARGEST = 1e100
#: A range is not cut where the whole of it is at most this many times as long.
GENEROSITY = 1.25
#: Log is offered above this ratio of the largest to the smallest value.
LOG_RATIO = 20.0
_PADDING = 0.04


def finite(arrays: Iterable[FloatArray]) -> FloatArray:
    """Every finite value of the arrays in one, shape (n,)."""
    parts = [array[np.isfinite(array) & (np.abs(array) <= LARGEST)] for array in arrays]
    return np.concatenate(parts) if parts else empty()


def robust_range(usual: Sequence[FloatArray], needed: Sequence[float] = ()) -> tuple[float, float]:
    """Lowest and highest value to show: 1st to 99th percentile (type 7) of `usual`, and every finite `needed` one.

    Where nothing much would be left out the whole range is taken. Without any finite value: 0 to 1; without any
    difference: half a unit, or a tenth of the value, on both sides.
    """
    values = finite(usual)
    must = finite([np.asarray(needed, dtype=np.float64)])
    if not values.size and not must.size:
        return 0.0, 1.0
    ends = np.percentile(values, (1, 99)) if values.size else empty()
    inner = np.concatenate([ends, must])
    low, high = float(inner.min()), float(inner.max())
    whole = np.concatenate([values, must])
    if float(np.ptp(whole)) <= GENEROSITY * (high - low):
        low, high = float(whole.min()), float(whole.max())
    return widened(low, high)


def widened(low: float, high: float) -> tuple[float, float]:
    """The same range, made wide enough to draw in where both ends are equal."""
    if high > low and high - low > 1e-12 * max(abs(low), abs(high)):
        return low, high
    half = max(abs(low) * 0.1, 1e-9) if low else 0.5
    return low - half, high + half


def padded(low: float, high: float, scale: str = "linear") -> tuple[float, float]:
    """The range with a little air on both sides, which never carries it past zero."""
    if scale == "log":
        factor = (high / low) ** _PADDING
        return low / factor, high * factor
    air = (high - low) * _PADDING
    return (low - air if low < 0 else max(0.0, low - air)), (high + air if high > 0 else min(0.0, high + air))


def log_is_offered(values: FloatArray) -> bool:
    """True when all values, shape (n,), are positive and span more than a factor of 20."""
    return (
        bool(values.size)
        and float(values.min()) > 0
        and float(values.max()) > LOG_RATIO * float(values.min())
    )


def is_rate_like(name: str) -> bool:
    """True for settings that people choose by factors, such as `lr`, `optimizer.weight_decay`, `train/lr`."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    joined = "_".join(words)
    return bool({"lr", "wd"} & set(words)) or any(
        name in joined for name in ("learning_rate", "learningrate", "weight_decay", "weightdecay")
    )


def departures(line: Line, low: float, high: float) -> tuple[Departure, ...]:
    """Where the line first leaves low … high over the top and under the bottom: at most one of each.

    `x` is the last one inside; for a line that starts outside, the first inside (its first x where it never comes in).
    Plus or minus infinity is outside; NaN is nowhere.
    """
    crossings = _crossings(line.x, line.y, low, high)
    return tuple(
        Departure(x, is_above, line.label, line.role, is_start=is_start)
        for x, is_above, is_start in crossings
    )


@remembered(1024)
def _crossings(x: FloatArray, y: FloatArray, low: float, high: float) -> tuple[tuple[float, bool, bool], ...]:
    """Where, whether over the top, whether it starts outside: of each departure."""
    found = []
    logged = np.flatnonzero(~np.isnan(y))
    y = y[logged]
    for is_above in (True, False):
        outside = y > high if is_above else y < low
        if not outside.any():
            continue
        first = int(outside.argmax())
        back = np.flatnonzero(~outside[first:])
        at = first - 1 if first else int(back[0]) if back.size else 0
        found.append((float(x[logged[at]]), is_above, first == 0))
    return tuple(found)


def departure_note(found: Sequence[Departure], lines: Sequence[Line], x_label: str) -> str:
    """`2 runs leave the frame at steps 190 and 230. 3 start outside it, until step 60.`, or nothing."""
    is_run = {line.label: len(line.run_ids) <= 1 for line in lines}
    parts = []
    for is_start in (False, True):
        some = [departure for departure in found if departure.is_start is is_start]
        labels = {departure.label for departure in some}
        if not labels:
            continue
        word = "run" if all(is_run.get(label, False) for label in labels) else "line"
        count = f"1 {word}" if len(labels) == 1 else f"{len(labels)} {word}s"
        places = sorted({departure.x for departure in some})
        verb = ("start" if is_start else "leave") + "s" * (len(labels) == 1)
        if is_start:
            parts.append(f"{count} {verb} outside the frame, until {x_label} {four_digits(places[-1])}.")
        else:
            parts.append(f"{count} {verb} the frame at {_places(places, x_label)}.")
    return " ".join(parts)


def _places(places: Sequence[float], x_label: str) -> str:
    """`step 190`, `steps 190 and 230`, or the span of more than three."""
    texts = [four_digits(x) for x in places]
    if len(texts) == 1:
        return f"{x_label} {texts[0]}"
    name = "steps" if x_label == "step" else x_label
    if len(texts) > 3:
        return f"{name} {texts[0]} to {texts[-1]}"
    return f"{name} {', '.join(texts[:-1])} and {texts[-1]}"
