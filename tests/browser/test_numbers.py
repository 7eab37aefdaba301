"""One number, one source: the same quantity has the same digits on every page, in the data and on the command line."""

from __future__ import annotations

import contextlib
import io
import json
import math
from typing import Any

import pytest
from browsing import KINDS, ROOT, Open

from runfolio.cli import run

CONFIG = ROOT / "examples" / "digits" / "runfolio.toml"
MINUS = "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def compared() -> list[dict[str, Any]]:
    """What `runfolio compare --json` says of the headline metric."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert run(["compare", "--metric", "val/accuracy", "--config", str(CONFIG), "--json"]) == 0
    return list(json.loads(said.getvalue())["groups"])


def test_the_table_shows_the_numbers_of_the_command(visit: Open, compared: list[dict[str, Any]]) -> None:
    page = visit(KINDS["experiment"])
    rows = page.locator("table[data-configurations] tbody tr")
    assert rows.count() == len(compared) == 14
    for row, group in zip(rows.all(), compared, strict=True):
        label, value, difference, verdict = (
            row.locator(part).inner_text().strip()
            for part in ("th a", "td.value", "[data-cell=difference]", "[data-cell=verdict]")
        )
        assert group["label"] == label
        shown = value.split()[0]
        decimals = len(shown.partition(".")[2])
        assert shown == f"{group['estimate']['value'] * 100:.{decimals}f}"
        if "±" in value:
            half = (group["estimate"]["high"] - group["estimate"]["low"]) / 2 * 100
            assert value.split("±")[1].split()[0] == f"{half:.{decimals}f}"
        delta = group["delta"]
        if delta is None:
            assert "baseline" in difference
            continue
        assert delta["verdict"] == verdict
        assert difference.split()[0].replace(MINUS, "-") == f"{delta['absolute'] * 100:+.{decimals}f}"
        if delta["low"] is not None and not math.isnan(delta["low"]):
            low, high = difference[difference.index("[") + 1 : -1].replace(MINUS, "-").split(" to ")
            assert (float(low), float(high)) == pytest.approx(
                (round(delta["low"] * 100, decimals), round(delta["high"] * 100, decimals)), abs=1e-9
            )


def test_the_leading_mean_reads_the_same_everywhere(visit: Open) -> None:
    experiment = visit(KINDS["experiment"])
    first = experiment.locator("table[data-configurations] tbody tr").first
    mean, _, half = first.locator("td.value").inner_text().removesuffix("tied best").split()[:3]
    difference = first.locator("[data-cell=difference]").inner_text().split()[0]
    assert f"{mean}%" in experiment.locator("h1").inner_text()
    assert difference.lstrip("+") in experiment.locator(".lead").inner_text()
    assert f"{mean}%" in experiment.locator("dl.keys").inner_text()
    assert half in experiment.locator("dl.keys").inner_text()
    assert difference in experiment.locator("dl.keys").inner_text()
    home = visit(KINDS["home"])
    assert f"{mean}%" in home.locator("h1").inner_text()
    assert f"{mean} ± {half}" in home.locator("#experiments .card-facts").inner_text()
    assert (
        home.locator(".card tbody tr").first.locator("td.value").inner_text()
        == first.locator("td.value").inner_text()
    )
    assert f"{mean} ± {half}" in visit(KINDS["compare"]).locator("main table").inner_text()


def test_a_runs_value_reads_the_same_everywhere(visit: Open) -> None:
    experiment = visit(KINDS["experiment"])
    row = experiment.locator("tr[data-run]").first
    name, address = row.locator("th a").inner_text(), row.locator("th a").get_attribute("href")
    cells = row.locator("td").all_inner_texts()
    headings = experiment.locator("[data-runs] thead th[data-column]").all_inner_texts()
    value = cells[headings.index("Validation accuracy, %") - 1]
    assert address is not None
    run = visit(address.removeprefix("../"))
    assert f"{value}%" in run.locator("h1").inner_text()
    metrics = (
        run.locator("#metrics tr", has_text="Validation accuracy").locator("td.number").first.inner_text()
    )
    assert metrics == value
    search = visit(
        "compare.html#compare?v=1&r=" + address.split("/")[-1].removesuffix(".html") + ",softmax-lr0.1-seed0"
    )
    search.locator(".compare-table").wait_for()
    assert value in search.locator(".compare-table tr", has_text="Validation accuracy").inner_text()
    assert name


def test_a_filter_that_keeps_all_changes_no_text(visit: Open) -> None:
    """Scripts write numbers as the build does: rows that were hidden and shown again read as before."""
    page = visit(KINDS["experiment"])
    rows = page.locator("[data-runs] tbody tr")
    before = rows.all_inner_texts()
    page.locator("[data-filter]").fill("seed == 1")
    page.wait_for_function("() => document.querySelectorAll('tr[data-run]:not([hidden])').length === 14")
    page.locator("[data-filter]").fill("")
    page.wait_for_function("() => document.querySelectorAll('tr[data-run]:not([hidden])').length === 70")
    assert rows.all_inner_texts() == before


def test_setting_the_baseline_it_has_changes_no_text(visit: Open) -> None:
    """Verdicts computed in the browser agree with those of the build, to the last digit shown."""
    page = visit(KINDS["experiment"])
    table = page.locator("table[data-configurations] tbody")
    before = [" ".join(text.split()) for text in table.locator("td").all_inner_texts()]
    select = page.locator("select[data-baseline]")
    own = select.input_value()
    select.select_option(index=0)
    page.wait_for_function(
        "() => document.querySelector('table[data-configurations] tr.is-baseline') === document.querySelector('table[data-configurations] tbody tr')"
    )
    select.select_option(own)
    page.wait_for_function(
        "(id) => document.querySelector('table[data-configurations] tr.is-baseline').dataset.group === id",
        arg=own,
    )
    page.wait_for_timeout(200)
    after = [" ".join(text.split()) for text in table.locator("td").all_inner_texts()]
    assert after == before
