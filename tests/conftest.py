"""The order of the tests' folders."""

from __future__ import annotations

from pathlib import Path

import pytest

#: These keep a browser or a server for the whole session, and a process with threads may not fork: they come last.
LAST = ("js", "browser")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(folder).parts[0] in LAST)
