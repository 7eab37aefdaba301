from __future__ import annotations

import base64
import html
import json
import struct
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from runfolio.pages.encoding import encode

SCRIPTS = Path(__file__).resolve().parents[2] / "themes" / "base" / "assets" / "js"
FIXTURE = Path(__file__).parent / "fixture"
#: The order in which the site joins them: each file uses only what stands before it. `app` comes with every page.
THEME = tomllib.loads((SCRIPTS.parents[1] / "theme.toml").read_text(encoding="utf-8"))
BUNDLES: dict[str, list[str]] = {"app": THEME["scripts"], **THEME["later"]}


def bundle(*names: str) -> str:
    return "\n".join((SCRIPTS.parent / file).read_text(encoding="utf-8") for file in names)


def joined() -> str:
    """All scripts as one file; the one that wires the page comes last."""
    *first, start = BUNDLES["app"]
    later = [file for name, files in BUNDLES.items() if name != "app" for file in files]
    return bundle(*first, *later, start)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when anything is written to the console as an error."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(20_000)
    yield page
    context.close()
    assert faults == []


@pytest.fixture(scope="session")
def logic(browser: Browser) -> Iterator[Callable[..., Any]]:
    """Evaluates a script expression on an empty page that has the scripts: `logic("(x) => …", x)`."""
    page = browser.new_page()
    page.goto("about:blank")
    page.add_script_tag(content=joined())
    yield page.evaluate
    page.close()


@pytest.fixture
def until(page: Page) -> Callable[[str], None]:
    """Waits until a script expression holds. (Playwright's own wait needs eval, which the pages' policy forbids.)"""

    def wait(expression: str) -> None:
        end = time.monotonic() + 30
        while not page.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < end, f"never true: {expression}"
            page.wait_for_timeout(20)

    return wait


# ── a small site that follows the pages' markup ─────────────────────────────────────────────────────────────────────

HOSTILE = '<img src=x onerror="window.hacked=1">"\u202e</script>'


def _script(key: str, payload: object) -> str:
    text = json.dumps(payload, separators=(",", ":"))
    return f"runfolio.register({json.dumps(key)},{json.dumps(text)});\n"


def _b64(values: Sequence[float]) -> object:
    return encode(np.array(values, dtype=float))


def _table(name: str, n: int) -> dict[str, Any]:
    """Runs of three groups: `a` and `b` of five, `c` the rest; run 3 has a hostile name, run 4 diverged."""
    groups = ["a" if i < 5 else "b" if i < 10 else "c" for i in range(n)]
    values: list[Any] = [0.9 + 0.001 * (i % 5) + 0.02 * (groups[i] == "b") for i in range(n)]
    if n > 12:
        values[12] = "NaN"
    names = [HOSTILE if i == 3 else f"{name}-run-{i}" for i in range(n)]
    return {
        "experiment": name, "slug": name, "ids": [f"{name}-{i}" for i in range(n)], "slugs": None, "names": names, "has_page": None, "further": [],
        "statuses": {"words": ["finished"], "at": [0] * n}, "outcomes": ["diverged" if v == "NaN" else "ok" for v in values], "groups": groups,
        "started": ["2026-11-21T03:43:00Z"] * n, "durations": [float(i * 7919 % 4001) for i in range(n)], "tags": [["baseline"] if i < 5 else [] for i in range(n)],
        "parameters": {"lr": [10.0 ** -(i % 4 + 1) for i in range(n)], "model": [HOSTILE if i == 3 else ("mlp", "cnn")[i % 2] for i in range(n)], "seed": [i % 5 for i in range(n)], "epochs": [40] * n},
        "metrics": {"val/acc": values, "loss": [None if i == 1 else 1 / (1 + i) for i in range(n)]},
        "digests": ["0"] * n,
        "specs": {"val/acc": {"label": "val/acc", "unit": "", "goal": "maximize", "scale": 1, "decimals": 4, "threshold": None, "is_time": False}, "loss": {"label": "loss", "unit": "", "goal": "minimize", "scale": 1, "decimals": None, "threshold": None, "is_time": False}},
        "group_labels": {"a": "group a", "b": "group b", "c": HOSTILE}, "primary": "val/acc", "baseline": "a",
    }  # fmt: skip


def _figure(number: int) -> str:
    record = {
        "id": f"m{number}", "title": f"Chart {number}", "x": {"label": "step", "unit": "", "low": 0, "high": 100, "scale": "linear", "log_is_offered": False},
        "y": {"label": "val/acc", "unit": "", "low": 0.001, "high": 1, "scale": "linear", "log_is_offered": True}, "width": 580, "height": 300, "margin": [8, 120, 36, 48], "scale": 1,
        "traces": [{"name": HOSTILE if i == 1 else f"line {i}", "role": f"category-{i % 2 + 1}", "source": f"series:small-{i}", "metric": "val/acc", "band": False, "thin": False, "cut": False} for i in range(10)],
        "sources": {f"series:small-{i}": f"series/small-{i}.0.js" for i in range(10)},
    }  # fmt: skip
    data = json.dumps(record).replace("<", "\\u003c")
    return (
        f'<figure class="figure" id="fig-m{number}" data-chart><div class="plot"><svg data-plot class="chart" viewBox="0 0 580 300" role="img"><title>t</title>'
        '<rect class="plot" x="48" y="8" width="412" height="256"/><path class="line c-category-1" d="M48 100L460 50"/></svg></div>'
        '<figcaption>Caption</figcaption><div data-figure-menu data-needs-script hidden><button type="button" data-action="explore">Explore</button>'
        + "".join(
            f'<button type="button" data-action="{kind}">{kind}</button>'
            for kind in ("svg", "png", "csv", "json")
        )
        + f'</div><details data-figure-table><summary>Data as table</summary>numbers</details><script type="application/json" data-figure>{data}</script></figure>'
    )


