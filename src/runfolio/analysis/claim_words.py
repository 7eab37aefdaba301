"""The sentence of a claim, from its parts, for authors who wrote none."""

from __future__ import annotations

from runfolio.analysis.claim import Claim, Form
from runfolio.analysis.rounding import duration_text, four_digits
from runfolio.model import MetricSpec


def sentence_of(claim: Claim, spec: MetricSpec | None, a: str, b: str, margin: float | None = None) -> str:
    """The author's sentence, else one such as `resnet is better than mlp on val/acc by at least 0.01`.

    Args:
        claim: what is claimed.
        spec: how its metric is shown; None where there is none, or it is not logged yet.
        a: the configuration or runs it is about, in words; empty for all.
        b: what it is compared with, in words.
        margin: the size it speaks of, in logged units; None for none.
    """
    if claim.text:
        return claim.text
    metric = spec.label if spec else claim.metric
    on = f" on {metric}" if metric else ""
    size = "" if not margin else size_words(margin, spec)
    match claim.form:
        case Form.BETTER | Form.WORSE | Form.HIGHER | Form.LOWER:
            return f"{a} is {claim.form} than {b}{on}" + (f" by at least {size}" if size else "")
        case Form.NOT_WORSE:
            who = f"{a} is not worse" if a else "No configuration is worse"
            return f"{who} than {b}{on}" + (f" by more than {size}" if size else "")
        case Form.EQUIVALENT:
            b = f"{a} {b}" if claim.against else b
            return f"{a} and {b} are equivalent{on}" + (f" within ±{size}" if size else "")
        case Form.ABOVE | Form.BELOW:
            return f"{metric} of {a} is {claim.form} {value_words(claim.bound or 0.0, spec)}"
        case Form.DOES_NOT_FALL | Form.DOES_NOT_RISE | Form.DOES_NOT_WORSEN:
            return _trend(claim, metric, a) + (f" by more than {size}" if size else "")
        case Form.BEST:
            return f"{a} is best{on}" + (f" among {claim.of}" if claim.of else "")
        case Form.NONE_FAILED | Form.NONE_DIVERGED:
            word = "failed" if claim.form is Form.NONE_FAILED else "diverged"
            return f"No run{_of(a)} {word}"
        case Form.LOGGED:
            return f"Every run{_of(a)} logged {metric}"
        case Form.WHERE:
            how = {"all": "every run", "none": "no run"}.get(claim.count, f"at least {claim.count} runs")
            return f"{claim.where} for {how}{_of(a)}"
        case Form.BUDGET:
            whole = "all runs together" if claim.is_total else "each run"
            return f"{claim.budget} of {whole}{_of(a)} is at most {claim.at_most}"


def _trend(claim: Claim, metric: str, who: str) -> str:
    verb = str(claim.form).removeprefix("does not ")
    since = f"since build {claim.since_build}" if claim.since_build else "over builds"
    verb = "get worse" if verb == "worsen" else verb
    if metric:
        return f"{metric}{_of(who)} does not {verb} {since}"
    return f"No metric{_of(who)} {verb.replace('get', 'gets') if ' ' in verb else verb + 's'} {since}"


def size_words(size: float, spec: MetricSpec | None) -> str:
    """A difference in shown units, with its unit: `1 point` is written `1 points`, as in verdicts."""
    if spec is None:
        return four_digits(size)
    if spec.is_time:
        return duration_text(size)
    unit = "points" if spec.unit == "%" else spec.unit
    return f"{four_digits(abs(size * spec.scale))} {unit}".rstrip()


def value_words(value: float, spec: MetricSpec | None) -> str:
    """A value in shown units, with its unit."""
    if spec is None:
        return four_digits(value)
    if spec.is_time:
        return duration_text(value)
    text = four_digits(value * spec.scale)
    return f"{text}%" if spec.unit == "%" else f"{text} {spec.unit}".rstrip()


def _of(who: str) -> str:
    return f" of {who}" if who else ""
