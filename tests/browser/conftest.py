"""A built site, a Chromium, and pages that fail their test when anything goes wrong while they are open."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from runfolio import api

sys.path.insert(0, str(Path(__file__).parent))

from browsing import CASES, ROOT, Open, Site, Visit, served


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder all sites of the session are built in; also the root of the server."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
def origin(workshop: Path) -> Iterator[str]:
    """A loopback server over the workshop."""
    with served(workshop) as address:
        yield address


@pytest.fixture(scope="session")
def build_site(workshop: Path, origin: str) -> Callable[[str, Path], Site]:
    """Builds a site below a sub-path of the server: from a folder with a configuration, or with `runs` alone."""

    def build(name: str, project: Path) -> Site:
        folder = workshop / "some" / "sub" / name
        config = project / "runfolio.toml"
        if config.exists():
            api.build(out=folder, config=config, workers=1, use_cache=False)
        else:
            api.build(project / "runs", folder, workers=1, use_cache=False)
        return Site(folder, f"{origin}/some/sub/{name}")

    return build


@pytest.fixture(scope="session")
def digits(build_site: Callable[[str, Path], Site]) -> Site:
    return build_site("digits", ROOT / "examples" / "digits")


@pytest.fixture(scope="session")
def case(build_site: Callable[[str, Path], Site]) -> Callable[[str], Site]:
    """The site of a folder of tests/sites, built once."""
    built: dict[str, Site] = {}

    def get(name: str) -> Site:
        if name not in built:
            built[name] = build_site(f"case-{name}", CASES / name)
        return built[name]

    return get


@pytest.fixture
def visit(browser: Browser, digits: Site) -> Iterator[Open]:
    """Opens pages of a site, by default of digits: `visit("audit.html", over="http", width=390, scheme="dark")`.

    All pages share one context a combination of options; the test fails if any of them wrote an error or a warning to
    the console, asked for anything outside the site, or opened a dialog.
    """
    contexts: dict[tuple[object, ...], Any] = {}
    visits: dict[Path, Visit] = {}

    def open_page(
        path: str,
        *,
        site: Site = digits,
        over: str = "file",
        width: int = 1280,
        height: int = 900,
        scheme: str = "light",
        scripts: bool = True,
        bypass_csp: bool = False,
        until: Literal["load", "domcontentloaded"] = "load",
    ) -> Page:
        key = (width, height, scheme, scripts, bypass_csp)
        if key not in contexts:
            contexts[key] = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                java_script_enabled=scripts,
                bypass_csp=bypass_csp,
            )
            contexts[key].set_default_timeout(20_000)
        page: Page = contexts[key].new_page()
        record = visits.setdefault(site.folder, Visit(site))
        record.watch(page)
        page.goto(site.address(path, over), wait_until=until)
        return page

    open_page.requests = lambda site=digits: visits[site.folder].requests  # type: ignore[attr-defined]
    open_page.faults = lambda site=digits: visits[site.folder].faults  # type: ignore[attr-defined]
    yield open_page
    for context in contexts.values():
        context.close()
    for record in visits.values():
        assert record.faults == []
        assert record.outside == []
        assert record.dialogs == []
