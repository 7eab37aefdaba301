"""Round numbers along an axis, and how they are written. The browser redraws charts by the same rules (series.js)."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from runfolio.analysis.rounding import MINUS, four_digits, number_text

MOST = 6
_MOST_DECIMALS = 5


def nice_ticks(low: float, high: float, scale: str = "linear") -> tuple[float, ...]:
    """At most six round numbers in [low, high], ends included: steps of 1, 2 or 5; on a log axis powers of ten.

    A log axis of less than a factor of ten has too few powers and gets linear ticks; one below 300 has 1, 2, 5.
    """
    # A range may be smaller than any number that can be divided.
    if not (high - low) / MOST > sys.float_info.min:
        return (low,)
    if scale == "log" and low > 0 and high / low >= 10:
        return _log_ticks(low, high)
    step = 10.0 ** math.floor(math.log10((high - low) / MOST))
    for factor in (1, 2, 2.5, 2, 2):
        step *= factor
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < MOST:
            break
    return tuple(float(f"{i * step:.12g}") for i in range(first, last + 1)) or (low,)


def _log_ticks(low: float, high: float) -> tuple[float, ...]:
    parts = (1, 2, 5) if high / low < 300 else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    inside = [tick for power in powers for part in parts if low <= (tick := float(f"{part}e{power}")) <= high]
    return tuple(inside[:: math.ceil(len(inside) / MOST)])


def tick_texts(ticks: Sequence[float]) -> tuple[str, ...]:
    """The ticks as text: evenly spaced ones share their decimals; very small or large ones are scientific."""
    if any(tick and not 1e-4 <= abs(tick) < 1e6 for tick in ticks):
        return tuple(_scientific(tick) for tick in ticks)
    is_even = len(ticks) < 3 or math.isclose(ticks[2] - ticks[1], ticks[1] - ticks[0], rel_tol=1e-9)
    decimals = [_decimals(tick) for tick in ticks]
    most = max(decimals, default=0)
    return tuple(
        number_text(tick, most if is_even else own) for tick, own in zip(ticks, decimals, strict=True)
    )


def label_decimals(low: float, high: float) -> int:
    """Decimals for a value read off an axis: about three digits of the axis' own length; 40 gives 1, 1.2 gives 2."""
    if not high > low:
        return 2
    return max(0, min(9, 2 - math.floor(math.log10(high - low))))


def value_text(value: float, low: float, high: float, scale: str = "linear") -> str:
    """A value with the digits that its axis deserves; three significant ones on a log axis, on a very short one, and
    where nothing but zeros would be left of it.
    """
    decimals = label_decimals(low, high)
    if scale == "log" or decimals > _MOST_DECIMALS or 0 < abs(value) < 0.5 * 10.0**-decimals:
        return four_digits(float(f"{value:.3g}"))
    return number_text(value, decimals)


def _decimals(tick: float) -> int:
    text = f"{tick:.12f}".rstrip("0")
    return len(text) - text.index(".") - 1


def _scientific(tick: float) -> str:
    if not tick:
        return "0"
    mantissa, exponent = f"{tick:.12e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".").replace("-", MINUS)
    return f"{mantissa}e{int(exponent)}" if int(exponent) else mantissa
