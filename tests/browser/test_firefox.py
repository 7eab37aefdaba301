"""The same site in Firefox, from disk and from a server: no complaint, and what scripts add works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import FIREFOX, KINDS, Site
from firefox import Firefox


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    assert FIREFOX
    with Firefox(FIREFOX, tmp_path_factory.mktemp("firefox") / "profile") as fox:
        yield fox


@pytest.mark.parametrize("over", ["file", "http"])
def test_every_kind_of_page_opens_without_a_complaint(fox: Firefox, digits: Site, over: str) -> None:
    start = digits.address("", over)
    fox.complaints(start)
    for path in KINDS.values():
        fox.goto(digits.address(path, over))
        assert fox.run("return document.querySelectorAll('h1').length") == 1
        fox.wait("document.querySelector('[data-search-open]').checkVisibility()")
        assert fox.run("return document.documentElement.scrollWidth <= innerWidth")
        if "#" in path:
            fox.wait("document.querySelector('figure svg[data-plot] path.line')")
    assert fox.complaints(start) == []


def test_the_policy_is_in_force_and_a_breach_would_be_heard(fox: Firefox, digits: Site) -> None:
    fox.goto(digits.address(KINDS["home"]))
    fox.run(
        "const own = document.createElement('script'); own.textContent = 'window.stolen = 1'; document.body.append(own)"
    )
    assert fox.run("return window.stolen") is None
    assert any("Content-Security-Policy" in text for text in fox.complaints(digits.address("")))


@pytest.mark.parametrize("over", ["file", "http"])
def test_filter_compare_search_and_explore_work(fox: Firefox, digits: Site, over: str) -> None:
    start = digits.address("", over)
    fox.complaints(start)
    fox.goto(digits.address(KINDS["experiment"], over))
    fox.type("[data-filter]", 'model == "kernel" and seed < 2')
    fox.wait("document.querySelectorAll('tr[data-run]:not([hidden])').length === 4")
    fox.click("figure [data-action=explore]")
    fox.wait("document.querySelectorAll('.live-plot .scatterlayer .trace').length >= 5")
    assert fox.run("return document.querySelector('.live-plot')._context.showSendToCloud") is False
    fox.goto(digits.address(KINDS["comparison"], over))
    fox.wait("document.querySelectorAll('.compare-table thead th').length === 3")
    fox.wait("document.querySelectorAll('figure svg[data-plot] path.line').length >= 2")
    fox.goto(digits.address(KINDS["run"], over))
    fox.click("[data-search-open]")
    fox.wait("document.querySelector('dialog[data-search][open] input')")
    fox.type("dialog[data-search] input", "forest depth 12, seed 3")
    fox.click("dialog[data-search] a")
    fox.wait("location.pathname.endsWith('/runs/forest-depth12-seed3.html')")
    fox.goto(digits.address("audit.html", over))
    fox.click("[data-verify-all]")
    assert "of" in fox.wait("document.querySelector('[data-verify-result]').textContent")
    assert fox.complaints(start) == []
