"""Networks of five sizes learn to read digits, five seeds each; every run keeps its model.

    pip install runfolio numpy scikit-learn
    python train.py            # half a minute; writes runs/
    runfolio build

The images are scikit-learn's 1,797 handwritten digits. A seed decides which of them are held out, the initial weights and
the order of the batches.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

import runfolio

SIZES, SEEDS, EPOCHS, BATCH, HELD_OUT = (4, 8, 16, 32, 64), 5, 25, 32, 360
Array = np.ndarray[Any, Any]


class Network:
    """One hidden layer with rectified units; `step` is one step down the cross entropy."""

    def __init__(self, hidden: int, rng: np.random.Generator) -> None:
        self.parts = {
            "w1": rng.normal(0, np.sqrt(2 / 64), (64, hidden)),
            "b1": np.zeros(hidden),
            "w2": rng.normal(0, np.sqrt(1 / hidden), (hidden, 10)),
            "b2": np.zeros(10),
        }

    @property
    def size(self) -> int:
        """How many numbers are learned."""
        return sum(part.size for part in self.parts.values())

    def forward(self, x: Array) -> tuple[Array, Array]:
        """Values of the hidden units, and the probability of each digit."""
        hidden = np.maximum(x @ self.parts["w1"] + self.parts["b1"], 0)
        scores = hidden @ self.parts["w2"] + self.parts["b2"]
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return hidden, odds / odds.sum(axis=1, keepdims=True)

    def step(self, x: Array, y: Array, lr: float) -> None:
        """One step for these images, shape (n, 64), and digits, shape (n,)."""
        hidden, found = self.forward(x)
        error = found
        error[np.arange(len(y)), y] -= 1
        error /= len(y)
        back = (error @ self.parts["w2"].T) * (hidden > 0)
        slopes = {"w1": x.T @ back, "b1": back.sum(axis=0), "w2": hidden.T @ error, "b2": error.sum(axis=0)}
        for name, slope in slopes.items():
            self.parts[name] -= lr * slope

    def score(self, x: Array, y: Array) -> tuple[float, float]:
        """Accuracy and cross entropy."""
        found = self.forward(x)[1]
        loss = -np.log(np.maximum(found[np.arange(len(y)), y], 1e-12)).mean()
        return float((found.argmax(axis=1) == y).mean()), float(loss)

    def saved(self) -> bytes:
        """The model's file."""
        file = io.BytesIO()
        np.savez_compressed(file, **{name: part.astype(np.float32) for name, part in self.parts.items()})
        return file.getvalue()


def train(hidden: int, seed: int, root: Path) -> None:
    """One run."""
    digits = load_digits()
    rng = np.random.default_rng([seed, hidden])
    order = np.random.default_rng(seed).permutation(len(digits.target))
    x, y = digits.data[order] / 16, digits.target[order]
    x_val, y_val, x, y = x[:HELD_OUT], y[:HELD_OUT], x[HELD_OUT:], y[HELD_OUT:]
    network = Network(hidden, rng)
    with runfolio.start(
        experiment="reader",
        name=f"hidden {hidden}, seed {seed}",
        run_id=f"hidden{hidden:02d}-seed{seed}",
        parameters={"hidden": hidden, "seed": seed, "lr": 0.2, "epochs": EPOCHS},
        root=root,
        capture=("command",),
    ) as run:
        for epoch in range(1, EPOCHS + 1):
            rows = rng.permutation(len(x))
            for start in range(0, len(x), BATCH):
                batch = rows[start : start + BATCH]
                network.step(x[batch], y[batch], 0.2)
            accuracy, loss = network.score(x_val, y_val)
            run.log({"val/accuracy": accuracy, "val/loss": loss, "weights": network.size}, step=epoch)
        run.artifact(network.saved(), "model.npz", kind="model")
        run.finish(seal=True)


def main() -> None:
    """All runs."""
    for hidden in SIZES:
        for seed in range(SEEDS):
            train(hidden, seed, Path(__file__).parent / "runs")


if __name__ == "__main__":
    main()
