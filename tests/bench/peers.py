"""Runfolio beside its peers: `python tests/bench/peers.py [--runs N] [--only tensorboard,asv] [--json]`.

The same generated runs, written by each peer's own writer, then read by the peer and by Runfolio in turns, from files on
disk to a comparison that one can read. Peers are installed into throw-away environments; one that cannot be had is named
with the reason. docs/performance.md has the figures and says what is compared.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from beside import PEERS
from beside.command import arguments, in_seconds, measured, prepared, report
from beside.corpus import Corpus, cold_build, cold_list, unchanged_build
from beside.race import Line, Taken
from measure import table


def alone(corpus: Corpus) -> dict[str, Taken]:
    """What Runfolio takes by itself; it also brings all files into the system's memory."""
    return {
        "list, no cache": cold_list(corpus),
        "build, no cache": cold_build(corpus),
        "build, nothing changed": unchanged_build(corpus),
    }


def tables(corpus: Corpus, ours: dict[str, Taken], lines: list[Line], absent: dict[str, str]) -> str:
    """All that was measured, for people."""
    rows = [
        (
            line.peer,
            line.way,
            in_seconds(line.theirs.seconds),
            in_seconds(line.ours.seconds),
            f"{line.ratio:.1f} x",
            "" if line.goal is None else f"{line.goal:g} x",
            {None: "", True: "met", False: "not met"}[line.met],
            "" if line.cpu_ratio is None else f"{line.cpu_ratio:.1f} x",
            f"{line.theirs.peak_bytes / 1e6:,.0f} MB",
            f"{line.ours.peak_bytes / 1e6:,.0f} MB",
        )
        for line in lines
    ]
    columns = ("", "runfolio", "peer", "runfolio", "ratio", "goal", "", "CPU", "peer", "runfolio")
    alone = [
        (name, in_seconds(item.seconds), in_seconds(item.cpu_seconds), f"{item.peak_bytes / 1e6:,.0f} MB")
        for name, item in ours.items()
    ]
    facts = [(line.peer, line.way, _facts(line.theirs.facts), _facts(line.ours.facts)) for line in lines]
    parts = [table(f"Runfolio alone: {corpus}", ("", "time", "CPU", "memory"), alone)]
    if lines:
        parts += [
            table(
                f"Beside its peers: {corpus}; wall time, ratio, ratio of processor time, memory",
                columns,
                rows,
            ),
            table("What else they tell", ("", "runfolio", "peer", "runfolio"), facts),
        ]
    return "\n".join([*parts, *(f"{name} is not measured: {reason}" for name, reason in absent.items())])


def _facts(facts: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:,.4g}" for name, value in facts.items())


def main() -> None:
    given = arguments(__doc__, PEERS, runs=100)
    with tempfile.TemporaryDirectory() as folder:
        corpus, environments = prepared(given, Path(folder))
        ours = alone(corpus)
        lines, absent = measured(PEERS, given, corpus, environments)
    if given.json:
        taken = {name: asdict(item) for name, item in ours.items()}
        print(json.dumps({**report(given, corpus, lines, absent), "runfolio": taken}, indent=2))
    else:
        print(tables(corpus, ours, lines, absent))


if __name__ == "__main__":
    main()
