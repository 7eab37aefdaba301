"""What a claim speaks of: the experiment, the configurations and the runs that its filters pick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runfolio.analysis.claim import Claim
from runfolio.analysis.where import Where, parse_where, vocabulary
from runfolio.analysis.where_values import nearest_value
from runfolio.errors import ConfigError, WhereError, nearest
from runfolio.model import Group, MetricSpec, Run
from runfolio.pages.rates import rate_meant
from runfolio.pages.study import Study
from runfolio.pages.words import listing


class NotThereError(Exception):
    """A run, metric or experiment that a claim names is not there (yet)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UnfitError(Exception):
    """The filters pick runs on which the claim cannot be judged; the message says why."""


def study_of(claim: Claim, studies: Sequence[Study]) -> Study:
    """The experiment a claim about one configuration is of: the named one, else the only one that has what it names.

    Raises:
        NotThereError: no experiment has it.
        ConfigError: several have it.
    """
    rates = [study.name for study in studies if rate_meant(study, claim.metric)]
    found = studies_with(claim.metric, claim.experiment, studies, also=rates)
    if len(found) > 1:
        fitting = [study for study in found if _has_all(claim, study)]
        found = fitting or found
    if len(found) > 1:
        message = f"{len(found)} experiments fit the claim: {listing([study.name for study in found], 4)}"
        raise fault(claim, message, "which-experiment", "name one with `experiment`")
    return found[0]


def studies_with(
    metric: str, experiment: str, studies: Sequence[Study], also: Sequence[str] = ()
) -> list[Study]:
    """The experiments that logged the metric, of the named one alone where one is named; an empty text is for any.

    `also` names experiments that have it otherwise.

    Raises:
        NotThereError: there is none.
    """
    named = named_studies(experiment, studies)
    found = [study for study in named if not metric or metric in study.specs or study.name in also]
    if not found:
        known = dict.fromkeys(name for study in named for name in study.specs)
        where = f" in `{experiment}`" if experiment else ""
        raise NotThereError(f"metric `{metric}` is not logged{where}{nearest(metric, known)}")
    return found


def metric_of(claim: Claim, study: Study) -> MetricSpec:
    """The metric that is spoken of: the named one, else the experiment's headline metric."""
    if claim.metric:
        return study.specs[claim.metric]
    if study.primary is None:
        raise NotThereError(f"experiment `{study.name}` logged no metric")
    return study.primary


def configuration(claim: Claim, study: Study, text: str) -> Group:
    """The one configuration whose runs the filter picks; with `pool` all that it picks as one.

    Raises:
        NotThereError: the filter picks no run, or names what no run has.
        UnfitError: it picks several configurations, or some runs of one: seeds must not be chosen.
    """
    groups = whole_groups(study, study.grouping.groups, text)
    if len(groups) == 1:
        return groups[0]
    labels = listing([group.label for group in groups], 4)
    if not claim.pool:
        raise UnfitError(f"`{text}` picks {len(groups)} configurations ({labels}), and a claim needs one")
    runs = tuple(run_id for group in groups for run_id in group.run_ids)
    return Group(f"pool:{text}", f"{len(groups)} configurations with {text}", (), runs)


def whole_groups(study: Study, among: Sequence[Group], text: str) -> list[Group]:
    """The groups, of those given, whose runs the filter picks.

    Raises:
        NotThereError: the filter picks no run, or names what no run has.
        UnfitError: it picks some runs of a group.
    """
    where = _where(text, study)
    kept = {run.run_id for run in study.runs if where.matches(run)}
    groups = [group for group in among if kept.intersection(group.run_ids)]
    if not groups:
        raise NotThereError(f"no run of `{study.name}` matches `{text}`{nearest_value(where, study.runs)}")
    for group in groups:
        count = len(kept.intersection(group.run_ids))
        if count < len(group.run_ids):
            raise UnfitError(
                f"`{text}` picks {count} of the {len(group.run_ids)} runs of {group.label}: a claim takes all replicates"
            )
    return groups


def configurations_of(study: Study, text: str) -> tuple[Group, ...]:
    """All configurations with a run that the filter picks; all of the experiment without one."""
    if not text:
        return study.grouping.groups
    where = _where(text, study)
    found = tuple(
        group
        for group in study.grouping.groups
        if any(where.matches(study.by_id[run_id]) for run_id in group.run_ids)
    )
    if not found:
        raise NotThereError(f"no run of `{study.name}` matches `{text}`{nearest_value(where, study.runs)}")
    return found


def runs_of(claim: Claim, studies: Sequence[Study]) -> list[tuple[Study, Run]]:
    """The runs a claim about single runs is of: those of the named experiment or of all, that `group` picks.

    Raises:
        NotThereError: there is none, or the filter names what no run has.
    """
    found = []
    named = named_studies(claim.experiment, studies)
    runs = [run for study in named for run in study.runs]
    for study in named:
        where = where_in(claim.group, runs, study) if claim.group else None
        found += [(study, run) for run in study.runs if where is None or where.matches(run)]
    if not found:
        where = where_in(claim.group, runs, named[0])
        raise NotThereError(f"no run matches `{claim.group}`{nearest_value(where, runs)}")
    return found


def where_in(text: str, runs: Sequence[Run], study: Study) -> Where:
    """The filter, with the names that any of the runs has, and metrics read as in this experiment."""
    try:
        return parse_where(text, known=replace(vocabulary(runs), specs=study.specs))
    except WhereError as error:
        raise NotThereError(f"`{text}`: {error.message}", error.hint) from error


def fault(claim: Claim, message: str, slug: str, hint: str = "") -> ConfigError:
    """An error at the place where the claim stands."""
    who = f"claim `{claim.name}`: " if claim.name else ""
    return ConfigError(who + message, slug=slug, path=claim.path or None, line=claim.line, hint=hint)


def named_studies(experiment: str, studies: Sequence[Study]) -> list[Study]:
    """The experiment of this name; all where it is empty.

    Raises:
        NotThereError: there is no such experiment.
    """
    found = [study for study in studies if not experiment or study.name == experiment]
    if not found:
        names = [study.name for study in studies]
        raise NotThereError(
            f"there is no experiment `{experiment}`{nearest(experiment, names)}",
            f"experiments: {listing(names, 8)}" if names else "",
        )
    return found


def _has_all(claim: Claim, study: Study) -> bool:
    """True where each of the claim's filters picks a run of the experiment."""
    try:
        return all(configurations_of(study, text) for text in (claim.group, claim.than, claim.of) if text)
    except NotThereError:
        return False


def _where(text: str, study: Study) -> Where:
    return where_in(text, study.runs, study)
