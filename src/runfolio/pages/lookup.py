"""What a finding may ask of the runs: experiments, metrics, configurations and runs by name or filter, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import quote

from runfolio.analysis.compare import Comparison, compare_groups
from runfolio.analysis.find_run import find_run
from runfolio.analysis.where import parse_where, vocabulary
from runfolio.errors import NothingFoundError, UsageError, WhereError, nearest
from runfolio.findings.answer import Way
from runfolio.findings.fault import UnansweredError
from runfolio.model import Group, MetricSpec, Run
from runfolio.pages.study import Study
from runfolio.pages.words import listing


@dataclass(frozen=True, slots=True)
class Chosen:
    """Runs of one experiment that a filter picked, by configuration."""

    study: Study
    where: str
    groups: tuple[Group, ...]
    """The configurations with at least one of these runs, each narrowed to them."""

    @property
    def run_ids(self) -> tuple[str, ...]:
        """All of them, configuration by configuration."""
        return tuple(run_id for group in self.groups for run_id in group.run_ids)

    @property
    def way(self) -> Way:
        """The experiment's table of runs, filtered to these."""
        query = f"?v=1&q={quote(self.where)}" if self.where else ""
        count = len(self.run_ids)
        label = f"All {count:,} runs" if count > 1 else "The run in its table"
        return Way(label, f"{self.study.path}#runs{query}")


@dataclass(frozen=True, eq=False)
class Lookup:
    """Answers for one finding; `seen` gathers the experiments it asked about."""

    studies: tuple[Study, ...]
    experiment: str = ""
    """Meant where a block or value names none."""
    seen: set[str] = field(default_factory=set)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """All runs of the site."""
        return tuple(run for study in self.studies for run in study.runs)

    def study(self, experiment: str = "", metric: str = "") -> Study:
        """The experiment that is meant: the named one, else the finding's, else the only one that logged the metric."""
        wanted = experiment or self.experiment or None
        try:
            found = named_study(self.studies, metric if metric and wanted is None else None, wanted)
        except NothingFoundError as error:
            raise UnansweredError(error.message, can_come=True, hint=error.hint) from error
        except UsageError as error:
            hint = 'say which with experiment = "…" in the front matter, the block or the value'
            raise UnansweredError(error.message, hint=hint) from error
        self.seen.add(found.name)
        return found

    def spec(self, study: Study, metric: str = "") -> MetricSpec:
        """The metric, by default the experiment's headline metric."""
        if metric and metric not in study.specs:
            message = f"metric `{metric}` is not logged in `{study.name}`{nearest(metric, study.specs)}"
            raise UnansweredError(message, can_come=True)
        if metric:
            return study.specs[metric]
        if study.primary is None:
            raise UnansweredError(f"no metric is logged in `{study.name}`", can_come=True)
        return study.primary

    def chosen(self, study: Study, where: str = "") -> Chosen:
        """The runs that the filter picks; without one, all of the experiment."""
        if not where:
            return Chosen(study, "", study.grouping.groups)
        try:
            parse_where(where)
        except WhereError as error:
            raise UnansweredError(f"`{where}` is not a filter expression: {error.message}") from error
        try:
            found = parse_where(where, known=vocabulary(study.runs, study.specs))
        except WhereError as error:
            raise UnansweredError(f"`{where}`: {error.message}", can_come=True, hint=error.hint) from error
        kept = {run.run_id for run in study.runs if found.matches(run)}
        if not kept:
            raise UnansweredError(f"no run of `{study.name}` matches `{where}`", can_come=True)
        return Chosen(study, where, _narrowed(study.grouping.groups, kept))

    def one(self, study: Study, where: str) -> Chosen:
        """As `chosen`, where it is one configuration: only then may a difference be judged."""
        found = self.chosen(study, where)
        if len(found.groups) > 1:
            labels = listing([group.label for group in found.groups], 4)
            message = (
                f"`{where}` picks {len(found.groups)} configurations ({labels}), and a difference needs one"
            )
            raise UnansweredError(message, hint="name the settings that tell it from the others")
        return found

    def compare(self, chosen: Chosen, spec: MetricSpec) -> Comparison:
        """The chosen configurations against the experiment's baseline."""
        study = chosen.study
        if chosen.groups is study.grouping.groups:
            return study.compare(spec)
        groups, site = chosen.groups, study.site.compare
        baseline = study.baseline
        if baseline is not None:
            baseline = next((group for group in groups if group.group_id == baseline.group_id), baseline)
        return compare_groups(groups, study.by_id, spec, baseline, study.baseline_reason, site)

    def run(self, text: str) -> tuple[Study, Run]:
        """The run with this id, or this beginning of it, or this name."""
        try:
            run = find_run(self.runs, text)
        except NothingFoundError as error:
            raise UnansweredError(error.message, can_come=True) from error
        except UsageError as error:
            raise UnansweredError(error.message, hint=error.hint) from error
        return next(study for study in self.studies if study.name == run.experiment), run

    def group(self, text: str) -> tuple[Study, Group]:
        """The configuration with this label, in the finding's experiment where it has one; else in any."""
        known = [study for study in self.studies if not self.experiment or study.name == self.experiment]
        found = [
            (study, group)
            for study in known
            for group in study.grouping.groups
            if text in (group.label, group.group_id)
        ]
        if not found:
            labels = [group.label for study in known for group in study.grouping.groups]
            raise UnansweredError(f"there is no configuration `{text}`{nearest(text, labels)}", can_come=True)
        if len(found) > 1:
            names = listing([study.name for study, _ in found])
            raise UnansweredError(f"`{text}` is a configuration of {names}: the finding must name one")
        self.seen.add(found[0][0].name)
        return found[0]


def _narrowed(groups: Sequence[Group], kept: set[str]) -> tuple[Group, ...]:
    found = []
    for group in groups:
        ids = tuple(run_id for run_id in group.run_ids if run_id in kept)
        if len(ids) == len(group.run_ids):
            found.append(group)
        elif ids:
            found.append(replace(group, run_ids=ids))
    return tuple(found)


def named_study(found: Sequence[Study], metric: str | None, experiment: str | None) -> Study:
    """The one experiment that is meant.

    Raises:
        NothingFoundError: none has this name, or none logged the metric.
        UsageError: several logged it, and none is named.
    """
    names = [study.name for study in found]
    if experiment is not None:
        found = [study for study in found if study.name == experiment]
        if not found:
            message = f"there is no experiment `{experiment}`{nearest(experiment, names)}"
            raise NothingFoundError(
                message, slug="no-such-experiment", hint=f"experiments: {', '.join(names)}"
            )
    if metric is not None:
        known = dict.fromkeys(name for study in found for name in study.specs)
        found = [study for study in found if metric in study.specs]
        if not found:
            message = f"metric `{metric}` is not logged{nearest(metric, known)}"
            raise NothingFoundError(
                message, slug="no-such-metric", hint=f"metrics: {', '.join(known) or 'none'}"
            )
    if len(found) > 1:
        listed = ", ".join(study.name for study in found)
        raise UsageError(
            f"{len(found)} experiments fit: {listed}",
            slug="which-experiment",
            hint="choose one with --experiment",
        )
    return found[0]
