"""The whole site as a plan: every page and file with what it depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from runfolio.catalog.catalog import Catalog
from runfolio.findings.folder import Findings
from runfolio.model import Problem, Run
from runfolio.pages.artifacts import artifact_files
from runfolio.pages.audit import audit_context
from runfolio.pages.champions import Champion, champions_of, records_of
from runfolio.pages.changes import Previous
from runfolio.pages.claim_ground import Ground
from runfolio.pages.claim_result import ClaimResult, Mark, told_apart
from runfolio.pages.claim_rows import ClaimList, claim_lists, claims_files, marks_of, outcome_records
from runfolio.pages.claims import judge_claims
from runfolio.pages.compare import compare_context
from runfolio.pages.disclosure import disclose
from runfolio.pages.earlier import earlier_of
from runfolio.pages.experiment import experiment_context
from runfolio.pages.finding import finding_context
from runfolio.pages.finding_answers import AnsweredFinding
from runfolio.pages.findings_answered import answer_all, told
from runfolio.pages.findings_list import FindingRow, finding_row, findings_context
from runfolio.pages.headline import Headlines
from runfolio.pages.history import history_context
from runfolio.pages.history_data import history_files
from runfolio.pages.home import home_context
from runfolio.pages.learning_curves import CurveChoice, choose_curves
from runfolio.pages.methods import methods_context
from runfolio.pages.missing import missing_context
from runfolio.pages.models import Models, models_context
from runfolio.pages.models_data import MODELS_DATA, models_record
from runfolio.pages.options import SiteOptions
from runfolio.pages.page import Context
from runfolio.pages.plan import FilePlan, PagePlan, SitePlan
from runfolio.pages.problems import problems_context
from runfolio.pages.records import Records
from runfolio.pages.registered import registered_models
from runfolio.pages.routes import (
    AUDIT,
    COMPARE,
    FINDINGS,
    HISTORY,
    HOME,
    METHODS,
    MISSING,
    MODELS,
    PROBLEMS,
    SHARED_RUN,
    SWEEPS,
    run_page,
    sweep_page,
)
from runfolio.pages.run import run_context
from runfolio.pages.run_curves import shows_large_baseline
from runfolio.pages.run_inputs import RunInputs
from runfolio.pages.search import is_sweep, objective_problems
from runfolio.pages.series import SeriesStore
from runfolio.pages.shared_run import is_needed, shared_run_context
from runfolio.pages.shell import Shell, shell, site_title
from runfolio.pages.site_files import data_files, page_scripts
from runfolio.pages.site_keys import SiteKeys
from runfolio.pages.sparks import experiment_sparks, run_sparks
from runfolio.pages.study import Study, studies
from runfolio.pages.sweep import sweep_context
from runfolio.pages.sweeps import sweeps_context
from runfolio.pages.words import when


def plan_site(
    catalog: Catalog,
    options: SiteOptions,
    findings: Findings | None = None,
    *,
    tolerant: bool = False,
    previous: Previous | None = None,
) -> SitePlan:
    """Every page and file of the site. Nothing is rendered, and no series is read, until a plan's function is called.

    Args:
        catalog: the runs.
        options: what shapes the site.
        findings: the project's findings, if it may have any.
        tolerant: faults of findings become Problems and stand on their pages, instead of being raised.
        previous: an earlier build; pages say what changed since.

    Raises:
        FindingError: findings have faults; all of them together.
    """
    disclosed = [disclose(run, options.disclose) for run in catalog.runs]
    found, trouble = studies([item.run for item in disclosed], options, findings.text if findings else "")
    problems = [
        *catalog.problems,
        *trouble,
        *objective_problems(found),
        *(problem for item in disclosed for problem in item.problems),
    ]
    paged = frozenset().union(*(study.paged for study in found))
    copies = [
        file for item in disclosed if item.run.run_id in paged for file in artifact_files(catalog, item.run)
    ]
    series = SeriesStore(catalog)
    ground = Ground(found, earlier_of(previous))
    answered = answer_all(findings, ground, catalog, series, lambda: planner.keys.curves) if findings else ()
    problems += told(answered, tolerant=tolerant)
    claims = judge_claims(options.claims, ground)
    champions = champions_of(options.champions, found, catalog, previous, options.built_at)
    problems += [problem for item in champions for problem in item.problems]
    planner = _Planner(
        catalog, options, ground, tuple(sorted(problems)), answered, series, claims, champions, previous
    )
    files = {file.path: file for item in answered for file in item.files}
    return SitePlan(
        pages=tuple(planner.pages()),
        files=(*planner.files(), *copies, *files.values()),
        problems=planner.problems,
        runs=len(catalog.runs),
        claims=planner.all_claims,
        studies=found,
        marks=planner.marks,
    )


@dataclass(frozen=True, eq=False)
class _Planner:
    catalog: Catalog
    options: SiteOptions
    ground: Ground
    problems: tuple[Problem, ...]
    findings: tuple[AnsweredFinding, ...]
    series: SeriesStore
    claims: tuple[ClaimResult, ...]
    champions: tuple[Champion, ...]
    previous: Previous | None = None
    run_inputs: RunInputs = field(default_factory=RunInputs)

    @cached_property
    def shell(self) -> Shell:
        return shell(
            self.options,
            self.studies,
            bool(self.problems),
            bool(self.findings),
            self.has_history,
            self.models.is_needed,
        )

    @property
    def studies(self) -> tuple[Study, ...]:
        return self.ground.studies

    @cached_property
    def headlines(self) -> Headlines:
        return Headlines(lambda: self.ground.histories)

    @cached_property
    def records(self) -> Records:
        """What this build found, and the one it is compared with."""
        title = site_title(self.options, self.studies)
        outcomes = outcome_records(self.all_claims, self.studies)
        built_at, champions = when(self.options.built_at), records_of(self.champions)
        return Records(self.studies, title, built_at, self.previous, self.headlines, outcomes, champions)

    @cached_property
    def models(self) -> Models:
        """What the page of models shows."""
        return Models(
            self.champions, registered_models(self.studies), self.studies, self.previous is not None
        )

    @property
    def has_history(self) -> bool:
        """True where runs belong to builds, or there is an earlier build of the site to compare with."""
        return bool(self.ground.builds) or self.records.compared is not None

    @cached_property
    def all_claims(self) -> tuple[ClaimResult, ...]:
        """The claims of the configuration, then those of the findings."""
        return told_apart((*self.claims, *(result for finding in self.findings for result in finding.claims)))

    @cached_property
    def marks(self) -> Mapping[str, Mark]:
        return marks_of(self.records)

    @cached_property
    def claim_lists(self) -> Mapping[str, ClaimList | None]:
        return claim_lists(self.all_claims[: len(self.claims)], self.studies, self.marks)

    @cached_property
    def keys(self) -> SiteKeys:
        """What pages and files depend on."""
        return SiteKeys(self.options, self.studies)

    @cached_property
    def choices(self) -> Mapping[str, CurveChoice]:
        return {study.name: choose_curves(study) for study in self.studies}

    def pages(self) -> list[PagePlan]:
        keys, all_runs = self.keys, self.keys.all_runs
        addresses = {run.run_id: study.address(run.run_id) for study in self.studies for run in study.runs}
        found = repr([(problem, addresses.get(problem.run_id or "")) for problem in self.problems])
        count = len(self.problems)
        labels = self.catalog.root_labels
        pages = [
            self._home_page(all_runs),
            self._page(
                "compare",
                COMPARE,
                all_runs,
                lambda: compare_context(self.studies, self.shell, keys.tables(), keys.curves),
            ),
            self._page(
                "audit",
                AUDIT,
                (*all_runs, keys.evidence, str(count), *labels),
                lambda: audit_context(self.studies, self.shell, count, labels),
            ),
            self._page(
                "problems", PROBLEMS, (found,), lambda: problems_context(self.problems, self.shell, addresses)
            ),
            self._page("methods", METHODS, (), lambda: methods_context(self.shell)),
            self._page("missing", MISSING, (), lambda: missing_context(self.shell)),
        ]
        if is_needed(self.studies):
            scripts = keys.tables(), keys.curves
            context = partial(shared_run_context, self.studies, self.shell, *scripts)
            pages.append(self._page("shared_run", SHARED_RUN, (repr(scripts), *all_runs), context))
        pages += [*self._finding_pages(), *self._history(all_runs), *self._models()]
        sweeps = [study for study in self.studies if is_sweep(study)]
        if len(sweeps) > 1:
            inputs = tuple(keys.digests[study.name] for study in sweeps)
            pages.append(self._page("sweeps", SWEEPS, inputs, partial(sweeps_context, sweeps, self.shell)))
        for study in self.studies:
            inputs = (keys.digests[study.name], repr(study.options), repr(self.claim_lists[study.path]))
            # Histories are judged together with those of all other experiments.
            told = all_runs if study.is_over_builds else ()
            pages.append(
                self._page("experiment", study.path, (*inputs, *told), partial(self._experiment, study))
            )
            if is_sweep(study):
                inputs = (*inputs, keys.table_keys[study.name])
                sweep = partial(sweep_context, study, self.shell, keys.table_keys[study.name])
                pages.append(self._page("sweep", sweep_page(study.name), inputs, sweep))
            # Replicates one after the other: their pages show each other's curves.
            together = [study.by_id[run_id] for group in study.grouping.groups for run_id in group.run_ids]
            pages += [self._run_page(study, run) for run in together if run.run_id in study.paged]
        return pages

    def _finding_pages(self) -> list[PagePlan]:
        """A page a finding, and the list of all; nothing where there is none."""
        if not self.findings:
            return []
        rows = repr(self._listed())
        pages = [
            self._page("findings", FINDINGS, (rows,), lambda: findings_context(self.findings, self.shell))
        ]
        for item in self.findings:
            shown = [self.keys.digests[name] for name in item.experiments]
            marks = {claim.claim.key: self.marks[claim.claim.key] for claim in item.claims}
            context = partial(finding_context, item, self.shell, marks)
            curves = [self.keys.curves[name] for name in item.experiments]
            inputs = (*shown, *curves, *item.inputs, repr(marks))
            pages.append(self._page("finding", item.path, inputs, context))
        return pages

    def _listed(self, *, is_pinned: bool = False) -> tuple[FindingRow, ...]:
        """The findings as lists show them; only the pinned ones where that is asked for."""
        rows = tuple(finding_row(item) for item in self.findings)
        return tuple(row for row in rows if row.is_pinned) if is_pinned else rows

    def _page(
        self, kind: str, path: str, inputs: tuple[str, ...], context: Callable[[], Context]
    ) -> PagePlan:
        return PagePlan(
            f"{kind}:{path}", path, f"{kind}.html", (*self.keys.base, self.shell.key, *inputs), context
        )

    def _run_page(self, study: Study, run: Run) -> PagePlan:
        """A run's page shows its replicates, the baseline and its neighbours: only they can change it."""
        curves = self.keys.curves[study.name]
        shown = curves if shows_large_baseline(study, run) else ""
        marks = self.models.marks.get((study.name, run.run_id), ())
        context = partial(
            run_context, self.catalog, self.series, study, run, self.shell, curves=curves, champion_of=marks
        )
        inputs = (*self.run_inputs.of(study, run), shown, repr(marks) if marks else "")
        return self._page("run", run_page(run.run_id), inputs, context)

    def _models(self) -> list[PagePlan]:
        context = partial(models_context, self.models, self.shell)
        inputs = (self.models.key, *self.keys.all_runs) if self.models.is_needed else ()
        return [self._page("models", MODELS, inputs, context)] if self.models.is_needed else []

    def _history(self, all_runs: tuple[str, ...]) -> list[PagePlan]:
        if not self.has_history:
            return []
        claims = self.claim_lists[HISTORY]
        context = partial(history_context, self.ground, self.shell, self.records, self.keys.history, claims)
        return [self._page("history", HISTORY, (*all_runs, self.records.key, repr(claims)), context)]

    def _home_page(self, all_runs: tuple[str, ...]) -> PagePlan:
        shown = (self._listed(is_pinned=True), self.records.key, self.claim_lists[HOME], self.models.lines)
        return self._page("home", HOME, (*all_runs, str(len(self.problems)), repr(shown)), self._home)

    def _home(self) -> Context:
        sparks = {
            study.name: experiment_sparks(study, self.series, self.headlines.histories_of(study))
            for study in self.studies
        }
        pinned = self._listed(is_pinned=True)
        return home_context(
            self.studies,
            self.shell,
            len(self.problems),
            sparks,
            self.headlines,
            pinned,
            self.records.changes(),
            self.claim_lists[HOME],
            self.models.lines,
        )

    def _experiment(self, study: Study) -> Context:
        return experiment_context(
            study,
            self.shell,
            found=self.headlines.of(study),
            told=self.headlines.histories_of(study),
            choice=self.choices[study.name],
            series=self.series,
            key=self.keys.table_keys[study.name],
            curves=self.keys.curves[study.name],
            sparks=run_sparks(study, self.series),
            claims=self.claim_lists[study.path],
        )

    def files(self) -> list[FilePlan]:
        everything = (*self.keys.base, *self.keys.all_runs)
        files = [
            *data_files(self.keys, self.shell.title, self._listed(), self.headlines),
            *self.records.files(everything),
            *claims_files(self.all_claims, self.studies, self.marks, everything),
            *(
                history_files(self.ground, self.records, self.keys.history, everything)
                if self.has_history
                else ()
            ),
            FilePlan(".nojekyll", (), lambda: b""),
        ]
        if self.models.is_needed:
            data = partial(models_record, self.champions, self.models.registered)
            files.append(FilePlan(MODELS_DATA, (*everything, self.models.key), data))
        return [
            *files,
            *page_scripts(self.keys, self.catalog, self.series, lambda study: self.choices[study.name]),
        ]
