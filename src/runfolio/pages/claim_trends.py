"""Claims about a metric over builds: it does not fall, does not rise, does not get worse."""

from __future__ import annotations

from collections.abc import Sequence

from runfolio.analysis.claim import Claim, Form, Outcome
from runfolio.analysis.claim_rule import Ruling, rule_all
from runfolio.analysis.claim_trend import TrendRuling, rule_trend
from runfolio.analysis.claim_words import sentence_of, size_words
from runfolio.analysis.steps import FEWEST_BUILDS
from runfolio.errors import nearest
from runfolio.pages.claim_choice import NotThereError, UnfitError, named_studies, study_of, whole_groups
from runfolio.pages.claim_ground import Ground
from runfolio.pages.claim_result import ClaimResult
from runfolio.pages.histories import Told, latest_sentence, step_record, step_sentence
from runfolio.pages.study import Study
from runfolio.pages.words import count


def judge_trend(claim: Claim, ground: Ground) -> ClaimResult:
    """What the steps of the metric's history say; without a metric those of every history, without a filter of every configuration.

    Raises:
        NotThereError: the metric or the runs are not there.
    """
    is_one = bool(claim.metric or claim.group)
    studies = [study_of(claim, ground.studies)] if is_one else named_studies(claim.experiment, ground.studies)
    spec = studies[0].specs[claim.metric] if claim.metric else None
    names = [study.name for study in studies]
    experiment = names[0] if len(names) == 1 else ""
    try:
        chosen = _chosen(claim, studies, ground)
    except UnfitError as error:
        sentence = sentence_of(claim, spec, claim.group, "", claim.by)
        return ClaimResult(claim, Outcome.UNDECIDED, sentence, str(error), experiment=experiment, spec=spec)
    rulings = [(item, _ruling(claim, item)) for item in chosen]
    said = [(item.title, Ruling(ruling.outcome, _reason(claim, item, ruling))) for item, ruling in rulings]
    whole = said[0][1] if len(said) == 1 else rule_all(said, "histories")
    blamed = next(((item, r.step) for item, r in rulings if r.outcome is whole.outcome and r.step), None)
    who = chosen[0].configuration if claim.group and len(chosen) == 1 else claim.group
    margin = _margin(claim, chosen[0]) if claim.metric else claim.by
    known = {item.study.name for item, _ in rulings}
    return ClaimResult(
        claim,
        whole.outcome,
        sentence_of(claim, spec, who, "", margin),
        whole.reason,
        tuple(dict.fromkeys(run_id for item in chosen for run_id in item.group.run_ids)),
        known.pop() if len(known) == 1 else "",
        spec,
        more_builds=max((r.more_builds for _, r in rulings if r.more_builds), default=None),
        step=step_record(*blamed) if blamed else None,
    )


def _chosen(claim: Claim, studies: Sequence[Study], ground: Ground) -> list[Told]:
    """The histories that the claim is about.

    Raises:
        UnfitError: there is none of which it could be asked.
    """
    built = [study for study in studies if study.name in ground.builds]
    if not built:
        raise UnfitError(
            "its runs belong to no builds: say what tells builds apart with `by` under [history]"
        )
    groups: set[tuple[str, str]] = set()
    for study in built if claim.group else ():
        picked = whole_groups(study, ground.builds[study.name].groups, claim.group)
        groups |= {(study.name, group.group_id) for group in picked}
    names = {study.name for study in built}
    found = [
        item
        for item in ground.histories
        if item.study.name in names
        and claim.metric in ("", item.spec.name)
        and (not claim.group or (item.study.name, item.group.group_id) in groups)
    ]
    if not found:
        raise UnfitError(
            f"history too short: it was measured in fewer than 2 builds, {FEWEST_BUILDS} needed; or `metrics` under [history]"
            " leaves it out"
        )
    if claim.form is Form.DOES_NOT_WORSEN:
        found = [item for item in found if item.spec.goal.sign]
    if not found:
        raise UnfitError("nobody said which way is better: set goal under [metrics.NAME]")
    return found


def _ruling(claim: Claim, item: Told) -> TrendRuling:
    start = _start(claim, item)
    return rule_trend(item.found, item.values, _sign(claim, item), _margin(claim, item), start)


def _start(claim: Claim, item: Told) -> int:
    """Index of the build from which on levels count.

    Raises:
        NotThereError: there is no such build.
    """
    if not claim.since_build:
        return 0
    names = [build.name for build in item.builds.builds]
    if claim.since_build in names:
        return names.index(claim.since_build)
    found = [at for at, name in enumerate(names) if name.startswith(claim.since_build)]
    if item.builds.is_commit and len(found) == 1:
        return found[0]
    near = nearest(claim.since_build, item.builds.labels)
    raise NotThereError(f"`{item.study.name}` has no build `{claim.since_build}`{near}")


def _sign(claim: Claim, item: Told) -> int:
    """+1 where a falling value, as shown, speaks against the claim; −1 where a rising one does."""
    shown = 1 if item.spec.scale >= 0 else -1
    return {Form.DOES_NOT_FALL: shown, Form.DOES_NOT_RISE: -shown}.get(claim.form, item.spec.goal.sign)


def _margin(claim: Claim, item: Told) -> float:
    return (item.spec.threshold if claim.by is None else claim.by) or 0.0


def _reason(claim: Claim, item: Told, ruling: TrendRuling) -> str:
    """What was seen: the step and where its cause lies, or that there is none in so many builds."""
    found = item.found
    if found.refusal:
        return found.refusal
    odd = latest_sentence(item).rstrip(".") if ruling.is_latest_odd else ""
    if ruling.step is not None:
        words = step_sentence(item, ruling.step).rstrip(".")
        words = words[0].lower() + words[1:]
        later = len(found.steps) - 1 - found.steps.index(ruling.step)
        words += f"; {count(later, 'later step')} did not make it good" if later else ""
        if found.is_possible_only:
            words = f"possible change only, neighbouring builds are correlated: {words}"
        elif ruling.outcome is Outcome.UNDECIDED:
            margin = size_words(_margin(claim, item), item.spec)
            words += f"; whether the level now is more than {margin} away is not clear"
    elif any(step.at > _start(claim, item) for step in found.steps):
        is_falling = _sign(claim, item) * (1 if item.spec.scale >= 0 else -1) > 0
        side = "higher" if is_falling else "lower"
        since = item.builds.labels[found.steps[-1].at]
        words = f"{count(len(found.steps), 'step')} in {count(found.builds, 'build')}; no earlier level is clearly {side}"
        words += f" than the one since build {since}"
    else:
        since = f" since build {claim.since_build}" if claim.since_build else ""
        words = f"no step{since} in {count(found.builds, 'build')}"
    return f"{words}; {odd[0].lower()}{odd[1:]}" if odd else words
