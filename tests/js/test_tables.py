from __future__ import annotations

import csv
import io
import json
from urllib.parse import unquote

import pytest

NAMES = "[...document.querySelectorAll('#runs tbody tr[data-run]')].filter((tr) => !tr.hidden).map((tr) => tr.dataset.run)"


def open_page(page, site, name="small", state=""):
    page.goto(f"{site}/experiments/{name}.html{state}")
    page.wait_for_selector("[data-theme-switch]:visible")


def fragment(page):
    return unquote(page.evaluate("location.hash"))


def save(page, click):
    with page.expect_download() as waiting:
        click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes().decode()


def test_a_column_sorts_by_its_raw_values_and_says_so(page, site, until):
    open_page(page, site)
    first = page.evaluate(NAMES)
    head = page.locator("#runs th[data-column='metrics.val/acc']")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert "sort=-metrics.val/acc" in fragment(page)
    names = page.evaluate(NAMES)
    assert names[:1] == ["small-9"] and names[-1] == "small-12", "the diverged run comes last"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending" and page.evaluate(NAMES)[-1] == "small-12"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") is None and page.evaluate(NAMES) == first
    page.go_back()
    until("document.querySelector('th[aria-sort=ascending]')")


def test_the_filter_counts_chips_and_undoes(page, site):
    open_page(page, site)
    page.fill("[data-filter]", 'lr <= 1e-2 model == "mlp"')
    page.wait_for_selector(".chip")
    assert page.locator("[data-count]").inner_text() == "6 of 24 runs"
    assert page.locator(".chip").all_inner_texts() == ["lr <= 1e-2×", 'model == "mlp"×']
    page.locator(".chip button").nth(0).click()
    assert page.locator("[data-count]").inner_text() == "12 of 24 runs"
    page.fill("[data-filter]", "tinyfromer")
    page.get_by_role("button", name="Clear filter").click()
    assert page.locator("[data-count]").inner_text() == "24 runs" and page.input_value("[data-filter]") == ""
    page.fill("[data-filter]", "modle == 'x'")
    assert "nearest: `model`" in page.locator(".filter-error").inner_text()
    assert len(page.evaluate(NAMES)) == 24, "a text that cannot be read changes nothing"


def test_a_link_brings_back_filter_order_selection_and_columns(page, site, until):
    open_page(
        page,
        site,
        state="#runs?v=1&keep=me&q=seed+%3D%3D+1&sort=duration&r=small-6&cols=name,duration,metrics.loss",
    )
    page.wait_for_selector("th[data-column='metrics.loss']")
    until(f"{NAMES}.length === 5")
    assert page.locator("th[data-column=duration]").get_attribute("aria-sort") == "ascending"
    assert page.locator("tr[data-run=small-6] input").is_checked()
    assert page.locator("th[data-column='parameters.lr']").is_hidden()
    assert page.locator("tr[data-run=small-1] td:visible").all_inner_texts()[-1] == "–", "not logged"
    assert "keep=me" in fragment(page)


def test_selection_outlives_sorting_and_filtering(page, site):
    open_page(page, site)
    page.check("tr[data-run=small-2] input")
    page.check("tr[data-run=small-5] input")
    page.wait_for_selector("[data-selection]:visible")
    assert page.locator("[data-selection] [data-selected-count]").inner_text() == "2 selected"
    page.fill("[data-filter]", "seed == 0")
    page.wait_for_selector(".chip")
    page.locator("th[data-column=duration] button").click()
    page.fill("[data-filter]", "")
    assert page.locator("tr.is-selected").count() == 2 and "r=small-2,small-5" in fragment(page)
    page.locator("[data-selection] [data-action=compare]").click()
    page.wait_for_url("**/compare.html*")
    assert "r=small-2,small-5" in fragment(page)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_export_is_what_is_shown_with_every_digit(page, site, until, kind):
    open_page(
        page,
        site,
        state="#runs?v=1&q=seed+%3D%3D+3&sort=-duration&cols=name,parameters.lr,metrics.val/acc,metrics.loss",
    )
    until(f"{NAMES}.length === 5")
    page.wait_for_selector("th[data-column='metrics.loss']")
    shown = page.evaluate(NAMES)
    page.click("[data-export] summary")
    name, text = save(page, lambda: page.click(f"[data-export-as={kind}]"))
    rows = list(csv.DictReader(io.StringIO(text))) if kind == "csv" else json.loads(text)
    assert name == f"small-5-runs.{kind}" and list(rows[0]) == ["name", "lr", "val/acc", "loss"]
    by_slug = {"small-3": "<img"}
    assert [
        by_slug.get(slug, slug.replace("small-", "small-run-")) in row["name"]
        for slug, row in zip(shown, rows, strict=True)
    ] == [True] * 5
    assert float(rows[shown.index("small-8")]["loss"]) == 1 / 9


