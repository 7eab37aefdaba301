"""Writes tests/format_cases.json and tests/verdict_cases.json from the Python functions: `python tests/js/make_cases.py`.

test_cases_are_current fails when either is not what this would write.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from runfolio.analysis import rounding
from runfolio.analysis.estimate import estimate
from runfolio.analysis.judging import Candidate, judge_all
from runfolio.charts import ticks
from runfolio.model import Goal, Group, MetricSpec, parameter

FOLDER = Path(__file__).resolve().parents[1]
NUMBERS = (
    0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.125, 12.25, 0.9134, -0.00041, 1e-5, 9.5e-5, 123456.7, 999999.5, 1e6,
    1234567.8, 1e15, 1.5e300, 5e-324, 0.1 + 0.2, 93.0249, 99.995, 1 / 3, -12345.678, 6.02e23, 100.0, 1e-4, 0.045, 2.675,
)  # fmt: skip
SECONDS = (
    0.0, 1e-7, 0.00045, 0.0045, 0.0994, 0.0995, 0.45, 0.125, 0.994, 0.995, 1.0, 12.25, 12.35, 59.94, 59.95, 60.0, 147.0, 147.5, 3599.4,
    3599.6, 3600.0, 7440.0, 86399.0, 86400.0, 273600.0, 1e7, -3.5,
)  # fmt: skip


def format_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = []

    def add(call: str, text: object, *args: object) -> None:
        cases.append({"call": call, "args": list(args), "text": text})

    for value in NUMBERS:
        for decimals in (-2, 0, 1, 2, 4, 9, 12):
            add("number", rounding.number_text(value, decimals), value, decimals)
            add("signed", rounding.signed_text(value, decimals), value, decimals)
        add("fourDigits", rounding.four_digits(value), value)
        if value > 0:
            add("decimalsFor", rounding.decimals_for(value), value)
    for value in SECONDS:
        add("duration", rounding.duration_text(value), value)
    # Whole floats from a million on are left out: a script cannot tell them from whole numbers.
    for setting in (
        0.001,
        3e-4,
        128,
        0,
        0.1,
        -1,
        -0.5,
        1e-7,
        1234567,
        1.5e9 + 0.5,
        True,
        None,
        "adam",
        "1e-3",
        1,
        0.0,
    ):
        for scientific in (False, True):
            text = rounding.parameter_text(parameter(setting), scientific)
            text = text if setting is not True else "true"
            add("parameter", text, setting, scientific)
    for column in (
        [0.001, 0.01],
        [0.1, 0.2],
        [1e-3, None],
        [None],
        [1e-3, -1],
        [1e-4, 100],
        ["a", 1e-3],
        [0, 1e-3],
        [],
    ):
        add("usesScientific", rounding.uses_scientific([parameter(value) for value in column]), column)
    for low, high, scale in ((0, 1, "linear"), (0.7736, 0.9864, "linear"), (0.013, 0.019, "linear"), (-3, 1e7, "linear"), (0.001, 1000, "log"),
                             (1, 250, "log"), (2, 5, "log"), (0, 40, "linear"), (1e-7, 3e-7, "linear"), (5, 5, "linear")):  # fmt: skip
        found = ticks.nice_ticks(low, high, scale)
        add("series.ticks", list(found), low, high, scale)
        add("format.ticks", list(ticks.tick_texts(found)), list(found))
        for share in (0.0, 0.123456, 0.5, 1.0):
            value = low + share * (high - low)
            add(
                "format.inRange",
                ticks.value_text(value, low, high, scale),
                value,
                {"low": low, "high": high, "scale": scale},
            )
    return [
        {**case, "call": case["call"] if "." in case["call"] else f"format.{case['call']}"} for case in cases
    ]


def verdict_cases() -> list[dict[str, Any]]:
    random.seed(7)
    cases = [_case([_sample(n, 0.93, 0.004) for _ in range(6)], goal, threshold) for n in (3, 5, 8)
             for goal in ("maximize", "minimize", "none") for threshold in (None, 0.002, 0.05)]  # fmt: skip
    for goal in ("maximize", "minimize"):
        for spread in (0.001, 0.01):
            values = [_sample(5, 0.9 + k * 0.006, spread) for k in range(5)]
            cases.append(_case(values, goal, 0.01, unit="%", scale=100.0))
            cases.append(_case(values, goal, None, unit="ms", equal_spread=True))
    cases.append(_case([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [2.0, 2.0, 2.0]], "maximize", None))
    cases.append(_case([[0.9, 0.91, 0.92], [0.5], [0.5, 0.6], []], "maximize", None))
    cases.append(
        _case(
            [_sample(5, 0.9, 0.01), _sample(3, 0.8, 0.01), _sample(5, 0.7, 0.01)], "maximize", None, missing=1
        )
    )
    cases.append(_case([_sample(3, 0.9, 0.01), _sample(5, 0.8, 0.01)], "maximize", None, missing=0))
    cases.append(
        _case(
            [[1, 1.1, 0.9, 1.05, 0.95], [1.5, 1.52, 1.49, 1.51, 9.0], [1.3, 1.31, 1.29, 1.3, 1.35]],
            "minimize",
            None,
        )
    )
    return cases


def _sample(n: int, middle: float, spread: float) -> list[float]:
    return [round(random.gauss(middle, spread), 6) for _ in range(n)]


def _case(
    values: list[list[float]], goal: str, threshold: float | None, *, unit: str = "", scale: float = 1.0,
    equal_spread: bool = False, missing: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The first list is the baseline's."""
    spec = MetricSpec("m", "m", unit=unit, goal=Goal(goal), scale=scale, threshold=threshold)
    groups = [Group(f"g{i}", f"group {i}", (), ()) for i in range(len(values))]
    texts = ["2 of 5 runs diverged" if i == missing else "" for i in range(len(values))]
    names = [Candidate(g, estimate(v), t) for g, v, t in zip(groups, values, texts, strict=True)]
    found = judge_all([(c, names[0]) for c in names[1:]], {}, spec, equal_spread=equal_spread)
    samples = [
        {"values": v, "missing": c.missing, "label": c.group.label}
        for v, c in zip(values, names, strict=True)
    ]
    shown = SimpleNamespace(unit=unit, goal=goal, scale=scale, threshold=threshold)
    keys = ("absolute", "low", "high", "qualifier", "reason")
    results = [{k: _json(getattr(d, k)) for k in keys} | {"verdict": str(d.verdict)} for d in found]
    return {
        "base": samples[0],
        "candidates": samples[1:],
        "spec": vars(shown),
        "equal_spread": equal_spread,
        "results": results,
    }


def _json(value: Any) -> Any:
    return None if value != value else value


FILES = {"format_cases.json": format_cases, "verdict_cases.json": verdict_cases}


def text_of(cases: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n"


if __name__ == "__main__":
    for name, make in FILES.items():
        (FOLDER / name).write_text(text_of(make()), encoding="utf-8")
