"""Results remembered by the very arrays they were worked out from: the pages of replicates draw the same series."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

import numpy as np

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


def remembered(
    most: int,
) -> Callable[[Callable[[*Arguments], Result]], Callable[[*Arguments], Result]]:
    """As `functools.lru_cache`, for functions of arrays, tuples of arrays and hashable values, given by position.

    Arrays are the same where they are one object, so nobody may write into them. They are kept as long as their
    results are, lest another array gets their place in memory. The oldest of `most` results goes first.
    """

    def decorate(function: Callable[[*Arguments], Result]) -> Callable[[*Arguments], Result]:
        kept: dict[tuple[object, ...], tuple[object, Result]] = {}

        @wraps(function)
        def found(*arguments: *Arguments) -> Result:
            entry = kept.get(key := _identity(arguments))
            if entry is None:
                if len(kept) >= most:
                    del kept[next(iter(kept))]
                entry = kept[key] = (arguments, function(*arguments))
            return entry[1]

        return found

    return decorate


def _identity(values: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(
        [
            id(value) if type(value) is np.ndarray else _identity(value) if type(value) is tuple else value
            for value in values
        ]
    )
