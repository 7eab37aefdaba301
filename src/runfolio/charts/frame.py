"""What part of the plane a chart shows: ranges that a few wild values cannot ruin, and what leaves them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from runfolio.charts.chart import Departure, Line, empty
from runfolio.charts.ticks import value_text
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
    """Where the line leaves low … high, once for each way out: the last x before it, or for a line that starts outside the x where it comes in.

    A value of plus or minus infinity is outside; NaN is nowhere.
    """
    found = []
    for is_above in (True, False):
        with np.errstate(invalid="ignore"):
            outside = line.y > high if is_above else line.y < low
        if not outside.any():
            continue
        first = int(np.argmax(outside))
        inside = np.flatnonzero(np.isfinite(line.y[:first]))
        if inside.size:
            x = float(line.x[inside[-1]])
        else:
            back = np.flatnonzero(~outside[first:] & np.isfinite(line.y[first:]))
            x = float(line.x[first + int(back[0])]) if back.size else float(line.x[first])
        found.append(Departure(x, is_above, line.label, line.role))
    return tuple(found)


def departure_note(found: Sequence[Departure], lines: Sequence[Line], x_label: str) -> str:
    """`2 runs leave the frame at steps 190 and 230.`: one sentence, or nothing."""
    if not found:
        return ""
    labels = {departure.label for departure in found}
    word = (
        "run"
        if all(
            line.is_thin or line.is_cut or len(line.run_ids) <= 1 for line in lines if line.label in labels
        )
        else "line"
    )
    count = f"1 {word} leaves" if len(labels) == 1 else f"{len(labels)} {word}s leave"
    places = sorted({departure.x for departure in found})
    span = (places[0], places[-1])
    texts = [value_text(x, *span, "log") for x in places]
    name = x_label if len(places) == 1 else f"{x_label}s" if x_label == "step" else x_label
    if len(texts) > 3:
        return f"{count} the frame between {name} {texts[0]} and {texts[-1]}."
    where = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return f"{count} the frame at {name} {where}."
