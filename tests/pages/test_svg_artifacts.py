"""A copied SVG may be opened by itself: then nothing in it may run or load."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from runfolio.pages.artifacts import without_scripts

HOSTILE = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="alert(1)">
<script>alert(2)</script><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script>alert(3)</script></body></foreignObject>
<a xlink:href=" java\tscript:alert(4)"><text onclick="alert(5)">kept &amp; shown</text></a>
<image href="https://example.org/x.png"/><image href="data:image/png;base64,AAAA"/><use xlink:href="#mark"/>
<g id="mark"><path d="M0 0h10" style="fill:none"/></g></svg>"""


def test_nothing_that_runs_or_loads_is_left() -> None:
    clean = without_scripts(HOSTILE)
    assert b"alert" not in clean and b"example.org" not in clean and b"foreignObject" not in clean
    root = ElementTree.fromstring(clean)
    texts = [item.text for item in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["kept & shown"]
    assert b'href="#mark"' in clean and b"data:image/png" in clean and b"fill:none" in clean
    assert clean.count(b"<path") == 1 or b"<ns0:path" not in clean


def test_a_plain_picture_keeps_all_it_shows() -> None:
    plain = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="red"/></svg>'
    before, after = ElementTree.fromstring(plain), ElementTree.fromstring(without_scripts(plain))
    assert [(item.tag, item.attrib) for item in before.iter()] == [
        (item.tag, item.attrib) for item in after.iter()
    ]


@pytest.mark.parametrize("broken", [b"", b"<svg", b"\xff\xfe", b"<svg><script>x</svg>", b"no picture"])
def test_what_is_no_xml_becomes_an_empty_picture(broken: bytes) -> None:
    assert ElementTree.fromstring(without_scripts(broken)).tag.endswith("svg")
