"""Words and digits that several pages share: one quantity is written the same way everywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from runfolio.analysis.rounding import (
    column_decimals,
    duration_text,
    four_digits,
    number_text,
    signed_text,
)
from runfolio.model import Delta, Estimate, MetricSpec, Verdict

DASH = "–"


def heading(spec: MetricSpec) -> str:
    """`Validation accuracy, %`: the label, with the unit said once."""
    return f"{spec.label}, {spec.unit}" if spec.unit else spec.label


def difference_unit(spec: MetricSpec) -> str:
    """`points` for percentages, else the metric's unit."""
    return "points" if spec.unit == "%" else spec.unit


def value_text(spec: MetricSpec, value: float | None, decimals: int | None = None) -> str:
    """A logged value as shown, without its unit; a dash where there is none, `diverged` for NaN and infinities."""
    if value is None:
        return DASH
    if not math.isfinite(value):
        return "diverged"
    if spec.is_time:
        return duration_text(value)
    shown = value * spec.scale
    return four_digits(shown) if decimals is None else number_text(shown, decimals)


def with_unit(spec: MetricSpec, text: str) -> str:
    """`93.0%`, `12.3 s`, `0.29`: a shown value with its unit."""
    if not spec.unit or spec.is_time:
        return text
    return f"{text}%" if spec.unit == "%" else f"{text} {spec.unit}"


def difference_text(spec: MetricSpec, value: float, decimals: int) -> str:
    """A signed difference in shown units, without its unit."""
    return signed_text(value * spec.scale, decimals)


def size_text(spec: MetricSpec, difference: float, decimals: int) -> str:
    """`0.85 points`, `0.2`, `12.3 s`: how far two values are apart, with the unit."""
    unit = "" if spec.is_time else difference_unit(spec)
    text = value_text(spec, abs(difference), decimals)
    return f"{text} {unit}" if unit else text


def interval_text(spec: MetricSpec, low: float, high: float, decimals: int) -> str:
    """`−0.05 to +1.74`: both ends of an interval of a difference, in shown units."""
    return f"{difference_text(spec, low, decimals)} to {difference_text(spec, high, decimals)}"


def estimate_decimals(spec: MetricSpec, estimates: Sequence[Estimate]) -> int:
    """The digits after the point that a column of estimates shares."""
    some = [item for item in estimates if item.n]
    halves = [None if item.half_width is None else item.half_width * spec.scale for item in some]
    return column_decimals([item.value * spec.scale for item in some], halves) if some else 2


def value_decimals(spec: MetricSpec, values: Sequence[float]) -> int:
    """The digits after the point that a column of single values shares."""
    finite = [value * spec.scale for value in values if math.isfinite(value)]
    return column_decimals(finite, [None] * len(finite)) if finite else 2


def when(moment: datetime | None) -> str:
    """`21 Nov 2026, 03:43 UTC`; empty for none. Never relative: the page is read later than it was written."""
    if moment is None:
        return ""
    moment = moment.astimezone(UTC)
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{moment.day} {months[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 run`, `60 runs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


def listing(names: Sequence[str], limit: int = 3) -> str:
    """`a`, `a and b`, `a, b and 4 others`."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) <= limit:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    rest = len(names) - limit + 1
    return f"{', '.join(names[: limit - 1])} and {count(rest, 'other')}"


def verdict_words(delta: Delta) -> str:
    """`better by 0.9 points, 95% interval …`, `no clear difference: the difference is between …`."""
    if delta.verdict.is_clear or delta.verdict is Verdict.EQUIVALENT:
        return delta.reason
    return f"{delta.verdict}: {delta.reason}" if delta.reason else str(delta.verdict)
