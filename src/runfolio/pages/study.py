"""One experiment, worked out once: its groups, metrics, baseline and comparison. Pages only pick from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from runfolio.analysis.builds import Builds, find_builds
from runfolio.analysis.compare import Comparison, choose_baseline, compare_groups
from runfolio.analysis.estimate import Estimates
from runfolio.analysis.group import Grouping, find_groups
from runfolio.analysis.metrics import metric_specs, primary_metric
from runfolio.analysis.pairwise import Arena, compare_competitors
from runfolio.analysis.select import Outcome, outcome_of, value_of
from runfolio.analysis.variants import VariantComparison, compare_variants
from runfolio.analysis.where import Where, parse_where, vocabulary
from runfolio.errors import ConfigError, WhereError
from runfolio.model import Estimate, Group, GroupResult, MetricSpec, Problem, Run, RunStatus, Severity
from runfolio.pages.options import ExperimentOptions, SiteOptions, SuiteOptions
from runfolio.pages.routes import experiment_page, run_page, shared_run
from runfolio.pages.run_choice import choose_runs, shares
from runfolio.pages.standings import Standings, standings
from runfolio.pages.tasks import TaskCells, task_cells
from runfolio.pages.unused import unused_names
from runfolio.pages.words import estimate_decimals, value_decimals

#: A parameter with more words than this tells no families apart.
MOST_FAMILIES = 6

_ENDINGS = {
    RunStatus.RUNNING: Outcome.RUNNING,
    RunStatus.FINISHED: Outcome.OK,
    RunStatus.FAILED: Outcome.FAILED,
    RunStatus.INTERRUPTED: Outcome.INTERRUPTED,
}


@dataclass(frozen=True, eq=False)
class Study:
    """An experiment with its numbers. Cheap to make; the costly parts are worked out when first asked for."""

    name: str
    options: ExperimentOptions
    site: SiteOptions
    runs: tuple[Run, ...]
    specs: Mapping[str, MetricSpec]
    most_pages: int
    """Of its runs, so many have a page of their own."""
    findings: str = ""
    """Text of all findings: the runs it names have pages of their own."""

    @property
    def path(self) -> str:
        """The experiment's page."""
        return experiment_page(self.name)

    @property
    def title(self) -> str:
        """The experiment's title, else its name."""
        return self.options.title

    @cached_property
    def by_id(self) -> Mapping[str, Run]:
        """Runs by id."""
        return {run.run_id: run for run in self.runs}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Each run's place in `runs`, by run id."""
        return {run.run_id: place for place, run in enumerate(self.runs)}

    @cached_property
    def grouping(self) -> Grouping:
        """Groups of replicates, and what varies between them."""
        return find_groups(self.runs, self.site.groups)

    @cached_property
    def group_of(self) -> Mapping[str, Group]:
        """The group each run belongs to, by run id."""
        return {run_id: group for group in self.grouping.groups for run_id in group.run_ids}

    @cached_property
    def builds(self) -> Builds | None:
        """The builds its runs belong to; None where they belong to none."""
        return find_builds(self.runs, self.site.history, self.site.groups)

    @property
    def is_over_builds(self) -> bool:
        """True where nothing but the build tells its runs apart: it then says what moved, not which build is best."""
        return self.is_about_means and self.builds is not None and len(self.builds.groups) == 1

    @cached_property
    def primary(self) -> MetricSpec | None:
        """The metric the headline is about; None when nothing was logged."""
        name = primary_metric(self.runs, self.specs, self.options.primary, self.site.metrics)
        return None if name is None else self.specs[name]

    @cached_property
    def estimates(self) -> Estimates:
        """Estimates of the groups of `grouping`, each worked out once."""
        return Estimates(self.by_id)

    @cached_property
    def comparison(self) -> Comparison | None:
        """Every group against the baseline on the primary metric."""
        return None if self.primary is None else self.compare(self.primary)

    @cached_property
    def _baseline(self) -> tuple[Group | None, str]:
        where = _baseline_where(self.options.baseline, self)
        assert self.primary is not None
        return choose_baseline(self.grouping.groups, self.by_id, where, self.primary)

    @property
    def baseline(self) -> Group | None:
        """The group the others are compared with."""
        return None if self.primary is None else self._baseline[0]

    @property
    def baseline_reason(self) -> str:
        """Why this group is the baseline; empty where there is none."""
        return "" if self.primary is None else self._baseline[1]

    @cached_property
    def suite_options(self) -> SuiteOptions:
        """What is configured of the experiment's suite."""
        return self.options.suite or SuiteOptions()

    @cached_property
    def tasks(self) -> TaskCells | None:
        """The experiment's runs by method and task; None where it is no suite."""
        if self.primary is None or not self.is_about_means:
            return None
        varying = self.grouping.varying
        return task_cells(self.runs, self.specs, self.primary, self.suite_options, self.site.groups, varying)

    @cached_property
    def standings(self) -> Standings | None:
        """Methods on tasks, compared; None where the experiment is no suite."""
        if self.tasks is None:
            return None
        where = _baseline_where(self.options.baseline, self)
        varying, compare = self.grouping.varying, self.site.compare
        return standings(self.tasks, self.by_id, varying, self.suite_options, compare, where, self.name)

    @cached_property
    def _task_baselines(self) -> Mapping[str, Group]:
        """In a suite by parameter: the baseline's configuration on the task of each run, by run id."""
        cells = self.tasks
        if cells is None or not cells.has_one_metric or self.primary is None:
            return {}
        where = _baseline_where(self.options.baseline, self)
        base, _ = choose_baseline(cells.methods, self.by_id, where, self.primary)
        found: dict[str, Group] = {}
        for groups in cells.cells:
            own = next((group for group in groups if base and group.group_id == base.group_id), None)
            if own is not None and own.run_ids:
                there = self.group_of[own.run_ids[0]]
                found |= {run_id: there for group in groups for run_id in group.run_ids}
        return found

    def baseline_of(self, run_id: str) -> Group | None:
        """The group a run is compared with: the baseline, in a suite the one on the run's task."""
        return self._task_baselines.get(run_id, self.baseline) if self.tasks else self.baseline

    def compare(self, spec: MetricSpec) -> Comparison:
        """Every group against the baseline on one metric."""
        baseline, reason = self._baseline
        options = self.site.compare
        return compare_groups(
            self.grouping.groups, self.by_id, spec, baseline, reason, options, self.estimates
        )

    @cached_property
    def rates(self) -> tuple[VariantComparison, ...]:
        """Every configured rate whose two metrics were logged here, by variant."""
        baseline = self.baseline
        if baseline is None:
            return ()
        logged = {name for run in self.runs for name in run.metrics}
        return tuple(
            compare_variants(self.grouping.groups, self.by_id, options, baseline)
            for options in self.site.proportions.values()
            if {options.successes, options.trials} <= logged
        )

    @cached_property
    def arenas(self) -> tuple[Arena, ...]:
        """Every configured kind of pairwise outcome that was logged here."""
        found = (compare_competitors(self.runs, options) for options in self.site.pairwise.values())
        return tuple(arena for arena in found if arena is not None)

    @property
    def arena(self) -> Arena | None:
        """The outcomes that the experiment is about: the first, where the primary metric is theirs."""
        if not self.arenas or self.primary is None:
            return None
        return self.arenas[0] if self.arenas[0].options.outcome == self.primary.name else None

    @property
    def is_about_means(self) -> bool:
        """False where counts or outcomes of pairs are what the experiment is about: their means compare nothing."""
        return self.rate is None and self.arena is None

    @property
    def rate(self) -> VariantComparison | None:
        """The rate that the experiment is about: the first, where the primary metric is one of its counts."""
        if not self.rates or self.primary is None:
            return None
        options = self.rates[0].options
        return self.rates[0] if self.primary.name in (options.successes, options.trials) else None

    @cached_property
    def outcomes(self) -> Mapping[str, Outcome]:
        """How each run ended, by run id: seen from the primary metric, else as it says of itself."""
        if self.primary is None:
            return {run.run_id: _ENDINGS[run.status] for run in self.runs}
        return {run.run_id: outcome_of(run, self.primary) for run in self.runs}

    @property
    def first(self) -> GroupResult | None:
        """The configuration that sentences speak of: the leader, else the first that has a value; None without any."""
        if self.comparison is None:
            return None
        ranked = (item for item in self.comparison.results if item.estimate.n)
        return self.comparison.leader or next(ranked, None)

    def is_bad(self, run_id: str) -> bool:
        """True where the run ended without a value that counts."""
        return self.outcomes[run_id] not in (Outcome.OK, Outcome.RUNNING)

    @cached_property
    def paged(self) -> frozenset[str]:
        """Ids of the runs that have a page of their own."""
        return choose_runs(
            self.runs, self.most_pages, leading=self._leading, is_bad=self.is_bad, findings=self.findings
        )

    def address(self, run_id: str, anchor: str = "") -> str:
        """Where the run is shown: its own page, there at the anchor, else the page that runs share."""
        if run_id not in self.paged:
            return shared_run(self.name, run_id)
        return run_page(run_id) + (f"#{anchor}" if anchor else "")

    def _leading(self) -> Iterator[str]:
        """Usable runs of the baseline, then of the configurations by their mean, the best first."""
        spec = self.primary
        if spec is None:
            return
        estimates = [(self.estimates.of(group, spec), group) for group in self.grouping.groups]
        ranked = sorted(
            ((item.value, group) for item, group in estimates if item.n),
            key=lambda pair: -pair[0] * (spec.goal.sign or 1),
        )
        for group in (*((self.baseline,) if self.baseline else ()), *(group for _, group in ranked)):
            yield from (run_id for run_id in group.run_ids if not self.is_bad(run_id))

    @cached_property
    def family(self) -> str | None:
        """The first varying parameter whose values are two to six words: model, optimizer, method."""
        for name in self.grouping.varying:
            values = [dict(group.key).get(name) for group in self.grouping.groups]
            words = {value.text for value in values if value is not None and isinstance(value.value, str)}
            if 2 <= len(words) <= MOST_FAMILIES and all(
                value is not None and isinstance(value.value, str) for value in values
            ):
                return name
        return None

    @cached_property
    def digits(self) -> Mapping[str, int]:
        """Digits after the point of each metric, the same on every page: from the intervals where there are any."""
        return {name: self._digits(spec) for name, spec in self.specs.items()}

    def _digits(self, spec: MetricSpec) -> int:
        estimates = [self.estimates.of(group, spec) for group in self.grouping.groups]
        if any(item.half_width is not None for item in estimates):
            return estimate_decimals(spec, estimates)
        logged = [run for run in self.runs if spec.name in run.metrics]
        # What a run that diverged ended at says nothing of the digits that the others deserve.
        usable = [run for run in logged if not self.is_bad(run.run_id)]
        return value_decimals(spec, [value_of(run, spec) for run in usable or logged])

    def estimate_of(self, group: Group | None) -> Estimate | None:
        """The group's estimate of the primary metric."""
        if group is None or self.comparison is None:
            return None
        for result in self.comparison.results:
            if result.group.group_id == group.group_id:
                return result.estimate
        return None


