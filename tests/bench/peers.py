"""Runfolio beside its peers: `python tests/bench/peers.py [--runs N] [--only tensorboard,asv] [--json]`.

The same generated runs, written by each peer's own writer, then read by the peer and by Runfolio in turns, from files on
disk to a comparison that one can read. Peers are installed into throw-away environments; one that cannot be had is named
with the reason. docs/performance.md has the figures and says what is compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from beside import PEERS
from beside.corpus import Corpus, cold_build, cold_list, unchanged_build
from beside.environments import Environments, PeerMissingError
from beside.race import Line, Race, Taken, run
from measure import table


def measured(
    peers: Mapping[str, Callable[[Corpus, Environments, Path], list[Race]]],
    names: list[str],
    corpus: Corpus,
    environments: Environments,
    repeats: int,
    tell: Callable[[str], None],
) -> tuple[list[Line], dict[str, str]]:
    """The lines of the peers of these names that are here, and why the others are not."""
    lines: list[Line] = []
    absent: dict[str, str] = {}
    for name in names:
        tell(f"{name} …")
        try:
            races = peers[name](corpus, environments, corpus.root)
        except PeerMissingError as reason:
            absent[name] = str(reason)
            continue
        for race in races:
            found = run(race, repeats)
            lines += found
            for line in found:
                tell(f"  {line.peer}: {line.ratio:.1f} x as long as runfolio, {line.way}")
    return lines, absent


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
            _seconds(line.theirs.seconds),
            _seconds(line.ours.seconds),
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
        (name, _seconds(item.seconds), _seconds(item.cpu_seconds), f"{item.peak_bytes / 1e6:,.0f} MB")
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


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} s"


def _facts(facts: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:,.4g}" for name, value in facts.items())


def main() -> None:
    given = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus(Path(folder), given.runs, given.metrics, given.steps)
        environments = Environments(
            given.environments or Path(folder) / "environments", install=not given.no_install
        )
        ours = alone(corpus)
        lines, absent = measured(
            PEERS, given.only, corpus, environments, given.repeats, lambda text: print(text, file=sys.stderr)
        )
    if not given.json:
        print(tables(corpus, ours, lines, absent))
        return
    report = {
        "runs": corpus.runs,
        "metrics": corpus.metrics,
        "steps": corpus.steps,
        "repeats": given.repeats,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "runfolio": {name: asdict(item) for name, item in ours.items()},
        "lines": [asdict(line) for line in lines],
        "absent": absent,
    }
    print(json.dumps(report, indent=2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--metrics", type=int, default=10)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3, help="turns of each peer and of Runfolio beside it")
    parser.add_argument(
        "--environments", type=Path, help="folder to keep the peers' environments in; thrown away without it"
    )
    parser.add_argument("--no-install", action="store_true", help="only what the project's environment has")
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=list(PEERS), help=", ".join(PEERS)
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    unknown = sorted(set(given.only) - set(PEERS))
    if unknown:
        parser.error(f"--only knows {', '.join(PEERS)}, not {', '.join(unknown)}")
    return given


if __name__ == "__main__":
    main()
