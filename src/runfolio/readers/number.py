"""What counts as a number in a log, and what text a log may hold."""

from __future__ import annotations

import math

from runfolio.runlog import INFINITY, NAN, NEGATIVE_INFINITY

_SPELLINGS = {
    NAN: math.nan,
    INFINITY: math.inf,
    NEGATIVE_INFINITY: -math.inf,
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "Inf": math.inf,
    "-Inf": -math.inf,
    "+Infinity": math.inf,
    "+inf": math.inf,
}


def number(value: object) -> float | None:
    """The value as a float, or None: True, False, other texts and None are no numbers. Integers beyond floats are infinite."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return _SPELLINGS.get(value) if isinstance(value, str) else None


def number_of_text(text: str) -> float | None:
    """The number a cell of a text table spells, or None; blanks around it do not count."""
    text = text.strip()
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def clean(text: str) -> str:
    """The text without lone surrogates, which no file could hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
