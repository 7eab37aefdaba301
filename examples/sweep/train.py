"""A random search: 64 trials of a small network that learns a surface from noisy points, five settings drawn for each.

    pip install runfolio numpy
    python train.py            # about a minute; writes runs/
    runfolio build

The points are the same for all trials. A trial's number seeds its settings, its initial weights and the order of its
batches. Nothing clips a step and nothing stops early, so some trials lose their way: they end as failed.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import runfolio

TRIALS, EPOCHS, BATCH = 64, 40, 32
LOST = 1e6
Array = np.ndarray[Any, Any]
#: Each activation and its slope, both of the unit's input.
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
}


def surface(points: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Random places in the plane, shape (points, 2), and noisy heights over them, shape (points,)."""
    x = rng.uniform(-2, 2, (points, 2))
    return x, np.sin(3 * x[:, 0]) * np.cos(2 * x[:, 1]) + 0.3 * x.prod(axis=1) + rng.normal(0, 0.1, points)


def draw(trial: int) -> dict[str, Any]:
    """The settings of a trial, each drawn on its own: on a log scale where factors matter."""
    rng = np.random.default_rng([2026, trial])
    return {
        "lr": float(f"{10 ** rng.uniform(-3, 0):.3g}"),
        "momentum": round(float(rng.uniform(0, 0.99)), 3),
        "hidden": round(2 ** rng.uniform(2, 6.5)),
        "weight_decay": float(f"{10 ** rng.uniform(-6, -1.5):.3g}"),
        "activation": str(rng.choice(["tanh", "relu"])),
    }


class Network:
    """Two hidden layers and one output; `step` is one step of gradient descent with momentum."""

    def __init__(self, setting: dict[str, Any], rng: np.random.Generator) -> None:
        self.setting = setting
        self.activate, self.slope = ACTIVATIONS[setting["activation"]]
        sizes = (2, setting["hidden"], setting["hidden"], 1)
        self.weights = [rng.normal(0, np.sqrt(2 / a), (a, b)) for a, b in pairwise(sizes)]
        self.biases = [np.zeros(size) for size in sizes[1:]]
        self.speeds = [np.zeros_like(part) for part in (*self.weights, *self.biases)]

    @property
    def size(self) -> int:
        """How many numbers are learned."""
        return sum(part.size for part in (*self.weights, *self.biases))

    def layers(self, x: Array) -> list[Array]:
        """Inputs of the units of each layer, the last one the height."""
        found = [x @ self.weights[0] + self.biases[0]]
        for weights, bias in zip(self.weights[1:], self.biases[1:], strict=True):
            found.append(self.activate(found[-1]) @ weights + bias)
        return found

    def step(self, x: Array, y: Array) -> None:
        """One step down the squared error of these points."""
        first, second, height = self.layers(x)
        error = 2 * (height - y[:, None]) / len(y)
        back = error @ self.weights[2].T * self.slope(second)
        further = back @ self.weights[1].T * self.slope(first)
        inputs, errors = (x, self.activate(first), self.activate(second)), (further, back, error)
        gradients = [
            a.T @ e + self.setting["weight_decay"] * w
            for a, e, w in zip(inputs, errors, self.weights, strict=True)
        ]
        gradients += [e.sum(axis=0) for e in errors]
        for part, speed, gradient in zip((*self.weights, *self.biases), self.speeds, gradients, strict=True):
            speed *= self.setting["momentum"]
            speed -= self.setting["lr"] * gradient
            part += speed

    def error(self, x: Array, y: Array) -> float:
        """Root of the mean squared error."""
        return float(np.sqrt(np.mean((self.layers(x)[-1][:, 0] - y) ** 2)))


def train(trial: int, root: Path) -> None:
    """One trial; given up when its error is beyond all bounds, or no longer a number."""
    x, y = surface(600, np.random.default_rng(1))
    x_val, y_val = surface(400, np.random.default_rng(2))
    setting, rng = draw(trial), np.random.default_rng(trial)
    network = Network(setting, rng)
    with runfolio.start(
        experiment="surface",
        name=f"trial {trial}",
        run_id=f"trial-{trial:02d}",
        parameters={**setting, "trial": trial, "epochs": EPOCHS},
        root=root,
        capture=("command",),
    ) as run:
        for epoch in range(1, EPOCHS + 1):
            order = rng.permutation(len(x))
            for start in range(0, len(x), BATCH):
                rows = order[start : start + BATCH]
                network.step(x[rows], y[rows])
            error, train_error = network.error(x_val, y_val), network.error(x, y)
            run.log({"val/rmse": error, "train/rmse": train_error, "weights": network.size}, step=epoch)
            if not error < LOST:
                run.finish("failed", error=f"gave up in epoch {epoch}: the error is {error:.3g}")
                return


def main() -> None:
    """All trials."""
    np.seterr(over="ignore", invalid="ignore")  # a trial that diverges is a result, not an accident
    for trial in range(TRIALS):
        train(trial, Path(__file__).parent / "runs")


if __name__ == "__main__":
    main()