def test_columns_can_be_searched_added_and_hidden(page, site):
    open_page(page, site)
    page.click("[data-columns] summary")
    page.fill("[data-columns] input[type=search]", "epo")
    page.locator("[data-columns] li:visible label").click()
    assert page.locator("tr[data-run=small-0] td").last.inner_text() == "40"
    page.fill("[data-columns] input[type=search]", "model")
    page.locator("[data-columns] li:visible label").click()
    assert page.locator("th[data-column='parameters.model']").is_hidden()
    page.go_back()
    page.wait_for_selector("th[data-column='parameters.model']:visible")


def test_another_baseline_computes_every_verdict_again_and_back(page, site):
    from runfolio.analysis.welch import welch

    open_page(page, site)
    page.select_option("select[data-baseline]", "b")
    page.wait_for_selector("[data-baseline-note]:visible")
    cells = {g: page.locator(f"tr[data-group={g}] [data-cell]").all_inner_texts() for g in "abc"}
    assert cells["b"] == ["baseline", ""]
    low, high = welch([0.9 + 0.001 * i for i in range(5)], [0.92 + 0.001 * i for i in range(5)]).interval(
        0.95
    )
    assert cells["a"] == [f"−0.0200 [−{-low:.4f} to −{-high:.4f}]", "worse"]
    assert cells["c"][1] == "not judged", "one of its runs diverged"
    assert (
        "group b instead of the report's own baseline group a"
        in page.locator("[data-baseline-note]").inner_text()
    )
    assert "base=b" in fragment(page)
    page.select_option("select[data-baseline]", "a")
    assert page.locator("tr[data-group=b] [data-cell]").all_inner_texts() == ["as built", "as built"]
    assert page.locator("[data-baseline-note]").is_hidden()


def test_ten_thousand_runs_are_a_window(page, site, until):
    open_page(page, site, "big")
    page.locator("#runs").scroll_into_view_if_needed()
    until("document.querySelector('#runs table').getAttribute('aria-rowcount') === '10001'")
    assert page.locator("#runs tbody tr[data-run]").count() < 80
    measure = """async () => {
      const frame = () => new Promise((done) => requestAnimationFrame(done)), view = document.querySelector('#runs table').view;
      const time = (act) => { const start = performance.now(); act(); return performance.now() - start; };
      const sort = time(() => view.sortBy([{ key: 'name', isDescending: true }]));
      const sortNumber = time(() => view.sortBy([{ key: 'duration', isDescending: true }]));
      const input = document.querySelector('[data-filter]'), filter = [], scroll = [];
      for (const text of ['m', 'ml', 'mlp', 'mlp lr', 'mlp lr < 0.1']) {
        input.value = text; const start = performance.now(); input.dispatchEvent(new Event('input'));
        for (let i = 0; i < 5; i += 1) await Promise.resolve(); filter.push(performance.now() - start); await frame();
      }
      input.value = ''; input.dispatchEvent(new Event('input')); await frame();
      for (let i = 0; i < 60; i += 1) { const start = performance.now(); scrollBy(0, 900); await frame(); await frame(); scroll.push((performance.now() - start) / 2); }
      scroll.sort((a, b) => a - b);
      return { sort, sortNumber, filter: Math.max(...filter), scroll: scroll[56], nodes: document.querySelectorAll('*').length };
    }"""
    found = page.evaluate(measure)
    print(f"10,000 runs, ms: {found}")
    assert (
        found["sort"] < 600 and found["sortNumber"] < 300 and found["filter"] < 200 and found["scroll"] < 100
    )
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    durations = sorted((i * 7919 % 4001 for i in range(10_000)), reverse=True)
    until("[...document.querySelectorAll('#runs tbody tr[data-run]')].pop().ariaRowIndex === '10001'")
    last = page.locator("#runs tbody tr[data-run]").last
    assert last.locator("td").nth(3).inner_text() in ("0 ms", f"{durations[-1]} s")


