"""Whether a run is what a filter asks for.

Missing values satisfy no comparison, except that `== none` holds for them. Values of different kinds are never equal
and never in order; text is compared as written, searched without regard to case.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import UTC

from runfolio.analysis.select import value_of
from runfolio.analysis.where_tree import (
    All,
    Any,
    Choice,
    Comparison,
    Constant,
    Node,
    Not,
    Operand,
    Search,
)
from runfolio.model import MetricSpec, ParameterValue, Run

_ORDER: dict[str, Callable[[str | float, str | float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _Moment(str):
    """A date as ISO text; compared with as many characters as the other side has."""

    __slots__ = ()


_Value = float | str | bool | tuple[str, ...] | None


def holds(node: Node, run: Run, specs: Mapping[str, MetricSpec]) -> bool:
    """True when the run is what the filter asks for; `specs` say how a metric is reduced to a number (else: last)."""
    match node:
        case All(parts):
            return all(holds(part, run, specs) for part in parts)
        case Any(parts):
            return any(holds(part, run, specs) for part in parts)
        case Not(part):
            return not holds(part, run, specs)
        case Search():
            return _finds(node, run)
        case Comparison(first, rest):
            sides = [first, *(right for _, right in rest)]
            return all(
                _compares(left, sign, right, run, specs)
                for left, (sign, right) in zip(sides, rest, strict=False)
            )


def _compares(left: Operand, sign: str, right: Operand, run: Run, specs: Mapping[str, MetricSpec]) -> bool:
    if sign in ("in", "not in"):
        return _contains(left, right, run, specs, wanted=sign == "in")
    a, b = _value(left, run, specs), _value(right, run, specs)
    if Constant(None) in (left, right):
        other = b if left == Constant(None) else a
        return (sign == "==" and other is None) or (sign == "!=" and other is not None)
    return False if a is None or b is None else _pair_holds(a, sign, b)


def _contains(
    left: Operand, right: Operand, run: Run, specs: Mapping[str, MetricSpec], *, wanted: bool
) -> bool:
    if isinstance(right, Choice):
        if any(_compares(left, "==", item, run, specs) for item in right.items):
            return wanted
        is_missing = _value(left, run, specs) is None and Constant(None) not in right.items
        return not wanted and not is_missing
    part, whole = _value(left, run, specs), _value(right, run, specs)
    if part is None or whole is None:
        return False
    is_in = isinstance(part, str) and isinstance(whole, (str, tuple)) and part in whole
    return is_in is wanted


def _pair_holds(a: _Value, sign: str, b: _Value) -> bool:
    if isinstance(a, _Moment) or isinstance(b, _Moment):
        a, b = _dates(a, b)
    if isinstance(a, bool) or isinstance(b, bool):
        is_same = a is b
        return is_same if sign == "==" else not is_same and sign == "!="
    if (isinstance(a, float) and isinstance(b, float)) or (isinstance(a, str) and isinstance(b, str)):
        return _ORDER[sign](a, b)
    return sign == "!="


def _dates(a: _Value, b: _Value) -> tuple[_Value, _Value]:
    """Both sides as texts of the length of the one that was written: `started <= "2026-11-21"` is that whole day."""
    texts = [_date_text(v) for v in (a, b)]
    if None in texts:
        return a, b
    left, right = str(texts[0]), str(texts[1])
    if isinstance(a, _Moment) and isinstance(b, _Moment):
        return left, right
    length = len(right) if isinstance(a, _Moment) else len(left)
    return left[:length], right[:length]


def _date_text(value: _Value) -> str | None:
    if isinstance(value, str):
        return str(value).replace(" ", "T")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None


def _value(operand: Operand, run: Run, specs: Mapping[str, MetricSpec]) -> _Value:
    if isinstance(operand, Constant):
        return operand.value
    if isinstance(operand, Choice):
        return None
    kind, name = operand.kind, operand.name
    if kind in ("any", "parameter") and name in run.parameters:
        return _parameter(run.parameters[name])
    if kind in ("any", "metric") and name in run.metrics:
        return float(value_of(run, specs[name]) if name in specs else run.metrics[name].last)
    return _field(run, name) if kind in ("any", "field") else None


def _parameter(value: ParameterValue) -> _Value:
    raw = value.value
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return raw
    try:
        return float(raw)
    except OverflowError:
        return math.inf if raw > 0 else -math.inf


def _field(run: Run, name: str) -> _Value:
    match name:
        case "run_id" | "id":
            return run.run_id
        case "name":
            return run.name
        case "experiment":
            return run.experiment
        case "status":
            return run.status.value
        case "group":
            return run.group
        case "started":
            moment = run.started_at
            return None if moment is None else _Moment(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        case "duration":
            return None if run.duration_s is None else float(run.duration_s)
        case "tags":
            return run.tags
    return None


def _finds(search: Search, run: Run) -> bool:
    values = [_parameter(value) for value in run.parameters.values()]
    if search.number is not None and any(isinstance(v, float) and v == search.number for v in values):
        return True
    texts = [run.run_id, run.name, *run.tags, *(v for v in values if isinstance(v, str))]
    return any(search.text.lower() in text.lower() for text in texts)
