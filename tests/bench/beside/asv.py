"""asv: publishing as many points as Runfolio builds a site of."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from beside.corpus import Corpus, cold_build, command, program
from beside.environments import Environments
from beside.race import Race, Taken, Way

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
            partial(publish, python, project),
            (Way("build, no cache", partial(cold_build, some), goal=10),),
        )
    ]


def publish(python: str, project: Path) -> Taken:
    """`asv publish` of the project, what was published before removed."""
    return command([python, "-m", "asv", "publish", "--no-pull"], project)[0]
