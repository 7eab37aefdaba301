"""A benchmark suite: four small classifiers on five drawn data sets, each with five seeds. 100 runs.

    pip install runfolio numpy
    python train.py            # about ten seconds; writes runs/
    runfolio seal              # JSONL becomes Parquet
    runfolio build

The seed draws the points (200 to learn from, 1,000 to be asked about), the initial weights and the order of the
batches. Every method goes through its data 30 times; for boosting that is 30 stumps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import runfolio

EPOCHS, BATCH, TRAINED, ASKED = 30, 20, 200, 1000

Array = np.ndarray[Any, Any]
Generator = np.random.Generator
#: Scores above zero mean class 1.
Score = Callable[[Array], Array]


def moons(n: int, rng: Generator) -> tuple[Array, Array]:
    """Two half circles that reach into each other."""
    y = rng.integers(0, 2, n)
    angle = rng.uniform(0, np.pi, n)
    x = np.stack([np.cos(angle) * (1 - 2 * y) + y, np.sin(angle) * (1 - 2 * y) + 0.5 * y], axis=1)
    return x + rng.normal(0, 0.3, x.shape), y


def rings(n: int, rng: Generator) -> tuple[Array, Array]:
    """One ring around another."""
    y = rng.integers(0, 2, n)
    angle, radius = rng.uniform(0, 2 * np.pi, n), 1.0 + 0.8 * y + rng.normal(0, 0.3, n)
    return np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1), y


def checkers(n: int, rng: Generator) -> tuple[Array, Array]:
    """Three by three squares of a board; one label in twenty is wrong."""
    x = rng.uniform(0, 3, (n, 2))
    y = np.floor(x).sum(axis=1).astype(int) % 2
    return x - 1.5, y ^ (rng.random(n) < 0.05)


def spirals(n: int, rng: Generator) -> tuple[Array, Array]:
    """Two arms, one turn each."""
    y = rng.integers(0, 2, n)
    turn = rng.uniform(0.15, 1, n)
    angle = 2 * np.pi * turn + np.pi * y
    x = 2 * turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + rng.normal(0, 0.15, x.shape), y


def clouds(n: int, rng: Generator) -> tuple[Array, Array]:
    """Two overlapping clouds in ten dimensions: no curve does better than a plane."""
    y = rng.integers(0, 2, n)
    return rng.normal(0, 1, (n, 10)) + 0.45 * (2 * y[:, None] - 1), y


TASKS = {"moons": moons, "rings": rings, "checkers": checkers, "spirals": spirals, "clouds": clouds}


def batches(n: int, rng: Generator) -> Iterator[Array]:
    """The row numbers of one epoch in random order, a batch at a time."""
    order = rng.permutation(n)
    return (order[i : i + BATCH] for i in range(0, n, BATCH))


def chance(score: Array) -> Array:
    """The logistic function, from below."""
    return 1 / (1 + np.exp(-np.clip(score, -30, 30)))


def logistic(x: Array, y: Array, rng: Generator, lr: float = 0.3) -> Iterator[Score]:
    """Logistic regression by stochastic gradient descent."""
    weights, bias = np.zeros(x.shape[1]), 0.0

    def score(z: Array) -> Array:
        return z @ weights + bias

    for _ in range(EPOCHS):
        for rows in batches(len(x), rng):
            error = (chance(score(x[rows])) - y[rows]) / len(rows)
            weights -= lr * x[rows].T @ error
            bias -= lr * float(error.sum())
        yield score


def fourier(x: Array, y: Array, rng: Generator) -> Iterator[Score]:
    """Logistic regression on 200 random cosines (Rahimi and Recht 2007)."""
    ways = rng.normal(0, 2 / np.sqrt(x.shape[1]), (x.shape[1], 200))
    shifts = rng.uniform(0, 2 * np.pi, 200)

    def waves(z: Array) -> Array:
        return np.sqrt(2 / 200) * np.cos(z @ ways + shifts)

    for score in logistic(waves(x), y, rng, lr=5.0):
        yield lambda z, score=score: score(waves(z))


def mlp(x: Array, y: Array, rng: Generator) -> Iterator[Score]:
    """One hidden layer of 32 rectified units, with momentum."""
    parts = [rng.normal(0, np.sqrt(2 / x.shape[1]), (x.shape[1], 32)), np.zeros(32)]
    parts += [rng.normal(0, np.sqrt(2 / 32), 32), np.zeros(1)]
    speeds = [np.zeros_like(part) for part in parts]

    def score(z: Array) -> Array:
        return np.maximum(z @ parts[0] + parts[1], 0) @ parts[2] + parts[3]

    for _ in range(EPOCHS):
        for rows in batches(len(x), rng):
            inner = np.maximum(x[rows] @ parts[0] + parts[1], 0)
            error = (chance(inner @ parts[2] + parts[3]) - y[rows]) / len(rows)
            back = np.outer(error, parts[2]) * (inner > 0)
            slopes = [x[rows].T @ back, back.sum(axis=0), inner.T @ error, error.sum(keepdims=True)]
            for part, speed, slope in zip(parts, speeds, slopes, strict=True):
                speed *= 0.9
                speed -= 0.05 * slope
                part += speed
        yield score


def boosting(x: Array, y: Array, _: Generator) -> Iterator[Score]:
    """AdaBoost on stumps: one question about one coordinate at a time (Freund and Schapire 1997)."""
    sign, weights = 2.0 * y - 1, np.full(len(x), 1 / len(x))
    cuts = np.quantile(x, np.linspace(0.02, 0.98, 49), axis=0).T
    answers = np.where(x.T[:, None, :] > cuts[:, :, None], 1.0, -1.0)
    stumps: list[tuple[int, float, float]] = []

    def score(z: Array) -> Array:
        return sum(
            (says * np.where(z[:, axis] > cut, 1.0, -1.0) for axis, cut, says in stumps), np.zeros(len(z))
        )

    for _round in range(EPOCHS):
        agreement = answers @ (weights * sign)
        axis, place = np.unravel_index(np.abs(agreement).argmax(), agreement.shape)
        edge = float(np.clip(agreement[axis, place], -0.999, 0.999))
        says = 0.5 * np.log((1 + edge) / (1 - edge))
        stumps.append((int(axis), float(cuts[axis, place]), float(says)))
        weights *= np.exp(-says * sign * answers[axis, place])
        weights /= weights.sum()
        yield score


METHODS: dict[str, Callable[[Array, Array, Generator], Iterator[Score]]] = {
    "logistic": logistic,
    "boosting": boosting,
    "fourier": fourier,
    "mlp": mlp,
}
SEEDS = range(5)


def judged(score: Score, x: Array, y: Array) -> dict[str, float]:
    """Mean log loss, and the share of right answers."""
    found = score(x)
    right = np.clip(chance(np.where(y == 1, found, -found)), 1e-12, 1)
    return {"loss": float(-np.log(right).mean()), "accuracy": float(((found > 0) == (y == 1)).mean())}


def train(task: str, method: str, seed: int, root: Path) -> None:
    """One run."""
    # The points of a task depend on the seed alone: every method sees the same ones.
    drawn = np.random.default_rng([seed, list(TASKS).index(task)])
    (x, y), (asked, right) = TASKS[task](TRAINED, drawn), TASKS[task](ASKED, drawn)
    middle, spread = x.mean(axis=0), x.std(axis=0)
    x, asked = (x - middle) / spread, (asked - middle) / spread
    rng = np.random.default_rng([seed, list(TASKS).index(task), list(METHODS).index(method)])
    with runfolio.start(
        experiment="classifiers",
        name=f"{method} on {task}, seed {seed}",
        run_id=f"{task}-{method}-s{seed}",
        parameters={"task": task, "method": method, "seed": seed, "epochs": EPOCHS},
        root=root,
        capture=("command",),
    ) as run:
        for epoch, score in enumerate(METHODS[method](x, y, rng), start=1):
            run.log({"train": judged(score, x, y), "test": judged(score, asked, right)}, step=epoch)


def main() -> None:
    """Every method on every task with every seed."""
    for task in TASKS:
        for method in METHODS:
            for seed in SEEDS:
                train(task, method, seed, Path(__file__).parent / "runs")


if __name__ == "__main__":
    main()
