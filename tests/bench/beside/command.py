"""What the comparisons have in common: their arguments, the corpus and environments, one peer after another, the report."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from beside.corpus import Corpus
from beside.environments import Environments, PeerMissingError
from beside.race import Line, Race, run


def arguments(description: str | None, known: Collection[str], runs: int) -> argparse.Namespace:
    """What the command line says; `known` are the names that `--only` takes, `runs` is how many there are unasked."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--metrics", type=int, default=10)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3, help="turns of each peer and of Runfolio beside it")
    parser.add_argument(
        "--environments", type=Path, help="folder to keep the peers' environments in; thrown away without it"
    )
    parser.add_argument("--no-install", action="store_true", help="only what the project's environment has")
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=list(known), help=", ".join(known)
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    unknown = sorted(set(given.only) - set(known))
    if unknown:
        parser.error(f"--only knows {', '.join(known)}, not {', '.join(unknown)}")
    return given


def prepared(given: argparse.Namespace, folder: Path) -> tuple[Corpus, Environments]:
    """The runs to compare with, and where peers are installed; both in the folder unless the arguments say otherwise."""
    environments = Environments(given.environments or folder / "environments", install=not given.no_install)
    return Corpus(folder, given.runs, given.metrics, given.steps), environments


def measured(
    peers: Mapping[str, Callable[[Corpus, Environments, Path], list[Race]]],
    given: argparse.Namespace,
    corpus: Corpus,
    environments: Environments,
) -> tuple[list[Line], dict[str, str]]:
    """The lines of the peers asked for that are here, and why the others are not; told on standard error meanwhile."""
    lines: list[Line] = []
    absent: dict[str, str] = {}
    for name in given.only:
        print(f"{name} …", file=sys.stderr)
        try:
            races = peers[name](corpus, environments, corpus.root)
        except PeerMissingError as reason:
            absent[name] = str(reason)
            continue
        for race in races:
            found = run(race, given.repeats)
            lines += found
            for line in found:
                print(
                    f"  {line.peer}: {line.ratio:.1f} x as long as runfolio, {line.way}",
                    file=sys.stderr,
                )
    return lines, absent


def report(
    given: argparse.Namespace, corpus: Corpus, lines: list[Line], absent: dict[str, str]
) -> dict[str, Any]:
    """All that was measured, for programs."""
    return {
        "runs": corpus.runs,
        "metrics": corpus.metrics,
        "steps": corpus.steps,
        "repeats": given.repeats,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "lines": [asdict(line) for line in lines],
        "absent": absent,
    }


def in_seconds(value: float | None) -> str:
    """A time as tables show it; nothing when there is none."""
    return "" if value is None else f"{value:.2f} s"
