"""Three readers of digits behind one service: each request goes to one of them by chance, and is counted.

    pip install runfolio scikit-learn
    python serve.py            # a few seconds; writes runs/
    runfolio build

The readers are trained on half of scikit-learn's 1,797 images. For twenty days, 300 requests a day show one of the other images, with
noise as a bad camera adds it; a request is a success when the digit is read correctly.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

import runfolio

DAYS = 20
REQUESTS = 300
NOISE = 4.0

Array = np.ndarray[Any, Any]


def readers(images: Array, digits: Array) -> dict[str, Any]:
    """A trained reader of each variant."""
    return {
        "linear": LogisticRegression(max_iter=500).fit(images / 16, digits),
        "linear, small": LogisticRegression(max_iter=500).fit(images[::4] / 16, digits[::4]),
        "kernel": SVC(gamma=0.02 * 16).fit(images / 16, digits),
    }


def serve(folder: Path) -> None:
    """Twenty days of requests; one run a variant, which logs its totals at the end of each day."""
    images, later, digits, truth = train_test_split(
        *load_digits(return_X_y=True), test_size=0.5, random_state=0
    )
    variants = readers(images, digits)
    chance = np.random.default_rng(20)
    runs = {
        name: runfolio.start(
            "camera",
            name=name,
            parameters={"reader": name},
            root=folder,
            run_id=name.replace(", ", "-"),
            capture=("command",),
        )
        for name in variants
    }
    served, read = dict.fromkeys(variants, 0), dict.fromkeys(variants, 0)
    for day in range(1, DAYS + 1):
        asked = chance.integers(len(later), size=REQUESTS)
        shown = np.clip(later[asked] + chance.normal(0, NOISE, (REQUESTS, later.shape[1])), 0, 16)
        goes_to = chance.integers(len(variants), size=REQUESTS)
        for place, (name, reader) in enumerate(variants.items()):
            mine = goes_to == place
            served[name] += int(mine.sum())
            read[name] += int((reader.predict(shown[mine] / 16) == truth[asked[mine]]).sum())
            runs[name].log({"requests": served[name], "read": read[name]}, step=day)
    for run in runs.values():
        run.finish()


if __name__ == "__main__":
    serve(Path("runs"))