def _rows(table: dict[str, Any], most: int) -> str:
    rows = []
    for i in range(min(most, len(table["ids"]))):
        name, value = html.escape(table["names"][i]), table["metrics"]["val/acc"][i]
        shown = "diverged" if value == "NaN" else f"{value:.4f}"
        rows.append(
            f'<tr data-run="{table["ids"][i]}"><th scope="row"><input type="checkbox" data-select data-needs-script hidden aria-label="Select {name}"> <a href="../runs/{table["ids"][i]}.html">{name}</a></th>'
            f'<td data-value="{table["parameters"]["lr"][i]!r}">{table["parameters"]["lr"][i]:g}</td><td>{html.escape(table["parameters"]["model"][i])}</td>'
            f'<td data-value="{"" if value == "NaN" else repr(value)}">{shown}</td><td data-value="{table["durations"][i]}">{table["durations"][i]:g} s</td><td></td></tr>'
        )
    return "".join(rows)


def write_site(folder: Path, *, is_split: bool) -> None:
    """experiments/small.html (24 runs), experiments/big.html (10,000 runs, 200 in the page) and compare.html."""
    for name in ("assets", "data", "series", "experiments"):
        (folder / name).mkdir()
    later = ""
    if is_split:
        later = (
            'data-later="' + " ".join(f"{name}=assets/{name}.js" for name in BUNDLES if name != "app") + '"'
        )
        for name in BUNDLES:
            (folder / "assets" / f"{name}.js").write_text(bundle(*BUNDLES[name]), encoding="utf-8")
    else:
        (folder / "assets/app.js").write_text(joined(), encoding="utf-8")
    (folder / "assets/app.css").write_text(
        (FIXTURE / "app.css").read_text(encoding="utf-8"), encoding="utf-8"
    )
    tables = {"small": _table("small", 24), "big": _table("big", 10_000)}
    # One metric of the large experiment lies in a script of its own, and every other run shares a page.
    tables["big"]["specs"]["grad"] = {**tables["big"]["specs"]["loss"], "label": "grad"}
    tables["big"]["further"] = [{"src": "data/big-metrics-1.js", "metrics": ["grad"]}]
    tables["big"]["has_page"] = [1, 0] * 5_000
    grad = _script("metrics:big/1", {"grad": [float(i) for i in range(10_000)]})
    (folder / "data/big-metrics-1.js").write_text(grad, encoding="utf-8")
    groups = "".join(
        f'<tr data-group="{g}"><th scope="row"><input type="checkbox" data-select-group data-needs-script hidden aria-label="Select {g}"> {g}</th><td data-value="{v}">{v}</td><td data-cell="difference">as built</td><td data-cell="verdict">as built</td></tr>'
        for g, v in (("b", 0.922), ("a", 0.902), ("c", 0.9))
    )
    page = (FIXTURE / "experiment.html").read_text(encoding="utf-8")
    for name, table in tables.items():
        (folder / f"data/{name}.js").write_text(_script(f"table:{name}", table), encoding="utf-8")
        n, is_long = len(table["ids"]), len(table["ids"]) > 500
        values = {
            "later": later, "slug": name, "count": str(n), "total": f'data-total="{n}"' if is_long else "", "rows": _rows(table, 200 if is_long else n),
            "groups": groups, "figures": "" if is_long else _figure(0) + _figure(1), "options": "".join(f'<option value="{g}">{g}</option>' for g in "bac").replace('"a"', '"a" selected'),
        }  # fmt: skip
        text = page
        for key, value in values.items():
            text = text.replace("{" + key + "}", value)
        (folder / f"experiments/{name}.html").write_text(text, encoding="utf-8")
    steps = [float(i) for i in range(101)]
    for name, i in [*(("small", i) for i in range(24)), ("big", 0), ("big", 1)]:
        metrics = {
            "val/acc": {
                "step": [steps[0], steps[1] - steps[0], len(steps)],
                "time": _b64([2 * s for s in steps]),
                "value": _b64([0.001 + s / 200 + i * 0.05 for s in steps]),
            }
        }
        metrics["loss"] = {"same": "val/acc", "value": _b64([1 / (1 + s + i) for s in steps])}
        text = _script(f"series:{name}-{i}", {"metrics": metrics})
        (folder / f"series/{name}-{i}.0.js").write_text(text, encoding="utf-8")
    curve = {
        "step": base64.b64encode(struct.pack(f"<{len(steps)}d", *steps)).decode(),
        "value": _b64(steps),
        "low": _b64([s - 1 for s in steps]),
        "high": _b64([s + 1 for s in steps]),
        "n": _b64([5.0] * 101),
    }
    (folder / "series/small-groups.js").write_text(
        _script("curves:small", {"groups": {g: {"val/acc": curve} for g in "abc"}}), encoding="utf-8"
    )
    entries = [
        {"kind": "run", "title": t, "text": "small", "href": f"experiments/small.html#{i}"}
        for i, t in enumerate((HOSTILE, "other run", "runner", "a run"))
    ]
    (folder / "data/search.js").write_text(_script("search", entries), encoding="utf-8")
    (folder / "compare.html").write_text(
        (FIXTURE / "compare.html").read_text(encoding="utf-8").replace("{later}", later), encoding="utf-8"
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of the small site on disk, with bundles that come when needed."""
    folder = tmp_path_factory.mktemp("site")
    write_site(folder, is_split=True)
    return folder.as_uri()


@pytest.fixture(scope="session")
def site_in_one(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same with all scripts in one file."""
    folder = tmp_path_factory.mktemp("site-in-one")
    write_site(folder, is_split=False)
    return folder.as_uri()
