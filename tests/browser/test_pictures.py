"""Each kind of page looks as it did: small pictures in light and dark, with a font that comes with the tests.

`RUNFOLIO_ACCEPT=1 pytest tests/browser/test_pictures.py` writes them anew; look at them before they are committed. A
picture that differs is left beside the expected one in build/pictures.
"""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path

import matplotlib
import pytest
from browsing import KINDS, ROOT, Open
from PIL import Image, ImageChops, ImageStat

EXPECTED = Path(__file__).parent / "pictures"
SIZE = (320, 240)
#: Mean difference of a grey value (0 to 255) that versions of Chromium may cause in a picture of this size.
MOST = 0.8
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
STYLE = """
@font-face {{ font-family: Fixed; src: url(data:font/ttf;base64,{font}); }}
:root {{ --font-body: Fixed !important; --font-mono: Fixed !important; }}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "kind", ["home", "experiment", "run", "diverged run", "compare", "finding", "audit", "problems"]
)
def test_a_page_looks_as_it_did(visit: Open, kind: str, scheme: str) -> None:
    page = visit(KINDS[kind], scheme=scheme, width=1280, height=960, bypass_csp=True)
    page.add_style_tag(content=STYLE.format(font=base64.b64encode(FONT.read_bytes()).decode()))
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(150)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("L").resize(SIZE, Image.Resampling.BOX)
    expected = EXPECTED / f"{kind.replace(' ', '-')}-{scheme}.png"
    if os.environ.get("RUNFOLIO_ACCEPT"):
        expected.parent.mkdir(exist_ok=True)
        shot.save(expected, optimize=True)
    difference = ImageStat.Stat(ImageChops.difference(shot, Image.open(expected))).mean[0]
    if difference > MOST:
        found = ROOT / "build" / "pictures" / expected.name
        found.parent.mkdir(parents=True, exist_ok=True)
        shot.save(found)
        raise AssertionError(f"{expected.name} differs by {difference:.1f} (at most {MOST}); see {found}")
