"""Results are found again by the arrays they were worked out from, and by nothing else."""

from __future__ import annotations

import numpy as np

from runfolio.charts.memory import remembered


def test_the_same_arrays_are_worked_out_once_and_equal_ones_anew() -> None:
    calls: list[float] = []

    @remembered(10)
    def total(values: np.ndarray, factor: float) -> float:
        calls.append(factor)
        return float(values.sum() * factor)

    values = np.arange(4.0)
    assert [total(values, 2.0), total(values, 2.0), total(values, 3.0)] == [12, 12, 18]
    assert total(values.copy(), 2.0) == 12
    assert calls == [2, 3, 2]


def test_tuples_of_arrays_are_told_apart_by_what_is_in_them() -> None:
    @remembered(10)
    def sizes(arrays: tuple[np.ndarray, ...]) -> list[int]:
        return [array.size for array in arrays]

    short, long = np.arange(2.0), np.arange(3.0)
    assert sizes((short, long)) == [2, 3]
    assert sizes((long, short)) == [3, 2]
    assert sizes((short, long)) is sizes((short, long))


def test_results_of_arrays_that_are_gone_are_never_given_to_others() -> None:
    @remembered(1_000)
    def first(values: np.ndarray) -> float:
        return float(values[0])

    assert [first(np.full(3, float(i))) for i in range(500)] == list(range(500))


def test_the_oldest_result_goes_first() -> None:
    calls: list[int] = []

    @remembered(2)
    def same(number: int) -> int:
        calls.append(number)
        return number

    for number in (1, 2, 3, 3, 2, 1):
        same(number)
    assert calls == [1, 2, 3, 1]
