"""The page of models in a browser: from disk and from a server, at every width, without scripts, by every reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import ROOT, Open, Site
from test_accessibility import violations
from test_widths import WIDTHS, overflow


@pytest.fixture(scope="session")
def models(build_site: Callable[[str, Path], Site]) -> Site:
    return build_site("models", ROOT / "examples" / "models")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize("path", ["models.html", "index.html", "runs/hidden16-seed4.html"])
def test_axe_finds_no_violation(visit: Open, models: Site, path: str, scheme: str, width: int) -> None:
    page = visit(path, site=models, scheme=scheme, width=width, over="http", bypass_csp=True)
    page.wait_for_timeout(100)
    assert violations(page) == []


def test_no_width_scrolls_sideways(visit: Open, models: Site) -> None:
    page = visit("models.html", site=models)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == 0, width


@pytest.mark.parametrize("over", ["file", "http"])
def test_the_run_the_page_and_the_overview_lead_to_each_other(visit: Open, models: Site, over: str) -> None:
    page = visit("index.html", site=models, over=over)
    page.get_by_role("link", name="server", exact=True).click()
    assert page.url.endswith("models.html#champion-server")
    assert page.locator(".bar [aria-current=page]").inner_text() == "Models"
    page.locator("#champion-server").get_by_role("link", name="hidden 16, seed 4").first.click()
    assert "hidden 16, seed 4" in page.locator("h1").inner_text()
    mark = page.locator(".notice", has_text="Champion:")
    mark.get_by_role("link").click()
    assert page.url.endswith("models.html#champion-server")
    assert page.locator("#champion-server h2").is_visible()


def test_the_artifact_and_the_data_are_there(visit: Open, models: Site) -> None:
    page = visit("models.html", site=models, over="http")
    server = json.loads((models.folder / "data" / "models.json").read_text("utf-8"))["champions"][0]
    href = page.locator("#champion-server").get_by_role("link", name="model.npz").get_attribute("href")
    assert href == server["artifact"]["copy"]
    assert (models.folder / href).stat().st_size == server["artifact"]["size_bytes"]
    assert server["artifact"]["sha256"] in page.locator("#champion-server").inner_text()


def test_without_scripts_everything_is_there(visit: Open, models: Site) -> None:
    page = visit("models.html", site=models, scripts=False, width=390)
    assert (
        page.locator("h1").inner_text()
        == "server: hidden 16 is one of 3 that are tied best; device has no champion"
    )
    server, device = page.locator("#champion-server"), page.locator("#champion-device")
    assert "hidden 16 is taken because it costs least" in server.inner_text()
    assert server.locator("table").first.locator("tbody tr").count() == 4
    assert "No champion." in device.inner_text()
    assert "hidden 8, which leads, against the others" in device.inner_text()
