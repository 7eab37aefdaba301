"""What may be said about a sweep: its headline, its lead, and the remarks that importance needs."""

from __future__ import annotations

from collections.abc import Sequence

from runfolio.analysis.importance import Importance, ParameterShare
from runfolio.analysis.rounding import four_digits
from runfolio.analysis.sweep import Sampler
from runfolio.pages.search import Search, Trial
from runfolio.pages.words import count, listing, value_text, with_unit

_MOST_NAMED = 3


def trials_word(search: Search, number: int) -> str:
    """`64 trials`, or `200 configurations` where a configuration has several runs."""
    return count(number, "configuration" if search.has_replicates else "trial")


def names_of(share: ParameterShare) -> str:
    """`lr`, or `lr with warmup` for parameters that moved together."""
    return " with ".join(share.names)


def headline(search: Search) -> str:
    """The sentence over the page: which parameters matter, where the data say so; else what is there."""
    total = trials_word(search, len(search.trials))
    if search.best is None:
        if search.failed.all():
            return f"{int(search.failed.sum())} of {total} failed; no result yet"
        return f"{total}; no result yet"
    # Of several objectives none is the metric, unless somebody said which one is.
    if search.front is not None and search.study.options.primary is None:
        return _not_beaten(search)
    return _what_matters(search, search.importance)


def _not_beaten(search: Search) -> str:
    assert search.front is not None
    on = int(search.front.is_on.sum())
    names = listing([spec.label for spec in search.objectives], 3)
    total = trials_word(search, len(search.trials))
    return f"{on} of {total} {'is' if on == 1 else 'are'} not beaten in {names} at once"


def _what_matters(search: Search, found: Importance) -> str:
    total = trials_word(search, search.ended)
    supported = found.supported
    if found.refusal or not found.shares:
        return f"{_best_of(search)}; {_too_little(search, found)}"
    if not supported:
        return f"No parameter shows a clear effect on {search.spec.label} in {total}"
    names = [names_of(share) for share in supported[:_MOST_NAMED]]
    if len(supported) == 1:
        text = f"{names[0]} matters for {search.spec.label}"
    elif _first_leads(found):
        text = f"{names[0]} matters most for {search.spec.label}, then {listing(names[1:])}"
    else:
        text = f"{listing(names)} matter for {search.spec.label}; which of them most is not clear"
    others = [names_of(share) for share in found.shares if not share.is_supported]
    joint = ";" if ";" not in text else ","
    if len(others) == 1 and joint == ";":
        return f"{text}; {others[0]} shows no clear effect here"
    return (
        f"{text}; {listing(others, 2)} show no clear effect here"
        if 2 <= len(others) <= 2 and joint == ";"
        else text
    )


def _first_leads(found: Importance) -> bool:
    return found.first_is_clear and found.shares[0].is_supported


def _too_little(search: Search, found: Importance) -> str:
    if "needed" in found.refusal:
        return f"at least 20 usable {'configurations' if search.has_replicates else 'trials'} are needed to say what matters"
    return found.refusal or "no parameter can be judged"


def best_label(search: Search) -> str:
    """`Best of 64 trials`: the best is never named without of how many."""
    word = {1: "Best", -1: "Best", 0: "Highest"}[search.spec.goal.sign]
    return f"{word} of {trials_word(search, search.ended)}"


def best_text(search: Search, trial: Trial) -> str:
    """The best value with its unit."""
    spec = search.spec
    return with_unit(spec, value_text(spec, trial.estimate.value, search.study.digits[spec.name]))


def _best_of(search: Search) -> str:
    assert search.best is not None
    return f"{best_label(search)} reaches {search.spec.label} {best_text(search, search.best)}"


