"""The files that real clients wrote are read as their stories went."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from story import FOLDER, differences, trackers


@pytest.mark.parametrize("tracker", trackers())
def test_the_story_is_read(tracker: str) -> None:
    assert differences(tracker, FOLDER / tracker / "files") == []


@pytest.mark.parametrize("tracker", trackers())
def test_the_files_are_small_and_name_nobody(tracker: str) -> None:
    files = [path for path in (FOLDER / tracker / "files").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 400_000
    for path in files:
        body = path.read_bytes()
        assert b"/root/" not in body and b"/home/" not in body, path