def _baseline_where(text: str | None, study: Study) -> Where | None:
    return None if text is None else parse_where(text, known=vocabulary(study.runs, study.specs))


def studies(
    runs: Sequence[Run], site: SiteOptions, findings: str = ""
) -> tuple[tuple[Study, ...], tuple[Problem, ...]]:
    """One study for each experiment, in the order of the configuration, then by name; and what could not be used.

    `findings`: the text of all findings, where pages are made.
    """
    named: dict[str, list[Run]] = {}
    for run in runs:
        named.setdefault(run.experiment, []).append(run)
    order = {name: place for place, name in enumerate(site.experiments)}
    problems = [
        Problem(
            "unknown-experiment",
            Severity.WARNING,
            f"[experiments.{name}] is configured, but no run belongs to it",
            hint=f"experiments found: {', '.join(sorted(named)) or 'none'}",
        )
        for name in site.experiments
        if name not in named
    ]
    problems += unused_names(runs, site)
    pages = dict(zip(named, shares([len(some) for some in named.values()], site.max_run_pages), strict=True))
    found = []
    for name in sorted(named, key=lambda item: (order.get(item, len(order)), item)):
        members = tuple(named[name])
        study = Study(
            name=name,
            options=site.for_experiment(name),
            site=site,
            runs=members,
            specs=metric_specs(members, site.metrics),
            most_pages=pages[name],
            findings=findings,
        )
        for usable in (_with_usable_baseline, _with_usable_suite):
            study, trouble = usable(study)
            problems += trouble
        found.append(study)
    return tuple(found), tuple(problems)


