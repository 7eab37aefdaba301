"""Five families of classifiers on scikit-learn's handwritten digits, each setting with five seeds.

    pip install runfolio scikit-learn matplotlib
    python train.py            # about a minute; writes runs/
    runfolio build

The seed decides how the 1,797 images are split (70 % train, 30 % validation), the initial weights and the order of
the batches. Every family is trained for 40 epochs; for the tree ensembles an epoch adds three trees or one round.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.kernel_approximation import Nystroem
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.model_selection import train_test_split

import runfolio

EPOCHS = 40
BATCH = 32
LEAK = 0.1
CLASSES = np.arange(10)

Array = np.ndarray[Any, Any]
#: Class probabilities of the rows of a matrix, shape (n, 10).
Predict = Callable[[Array], Array]

SETTINGS: list[dict[str, Any]] = [
    {"model": "softmax", "lr": 0.1},
    {"model": "softmax", "lr": 0.01},
    {"model": "softmax", "lr": 0.001},
    {"model": "mlp", "hidden": 16, "lr": 0.1},
    {"model": "mlp", "hidden": 64, "lr": 0.01},
    {"model": "mlp", "hidden": 64, "lr": 0.1},
    {"model": "mlp", "hidden": 64, "lr": 1.0},
    {"model": "mlp", "hidden": 64, "lr": 2.5},
    {"model": "kernel", "gamma": 0.1, "lr": 3.0},
    {"model": "kernel", "gamma": 0.3, "lr": 3.0},
    {"model": "forest", "depth": 6},
    {"model": "forest", "depth": 12},
    {"model": "boosting", "lr": 0.1},
    {"model": "boosting", "lr": 0.5},
]
SEEDS = range(5)
NOTES = {
    "softmax": "A linear model on the 64 pixels: the least that should be beaten.",
    "mlp": "One hidden layer. **Nothing clips a step**, so a learning rate that is too large ends the run.",
    "kernel": "A linear model again, but on 300 features of a Gaussian kernel ([Nyström's method](https://scikit-learn.org/stable/modules/kernel_approximation.html)).",
    "forest": "120 trees in the end, three more in each epoch.",
    "boosting": "40 rounds of trees with at most 8 leaves, one in each epoch.",
}


def softmax(scores: Array) -> Array:
    """Rows of probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def leaky(z: Array) -> Array:
    """What is positive, and a tenth of what is negative."""
    return np.where(z > 0, z, LEAK * z)


def batches(n: int, rng: np.random.Generator) -> Iterator[Array]:
    """The row numbers of one epoch in random order, a batch at a time."""
    order = rng.permutation(n)
    return (order[i : i + BATCH] for i in range(0, n, BATCH))


def linear(x: Array, y: Array, lr: float, rng: np.random.Generator) -> Iterator[Predict]:
    """Softmax regression by plain stochastic gradient descent: a predictor after each epoch."""
    weights, bias, target = np.zeros((x.shape[1], 10)), np.zeros(10), np.eye(10)[y]

    def predict(z: Array) -> Array:
        return softmax(z @ weights + bias)

    for _ in range(EPOCHS):
        for rows in batches(len(x), rng):
            error = (softmax(x[rows] @ weights + bias) - target[rows]) / len(rows)
            weights -= lr * x[rows].T @ error
            bias -= lr * error.sum(axis=0)
        yield predict


def mlp(x: Array, y: Array, lr: float, hidden: int, rng: np.random.Generator) -> Iterator[Predict]:
    """One hidden layer of leaky rectified units, trained like `linear`. Nothing clips a step that is too long."""
    w1 = rng.normal(0, np.sqrt(2 / x.shape[1]), (x.shape[1], hidden))
    w2 = rng.normal(0, np.sqrt(2 / hidden), (hidden, 10))
    b1, b2, target = np.zeros(hidden), np.zeros(10), np.eye(10)[y]

    def predict(z: Array) -> Array:
        return softmax(leaky(z @ w1 + b1) @ w2 + b2)

    for _ in range(EPOCHS):
        for rows in batches(len(x), rng):
            inner = leaky(x[rows] @ w1 + b1)
            error = (softmax(inner @ w2 + b2) - target[rows]) / len(rows)
            back = (error @ w2.T) * np.where(inner > 0, 1, LEAK)
            w2 -= lr * inner.T @ error
            b2 -= lr * error.sum(axis=0)
            w1 -= lr * x[rows].T @ back
            b1 -= lr * back.sum(axis=0)
        yield predict


def kernel(
    x: Array, y: Array, lr: float, gamma: float, seed: int, rng: np.random.Generator
) -> Iterator[Predict]:
    """Softmax regression on 300 features of a Gaussian kernel."""
    features = Nystroem(gamma=gamma, n_components=300, random_state=seed).fit(x)
    for predict in linear(features.transform(x), y, lr, rng):
        yield lambda z, predict=predict: predict(features.transform(z))


def forest(x: Array, y: Array, depth: int, seed: int) -> Iterator[Predict]:
    """A random forest that grows by three trees an epoch."""
    model = RandomForestClassifier(3, max_depth=depth, warm_start=True, random_state=seed)
    for epoch in range(1, EPOCHS + 1):
        yield model.set_params(n_estimators=3 * epoch).fit(x, y).predict_proba


