"""Columns of numbers in data scripts: few bytes, and digits enough for any zoom. themes/base/assets/js/registry.js reads them."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from runfolio.model import FloatArray

_STEPS = 2**24 - 8
"""Codes above these stand for what is no number."""
_NAN, _HIGH, _LOW = 2**24 - 1, 2**24 - 2, 2**24 - 3
#: With a wider range than so many times a typical value, 24 even steps would be too coarse for the small ones.
_WIDEST = 256.0


def encode(values: FloatArray) -> str | list[str | float]:
    """Values of shape (n,), to seven digits: as [base64, low, high] of 24-bit steps, or base64 of float32.

    A step is a 16-millionth of the range. Where the values span so much that this would blur the small ones, each keeps
    its own exponent; what float32 cannot hold becomes infinite.
    """
    finite = np.isfinite(values)
    known = values if finite.all() else values[finite]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    if not _is_even(known, low, high):
        with np.errstate(over="ignore"):
            return _base64(values.astype("<f4").tobytes())
    width = (high - low) / _STEPS or 1.0
    with np.errstate(invalid="ignore"):
        codes = np.rint((values - low) / width)
        if known.size < values.size:
            codes = np.where(
                finite, codes, np.where(np.isnan(values), _NAN, np.where(values > 0, _HIGH, _LOW))
            )
    return [_base64(codes.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()), low, high]


def _is_even(known: FloatArray, low: float, high: float) -> bool:
    if high == low:
        return True
    typical = low if low > 0 else 2 * float(np.median(np.abs(known) / 2))
    return high - low <= _WIDEST * typical < np.inf


def encode_axis(values: FloatArray) -> str | list[float]:
    """Steps, shape (n,), without loss: [first, distance, n] where they are even, else base64 of float64."""
    if len(values) > 1:
        with np.errstate(over="ignore", invalid="ignore"):
            first, distance = float(values[0]), float(values[1] - values[0])
            even = first + distance * np.arange(len(values))
        if np.array_equal(even, values):
            return [first, distance, len(values)]
    return _base64(values.astype("<f8").tobytes())


def packed(mask: NDArray[np.bool_]) -> str:
    """Base64 of one bit for each of the mask's values, shape (n,), the first in the highest bit of the first byte."""
    return _base64(np.packbits(mask).tobytes())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