def lead(search: Search) -> str:
    """The paragraph under the headline: the best of how many, why it has no verdict, and what failed."""
    sentences = []
    trial = search.best
    if trial is not None:
        n = trial.estimate.n
        runs = f", a mean of {n} runs" if n > 1 else ""
        sentences.append(
            f"{best_label(search)}: {trial.name} with {search.spec.label} {best_text(search, trial)}{runs}."
        )
        sentences.append(
            "It was chosen because it came out best, so it has no verdict until it is run again with fresh seeds."
        )
    if search.front is not None and search.study.options.primary is not None:
        sentences.append(f"{_not_beaten(search)}.")
    lost = int(search.failed.sum())
    if lost:
        sentences.append(f"{lost} of {trials_word(search, search.ended)} failed.")
    waiting = sum(trial.is_running for trial in search.trials)
    if waiting:
        sentences.append(f"{waiting} still {'runs' if waiting == 1 else 'run'}.")
    return " ".join(sentences)


def importance_notes(search: Search) -> tuple[str, ...]:
    """What was left out of the importance, and under what condition it holds."""
    found, notes = search.importance, []
    usable = int(sum(trial.estimate.n > 0 for trial in search.trials))
    of = f"Of {trials_word(search, usable)} with a value"
    if search.has_replicates:
        of += ", each by the mean of its usable runs"
    lost = int(search.failed.sum())
    left = f"; {lost} failed and are left out, see below" if lost else ""
    notes.append(f"{of}{left}.")
    mixed = sum(bool(trial.failed) and trial.estimate.n > 0 for trial in search.trials)
    if mixed:
        notes.append(f"In {count(mixed, 'configuration')} some runs failed: the mean is of the others.")
    notes.append(
        "A share is what one parameter explains alone; what only a combination explains is in none, so shares need not "
        "add up to 1. The interval is a 95% jackknife interval; support means that chance explains as much in at most 5% of "
        "shuffles, Holm over all parameters."
    )
    notes.append(_sampler_note(search))
    if found.heaviest is not None:
        place, share = found.heaviest
        trial = search.trials[place]
        notes.append(
            f"{trial.name} alone holds {share:.0%} of the variance, so shares are of the ranks of the values."
        )
    notes += [_refused_note(name, reason) for name, reason in found.refused]
    if search.unbinned:
        notes.append(f"{listing(search.unbinned)}: too many different words for bins.")
    return tuple(note for note in notes if note)


def _refused_note(name: str, reason: str) -> str:
    return f"{name} has no share: {reason}."


def _sampler_note(search: Search) -> str:
    sampler = search.sampler
    if sampler is Sampler.ADAPTIVE:
        return "The sampler was adaptive: shares describe the region it visited, not the whole space."
    if sampler is Sampler.RANDOM:
        return "Settings were drawn at random."
    if sampler is Sampler.GRID:
        return "All combinations were tried."
    if search.is_from_searcher:
        return "How settings were chosen is not recorded; an adaptive sampler makes shares describe the region it visited."
    return "Shares hold for settings chosen independently of each other (random or grid search)."


def failing_sentence(search: Search) -> str:
    """Which parameter failing goes with, where the data say so."""
    found = search.failing
    if found is None:
        return ""
    if found.refusal or not found.shares:
        return "Too few trials ended to say what failing goes with."
    if not found.supported:
        return "No parameter clearly goes with failing."
    parts = [
        f"{names_of(share)} ({four_digits(round(share.share, 2))})" for share in found.supported[:_MOST_NAMED]
    ]
    return f"Failing goes with {listing(parts)}: in brackets the share of its variance that is explained."


def budget_sentence(sizes: Sequence[int], at: int) -> str:
    """Whether the methods had the same number of trials, and at which number they are compared."""
    same = len(set(sizes)) == 1
    first = (
        f"Each had {sizes[0]} trials"
        if same
        else f"They had {listing([str(size) for size in sizes], 6)} trials"
    )
    if not at:
        return f"{first}: too few to expect a best."
    more = "" if same else ", so they are compared at the smaller budget"
    return (
        f"{first}{more}: the expected best of {count(at, 'trial')}, which half of the smallest search can tell. It holds "
        "for settings drawn at random, each on its own."
    )
