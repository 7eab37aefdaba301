"""Runfolio's readers beside the trackers' own: `python tests/bench/readers.py [--runs N] [--only tensorboard,wandb] [--json]`.

The same generated runs, written by each tracker's own writer, then read to the last value by the tracker's own reader and
by Runfolio in turns. Every turn is a fresh process with its imports; Runfolio's is
`read_catalog([folder], workers=1)`, which also digests what it reads: one process, no cache. Trackers are installed
into throw-away environments; one that cannot be had is named with the reason.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from beside.command import arguments, in_seconds, measured, prepared, report
from beside.corpus import Corpus
from beside.own_files import READERS
from beside.race import Line
from measure import table


def tables(corpus: Corpus, lines: list[Line], absent: dict[str, str]) -> str:
    """All that was measured, for people."""
    times = [
        (
            line.peer,
            in_seconds(line.theirs.seconds),
            in_seconds(line.ours.seconds),
            f"{line.ratio:.1f} x",
            in_seconds(line.theirs.cpu_seconds),
            in_seconds(line.ours.cpu_seconds),
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
            *(in_seconds(taken.facts["after_imports"]) for taken in (line.theirs, line.ours)),
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


def main() -> None:
    given = arguments(__doc__, READERS, runs=20)
    with tempfile.TemporaryDirectory() as folder:
        corpus, environments = prepared(given, Path(folder))
        lines, absent = measured(READERS, given, corpus, environments)
    if given.json:
        print(json.dumps(report(given, corpus, lines, absent), indent=2))
    else:
        print(tables(corpus, lines, absent))


if __name__ == "__main__":
    main()
