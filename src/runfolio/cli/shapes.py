"""The JSON that commands write: the shapes are documented, and scripts rely on them."""

from __future__ import annotations

from typing import Any

from runfolio.analysis.compare import Comparison
from runfolio.analysis.variants import Variant, VariantComparison
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


def rate_as_json(found: VariantComparison) -> dict[str, Any]:
    """A rate as `runfolio compare --json` gives it; shares from 0 to 1, differences variant minus baseline."""
    options = found.options
    return {
        "rate": options.name,
        "successes": options.successes,
        "trials": options.trials,
        "goal": options.goal.value,
        "baseline": found.baseline.label,
        "split_p": _finite(found.split_p),
        "has_mismatch": found.has_mismatch,
        "variants": [_variant(item) for item in found.variants],
    }


def _variant(item: Variant) -> dict[str, Any]:
    count = item.count
    return {
        "label": item.group.label,
        "parameters": {name: _finite(value.value) for name, value in item.group.key},
        "run_ids": list(item.group.run_ids),
        "successes": None if count is None else count.successes,
        "trials": None if count is None else count.trials,
        "rate": None if count is None or not count.trials else count.rate,
        "interval": _ends(item.interval),
        "difference": _finite(item.difference),
        "once": _ends(item.once),
        "watched": _ends(item.watched),
        "verdict": None if item.verdict is None else item.verdict.value,
        "reason": item.reason,
    }


def _ends(ends: tuple[float, float] | None) -> list[float] | None:
    return None if ends is None else list(ends)


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
