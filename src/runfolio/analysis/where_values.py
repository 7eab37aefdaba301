"""Values that a filter names and no run has: what was meant by `model == "resnt"`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runfolio.analysis.where import Where
from runfolio.analysis.where_tree import All, Any, Choice, Comparison, Constant, Name, Node, Not
from runfolio.errors import nearest
from runfolio.model import Run


def nearest_value(where: Where, runs: Sequence[Run]) -> str:
    """`; nearest: `resnet`` for the first text in the filter that is near a value of its parameter and none; else empty."""
    for name, text in _asked(where.tree):
        known = {run.parameters[name].text for run in runs if name in run.parameters}
        if text not in known and (found := nearest(text, sorted(known))):
            return found
    return ""


def _asked(node: Node) -> Iterator[tuple[str, str]]:
    """Each parameter that is asked to equal a text, with that text."""
    match node:
        case All(parts) | Any(parts):
            for part in parts:
                yield from _asked(part)
        case Not(part):
            yield from _asked(part)
        case Comparison(first, rest):
            for sign, second in rest:
                if sign in ("==", "in"):
                    yield from _pairs(first, second)


def _pairs(first: object, second: object) -> Iterator[tuple[str, str]]:
    if isinstance(first, Constant) and isinstance(second, Name):
        first, second = second, first
    if not isinstance(first, Name) or first.kind != "parameter":
        return
    for item in second.items if isinstance(second, Choice) else (second,):
        if isinstance(item, Constant) and isinstance(item.value, str):
            yield first.name, item.value
