"""The JSON that commands write: the shapes are documented, and scripts rely on them."""

from __future__ import annotations

from typing import Any

from runfolio.analysis.compare import Comparison
from runfolio.model import Delta, Estimate, GroupResult
from runfolio.pages.scripts import number


def comparison_as_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison as `runfolio compare --json` gives it; values in logged units."""
    baseline = comparison.baseline
    return {
        "metric": comparison.spec.name,
        "goal": comparison.spec.goal.value,
        "baseline": None if baseline is None else baseline.label,
        "groups": [_result(result) for result in comparison.results],
    }


def _result(result: GroupResult) -> dict[str, Any]:
    return {
        "label": result.group.label,
        "parameters": {name: _finite(value.value) for name, value in result.group.key},
        "run_ids": list(result.group.run_ids),
        "estimate": _estimate(result.estimate),
        "delta": None if result.delta is None else _delta(result.delta),
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": _finite(estimate.value),
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "n": estimate.n,
        "method": estimate.method,
    }


def _delta(delta: Delta) -> dict[str, Any]:
    return {
        "absolute": _finite(delta.absolute),
        "low": _finite(delta.low),
        "high": _finite(delta.high),
        "p": _finite(delta.p),
        "p_adjusted": _finite(delta.p_adjusted),
        "verdict": delta.verdict.value,
        "reason": delta.reason,
    }


def _finite(value: Any) -> Any:
    """The value; a number that JSON does not know as the run log's string."""
    return number(value) if isinstance(value, float) else value
