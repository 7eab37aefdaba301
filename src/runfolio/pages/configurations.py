"""The configurations table: one row a group, best first, with its runs as dots, its interval and its verdict."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runfolio.analysis.compare import Comparison
from runfolio.analysis.rounding import number_text
from runfolio.charts.chart import Strip
from runfolio.charts.metric_by_group import MOST_DOTS, dot_strip
from runfolio.model import Delta, Group, GroupResult, MetricSpec, ParameterValue, Verdict
from runfolio.pages.study import Study
from runfolio.pages.words import (
    DASH,
    difference_text,
    difference_unit,
    estimate_decimals,
    heading,
    interval_text,
    value_text,
)


@dataclass(frozen=True, slots=True)
class ConfigurationRow:
    """One group as the table shows it. Texts are in shown units."""

    group_id: str
    label: str
    where: str
    """Filter that finds the group's runs in the table below."""
    usable: int
    """Runs the estimate stands on."""
    total: int
    value: str
    half_width: str
    """Without ±; empty where no interval may be shown."""
    raw_value: float | None
    """Logged units, for sorting."""
    spread: str
    """For two runs: both values; for one: `1 run`; else empty."""
    is_baseline: bool
    difference: str
    difference_interval: str
    verdict: str
    tone: str
    """`better` or `worse` where the verdict is clear and the direction known, else empty."""
    reason: str
    best: str
    """`best`, `tied best` or empty."""
    place: str
    """`1`, `1–4` or empty: the places the group may hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Configurations:
    """The whole table with its words."""

    heading: str
    difference_heading: str
    rows: tuple[ConfigurationRow, ...]
    strip: Strip
    caption: str
    baseline_label: str
    baseline_id: str
    baseline_reason: str
    remarks: tuple[str, ...]
    decimals: int
    hidden: int = 0
    """Groups beyond the last row."""


MAX_ROWS = 60
#: A group without settings is found by its runs' ids, if it has no more than these.
MOST_NAMED = 50
#: More configurations than this without any value are counted instead of listed.
MAX_SILENT = 3
MAX_REMARKS = 6


def configurations(
    study: Study,
    comparison: Comparison,
    limit: int = MAX_ROWS,
    *,
    where_of: Callable[[Group], str] | None = None,
) -> Configurations:
    """The table of a comparison: at most `limit` rows, best first; the baseline is always among them.

    `where_of` gives the filter that finds a group's runs, where its own settings do not tell.
    """
    spec = comparison.spec
    silent = [
        item for item in comparison.results if not item.estimate.n and item.group != comparison.baseline
    ]
    results = comparison.results
    if len(silent) > MAX_SILENT:
        results = tuple(item for item in results if item not in silent)
    kept = results[:limit] + tuple(item for item in results[limit:] if item.group == comparison.baseline)
    decimals = (
        study.digits[spec.name] if where_of is None else estimate_decimals(spec, [r.estimate for r in kept])
    )
    strip = dot_strip(kept, spec)
    baseline = comparison.baseline
    unit = difference_unit(spec)
    return Configurations(
        heading=heading(spec),
        difference_heading=f"Difference, {unit}" if unit else "Difference",
        rows=tuple(
            _row(
                item,
                comparison,
                decimals,
                _where(item.group, study) if where_of is None else where_of(item.group),
            )
            for item in kept
        ),
        strip=strip,
        caption=_caption(comparison, strip),
        baseline_label=baseline.label if baseline and len(comparison.results) > 1 else "",
        baseline_id=baseline.group_id if baseline else "",
        baseline_reason=comparison.baseline_reason,
        remarks=_remarks(comparison, silent),
        decimals=decimals,
        hidden=len(results) - len(kept),
    )


def _remarks(comparison: Comparison, silent: Sequence[GroupResult]) -> tuple[str, ...]:
    """What to know before trusting a row; many configurations without any value are one remark."""
    remarks = [remark.replace("`", "") for remark in comparison.remarks]
    if len(silent) > MAX_SILENT:
        names = tuple(f"{item.group.label}:" for item in silent)
        remarks = [remark for remark in remarks if not remark.startswith(names)]
        word = f"{len(silent)} configurations gave no value of {comparison.spec.label} and are not shown here"
        remarks.insert(0, word)
    if len(remarks) > MAX_REMARKS:
        rest = len(remarks) - MAX_REMARKS
        remarks = [*remarks[:MAX_REMARKS], f"and {rest} more remarks of this kind"]
    return tuple(remarks)


def group_where(group: Group, varying: Sequence[str]) -> str:
    """The filter that finds the group's runs: `params.model == "mlp" and params.lr == 0.1`; by id, where they are few, without settings."""
    key = dict(group.key)
    if not key and len(group.run_ids) <= MOST_NAMED:
        return f"run.run_id in ({', '.join(map(quoted, group.run_ids))})"
    return " and ".join(
        f"{filter_name(name)} == {_literal(key[name]) if name in key else 'none'}" for name in varying
    )


