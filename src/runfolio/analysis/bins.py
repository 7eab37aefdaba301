"""The values of a parameter, sorted into bins: its levels where they are few, else equally full stretches of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runfolio.analysis.rounding import parameter_text, uses_scientific
from runfolio.model import FloatArray, ParameterValue

IntArray = NDArray[np.intp]
#: A parameter with no more different values than this has a bin for each.
MOST_LEVELS = 12
_FEWEST, _MOST, _IN_A_BIN = 3, 12, 6
#: A positive parameter that spans more than this factor is thought of in factors.
LOG_RATIO = 100.0
MISSING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """One parameter of n trials in bins."""

    name: str
    place: IntArray
    """Bin of each trial, shape (n,); -1 where the trial has no such parameter."""
    labels: tuple[str, ...]
    """Of each bin: a level, or `0.001 to 0.003`."""
    numbers: FloatArray | None
    """The values, shape (n,), NaN where missing; None for a parameter of words."""
    ends: tuple[tuple[float, float], ...]
    """Lowest and highest value in each bin of numbers; for words, the bin's index twice."""
    is_log: bool
    """All values are positive and the largest is more than 100 times the smallest."""
    is_levels: bool
    """A bin for each value, not for a stretch of them."""

    @property
    def count(self) -> int:
        """How many bins there are."""
        return len(self.labels)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where the trial has the parameter, shape (n,)."""
        return np.asarray(self.place != MISSING)


def bins_of(name: str, values: Sequence[ParameterValue | None], most: int = _MOST) -> Bins | None:
    """The values of one parameter in bins, or None where it has more than twelve different words.

    At most twelve different values are levels, numbers in rising order, words in that of the alphabet.

    Formula: more numbers make K = clip(n // 6, 3, most) bins between their quantiles (type 7); equal values share a bin.
    Shapes: n values of one parameter → the bin of each.
    Missing values: a trial without the parameter is in no bin, and n does not count it.
    Refused: words of which there are more than twelve.
    Source: bins that are equally full, as in the correlation ratio of Kelley 1935; the rule for K is a judgement.
    """
    present = [value for value in values if value is not None]
    texts = {value.text: value for value in present}
    is_number = bool(present) and all(value.number is not None for value in present)
    numbers = np.array([_number(value) for value in values]) if is_number else None
    scientific = uses_scientific(present)
    if len(texts) > MOST_LEVELS and numbers is None:
        return None
    is_log = numbers is not None and _is_log(numbers)
    if len(texts) <= MOST_LEVELS:
        order = sorted(
            texts, key=lambda text: (texts[text].number or 0.0, text) if is_number else (0.0, text)
        )
        at = {text: place for place, text in enumerate(order)}
        place = np.array([MISSING if value is None else at[value.text] for value in values], dtype=np.intp)
        labels = tuple(parameter_text(texts[text], scientific) for text in order)
        ends = tuple(
            (place, place) if numbers is None else (texts[text].number or 0.0, texts[text].number or 0.0)
            for place, text in enumerate(order)
        )
        return Bins(name, place, labels, numbers, ends, is_log, True)
    assert numbers is not None
    place, ends = _quantile_bins(numbers, most)
    labels = tuple(_stretch(low, high, scientific) for low, high in ends)
    return Bins(name, place, labels, numbers, ends, is_log, False)


def _number(value: ParameterValue | None) -> float:
    number = None if value is None else value.number
    return math.nan if number is None else number


def _is_log(numbers: FloatArray) -> bool:
    known = numbers[np.isfinite(numbers)]
    return bool(known.size) and float(known.min()) > 0 and float(known.max()) > LOG_RATIO * float(known.min())


def _quantile_bins(numbers: FloatArray, most: int) -> tuple[IntArray, tuple[tuple[float, float], ...]]:
    known = np.isfinite(numbers)
    values = numbers[known]
    wanted = min(max(values.size // _IN_A_BIN, _FEWEST), most)
    edges = np.unique(np.quantile(values, np.arange(1, wanted) / wanted))
    raw = np.searchsorted(edges, values, side="right")
    _, packed = np.unique(raw, return_inverse=True)
    place = np.full(numbers.size, MISSING, dtype=np.intp)
    place[known] = packed
    ends = tuple(
        (float(values[packed == i].min()), float(values[packed == i].max())) for i in range(packed.max() + 1)
    )
    return place, ends


def _stretch(low: float, high: float, scientific: bool) -> str:
    """Both ends with three digits: a bin is named, not measured."""
    first, last = (parameter_text(_rounded(end), scientific) for end in (low, high))
    return first if first == last else f"{first} to {last}"


def _rounded(value: float) -> ParameterValue:
    short = float(f"{value:.3g}")
    return ParameterValue(short, str(int(short)) if short == int(short) and abs(short) < 1e6 else repr(short))
