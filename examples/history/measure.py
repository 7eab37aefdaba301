"""Twenty-four versions of one function, measured one after the other: the history of a small library.

Each version is a build. What changes between them is real code below: a lookup in a list came with version 15 by mistake,
and nobody has noticed yet. Run it to measure on your machine; the runs beside it were measured once.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import runfolio

SEEDS = (1, 2, 3)
WORDS = 4000


def count_with_dict(words: Sequence[str]) -> dict[str, int]:
    """Versions 1 to 7."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def count_with_list(words: Sequence[str]) -> dict[str, int]:
    """From version 15 on: keeps the order of appearance, and looks for each word in a list."""
    order: list[str] = []
    counts: list[int] = []
    for word in words:
        if word in order:
            counts[order.index(word)] += 1
        else:
            order.append(word)
            counts.append(1)
    return dict(zip(order, counts, strict=True))


def count_with_counter(words: Sequence[str]) -> dict[str, int]:
    """Versions 8 to 14: the standard library's."""
    return dict(Counter(words))


def version(build: int) -> Callable[[Sequence[str]], dict[str, int]]:
    """The code as it was in this build."""
    return count_with_dict if build < 8 else count_with_counter if build < 15 else count_with_list


def measure(build: int, seed: int) -> float:
    """Milliseconds of the fastest of fifteen calls."""
    random_words = random.Random(seed)
    words = [f"word{random_words.randrange(10)}" for _ in range(WORDS)]
    count, times = version(build), []
    for _ in range(15):
        started = time.perf_counter()
        count(words)
        times.append(time.perf_counter() - started)
    return 1000 * min(times)


def main(root: Path) -> None:
    """Every build, each with three seeds."""
    for build in range(1, 25):
        for seed in SEEDS:
            with runfolio.start(
                experiment="word-count",
                run_id=f"build-{build:02d}-seed-{seed}",
                name=f"build {build}, seed {seed}",
                parameters={"build": build, "seed": seed, "words": WORDS},
                root=root,
                capture=False,
            ) as run:
                run.log({"count_ms": measure(build, seed)})
            print(build, seed, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "runs")