def filter_name(name: str) -> str:
    """A parameter's name as a filter writes it."""
    return f"params.{name}" if name.replace(".", "_").isidentifier() else f"params[{quoted(name)}]"


def _literal(value: ParameterValue) -> str:
    if isinstance(value.value, float) and math.isinf(value.value):
        return "1e999" if value.value > 0 else "-1e999"
    return quoted(value.text) if isinstance(value.value, str) else value.text


def quoted(text: str) -> str:
    """The text as a filter writes it: in quotes, with only the escapes that filters know."""
    known = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    inner = re.sub(r'[\\"\x00-\x1f\x7f]', lambda found: known.get(found[0], f"\\u{ord(found[0]):04x}"), text)
    return f'"{inner}"'


def _caption(comparison: Comparison, strip: Strip) -> str:
    sentences = ["Each dot is one run."]
    if any(item.estimate.n > MOST_DOTS for item in comparison.results):
        sentences.append(
            f"Of more than {MOST_DOTS} runs, {MOST_DOTS} from the lowest to the highest are drawn."
        )
    if any(item.estimate.half_width is not None for item in comparison.results):
        sentences.append("The bar is the 95% interval of the mean.")
    if comparison.baseline is not None and len(comparison.results) > 1:
        sentences.append("The thin line is the baseline.")
    low, high = strip.axis.low, strip.axis.high
    if any(not low <= value <= high for row in strip.rows for value in row.values):
        sentences.append("A hollow mark at the edge lies further out.")
    if comparison.caption:
        sentences.append(comparison.caption)
    return " ".join(sentences)


def _where(group: Group, study: Study) -> str:
    return group_where(group, study.grouping.varying) if len(study.grouping.groups) > 1 else ""


def _row(result: GroupResult, comparison: Comparison, decimals: int, where: str) -> ConfigurationRow:
    spec, estimate, delta = comparison.spec, result.estimate, result.delta
    is_baseline = comparison.baseline is not None and result.group == comparison.baseline
    half = estimate.half_width
    has_interval = delta is not None and delta.low is not None and delta.high is not None
    return ConfigurationRow(
        group_id=result.group.group_id,
        label=result.group.label,
        where=where,
        usable=estimate.n,
        total=len(result.group.run_ids),
        value=value_text(spec, estimate.value, decimals) if estimate.n else DASH,
        half_width="" if half is None else number_text(half * spec.scale, decimals),
        raw_value=estimate.value if estimate.n else None,
        spread=_spread(result, spec, decimals),
        is_baseline=is_baseline,
        difference="" if delta is None or not estimate.n else difference_text(spec, delta.absolute, decimals),
        difference_interval=_difference_interval(delta, spec, decimals) if has_interval else "",
        verdict="" if delta is None else verdict_text(delta),
        tone=tone_of(delta),
        reason="" if delta is None else delta.reason,
        best=best_word(result, comparison),
        place=_place(result),
    )


def _difference_interval(delta: Delta | None, spec: MetricSpec, decimals: int) -> str:
    if delta is None or delta.low is None or delta.high is None:
        return ""
    return interval_text(spec, delta.low, delta.high, decimals)


def _spread(result: GroupResult, spec: MetricSpec, decimals: int) -> str:
    values = result.estimate.values
    if len(values) == 2:
        low, high = sorted(values)
        return f"{value_text(spec, low, decimals)} and {value_text(spec, high, decimals)}"
    return "1 run" if len(values) == 1 else ""


def _place(result: GroupResult) -> str:
    if not result.rank_low:
        return ""
    if result.rank_low == result.rank_high:
        return str(result.rank_low)
    return f"{result.rank_low}–{result.rank_high}"


def best_word(result: GroupResult, comparison: Comparison) -> str:
    """`best` only where the data put the group first; `tied best` where they cannot tell it from the first."""
    if not comparison.spec.goal.sign or not result.rank_low or result.estimate.n < 3:
        return ""
    if (result.rank_low, result.rank_high) == (1, 1):
        # Alone because all others lost runs: there is nothing it was compared with.
        return "best" if comparison.runner_up is not None else ""
    return "tied best" if result.rank_low == 1 else ""


def verdict_text(delta: Delta) -> str:
    """The verdict word with what qualifies it."""
    return f"{delta.verdict}, {delta.qualifier}" if delta.qualifier else str(delta.verdict)


def tone_of(delta: Delta | None) -> str:
    """Which colour, if any, goes with the verdict."""
    if delta is None:
        return ""
    return {Verdict.BETTER: "better", Verdict.WORSE: "worse"}.get(delta.verdict, "")
