"""Which way a metric is better, read from the words of its name (statistics section 6).

Names are split into whole tokens; substrings never decide ("recall" is no "call", "classification" no "class").
"""

from __future__ import annotations

import re
from functools import lru_cache

from runfolio.model import Goal


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LOWER = _words(
    "loss error err mse rmse mae mape nll perplexity ppl bpb bpc wer cer fid ece brier regret latency time "
    "duration ms memory mem sec secs second seconds"
)
HIGHER = _words(
    "acc accuracy auc auroc f1 precision recall r2 reward return score bleu rouge ndcg mrr iou dice psnr ssim "
    "throughput success win recovery fps"
)
#: Words that say what kind of number it is, and that it is not to be judged: `loss_scale`, `reward_std`.
UNJUDGED = _words(
    "lr steps timesteps epochs iterations iters norm scale entropy kl temperature weight std stddev var variance count"
)
RESOURCES = _words("latency time duration ms memory mem sec secs second seconds throughput fps bytes")
EVALUATION = _words("val valid validation test eval evaluation dev holdout")

_PART = re.compile(r"[fF]1(?![0-9])|[rR]2(?![0-9])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
_SECONDS = frozenset(("s", "sec", "secs", "second", "seconds"))


@lru_cache(maxsize=4096)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a metric's name, lower case: split at / _ . - and blanks, at camelCase and at digits."""
    return tuple(word.lower() for word in _PART.findall(name.replace("_", " ")))


@lru_cache(maxsize=4096)
def goal_of(name: str) -> Goal:
    """Which way is better, as the name of a metric tells, or `none`. A configured goal comes first.

    Formula: the name is split into whole words; the right-most decisive word wins. Words of both kinds settle nothing unless the name ends
    in one of them: `reward_loss` is a loss, but `error_recovery_rate` is anybody's guess. `x_per_sec` is a throughput.
    Shapes: a name → a goal.
    Missing values: an unknown word gives `none`; then the words are higher and lower.
    Refused: substrings never decide.
    Source: a list of words of Runfolio.
    """
    words = tokens(name)
    for i in range(len(words) - 1, 0, -1):
        if words[i - 1] == "per":
            if words[i] in _SECONDS:
                return Goal.MAXIMIZE
            words = words[: i - 1]
            break
    while words and (
        words[-1].isdigit()
        or words[-1] in EVALUATION
        or words[-1] in ("train", "mean", "avg", "average", "median")
    ):
        words = words[:-1]
    said = [kind for kind in map(_kind, words) if kind is not None]
    if not said or said[-1] is Goal.NONE:
        return Goal.NONE
    is_mixed = Goal.MINIMIZE in said and Goal.MAXIMIZE in said
    return Goal.NONE if is_mixed and _kind(words[-1]) is None else said[-1]


def is_resource(name: str) -> bool:
    """True for times, memory and speeds: good to know, seldom the question of an experiment."""
    words = tokens(name)
    return any(word in RESOURCES for word in words) or ("per" in words and bool(_SECONDS & set(words)))


def is_evaluation(name: str) -> bool:
    """True where the name says that the metric was measured on held-out data."""
    return any(word in EVALUATION for word in tokens(name))


def _kind(word: str) -> Goal | None:
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if form in LOWER:
            return Goal.MINIMIZE
        if form in HIGHER:
            return Goal.MAXIMIZE
        if form in UNJUDGED:
            return Goal.NONE
    return None
