"""What a reader sets up is in the address: it survives a reload and can be sent to others."""

from __future__ import annotations

from browsing import KINDS, Open, Site


def test_filter_order_and_selection_survive(visit: Open) -> None:
    page = visit(KINDS["experiment"])
    page.locator("[data-filter]").fill('model == "forest"')
    page.wait_for_function("() => document.querySelectorAll('tr[data-run]:not([hidden])').length === 10")
    page.locator('[data-runs] th[data-column="parameters.seed"] button').click()
    rows = page.locator("[data-runs] tr[data-run]:visible")
    rows.nth(2).locator("[data-select]").check()
    before = (page.url, rows.locator("th a").all_inner_texts())
    other = visit(page.url.rsplit("/", 1)[1].join(["experiments/", ""]))
    other.wait_for_function("() => document.querySelectorAll('tr[data-run]:not([hidden])').length === 10")
    again = other.locator("[data-runs] tr[data-run]:visible")
    assert again.locator("th a").all_inner_texts() == before[1]
    assert again.nth(2).locator("[data-select]").is_checked()
    assert other.locator("[data-filter]").input_value() == 'model == "forest"'
    assert other.url == before[0]


def test_another_baseline_changes_every_verdict_and_the_address(visit: Open) -> None:
    page = visit(KINDS["experiment"])
    verdicts = page.locator("table[data-configurations] [data-cell=verdict]")
    before = verdicts.all_inner_texts()
    page.locator("select[data-baseline]").select_option(index=0)
    page.wait_for_function(
        "(old) => document.querySelector('table[data-configurations] [data-cell=verdict]').innerText !== old",
        arg=before[0],
    )
    changed = verdicts.all_inner_texts()
    assert changed != before
    page.reload()
    page.wait_for_function(
        "(old) => document.querySelector('table[data-configurations] [data-cell=verdict]').innerText !== old",
        arg=before[0],
    )
    assert verdicts.all_inner_texts() == changed


def test_a_link_whose_runs_are_gone_says_so(visit: Open) -> None:
    page = visit(
        "compare.html#compare?v=1&r=kernel-gamma0.3-lr3-seed0,gone-1,softmax-lr0.1-seed0,gone-2&unknown=kept"
    )
    page.locator(".compare-table").wait_for()
    assert (
        page.locator(".notice:visible").inner_text() == "2 of the 4 runs in this link are not in this build."
    )
    assert page.locator(".compare-table thead th").count() == 2
    page.get_by_label("Only differences").uncheck()
    assert "unknown=kept" in page.url


def test_groups_can_be_compared_by_address(visit: Open, digits: Site) -> None:
    page = visit(KINDS["experiment"])
    first, last = (
        page.locator("table[data-configurations] tr[data-group]").nth(at).get_attribute("data-group")
        for at in (0, 9)
    )
    other = visit(f"compare.html#compare?v=1&g=digits/{first},digits/{last}&base=digits/{last}")
    other.locator(".compare-table").wait_for()
    row = other.locator(".compare-table tr", has_text="Validation accuracy")
    value = page.locator("table[data-configurations] tbody tr td.value").first.inner_text().split()[0]
    difference = (
        page.locator("table[data-configurations] [data-cell=difference]").first.inner_text().split()[0]
    )
    assert value in row.inner_text()
    assert difference in row.inner_text()
    assert "better" in row.inner_text()


def test_charts_of_a_comparison_are_drawn(visit: Open) -> None:
    page = visit(KINDS["comparison"])
    figure = page.locator("figure svg[data-plot]").first
    figure.wait_for()
    assert figure.locator("path.line").count() >= 2
    for view in ("Small multiples", "Difference from the base"):
        page.locator("select:has(option:text-is('Overlay'))").select_option(label=view)
        page.wait_for_function(
            "() => document.querySelectorAll('figure svg[data-plot] path.line').length >= 2"
        )
