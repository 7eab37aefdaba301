"""The order of the tests' folders, and the one browser of a session."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parent / "browser"))

from browsing import ARGUMENTS

# A busy machine draws examples slowly, and that says nothing about the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A build server tries the same examples every time: what it says is about the change. New ones are found by hand.
settings.register_profile("build server", settings.get_profile("any machine"), derandomize=True)
settings.load_profile("build server" if os.environ.get("CI") else "any machine")

#: These keep a browser or a server for the whole session, and a process with threads may not fork: they come last.
LAST = ("js", "browser")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(folder).parts[0] in LAST)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium from the PATH, else Playwright's own; a process can run only one Playwright."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()