def _with_usable_baseline(study: Study) -> tuple[Study, list[Problem]]:
    """The study; without its baseline expression where that cannot be used for this experiment's runs."""
    if study.options.baseline is None:
        return study, []
    try:
        _baseline_where(study.options.baseline, study)
    except WhereError as error:
        own = study.site.experiments.get(study.name)
        if own is not None and own.baseline:
            raise ConfigError(
                f"[experiments.{study.name}] baseline: {error.message}",
                slug=error.error_slug,
                hint=error.hint,
            ) from error
        # The site's baseline may name a parameter that only another experiment has: that is no mistake.
        options = replace(study.options, baseline=None)
        plain = replace(study, options=options)
        message = f"the baseline `{study.options.baseline}` cannot be used for experiment `{study.name}`: {error.message}"
        note = Problem(
            "baseline-unused", Severity.NOTE, message, hint=f"set baseline under [experiments.{study.name}]"
        )
        return plain, [note]
    return study, []


def _with_usable_suite(study: Study) -> tuple[Study, list[Problem]]:
    """The study; without its suite where the site's cannot be used for this experiment's runs."""
    if study.options.suite is None:
        return study, []
    try:
        _ = study.tasks
    except ConfigError as error:
        own = study.site.experiments.get(study.name)
        if own is not None and own.suite:
            message = f"[experiments.{study.name}.suite]: {error.message}"
            raise ConfigError(message, slug=error.error_slug, hint=error.hint) from error
        message = f"the suite cannot be used for experiment `{study.name}`: {error.message}"
        hint = f'set suite under [experiments.{study.name}], or `task = ""` there'
        note = Problem("suite-unused", Severity.NOTE, message, hint=hint)
        return replace(study, options=replace(study.options, suite=SuiteOptions(task=""))), [note]
    return study, []
