from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.analysis.rounding import (
    MINUS,
    bytes_text,
    column_decimals,
    count_text,
    decimals_for,
    duration_text,
    four_digits,
    number_text,
    parameter_text,
    pdg,
    signed_text,
    uses_scientific,
)
from runfolio.model import parameter


@pytest.mark.parametrize(
    ("value", "half", "expected"),
    [
        (0.9134, 0.0041, ("0.913", "0.004")),
        (0.827, 0.119, ("0.83", "0.12")),
        (0.9134, 0.0967, ("0.91", "0.10")),
        (93.02, 0.354, ("93.02", "0.35")),
        (93.02, 0.355, ("93.0", "0.4")),
        (93.02, 0.949, ("93.0", "0.9")),
        (93.02, 0.95, ("93.0", "1.0")),
        (45678, 1234, ("45700", "1200")),
        (-0.001, 0.2, ("0.00", "0.20")),
        (-1.5, 0.2, ("−1.50", "0.20")),
        (1.5e-12, 2e-13, ("1.50e-12", "2.0e-13")),
        (0.5, 0.0, ("0.5", "")),
    ],
)
def test_the_rule_of_the_particle_data_group(value: float, half: float, expected: tuple[str, str]) -> None:
    assert pdg(value, half) == expected


@given(st.floats(1e-6, 1e6))
def test_shown_half_widths_are_within_a_seventh_of_the_true_ones(half: float) -> None:
    decimals = decimals_for(half)
    shown = Decimal(number_text(half, decimals))
    assert abs(float(shown) - half) <= 0.5 * 10.0**-decimals * (1 + 1e-9)
    assert abs(float(shown) / half - 1) < 1 / 7


def test_no_decimals_without_a_half_width() -> None:
    for half in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="half-width"):
            decimals_for(half)


def test_columns_share_decimals() -> None:
    assert column_decimals([93.02, 92.17], [0.71, 0.81]) == 1
    assert column_decimals([93.02, 92.17], [0.31, 0.81]) == 2
    assert column_decimals([1.0, 2.0], [0.0001, 0.9]) == 3
    assert column_decimals([93.0213, 9.1], [None, None]) == 3
    assert column_decimals([0.001234, 93.0], [None, None]) == 4
    assert column_decimals([1.0, 128.0, math.nan], [None, None, None]) == 0
    assert column_decimals([], []) == 0
    assert column_decimals([1.5, 2.5], [0.3, None]) == 2


@pytest.mark.parametrize(
    ("value", "decimals", "plain", "signed"),
    [
        (0.85, 2, "0.85", "+0.85"),
        (-0.79, 2, "−0.79", "−0.79"),
        (-0.001, 2, "0.00", "0.00"),
        (0.001, 2, "0.00", "0.00"),
        (0.125, 2, "0.12", "+0.12"),
        (0.135, 2, "0.14", "+0.14"),
        (1234.0, -2, "1200", "+1200"),
        (math.nan, 2, "NaN", "NaN"),
        (-math.inf, 2, "−∞", "−∞"),
    ],
)
def test_numbers(value: float, decimals: int, plain: str, signed: str) -> None:
    assert (number_text(value, decimals), signed_text(value, decimals)) == (plain, signed)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-3, 8))
def test_numbers_are_never_a_negative_zero_nor_long(value: float, decimals: int) -> None:
    text = number_text(value, decimals)
    assert "-" not in text.replace("e-", "")
    assert not (text.startswith(MINUS) and not any(c in "123456789" for c in text))
    assert len(text) < 30


def test_four_digits() -> None:
    found = {
        four_digits(x) for x in (93.0213, 0.5, 1e-5, 128.0, -0.00012345, 0.0, 1234567.8, 99.999, math.inf)
    }
    assert found == {"93.02", "0.5", "1e-5", "128", "−0.0001234", "0", "1.235e6", "100", "∞"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (4e-6, "4.0 µs"),
        (0.0045, "4.5 ms"),
        (0.45, "0.45 s"),
        (0.999, "1.0 s"),
        (12.34, "12.3 s"),
        (59.96, "1:00"),
        (147, "2:27"),
        (3599.7, "1 h 0 min"),
        (7440, "2 h 4 min"),
        (86399, "1 d 0 h"),
        (273600, "3 d 4 h"),
        (-5, "−5.0 s"),
        (math.nan, "NaN"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_sizes_and_counts() -> None:
    assert [bytes_text(n) for n in (0, 512, 1536, 12_900_000, 2.2e9, 1023.99)] == [
        "0 B",
        "512 B",
        "1.5 KiB",
        "12.3 MiB",
        "2.0 GiB",
        "1.0 KiB",
    ]
    assert [count_text(n) for n in (12, 9999, 12_345, 12_300_000, 999_999)] == [
        "12",
        "9999",
        "12.3 k",
        "12.3 M",
        "1.0 M",
    ]


def test_settings_as_text() -> None:
    column = [parameter(v) for v in (1e-3, 3e-4, 0.01, 0.5, 0, 3)]
    assert uses_scientific(column)
    assert [parameter_text(v, True) for v in column] == ["1e-3", "3e-4", "1e-2", "0.5", "0", "3"]
    plain = [parameter(v) for v in (0.1, 0.25, 5)]
    assert not uses_scientific(plain)
    assert [parameter_text(v, False) for v in plain] == ["0.1", "0.25", "5"]
    assert [
        parameter_text(parameter(v), False) for v in (1e-5, -2, "a", True, None, 2.5e20, 128, 123456789)
    ] == [
        "1e-5",
        "−2",
        "a",
        "true",
        "none",
        "2.5e20",
        "128",
        "123456789",
    ]


def test_only_small_positive_columns_are_scientific() -> None:
    for values in ((1e-3, "adam"), (-1e-3, 1e-3), (0,), (), (1e-3, 5000), (True, 1e-3)):
        assert not uses_scientific([parameter(v) for v in values])
    assert uses_scientific([parameter(v) for v in (None, 1e-3)])
