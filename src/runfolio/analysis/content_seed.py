"""Seeds for resampling, made from what is resampled: the same logs give the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def content_seed(content: str, *samples: Iterable[float]) -> int:
    """A whole number of 128 bits from a text (names of metric and groups) and all digits of the samples, in order."""
    parts = [content]
    for place, sample in enumerate(samples):
        parts += [""] * (place > 0)
        parts += map(repr, map(float, sample))
    return int.from_bytes(
        hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()[:16], "big"
    )
