"""The page on how numbers are computed holds every statistic, and every page leads to it."""

from __future__ import annotations

from built import plan, renderer, replicates

from runfolio.analysis.methods import topics


def test_the_page_has_every_statistic_with_formula_and_source() -> None:
    found = plan(replicates({"a": [0.1, 0.2, 0.3]}))
    (page,) = (item for item in found.pages if item.path == "methods.html")
    html = renderer().render(page).decode()
    for topic in topics():
        assert f'id="{topic.anchor}"' in html
        for method in topic.methods:
            assert f"<h3>{method.name.replace(chr(39), '&#39;')}</h3>" in html
            assert method.code in html
    assert html.count("<dt>Formula</dt>") == sum(len(topic.methods) for topic in topics())


def test_every_page_leads_to_it() -> None:
    found = plan(replicates({"a": [0.1, 0.2, 0.3]}))
    for page in found.pages:
        html = renderer().render(page).decode()
        assert 'methods.html">How numbers are computed' in html, page.path
