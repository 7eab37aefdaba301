"""tbparse: event files as a data frame, beside the same values read from run folders."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from beside.corpus import Corpus, cold_list, program
from beside.environments import Environments
from beside.race import Race, Way

#: With 10 metrics x 1,000 steps a million points.
MOST_RUNS = 100


def races(corpus: Corpus, environments: Environments, work: Path) -> list[Race]:
    python = environments.python("tbparse==0.0.9", "tensorboard==2.21.0")
    some = corpus.first(MOST_RUNS)
    events = work / f"events-{some.runs}"
    if not events.exists():
        program(python, "write_events.py", some.folder, events)
    return [
        Race(
            f"tbparse, {some.points:,} points",
            partial(program, python, "read_tbparse.py", events, points=some.points),
            (Way("list, no cache", partial(cold_list, some), goal=10),),
        )
    ]
