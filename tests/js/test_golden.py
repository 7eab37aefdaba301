"""The scripts and the Python code say the same: filters, numbers as text, t tests and verdicts."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

CASES = Path(__file__).resolve().parents[1]


def read(name):
    return json.loads((CASES / name).read_text(encoding="utf-8"))


WHERE = """(cases) => cases.map(({ where, run, vocabulary }) => {
  const words = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };
  const known = vocabulary && { parameters: new Set(vocabulary.parameters), metrics: new Set(vocabulary.metrics) };
  if (!run) run = { parameters: {}, metrics: {}, tags: [], run_id: "", name: "" };
  const metrics = new Map(Object.entries(run.metrics).map(([k, v]) => [k, typeof v === "string" ? words[v] : v]));
  const seen = { ...run, parameters: new Map(Object.entries(run.parameters)), metrics };
  try { return runfolio.where.parse(where, known).matches(seen); } catch (error) {
    if (!(error instanceof runfolio.where.WhereError)) throw error;
    return error.message + (error.hint ? "\\n" + error.hint : "");
  }
})"""


def test_filters_match_what_python_says(logic):
    cases = read("where_cases.json")
    found = logic(WHERE, cases)
    for case, result in zip(cases, found, strict=True):
        if "error" in case:
            assert isinstance(result, str) and case["error"] in result, (case["where"], result)
        else:
            assert result == case["matches"], (case["where"], case["run"]["run_id"], result)


def test_numbers_are_written_as_python_writes_them(logic):
    cases = read("format_cases.json")
    found = logic(
        "(cases) => cases.map(({ call, args }) => { const [part, name] = call.split('.'); return runfolio[part][name](...args); })",
        cases,
    )
    assert found == [case["text"] for case in cases]


@pytest.mark.parametrize("df", [1, 2, 3.7, 8, 40, 1000])
def test_t_distribution(logic, df):
    from runfolio.analysis.student import t_quantile, t_two_sided

    ts = [0, 1e-8, 0.3, 1, 2.5, 10, 60]
    found = logic("([ts, df]) => ts.map((t) => runfolio.statistics.tTwoSided(t, df))", [ts, df])
    assert found == pytest.approx([t_two_sided(t, df) for t in ts], rel=1e-10)
    assert logic("(df) => runfolio.statistics.tQuantile(0.95, df)", df) == pytest.approx(
        t_quantile(0.975, df), rel=1e-10
    )


def test_verdicts_are_those_of_python(logic):
    cases = read("verdict_cases.json")
    found = logic(
        "(cases) => cases.map(({ base, candidates, spec, equal_spread }) => "
        "runfolio.verdict.judge(base, candidates, spec, { isEqualSpread: equal_spread }))",
        cases,
    )
    for case, results in zip(cases, found, strict=True):
        for wanted, result in zip(case["results"], results, strict=True):
            assert (result["verdict"], result["qualifier"], result["reason"]) == (
                wanted["verdict"],
                wanted["qualifier"],
                wanted["reason"],
            )
            for name in ("absolute", "low", "high"):
                if wanted[name] is None:
                    assert result[name] is None or math.isnan(result[name])
                else:
                    assert result[name] == pytest.approx(wanted[name], rel=1e-8, abs=1e-12)


def test_tables_become_the_same_text_in_the_browser(logic):
    cases = read("table_cases.json")
    found = logic(
        "(all) => all.map((table) => ['csv', 'markdown', 'latex'].map((form) => runfolio.tableText[form](table)))",
        [case["table"] for case in cases],
    )
    for case, texts in zip(cases, found, strict=True):
        assert texts == [case["csv"], case["markdown"], case["latex"]]
