"""All measurements, one after the other, a table each: `make bench [SIZES=10,100,1000]`.

docs/benchmarks.md says what the figures mean. Each measurement is a script of its own, with a `--json` for machines.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PARTS = ("emitter", "build", "pages")


def measured(part: str, *arguments: str) -> Any:
    """What the measurement of this name says about itself."""
    done = subprocess.run(
        [sys.executable, str(HERE / f"{part}.py"), "--json", *arguments], stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def table(heading: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows below each other, the first column to the left and numbers to the right."""
    cells = [tuple(columns), *(tuple(row) for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in cells
    ]
    return "\n".join([heading, "", lines[0], "-" * len(lines[0]), *lines[1:], ""])


def emitter(calls: int) -> str:
    found = measured("emitter", "--calls", str(calls))
    ratios = found["ratio_of_medians"]
    rows = [
        (
            name,
            f"{way['median_ns']:,.0f} ns",
            f"{way['p99_ns']:,.0f} ns",
            f"{ratios[name]:.2f} x" if name in ratios else "",
        )
        for name, way in found["calls"].items()
    ]
    rows += [
        (name, f"{taken['wall']:.1f} ms", "", f"{taken['cpu']:.1f} ms CPU")
        for name, taken in found["import_ms"].items()
    ]
    rows += [(f"{name}()", f"{value:.1f} ms", "", "") for name, value in found["start_ms"].items()]
    rows += [
        (f"memory, {name}", f"{value / 1e6:.1f} MB", "", "") for name, value in found["memory_bytes"].items()
    ]
    goals = [
        (
            item["name"],
            f"{item['measured']:.2f} {item['unit']}",
            f"{item['goal']:g} {item['unit']}",
            "" if item["met"] else "over",
        )
        for item in found["goals"]
    ]
    return "\n".join(
        [
            table("The emitter", ("", "median", "99th percentile", "log / this"), rows),
            table("The emitter and its goals", ("", "measured", "at most", ""), goals),
        ]
    )


def build(sizes: str, steps: int) -> str:
    found = measured("build", "--sizes", sizes, "--steps", str(steps))
    rows = [
        (
            f"{item['runs']:,} runs, {item['form']}, {case}",
            f"{item[case]['seconds']:.2f} s",
            f"{item[case]['cpu_seconds']:.2f} s",
            f"{item[case]['peak_bytes'] / 1e6:.0f} MB",
            f"{item[case]['files_written']:,}",
            f"{item[case]['ratio']:.1f} x" if item[case]["ratio"] else "",
        )
        for item in found["builds"]
        for case in ("bound", "cold", "unchanged", "one more")
    ]
    heading = f"Builds: {found['metrics']} metrics x {found['steps']:,} steps a run, {found['processors']} processors"
    return table(heading, ("", "time", "CPU", "memory", "written", "time / bound"), rows)


def pages() -> str:
    from pages import ACTS, BUDGETS, FOR_ALL

    rows = []
    for kind, figures in measured("pages").items():
        budgets = {**FOR_ALL, **BUDGETS[kind], **ACTS}
        rows += [
            (f"{kind} {name}", f"{value:.4g}", f"{budgets[name]:g}", "over" if value > budgets[name] else "")
            for name, value in figures.items()
        ]
    return table("Pages of examples/digits in a browser", ("", "measured", "budget", ""), rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="10,100", help="numbers of runs to build sites of")
    parser.add_argument("--steps", type=int, default=1000, help="rows of each of these runs")
    parser.add_argument("--calls", type=int, default=20_000, help="how often each way to log is called")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    given = parser.parse_args()
    makers = {
        "emitter": lambda: emitter(given.calls),
        "build": lambda: build(given.sizes, given.steps),
        "pages": pages,
    }
    unknown = set(given.only.split(",")) - set(makers)
    if unknown:
        parser.error(f"--only knows {', '.join(PARTS)}, not {', '.join(sorted(unknown))}")
    for part in PARTS:
        if part in given.only.split(","):
            print(makers[part](), flush=True)


if __name__ == "__main__":
    main()
