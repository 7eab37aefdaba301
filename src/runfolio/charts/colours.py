"""Which colour role a thing has: by a stable order, so that one thing has one colour on every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from runfolio.model import ParameterValue

CATEGORIES = tuple(f"category-{i}" for i in range(1, 7))
SEQUENCE = tuple(f"sequence-{i}" for i in range(1, 5))


def category_roles(names: Iterable[str]) -> dict[str, str]:
    """The six categories for the first six different names, in the order given; `muted` for the others."""
    different = list(dict.fromkeys(names))
    return {name: CATEGORIES[i] if i < len(CATEGORIES) else "muted" for i, name in enumerate(different)}


def sequence_roles(values: Sequence[ParameterValue]) -> dict[str, str]:
    """Roles from light to dark by rising number, keyed by the values' canonical text; evenly spread over the ramp.

    Up to four different numbers have a colour each; more share neighbours.
    """
    numbers = {value.text: value.number for value in values if value.number is not None}
    ordered = sorted(numbers, key=lambda text: numbers[text] or 0.0)
    return {text: SEQUENCE[_place(i, len(ordered))] for i, text in enumerate(ordered)}


def setting_roles(values: Sequence[ParameterValue]) -> dict[str, str]:
    """By canonical text: the ramp where all values are numbers and at least two differ, else the categories."""
    if all(value.number is not None for value in values) and len({value.text for value in values}) > 1:
        return sequence_roles(values)
    return category_roles(value.text for value in values)


def _place(i: int, count: int) -> int:
    """Index into the ramp for the i-th of `count`: both ends are used as soon as there are two."""
    if count == 1:
        return len(SEQUENCE) - 1
    return round(i * (len(SEQUENCE) - 1) / (count - 1))
