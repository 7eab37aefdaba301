"""Keys: one digest for everything a file of the site depends on. Equal key, equal bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import runfolio
from runfolio.pages.plan import FilePlan, PagePlan, SitePlan

#: Raised whenever the way from a plan to bytes changes without a change of version.
KEY_FORMAT = 1


class Renders(Protocol):
    """What the writer needs of a renderer."""

    @property
    def fingerprint(self) -> str:
        """Text that differs whenever the theme or the engines do."""

    @property
    def assets(self) -> Mapping[str, bytes]:
        """Files of the theme, by their path in the site."""

    def render(self, page: PagePlan) -> bytes:
        """The page's bytes."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file the site shall hold: its key is known before its bytes."""

    path: str
    key: str
    make: Callable[[], bytes]
    page_id: str = ""
    """Empty for files that are no pages."""

    @property
    def is_page(self) -> bool:
        """True where links are to be checked."""
        return self.path.endswith(".html") and bool(self.page_id)


def planned_files(plan: SitePlan, renderer: Renders) -> list[PlannedFile]:
    """Everything the site shall hold: assets and data first, pages last, so that a page never waits for its parts."""
    files = [_asset(path, data) for path, data in sorted(renderer.assets.items())]
    files += [_data_file(item) for item in plan.files]
    return files + [_page(item, renderer) for item in plan.pages]


def digest(parts: Iterable[str]) -> str:
    """Hex SHA-256 over the parts; their borders count."""
    summary = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        summary.update(len(data).to_bytes(8, "big") + data)
    return summary.hexdigest()


def _version() -> tuple[str, str]:
    return (str(KEY_FORMAT), runfolio.__version__)


def _asset(path: str, data: bytes) -> PlannedFile:
    return PlannedFile(path, "asset-" + hashlib.sha256(data).hexdigest()[:32], lambda: data)


def _data_file(item: FilePlan) -> PlannedFile:
    return PlannedFile(item.path, digest(("file", *_version(), item.path, *item.inputs)), item.build)


def _page(item: PagePlan, renderer: Renders) -> PlannedFile:
    parts = ("page", *_version(), renderer.fingerprint, item.page_id, item.path, item.template, *item.inputs)
    return PlannedFile(
        item.path, digest(parts), lambda: renderer.render(item), page_id=item.page_id or item.path
    )
