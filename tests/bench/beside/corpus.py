"""The generated runs that Runfolio and its peers read, and what Runfolio does with them."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass, replace
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
    with tempfile.TemporaryDirectory() as folder:
        return _build(corpus, Path(folder))


def unchanged_build(corpus: Corpus) -> Taken:
    """The same once more in a project that was built before: the runs are looked through and nothing is written."""
    project = _built(corpus)
    return _build(corpus, project)


def cold_list(corpus: Corpus) -> Taken:
    """`runfolio list --json` without a cache: every file is read and digested, no page is made."""
    with tempfile.TemporaryDirectory() as folder:
        taken, text = command(
            [sys.executable, "-m", "runfolio", "list", str(corpus.folder), "--json"], Path(folder)
        )
    if len(json.loads(text)) != corpus.runs:
        raise SystemExit(f"runfolio list does not tell of {corpus.runs} runs")
    return taken


def cold_compare(corpus: Corpus) -> Taken:
    """`runfolio compare` without a cache: from the files to a table of all configurations with intervals and verdicts."""
    with tempfile.TemporaryDirectory() as folder:
        taken, text = command(
            [sys.executable, "-m", "runfolio", "compare", str(corpus.folder), "--json"], Path(folder)
        )
    if not json.loads(text)["groups"]:
        raise SystemExit("runfolio compare tells of no configuration")
    return taken


def history(corpus: Corpus, metric: str, runs: int, *, cached: bool) -> Taken:
    """A table of all runs and the metric's history of the first so many, by `runfolio.api`."""
    project = _built(corpus) if cached else None
    arguments = (corpus.folder, metric, runs)
    return program(sys.executable, "read_runfolio.py", *arguments, points=runs * corpus.steps, folder=project)


def program(
    python: str, name: str, *arguments: object, points: int | None = None, folder: Path | None = None
) -> Taken:
    """The program of programs/ with this name, run by this Python; facts are those it prints as JSON, if it does.

    Args:
        python: an executable.
        name: of the program's file.
        arguments: of the program.
        points: how many it must say that it read; SystemExit where it read others.
        folder: where it runs; an empty one when absent.
    """
    with tempfile.TemporaryDirectory() as empty:
        taken, text = command([python, str(PROGRAMS / name), *map(str, arguments)], folder or Path(empty))
    facts = json.loads(text or "{}")
    if points is not None and facts["points"] != points:
        raise SystemExit(f"{name} read {facts['points']:,} points instead of {points:,}")
    return replace(taken, facts=facts)


def command(arguments: list[str], folder: Path) -> tuple[Taken, str]:
    """What a process in this folder took, and what it printed."""
    found, text = measure(arguments, folder)
    return Taken(found.seconds, found.cpu_seconds, found.peak_bytes), text


def _built(corpus: Corpus) -> Path:
    """A project of the runs with its site and cache, built when first asked for."""
    project = corpus.root / f"built-{corpus.runs}"
    if not project.exists():
        project.mkdir()
        _build(corpus, project)
    return project


def _build(corpus: Corpus, project: Path) -> Taken:
    call = [sys.executable, "-m", "runfolio", "build", str(corpus.folder), "--out", "site", "--json"]
    taken, text = command(call, project)
    return replace(taken, facts=json.loads(text)["seconds"])
