"""Notices runs far from the others, whose mean then describes no typical run."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

FAR = 5.0
"""In median absolute deviations (scaled to a standard deviation) from the median."""
FAR_OF_FEW = 10.0
"""The same below ten values, where that deviation is itself uncertain: one normal sample of five in nine would pass 5."""
FEWEST = 5


def outlier_remark(values: Sequence[float]) -> str:
    """`1 of 10 runs is far below the others; the mean does not describe a typical run`, or an empty string.

    Formula: far is more than 5 scaled median absolute deviations from the median (10 below ten values): |x − med| > 5·1.4826·MAD.
    Shapes: n values → a sentence.
    Missing values: must not be among them.
    Refused: nothing is remarked below five values, or without spread.
    Source: Hampel 1974.
    """
    if len(values) < FEWEST:
        return ""
    middle = statistics.median(values)
    spread = 1.4826 * statistics.median(abs(v - middle) for v in values)
    if not spread > 0:
        return ""
    reach = (FAR if len(values) >= 10 else FAR_OF_FEW) * spread
    below = sum(v < middle - reach for v in values)
    above = sum(v > middle + reach for v in values)
    if not below and not above:
        return ""
    count = below + above
    where = "below" if not above else "above" if not below else "from"
    verb = "is" if count == 1 else "are"
    return f"{count} of {len(values)} runs {verb} far {where} the others; the mean does not describe a typical run"
