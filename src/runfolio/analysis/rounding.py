"""Numbers as text, from their decimal digits: uncertainties by the rule of the Particle Data Group.

All functions work on the decimal expansion of `repr(value)`, round ties to even, write U+2212 for minus and never
"−0". Missing and non-finite numbers come out as words; what they mean is the page's to say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from runfolio.model import ParameterValue

MINUS = "\u2212"
_WIDE = Context(prec=400, rounding=ROUND_HALF_EVEN)
_LARGEST_PLAIN = 1e15
_MOST_DIGITS = 11
_MOST_DECIMALS = 9


def decimals_for(half_width: float) -> int:
    """Decimals to show for a value with this half-width; negative when tens or hundreds are rounded.

    Formula: the three leading digits of the half-width from 100 to 354: two significant digits; 355 to 949: one; 950 to 999: rounded up to
    1000, keep two. The value gets the same decimals.
    Shapes: a number above 0 → a whole number.
    Missing values: ValueError for what is not positive and finite; a value without half-width has four significant digits.
    Source: Particle Data Group, Review of Particle Physics, introduction 5.3.
    """
    if not (half_width > 0 and math.isfinite(half_width)):
        raise ValueError("decimals_for needs a positive, finite half-width")
    exponent = Decimal(repr(float(half_width))).adjusted()
    leading = int(Decimal(repr(float(half_width))).scaleb(2 - exponent, _WIDE))
    return 1 - exponent if leading <= 354 else -exponent


def pdg(value: float, half_width: float) -> tuple[str, str]:
    """Value and half-width as text with the same decimals; an empty second text where there is no half-width."""
    if not (half_width > 0 and math.isfinite(half_width)):
        return four_digits(value), ""
    decimals = decimals_for(half_width)
    return number_text(value, decimals), number_text(half_width, decimals)


def column_decimals(values: Sequence[float], half_widths: Sequence[float | None]) -> int:
    """Decimals that a whole column shares: the finest any row needs, at most two more than the coarsest.

    Rows with a half-width decide; without any, four significant digits do. All whole numbers: 0.
    """
    needed = [decimals_for(u) for u in half_widths if u is not None and math.isfinite(u) and u > 0]
    if not needed:
        finite = [v for v in values if math.isfinite(v)]
        if all(v == int(v) for v in finite):
            return 0
        needed = [_decimals_of_four_digits(v) for v in finite if v]
    return min(max(needed), min(needed) + 2)


def number_text(value: float, decimals: int) -> str:
    """The value with so many decimals; negative `decimals` round to tens. Scientific where digits would run on."""
    if not math.isfinite(value):
        return _nonfinite(value)
    if decimals > _MOST_DECIMALS:
        return _scientific(value, decimals)
    if abs(value) >= (_LARGEST_PLAIN if decimals <= 0 else 10 ** (_MOST_DIGITS - decimals)):
        # Such as the loss of a run that diverged: the digits of the column mean nothing there.
        return _scientific(value, _decimals_of_four_digits(value))
    rounded = _rounded(value, decimals)
    return _signed(f"{rounded:.{max(decimals, 0)}f}")


def signed_text(value: float, decimals: int) -> str:
    """As `number_text`, with a plus sign before positive numbers; what rounds to zero has no sign."""
    text = number_text(value, decimals)
    is_zero = not any(digit in text for digit in "123456789")
    return text if is_zero or not value > 0 else f"+{text}"


def four_digits(value: float) -> str:
    """Four significant digits, trailing zeros dropped; whole numbers whole; scientific outside 1e-4 … 1e6."""
    if not math.isfinite(value):
        return _nonfinite(value)
    if value == int(value) and abs(value) < 1e9:
        return _signed(str(int(value)))
    decimals = _decimals_of_four_digits(value)
    if not 1e-4 <= abs(value) < 1e6:
        return _scientific(value, decimals, trim=True)
    text = number_text(value, max(decimals, 0))
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration_text(seconds: float) -> str:
    """`4.5 ms`, `0.45 s`, `12.3 s`, `2:27`, `2 h 4 min`, `3 d 4 h`: the two largest units."""
    if not math.isfinite(seconds):
        return _nonfinite(seconds)
    if seconds < 0:
        return MINUS + duration_text(-seconds)
    if 0 < seconds < 1e-3:
        return f"{_two_digits(seconds * 1e6)} µs"
    if 0 < seconds < 0.0995:
        return f"{_two_digits(seconds * 1e3)} ms"
    if not seconds:
        return "0 s"
    if seconds < 0.995:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    minutes = round(seconds / 60)
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    hours = round(seconds / 3600)
    return f"{hours // 24} d {hours % 24} h"


def bytes_text(size: float) -> str:
    """`512 B`, `1.5 KiB`, `12.3 MiB`, `2.1 GiB`."""
    return _with_prefix(size, 1024, ("B", "KiB", "MiB", "GiB", "TiB", "PiB"))


def count_text(count: float) -> str:
    """`9999`, `12.3 k`, `12.3 M`, `1.2 G`: whole below ten thousand."""
    if math.isfinite(count) and abs(count) < 10_000:
        return four_digits(count)
    return _with_prefix(count, 1000, ("", "k", "M", "G", "T", "P"))


def parameter_text(value: ParameterValue, scientific: bool) -> str:
    """A setting as text with all its digits; in a column written scientifically `1e-3`, but `0.1` and `3`."""
    number = value.number
    if number is None:
        return value.text
    if isinstance(value.value, int):
        return _signed(str(value.value))
    if number and not (0.1 if scientific else 1e-4) <= abs(number) < 1e6:
        return _mantissa_exponent(Decimal(repr(number)))
    return _signed(value.text)


def uses_scientific(column: Sequence[ParameterValue]) -> bool:
    """True for columns like learning rates: numbers, none negative, the smallest above zero at most 0.001."""
    numbers = [v.number for v in column if v.value is not None]
    if not numbers or any(n is None or n < 0 for n in numbers):
        return False
    positive = [n for n in numbers if n]
    return bool(positive) and min(positive) <= 1e-3 and max(positive) <= 10


def _rounded(value: float, decimals: int) -> Decimal:
    number = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), context=_WIDE)
    return number if number else Decimal(0)


def _decimals_of_four_digits(value: float) -> int:
    return 3 - Decimal(repr(float(value))).adjusted()


def _two_digits(value: float) -> str:
    return number_text(value, max(1 - Decimal(repr(value)).adjusted(), 0))


def _scientific(value: float, decimals: int, *, trim: bool = False) -> str:
    """Mantissa and exponent of the value rounded to so many decimals, such as `1.23e-10`."""
    rounded = _rounded(value, decimals)
    if not rounded:
        return "0"
    exponent = rounded.adjusted()
    if trim:
        return _mantissa_exponent(rounded)
    mantissa = rounded.scaleb(-exponent, _WIDE)
    return _signed(f"{mantissa:.{min(max(decimals + exponent, 0), _MOST_DECIMALS)}f}") + f"e{exponent}"


def _mantissa_exponent(number: Decimal) -> str:
    exponent = number.adjusted()
    digits = f"{number.scaleb(-exponent, _WIDE):f}"
    mantissa = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return _signed(mantissa) + (f"e{exponent}" if exponent else "")


def _with_prefix(value: float, base: int, prefixes: tuple[str, ...]) -> str:
    if not math.isfinite(value):
        return _nonfinite(value)
    size, i = abs(value), 0
    # 999.95 would print as 1000.0: the next prefix takes over where rounding reaches the base.
    while size >= base - 0.05 and i < len(prefixes) - 1:
        size, i = size / base, i + 1
    number = f"{size:.1f}" if i else str(round(size))
    return f"{MINUS if value < 0 else ''}{number} {prefixes[i]}".rstrip()


def _signed(text: str) -> str:
    return MINUS + text[1:] if text.startswith("-") else text


def _nonfinite(value: float) -> str:
    return "NaN" if math.isnan(value) else ("∞" if value > 0 else f"{MINUS}∞")
