"""asv: publishing as many points as Runfolio builds a site of."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from build import measure

from beside.corpus import Corpus, cold_build, program
from beside.environments import Environments
from beside.race import Race, Taken

#: With 10 metrics x 1,000 steps 200,000 points.
MOST_RUNS = 20


def races(corpus: Corpus, environments: Environments, work: Path) -> list[Race]:
    python = environments.python("asv==0.6.6")
    some = corpus.first(MOST_RUNS)
    project = work / "asv"
    program(python, "write_asv.py", some.folder, project)
    return [
        Race(
            f"asv publish, {some.points:,} points",
            "runfolio build, no cache",
            partial(publish, python, project),
            partial(cold_build, some),
            goal=10,
        )
    ]


def publish(python: str, project: Path) -> Taken:
    """`asv publish` of the project, what was published before removed."""
    found, _ = measure([python, "-m", "asv", "publish", "--no-pull"], project)
    return Taken(found.seconds, found.peak_bytes)
