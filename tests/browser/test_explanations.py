"""What SHAP and LIME write is shown as they drew it, from the disk, in frames that reach nothing: made here by the real libraries."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import ROOT, Open, Site
from playwright.sync_api import Browser

EXAMPLE = ROOT / "examples" / "explanations"


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory, build_site: Callable[[str, Path], Site]) -> Site:
    """The site of one run of each model, explained a moment ago."""
    folder = tmp_path_factory.mktemp("explained")
    command = [sys.executable, str(EXAMPLE / "explain.py"), "--seeds", "1", "--runs", str(folder / "runs")]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return build_site("explained", folder)


@pytest.mark.parametrize("over", ["file", "http"])
@pytest.mark.parametrize("model", ["logistic", "boosting"])
def test_interactive_pages_draw_in_their_frames(explained: Site, visit: Open, model: str, over: str) -> None:
    page = visit(f"runs/{model}-s0.html", site=explained, over=over)
    frames = page.locator("iframe")
    assert frames.count() == 2
    for number in range(2):
        frames.nth(number).scroll_into_view_if_needed()
    shap, lime = page.frame_locator("iframe >> nth=0"), page.frame_locator("iframe >> nth=1")
    shap.get_by_text("base value").first.wait_for()
    assert shap.locator("svg path").count() > 20
    lime.get_by_text("Prediction probabilities").first.wait_for()
    assert lime.locator("svg rect").count() > 8
    assert frames.nth(0).get_attribute("sandbox") == "allow-scripts"


def test_a_frame_without_a_size_draws_once_it_has_one(explained: Site, browser: Browser) -> None:
    # LIME's script runs for ever where texts have no width, and takes the page with it.
    lime = next((explained.folder / "artifacts").rglob("*lime*.html"))
    holder = explained.folder / "holder.html"
    holder.write_text(
        f'<details><summary>More</summary><iframe sandbox="allow-scripts" src="{lime.relative_to(explained.folder)}" '
        'width="900" height="400"></iframe></details>',
        encoding="utf-8",
    )
    page = browser.new_page()
    try:
        page.goto(holder.as_uri())
        page.locator("summary").click()
        page.frame_locator("iframe").get_by_text("Prediction probabilities").first.wait_for(timeout=20_000)
        refused = page.frames[1].evaluate("() => fetch('/').then(() => 'reached', error => error.name)")
    finally:
        page.close()
        holder.unlink()
    assert refused == "TypeError"


def test_a_frame_reaches_neither_the_page_nor_the_network(explained: Site, visit: Open) -> None:
    page = visit("runs/boosting-s0.html", site=explained, over="http")
    page.locator("iframe").first.scroll_into_view_if_needed()
    page.frame_locator("iframe >> nth=0").get_by_text("base value").first.wait_for()
    frame = page.frames[1]
    assert (
        frame.evaluate("() => { try { return parent.document.title } catch (error) { return error.name } }")
        == "SecurityError"
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert frame.evaluate("() => fetch('/').then(() => 'reached', error => error.name)") == "TypeError"
    assert asked == []
    refusals = visit.faults(explained)  # type: ignore[attr-defined]
    assert refusals and all("violates" in text or "blocked" in text for text in refusals)
    refusals.clear()


def test_figures_and_tables_of_the_committed_runs(
    build_site: Callable[[str, Path], Site], visit: Open
) -> None:
    site = build_site("explanations", EXAMPLE)
    page = visit("runs/boosting-s0.html", site=site)
    pictures = page.locator("img")
    assert pictures.count() == 3
    for number in range(3):
        pictures.nth(number).scroll_into_view_if_needed()
        page.wait_for_function(
            "at => document.images[at].complete && document.images[at].naturalWidth > 200", arg=number
        )
    assert page.get_by_role("cell", name="worst perimeter", exact=True).count() >= 1
    assert page.locator("iframe").count() == 0