def boosting(x: Array, y: Array, lr: float, seed: int) -> Iterator[Predict]:
    """Gradient boosting, one round an epoch."""
    model = HistGradientBoostingClassifier(
        learning_rate=lr,
        max_iter=1,
        max_leaf_nodes=8,
        warm_start=True,
        early_stopping=False,
        random_state=seed,
    )
    for epoch in range(1, EPOCHS + 1):
        yield model.set_params(max_iter=epoch).fit(x, y).predict_proba


def epochs_of(setting: dict[str, Any], x: Array, y: Array, seed: int) -> Iterator[Predict]:
    """The predictors of one run, one an epoch."""
    rng = np.random.default_rng(seed)
    match setting:
        case {"model": "softmax", "lr": lr}:
            return linear(x, y, lr, rng)
        case {"model": "mlp", "lr": lr, "hidden": hidden}:
            return mlp(x, y, lr, hidden, rng)
        case {"model": "kernel", "lr": lr, "gamma": gamma}:
            return kernel(x, y, lr, gamma, seed, rng)
        case {"model": "forest", "depth": depth}:
            return forest(x, y, depth, seed)
        case {"model": "boosting", "lr": lr}:
            return boosting(x, y, lr, seed)
    raise ValueError(f"no such model: {setting}")


def score(predict: Predict, x: Array, y: Array) -> tuple[float, float]:
    """Mean log loss and share of right answers; the loss is NaN once the weights are."""
    chances = predict(x)
    loss = log_loss(y, chances, labels=CLASSES) if np.isfinite(chances).all() else float("nan")
    return float(loss), float((chances.argmax(axis=1) == y).mean())


def confusion_figure(right: Array, answered: Array) -> Figure:
    """How often each digit was read as which."""
    counts = confusion_matrix(right, answered, labels=CLASSES)
    figure = Figure(figsize=(3.4, 3.2), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(np.log1p(counts), cmap="Blues", interpolation="none")
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "white" if counts[row, column] > 20 else "black"
        axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=7, color=colour)
    axes.set(xticks=CLASSES, yticks=CLASSES, xlabel="answered", ylabel="digit")
    return figure


def recall_rows(right: Array, answered: Array) -> list[dict[str, Any]]:
    """One row a digit: images, how many were found, the commonest mistake."""
    counts = confusion_matrix(right, answered, labels=CLASSES)
    rows = []
    for digit in range(10):
        mistakes = np.where(digit == CLASSES, 0, counts[digit])
        total, found = int(counts[digit].sum()), int(counts[digit, digit])
        taken_for = str(mistakes.argmax()) if mistakes.any() else "–"
        rows.append(
            {"digit": digit, "images": total, "recall": round(found / total, 4), "taken for": taken_for}
        )
    return rows


def train(setting: dict[str, Any], seed: int, root: Path) -> None:
    """One run: 40 epochs, the confusion matrix and the recall of each digit; given up when the loss is lost."""
    digits = load_digits()
    x, x_val, y, y_val = train_test_split(
        digits.data / 16, digits.target, test_size=0.3, stratify=digits.target, random_state=seed
    )
    parts = [setting["model"], *(f"{name} {value:g}" for name, value in setting.items() if name != "model")]
    tags = ["baseline"] if setting == SETTINGS[0] else []
    with runfolio.start(
        experiment="digits",
        name=f"{' '.join(parts)}, seed {seed}",
        run_id="-".join([*parts, f"seed {seed}"]).replace(" ", ""),
        parameters={**setting, "seed": seed, "epochs": EPOCHS},
        tags=tags,
        root=root,
        capture=("command", "git", "environment", "packages", "hardware"),
    ) as run:
        started = time.perf_counter()
        for epoch, predict in enumerate(epochs_of(setting, x, y, seed), start=1):
            seconds = time.perf_counter() - started
            train_loss, train_accuracy = score(predict, x, y)
            val_loss, val_accuracy = score(predict, x_val, y_val)
            run.log(
                {
                    "train": {"loss": train_loss, "accuracy": train_accuracy},
                    "val": {"loss": val_loss, "accuracy": val_accuracy},
                    "epoch_seconds": seconds,
                },
                step=epoch,
            )
            if np.isnan(val_loss):
                run.finish("failed", error=f"gave up: the loss is not a number in epoch {epoch}")
                return
            started = time.perf_counter()
        answered = predict(x_val).argmax(axis=1)
        run.figure(confusion_figure(y_val, answered), name="confusion")
        run.table(recall_rows(y_val, answered), name="recall")
        if seed == SEEDS[0]:
            run.note(NOTES[setting["model"]])


def main() -> None:
    """All settings with all seeds."""
    root = Path(__file__).parent / "runs"
    np.seterr(over="ignore", invalid="ignore")  # a run that diverges is a result, not an accident
    matplotlib.rcParams["svg.fonttype"] = "none"  # text stays text: smaller files
    for setting in SETTINGS:
        for seed in SEEDS:
            train(setting, seed, root)


if __name__ == "__main__":
    main()
