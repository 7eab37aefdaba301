"""Plans, renderers and pages small enough to see everything a build does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runfolio.pages.plan import FilePlan, PagePlan, SitePlan
from runfolio.site import BuildReport


def html(body: str) -> bytes:
    return f'<!doctype html><html lang="en"><head><title>t</title></head><body>{body}</body></html>'.encode()


@dataclass
class FakeRenderer:
    """Renders a page to the text its context gives; remembers what it was asked for."""

    fingerprint: str = "theme-1"
    assets: Mapping[str, bytes] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)

    def render(self, page: PagePlan) -> bytes:
        self.rendered.append(page.path)
        made: Any = page.context()
        return html(made)


def page(path: str, body: str | Callable[[], Any] = "", *inputs: str) -> PagePlan:
    make: Any = body if callable(body) else lambda: body
    return PagePlan(f"page:{path}", path, "page.html", inputs or (str(body),), make)


def data(path: str, content: bytes, *inputs: str) -> FilePlan:
    return FilePlan(path, inputs or (hashlib.sha256(content).hexdigest(),), lambda: content)


def plan(*pages: PagePlan, files: tuple[FilePlan, ...] = (), runs: int = 0) -> SitePlan:
    return SitePlan(pages, files, (), runs)


def broken() -> str:
    raise ZeroDivisionError("no runs left")


#: The lists of checksums, which every change changes.
LISTS = ("data/SHA256SUMS", "data/checksums.js")
SUMS = LISTS[0]


def written(report: BuildReport) -> tuple[str, ...]:
    """What was written besides the lists of checksums."""
    return tuple(path for path in report.written if path not in LISTS)


def tree(root: Path) -> dict[str, bytes]:
    """Every file below the folder but the lists that every build keeps."""
    files = {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }
    return {
        path: content
        for path, content in files.items()
        if not path.endswith((".runfolio-manifest.json", *LISTS))
    }


def times(root: Path) -> dict[str, int]:
    return {
        file.relative_to(root).as_posix(): file.stat().st_mtime_ns
        for file in root.rglob("*")
        if file.is_file()
    }
