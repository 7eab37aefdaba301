"""Runfolio's readers beside the trackers' own: `python tests/bench/readers.py [--runs N] [--only tensorboard,wandb] [--json]`.

The same generated runs, written by each tracker's own writer, then read to the last value by the tracker's own reader and
by Runfolio in turns. Every turn is a fresh process with its imports; Runfolio's is
`read_catalog([folder], workers=1)`, which also digests what it reads: one process, no cache. Trackers are installed
into throw-away environments; one that cannot be had is named with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from beside.corpus import Corpus
from beside.environments import Environments
from beside.own_files import READERS
from beside.race import Line
from measure import table
from peers import measured


def tables(corpus: Corpus, lines: list[Line], absent: dict[str, str]) -> str:
    """All that was measured, for people."""
    times = [
        (
            line.peer,
            _seconds(line.theirs.seconds),
            _seconds(line.ours.seconds),
            f"{line.ratio:.1f} x",
            _seconds(line.theirs.cpu_seconds),
            _seconds(line.ours.cpu_seconds),
            f"{line.cpu_ratio:.1f} x",
            f"{line.goal:g} x",
            "met" if line.met else "not met",
        )
        for line in lines
    ]
    parts = [
        (
            line.peer,
            f"{line.ours.facts['points']:,.0f}",
            *(_seconds(taken.facts["after_imports"]) for taken in (line.theirs, line.ours)),
            *(f"{taken.peak_bytes / 1e6:,.0f} MB" for taken in (line.theirs, line.ours)),
        )
        for line in lines
    ]
    beside = ("its own", "runfolio")
    found = [
        table(
            f"Readers: {corpus}; wall time, processor time of whole processes",
            ("", *beside, "ratio", *beside, "ratio", "goal", ""),
            times,
        ),
        table("Values read, wall time after the imports, memory", ("", "values", *beside, *beside), parts),
    ]
    missing = (f"{name} is not measured: {reason}" for name, reason in absent.items())
    return "\n".join([*(found if lines else ()), *missing])


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} s"


def main() -> None:
    given = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus(Path(folder), given.runs, given.metrics, given.steps)
        environments = Environments(
            given.environments or Path(folder) / "environments", install=not given.no_install
        )
        lines, absent = measured(
            READERS,
            given.only,
            corpus,
            environments,
            given.repeats,
            lambda text: print(text, file=sys.stderr),
        )
    if not given.json:
        print(tables(corpus, lines, absent))
        return
    report = {
        "runs": corpus.runs,
        "metrics": corpus.metrics,
        "steps": corpus.steps,
        "repeats": given.repeats,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "lines": [asdict(line) for line in lines],
        "absent": absent,
    }
    print(json.dumps(report, indent=2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--metrics", type=int, default=10)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3, help="turns of each tracker and of Runfolio")
    parser.add_argument(
        "--environments",
        type=Path,
        help="folder to keep the trackers' environments in; thrown away without it",
    )
    parser.add_argument("--no-install", action="store_true", help="only what the project's environment has")
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=list(READERS), help=", ".join(READERS)
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    unknown = sorted(set(given.only) - set(READERS))
    if unknown:
        parser.error(f"--only knows {', '.join(READERS)}, not {', '.join(unknown)}")
    return given


if __name__ == "__main__":
    main()
