"""The whole site as a plan: every page and file with what it depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from runfolio import __version__
from runfolio.analysis.builds import Builds
from runfolio.catalog.catalog import Catalog
from runfolio.findings.folder import Findings
from runfolio.model import Problem, Run
from runfolio.pages.artifacts import artifact_files
from runfolio.pages.audit import audit_context
from runfolio.pages.changes import Previous
from runfolio.pages.claim_rows import (
    CLAIMS_DATA,
    ClaimList,
    claim_lists,
    claims_record,
    marks_of,
    outcome_records,
)
from runfolio.pages.claims import ClaimResult, judge_claims
from runfolio.pages.compare import compare_context
from runfolio.pages.data_files import (
    files_csv,
    fingerprint,
    identity,
    runs_csv,
    runs_json_parts,
    runs_parquet,
    search_script,
    site_record,
)
from runfolio.pages.disclosure import disclose
from runfolio.pages.experiment import experiment_context
from runfolio.pages.figure_files import figure_files
from runfolio.pages.finding import finding_context
from runfolio.pages.finding_answers import AnsweredFinding
from runfolio.pages.findings_answered import answer_all, told
from runfolio.pages.findings_list import FindingRow, finding_row, findings_context
from runfolio.pages.histories import builds_of
from runfolio.pages.history import history_context
from runfolio.pages.home import home_context
from runfolio.pages.learning_curves import CurveChoice, choose_curves, curves_of
from runfolio.pages.methods import methods_context
from runfolio.pages.missing import missing_context
from runfolio.pages.options import SiteOptions
from runfolio.pages.page import Context
from runfolio.pages.plan import FilePlan, PagePlan, SitePlan
from runfolio.pages.problems import problems_context
from runfolio.pages.records import Records
from runfolio.pages.routes import (
    AUDIT,
    COMPARE,
    FINDINGS,
    HISTORY,
    HOME,
    METHODS,
    MISSING,
    PROBLEMS,
    SEARCH_DATA,
    SHARED_RUN,
    SWEEPS,
    experiment_table,
    group_series,
    metrics_script,
    run_page,
    run_series,
    sweep_page,
)
from runfolio.pages.run import run_context
from runfolio.pages.run_curves import shows_large_baseline
from runfolio.pages.run_inputs import RunInputs
from runfolio.pages.scripts import FORMAT, curves_script, run_series_script
from runfolio.pages.search import is_sweep, objective_problems
from runfolio.pages.series import SeriesStore
from runfolio.pages.shared_run import is_needed, shared_run_context
from runfolio.pages.shell import Shell, shell, site_title
from runfolio.pages.sparks import experiment_sparks, run_sparks
from runfolio.pages.study import Study, studies
from runfolio.pages.sweep import sweep_context
from runfolio.pages.sweeps import sweeps_context
from runfolio.pages.table_script import further_script, metric_parts, table_script
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
    found, trouble = studies([item.run for item in disclosed], options)
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
    answered = answer_all(findings, found, catalog, series, lambda: planner.curves) if findings else ()
    problems += told(answered, tolerant=tolerant)
    claims = judge_claims(options.claims, found)
    planner = _Planner(catalog, options, found, tuple(sorted(problems)), answered, series, claims, previous)
    files = {file.path: file for item in answered for file in item.files}
    return SitePlan(
        pages=tuple(planner.pages()),
        files=(*planner.files(), *copies, *files.values()),
        problems=planner.problems,
        runs=len(catalog.runs),
        claims=planner.all_claims,
        studies=found,
        marks=marks_of(planner.records),
    )


@dataclass(frozen=True, eq=False)
class _Planner:
    catalog: Catalog
    options: SiteOptions
    studies: tuple[Study, ...]
    problems: tuple[Problem, ...]
    findings: tuple[AnsweredFinding, ...]
    series: SeriesStore
    claims: tuple[ClaimResult, ...]
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
        )

    @cached_property
    def builds(self) -> dict[str, Builds]:
        """The builds of each experiment whose runs belong to any."""
        return builds_of(self.studies)

    @cached_property
    def records(self) -> Records:
        """What this build found, and the one it is compared with."""
        title = site_title(self.options, self.studies)
        outcomes = outcome_records(self.all_claims, self.studies)
        return Records(self.studies, title, when(self.options.built_at), self.previous, outcomes)

    @property
    def has_history(self) -> bool:
        """True where runs belong to builds, or there is an earlier build of the site to compare with."""
        return bool(self.builds) or self.records.compared is not None

    @cached_property
    def all_claims(self) -> tuple[ClaimResult, ...]:
        """The claims of the configuration, then those of the findings."""
        return (*self.claims, *(result for finding in self.findings for result in finding.claims))

    @cached_property
    def claim_lists(self) -> Mapping[str, ClaimList | None]:
        return claim_lists(self.claims, self.studies, marks_of(self.records))

    @cached_property
    def base(self) -> tuple[str, ...]:
        """What every page depends on."""
        return (FORMAT, __version__, self.options.key, self.shell.key)

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """One digest of what all runs of each experiment show beyond their own pages, by its name; and of which have one."""
        return {
            study.name: fingerprint(
                study.name,
                str(study.most_pages),
                *(sorted(study.paged) if len(study.paged) < len(study.runs) else ()),
                *(part for run in study.runs for part in (run.run_id, run.core_fingerprint)),
            )
            for study in self.studies
        }

    @cached_property
    def evidence(self) -> str:
        """One digest of everything that was read for any run."""
        return fingerprint(
            *(
                part
                for study in self.studies
                for run in study.runs
                for part in (*identity(run), *(item.sha256 for item in run.source.files))
            )
        )

    @cached_property
    def choices(self) -> Mapping[str, CurveChoice]:
        return {study.name: choose_curves(study) for study in self.studies}

    @cached_property
    def table_keys(self) -> Mapping[str, str]:
        """The digest in the names of each experiment's table scripts."""
        return {study.name: fingerprint(*self.base[:3], self.digests[study.name]) for study in self.studies}

    def tables(self) -> dict[str, str]:
        """The table script of each experiment."""
        return {name: experiment_table(name, key) for name, key in self.table_keys.items()}

    @cached_property
    def curves(self) -> Mapping[str, str]:
        """The group curves' script of each experiment."""
        keys = {
            study.name: fingerprint(*self.base[:3], self.digests[study.name], "groups")
            for study in self.studies
        }
        return {name: group_series(name, key) for name, key in keys.items()}

    def pages(self) -> list[PagePlan]:
        all_runs = tuple(self.digests.values())
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
                lambda: compare_context(self.studies, self.shell, self.tables(), self.curves),
            ),
            self._page(
                "audit",
                AUDIT,
                (*all_runs, self.evidence, str(count), *labels),
                lambda: audit_context(self.studies, self.shell, count, labels),
            ),
            self._page(
                "problems", PROBLEMS, (found,), lambda: problems_context(self.problems, self.shell, addresses)
            ),
            self._page("methods", METHODS, (), lambda: methods_context(self.shell)),
            self._page("missing", MISSING, (), lambda: missing_context(self.shell)),
        ]
        if is_needed(self.studies):
            scripts = self.tables(), self.curves
            context = partial(shared_run_context, self.studies, self.shell, *scripts)
            pages.append(self._page("shared_run", SHARED_RUN, (repr(scripts), *all_runs), context))
        pages += [*self._finding_pages(), *self._history(all_runs)]
        sweeps = [study for study in self.studies if is_sweep(study)]
        if len(sweeps) > 1:
            inputs = tuple(self.digests[study.name] for study in sweeps)
            pages.append(self._page("sweeps", SWEEPS, inputs, partial(sweeps_context, sweeps, self.shell)))
        for study in self.studies:
            inputs = (self.digests[study.name], repr(study.options), repr(self.claim_lists[study.name]))
            pages.append(self._page("experiment", study.path, inputs, partial(self._experiment, study)))
            if is_sweep(study):
                inputs = (*inputs, self.table_keys[study.name])
                sweep = partial(sweep_context, study, self.shell, self.table_keys[study.name])
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
            shown = [self.digests[name] for name in item.experiments]
            context = partial(finding_context, item, self.shell)
            curves = [self.curves[name] for name in item.experiments]
            pages.append(self._page("finding", item.path, (*shown, *curves, *item.inputs), context))
        return pages

    def _listed(self, *, is_pinned: bool = False) -> tuple[FindingRow, ...]:
        """The findings as lists show them; only the pinned ones where that is asked for."""
        rows = tuple(finding_row(item) for item in self.findings)
        return tuple(row for row in rows if row.is_pinned) if is_pinned else rows

    def _page(
        self, kind: str, path: str, inputs: tuple[str, ...], context: Callable[[], Context]
    ) -> PagePlan:
        return PagePlan(f"{kind}:{path}", path, f"{kind}.html", (*self.base, *inputs), context)

    def _run_page(self, study: Study, run: Run) -> PagePlan:
        """A run's page shows its replicates, the baseline and its neighbours: only they can change it."""
        curves = self.curves[study.name]
        shown = curves if shows_large_baseline(study, run) else ""
        context = partial(run_context, self.catalog, self.series, study, run, self.shell, curves=curves)
        return self._page("run", run_page(run.run_id), (*self.run_inputs.of(study, run), shown), context)

    def _history(self, all_runs: tuple[str, ...]) -> list[PagePlan]:
        context = partial(history_context, self.studies, self.shell, self.builds, self.records)
        page = self._page("history", HISTORY, (*all_runs, self.records.key), context)
        return [page] if self.has_history else []

    def _home_page(self, all_runs: tuple[str, ...]) -> PagePlan:
        shown = (self._listed(is_pinned=True), self.records.key, self.claim_lists[""])
        return self._page("home", HOME, (*all_runs, str(len(self.problems)), repr(shown)), self._home)

    def _home(self) -> Context:
        sparks = {study.name: experiment_sparks(study, self.series) for study in self.studies}
        pinned = self._listed(is_pinned=True)
        return home_context(
            self.studies,
            self.shell,
            len(self.problems),
            sparks,
            pinned,
            self.records.changes(),
            self.claim_lists[""],
        )

    def _experiment(self, study: Study) -> Context:
        return experiment_context(
            study,
            self.shell,
            choice=self.choices[study.name],
            series=self.series,
            key=self.table_keys[study.name],
            curves=self.curves[study.name],
            sparks=run_sparks(study, self.series),
            claims=self.claim_lists[study.name],
        )

    def files(self) -> list[FilePlan]:
        runs = [run for study in self.studies for run in study.runs]
        everything = (*self.base[:3], *self.digests.values())
        files = [
            *(FilePlan(path, everything, build) for path, build in runs_json_parts(runs).items()),
            FilePlan("data/files.csv", (*everything, self.evidence), lambda: files_csv(runs)),
            FilePlan("data/runs.csv", everything, lambda: runs_csv(self.studies)),
            FilePlan("data/runs.parquet", everything, lambda: runs_parquet(self.studies)),
            FilePlan("data/site.json", everything, lambda: site_record(self.studies, self.shell.title)),
            FilePlan(
                SEARCH_DATA,
                (*everything, repr(self._listed())),
                lambda: search_script(self.studies, self._listed()),
            ),
            *self.records.files(everything),
            FilePlan(".nojekyll", (), lambda: b""),
        ]
        if self.all_claims:
            marks = marks_of(self.records)
            record = partial(claims_record, self.all_claims, self.studies, marks)
            files.append(FilePlan(CLAIMS_DATA, (*everything, repr(self.all_claims), repr(marks)), record))
        tables, curves = self.tables(), self.curves
        for study in self.studies:
            own = (*self.base[:3], self.digests[study.name])
            key, parts = self.table_keys[study.name], metric_parts(study)
            files += figure_files(study, key, own)
            files.append(FilePlan(tables[study.name], own, partial(table_script, study, key, parts)))
            files += [
                FilePlan(
                    metrics_script(study.name, part, key), own, partial(further_script, study, part, names)
                )
                for part, names in enumerate(parts[1:], 1)
            ]
            files.append(FilePlan(curves[study.name], own, partial(self._curves, study)))
            files += [
                FilePlan(
                    run_series(run.run_id, run.core_fingerprint),
                    (FORMAT, run.core_fingerprint, str(self.series.most_points)),
                    partial(self._series, run),
                )
                for run in study.runs
            ]
        return files

    def _curves(self, study: Study) -> bytes:
        return curves_script(study.name, curves_of(study, self.choices[study.name], self.series))

    def _series(self, run: Run) -> bytes:
        return run_series_script(run.run_id, self.catalog.series(run), self.series.most_points)
