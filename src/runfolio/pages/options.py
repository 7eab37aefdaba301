"""What a site is told about itself: titles, headline metric, baseline, grouping, disclosure. Configuration only fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from runfolio.analysis.builds import HistoryOptions
from runfolio.analysis.champion import ChampionRule
from runfolio.analysis.claim import Claim
from runfolio.analysis.compare import CompareOptions
from runfolio.analysis.group import GroupOptions
from runfolio.analysis.metrics import MetricOptions
from runfolio.analysis.pairwise import PairwiseOptions
from runfolio.analysis.suite import Normalisation
from runfolio.analysis.suite_detail import RankTest
from runfolio.analysis.sweep import Sampler
from runfolio.analysis.variant_counts import ProportionOptions

#: Parts of a run that a site shows only when `[site] disclose` names them.
DISCLOSABLE = ("command", "diff", "host", "paths", "user", "variables")


@dataclass(frozen=True, slots=True)
class TaskOptions:
    """One task of a suite, where tasks are told one by one."""

    name: str
    where: str | None = None
    """A filter expression: the runs on this task; None for all."""
    metric: str | None = None
    """By default the experiment's headline metric."""
    select: str | None = None
    """Metric by which one of the runs of a replicate is chosen."""
    zero: float | None = None
    one: float | None = None
    """Values that score 0 and 1, in logged units."""


@dataclass(frozen=True, slots=True)
class SuiteOptions:
    """What is said about a suite: the same methods on several tasks."""

    task: str | None = None
    """Parameter whose values are the tasks; None: found where it is plain; empty: there is no suite."""
    method: str | None = None
    """Parameter whose values are the methods; None: all that tells configurations apart, but for the task."""
    replicate: str | None = None
    """Parameter whose equal values make runs attempts of one replicate: the best by `select` counts."""
    normalise: Normalisation = Normalisation.NONE
    iqm: bool = False
    """Show the interquartile mean beside the mean."""
    ranks: RankTest | None = None
    """Show mean ranks over tasks, told apart by this test."""
    tasks: tuple[TaskOptions, ...] = ()


@dataclass(frozen=True, slots=True)
class ExperimentOptions:
    """What is said about one experiment; empty fields fall back to the site's."""

    title: str = ""
    description: str = ""
    primary: str | None = None
    baseline: str | None = None
    """A where expression that picks the baseline configuration."""
    sweep: bool | None = None
    """Whether it has a page as a sweep; None: where it looks like one."""
    sampler: Sampler | None = None
    """How its trials were chosen, where that is said."""
    objectives: tuple[str, ...] = ()
    """Two or three metrics to be weighed against each other."""
    suite: SuiteOptions | None = None


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """Everything that shapes a site besides the runs and the theme."""

    title: str = ""
    description: str = ""
    url: str = ""
    """Public address of the site, where it has one; only feeds and badges need it."""
    primary: str | None = None
    baseline: str | None = None
    metrics: Mapping[str, MetricOptions] = field(default_factory=dict)
    proportions: Mapping[str, ProportionOptions] = field(default_factory=dict)
    """Rates made of two metrics, shown on the page of every experiment that logged both."""
    pairwise: Mapping[str, PairwiseOptions] = field(default_factory=dict)
    """Outcomes of pairs, shown on the page of every experiment that has them."""
    groups: GroupOptions = field(default_factory=GroupOptions)
    compare: CompareOptions = field(default_factory=CompareOptions)
    experiments: Mapping[str, ExperimentOptions] = field(default_factory=dict)
    suite: SuiteOptions | None = None
    """For experiments that say nothing of their own."""
    disclose: frozenset[str] = frozenset()
    max_runs_in_table: int = 500
    """Longer tables hold the best 200 rows; the rest come from the experiment's data script."""
    max_run_pages: int = 5000
    """More runs than this share one page, apart from those that a reader looks for first."""
    history: HistoryOptions = field(default_factory=HistoryOptions)
    claims: tuple[Claim, ...] = ()
    """Sentences that every build tests, gates among them."""
    champions: tuple[ChampionRule, ...] = ()
    """Configurations that every build chooses anew."""
    built_at: datetime | None = None
    """Shown as the build's time; from SOURCE_DATE_EPOCH only, because the same inputs give the same bytes."""

    def for_experiment(self, name: str) -> ExperimentOptions:
        """The experiment's options, with the site's primary metric and baseline where it has none."""
        own = self.experiments.get(name, ExperimentOptions())
        return ExperimentOptions(
            title=own.title or name,
            description=own.description,
            primary=own.primary or self.primary,
            baseline=own.baseline or self.baseline,
            sweep=own.sweep,
            sampler=own.sampler,
            objectives=own.objectives,
            suite=own.suite or self.suite,
        )

    @property
    def key(self) -> str:
        """Text that differs whenever the options of all pages do. Claims and champions are not among them: only some pages
        show them."""
        parts = [self.title, self.description, self.url, repr(self.primary), repr(self.baseline)]
        parts += [repr(sorted(self.metrics.items())), repr(self.groups), repr(self.compare)]
        parts += [repr(sorted(self.experiments.items())), repr(sorted(self.disclose))]
        for named in (self.proportions, self.pairwise):
            parts += [repr(sorted((name, repr(item)) for name, item in named.items()))]
        parts += [
            repr(self.suite),
            repr(self.max_runs_in_table),
            repr(self.max_run_pages),
            repr(self.history),
            repr(self.built_at),
        ]
        return "\x1f".join(parts)

    @property
    def claims_key(self) -> str:
        """Text that differs whenever what is claimed does, wherever it stands."""
        return repr([replace(claim, path="", line=None) for claim in self.claims])

    @property
    def champions_key(self) -> str:
        """Text that differs whenever the champions are to be chosen otherwise."""
        return repr([replace(rule, path="", line=None) for rule in self.champions])
