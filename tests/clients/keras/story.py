"""Three seeds of a small network, logged by Keras' CSVLogger; one diverges, and one is stopped and goes on in the same file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.update(KERAS_BACKEND="jax", JAX_PLATFORMS="cpu", TF_CPP_MIN_LOG_LEVEL="3")

import keras
import numpy as np


def train(
    path: Path, seed: int, epochs: range, *, rate: float = 0.01, factor: float = 1.0, again: bool = False
) -> None:
    keras.utils.set_random_seed(seed)
    x = np.random.default_rng(seed).normal(size=(64, 3)).astype("float32")
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse", metrics=["mae"])
    model.fit(
        x,
        factor * x.sum(axis=1),
        epochs=epochs.stop,
        initial_epoch=epochs.start,
        validation_split=0.25,
        verbose=0,
        callbacks=[keras.callbacks.CSVLogger(str(path), append=again)],
    )


def main(folder: Path) -> None:
    home = folder / "line"
    home.mkdir()
    for seed in range(2):
        train(home / f"seed-{seed}.csv", seed, range(5))
    train(home / "diverged.csv", 2, range(4), rate=1e6, factor=1e30)
    train(home / "resumed.csv", 3, range(3))
    train(home / "resumed.csv", 3, range(3, 6), again=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
