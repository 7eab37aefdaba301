"""The generated runs that Runfolio and its peers read, and what Runfolio does with them."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from build import measure
from generate import generate

from beside.race import Taken

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Corpus:
    """So many generated runs.

    Args:
        root: of all corpora; each size has a folder.
        runs: how many.
        metrics: of each run.
        steps: rows of each run.
    """

    root: Path
    runs: int
    metrics: int
    steps: int

    @property
    def folder(self) -> Path:
        """The run folders, made when first asked for."""
        folder = self.root / f"runs-{self.runs}"
        if not folder.exists():
            generate(folder, self.runs, metrics=self.metrics, steps=self.steps)
        return folder

    @property
    def points(self) -> int:
        """How many numbers were logged."""
        return self.runs * self.metrics * self.steps

    def first(self, runs: int) -> Corpus:
        """The first so many runs, or all where there are no more."""
        return Corpus(self.root, min(runs, self.runs), self.metrics, self.steps)

    def __str__(self) -> str:
        return f"{self.runs:,} runs, {self.points:,} points"


def cold_build(corpus: Corpus) -> Taken:
    """`runfolio build` with neither a site nor a cache; facts are the seconds of its stages."""
    taken, text = _runfolio("build", str(corpus.folder), "--out", "site", "--json")
    return Taken(taken.seconds, taken.peak_bytes, json.loads(text)["seconds"])


def cold_list(corpus: Corpus) -> Taken:
    """`runfolio list --json` without a cache: every file is read and digested, no page is made."""
    taken, text = _runfolio("list", str(corpus.folder), "--json")
    if len(json.loads(text)) != corpus.runs:
        raise SystemExit(f"runfolio list does not tell of {corpus.runs} runs")
    return taken


def program(python: str, name: str, *arguments: object, points: int | None = None) -> Taken:
    """The program of programs/ with this name, run by this Python; facts are those it prints as JSON, if it does.

    Args:
        python: an executable.
        name: of the program's file.
        arguments: of the program.
        points: how many it must say that it read; SystemExit where it read others.
    """
    with tempfile.TemporaryDirectory() as folder:
        call = [python, str(PROGRAMS / name), *map(str, arguments)]
        found, text = measure(call, Path(folder))
    facts = json.loads(text or "{}")
    if points is not None and facts["points"] != points:
        raise SystemExit(f"{name} read {facts['points']:,} points instead of {points:,}")
    return Taken(found.seconds, found.peak_bytes, facts)


def _runfolio(*arguments: str) -> tuple[Taken, str]:
    """In a folder of its own, hence without a cache."""
    with tempfile.TemporaryDirectory() as folder:
        found, text = measure([sys.executable, "-m", "runfolio", *arguments], Path(folder))
    return Taken(found.seconds, found.peak_bytes), text
