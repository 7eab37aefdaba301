"""A folder like the one a reader of the docs has: the digits example, its runs included."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of examples/digits, with a few runs of each kind so that commands are quick."""
    shutil.copytree(
        ROOT / "examples" / "digits", tmp_path / "project", ignore=shutil.ignore_patterns(".runfolio", "site")
    )
    return tmp_path / "project"