def test_a_window_filters_and_selects(page, site, until):
    open_page(page, site, "big", "#runs?v=1&q=group+%3D%3D+%22b%22&r=big-7")
    until(f"{NAMES}.length === 5")
    assert page.locator("[data-count]").inner_text() == "5 of 10000 runs"
    assert page.locator("tr[data-run=big-7] input").is_checked()
    page.fill("[data-filter]", "")
    until("document.querySelector('#runs table').getAttribute('aria-rowcount') === '10001'")


def test_hostile_names_stay_text(page, site, until):
    open_page(page, site)
    page.click("[data-columns] summary")
    page.fill("[data-filter]", '"<img"')
    until(f"{NAMES}.length === 1")
    page.select_option("select[data-baseline]", "c")
    page.wait_for_selector("[data-baseline-note]:visible")
    assert page.locator("img").count() == 0 and page.evaluate("window.hacked") is None


def test_metrics_beyond_the_tables_script_come_when_a_filter_asks(page, site, until):
    open_page(page, site, "big")
    page.fill("[data-filter]", "seed == 1")
    until("document.querySelector('[data-count]').textContent === '2000 of 10000 runs'")
    assert page.locator("script[src*='big-metrics-1']").count() == 0
    page.fill("[data-filter]", "grad < 7")
    until("document.querySelector('[data-count]').textContent === '7 of 10000 runs'")
    page.locator("[data-columns] summary").click()
    page.locator("[data-columns] input[value='metrics.grad']").check()
    until("document.querySelector('th[data-column=\"metrics.grad\"]')")
    assert page.locator("tr[data-run=big-6] td:visible").last.inner_text() == "6"


def test_metrics_beyond_the_tables_script_come_as_columns_of_a_link(page, site, until):
    open_page(page, site, "big", state="#runs?v=1&cols=name,metrics.grad")
    until("document.querySelector('tr[data-run=big-4] td:last-child')?.textContent === '4'")


def test_rows_lead_to_the_runs_page_or_to_the_one_that_runs_share(page, site, until):
    open_page(page, site, "big", state="#runs?v=1&q=seed+%3D%3D+1")
    until("document.querySelector('[data-count]').textContent === '2000 of 10000 runs'")
    page.locator("th[data-column=duration] button").click()
    until("document.querySelectorAll('tr[data-run]').length > 10")
    rows = page.evaluate(
        "[...document.querySelectorAll('tr[data-run]')].map((tr) => [tr.dataset.run, tr.querySelector('a').getAttribute('href')])"
    )
    for slug, href in rows:
        is_own = int(slug.removeprefix("big-")) % 2 == 0
        assert href == (f"../runs/{slug}.html" if is_own else f"../run.html#?v=1&e=big&r={slug}")


def test_the_difference_to_the_baseline_is_known_of_every_run(page, site, until):
    wanted = "run.name+in+(%22big-run-4%22%2C+%22big-run-0%22%2C+%22big-run-12%22)"
    open_page(page, site, "big", state=f"#runs?v=1&cols=name,difference&sort=-difference&q={wanted}")
    rows = "[...document.querySelectorAll('#runs tr[data-run]')].map((tr) => [tr.dataset.run, tr.lastChild.textContent])"
    until(f"{rows}.length === 3 && {rows}[0].length === 2 && {rows}[0][1] === '+0.0020'")
    assert page.evaluate(rows) == [["big-4", "+0.0020"], ["big-0", "\u22120.0020"], ["big-12", "–"]]
