"""Scripts are joined without their comments: that must never change what they do."""

from __future__ import annotations

import re

import pytest

from runfolio.render.assets import joined
from runfolio.render.theme import find_theme

THEME = find_theme("base")
BUNDLES = {"app": THEME.scripts, **THEME.later}


@pytest.mark.parametrize("name", BUNDLES)
def test_only_comments_and_indents_go(name: str) -> None:
    whole = b"".join(THEME.read(f"assets/{file}") for file in BUNDLES[name]).decode()
    short = joined(THEME, BUNDLES[name]).decode()
    assert len(short) < len(whole)
    kept = [line.strip() for line in whole.splitlines() if line.strip()]
    left = iter(kept)
    gone = []
    for line in short.splitlines():
        for candidate in left:
            if candidate == line:
                break
            gone.append(candidate)
    gone += left
    assert all(line.startswith(("//", "/*", "*")) for line in gone), gone


@pytest.mark.parametrize("name", BUNDLES)
def test_no_text_spans_lines(name: str) -> None:
    """A template literal over several lines would lose its indent and lines that look like comments."""
    for line in joined(THEME, BUNDLES[name]).decode().splitlines():
        without_texts = re.sub(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|/(?:\\.|[^/\\\n])+/", "", line)
        assert without_texts.count("`") % 2 == 0, line
