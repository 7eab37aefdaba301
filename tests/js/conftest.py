from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

SCRIPTS = Path(__file__).resolve().parents[2] / "themes" / "base" / "assets" / "js"
#: The order in which the site joins them: each file uses only what stands before it.
ORDER = (
    "registry hash elements format series plot curves redraw where_parser where filter sort runs rows table runs_table columns "
    "exporting explore figure_menu statistics verdict baseline compare_items compare_curves compare theme_switch search verify "
    "visits keyboard start"
).split()
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def app() -> str:
    """All scripts as one, as the site ships them."""
    return "\n".join((SCRIPTS / f"{name}.js").read_text(encoding="utf-8") for name in ORDER)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium from the PATH, else Playwright's own."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when anything is written to the console as an error."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(8000)
    yield page
    context.close()
    assert faults == []


@pytest.fixture(scope="session")
def logic(browser: Browser, app: str) -> Iterator[Callable[..., Any]]:
    """Evaluates a script expression on an empty page that has the scripts: `logic("(x) => …", x)`."""
    page = browser.new_page()
    page.goto("about:blank")
    page.add_script_tag(content=app)
    yield page.evaluate
    page.close()
