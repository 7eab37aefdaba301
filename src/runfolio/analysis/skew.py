"""Notices runs far from the others, whose mean then describes no typical run."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

FAR = 5.0
"""In median absolute deviations from the median."""
FEWEST = 5


def outlier_remark(values: Sequence[float]) -> str:
    """`1 of 10 runs is far below the others; the mean does not describe a typical run`, or an empty string.

    Far is more than 5 median absolute deviations (scaled to a standard deviation) from the median; below five values
    that distance says little and nothing is remarked.
    """
    if len(values) < FEWEST:
        return ""
    middle = statistics.median(values)
    spread = 1.4826 * statistics.median(abs(v - middle) for v in values)
    if not spread > 0:
        return ""
    below = sum(v < middle - FAR * spread for v in values)
    above = sum(v > middle + FAR * spread for v in values)
    if not below and not above:
        return ""
    count = below + above
    where = "below" if not above else "above" if not below else "from"
    verb = "is" if count == 1 else "are"
    return f"{count} of {len(values)} runs {verb} far {where} the others; the mean does not describe a typical run"
