"""Paper: every row, the column names on every page, no controls, light even where the screen is dark."""

from __future__ import annotations

import io

from browsing import KINDS, Open
from playwright.sync_api import Page
from pypdf import PdfReader


def sheets(page: Page) -> list[str]:
    """The text of each printed page. Without tabular figures: their glyphs come out of a PDF as other characters."""
    page.add_style_tag(content="* { font-variant-numeric: normal !important }")
    data = page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
    return [sheet.extract_text() for sheet in PdfReader(io.BytesIO(data)).pages]


def test_every_run_is_printed_below_the_column_names(visit: Open) -> None:
    page = visit(KINDS["experiment"], scheme="dark", bypass_csp=True)
    names = page.locator("tr[data-run] > th a").all_inner_texts()
    assert len(names) == 70
    printed = sheets(page)
    text = " ".join("\n".join(printed).split())
    assert [name for name in names if name not in text] == []
    tables = [sheet for sheet in printed if sum(name in sheet for name in names) >= 10]
    assert len(tables) >= 2
    for sheet in tables:
        assert "model" in sheet and "seed" in sheet and "accuracy" in sheet
    for control in ("Explore", "Export", "Columns", "Theme", "Smoothing", "Skip to content"):
        assert control not in text
    assert len(printed) <= 6


def test_print_is_light_in_a_dark_room(visit: Open) -> None:
    for choice in ("auto", "dark"):
        page = visit(KINDS["experiment"], scheme="dark")
        page.evaluate("(choice) => localStorage.setItem('runfolio-theme', choice)", choice)
        page.reload()
        page.emulate_media(media="print")
        ink, paper = page.evaluate(
            "() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        )
        assert paper == "rgb(255, 255, 255)"
        assert ink == "rgb(20, 24, 29)"
        for part in ("[data-chart-controls]", "[data-filter]", ".figure-menu", "[data-theme-switch]"):
            assert not page.locator(part).first.is_visible()


def test_nothing_is_cut_off_on_paper(visit: Open) -> None:
    page = visit(KINDS["experiment"], width=794)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
