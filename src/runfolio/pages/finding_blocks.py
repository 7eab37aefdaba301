"""Blocks of findings: what each asks for is looked up when the site is planned, and drawn when its page is rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from runfolio.catalog.catalog import Catalog
from runfolio.errors import RunfolioError, nearest
from runfolio.findings.answer import Answer, Way
from runfolio.findings.block import Block
from runfolio.findings.fault import UnansweredError
from runfolio.model import Artifact, Group, MetricSpec, Run
from runfolio.pages.artifacts import ArtifactView, artifact_files, show_artifact
from runfolio.pages.claim_ground import Ground
from runfolio.pages.claim_result import ClaimResult
from runfolio.pages.claims import judge_claim
from runfolio.pages.compare import SideRow, settings_of
from runfolio.pages.configurations import Configurations, configurations
from runfolio.pages.figures import Figure
from runfolio.pages.finding_chart import finding_chart
from runfolio.pages.finding_tables import SimpleTable, compared, leaders, runs_list
from runfolio.pages.live_values import FUNCTIONS, LiveValues
from runfolio.pages.lookup import Chosen, Lookup
from runfolio.pages.plan import FilePlan
from runfolio.pages.series import SeriesStore
from runfolio.pages.words import listing


@dataclass(frozen=True, slots=True, eq=False)
class BlockView:
    """One block as the page shows it: one of its kinds of content, or why there is none."""

    kind: str
    anchor: str
    title: str = ""
    caption: str = ""
    source: Way | None = None
    """The page that holds all of it."""
    figure: Figure | None = None
    configurations: Configurations | None = None
    baseline: str = ""
    table: SimpleTable | None = None
    sides: tuple[str, ...] = ()
    settings: tuple[SideRow, ...] = ()
    number: Answer | None = None
    artifact: ArtifactView | None = None
    claim: ClaimResult | None = None
    flip: str = ""
    """Of a claim: what it was in the earlier build, where that was another outcome."""
    since: str = ""
    """Of a claim: since which build it is as it is."""
    missing: str = ""
    """The runs it asks for are not there yet."""
    fault: str = ""
    """It cannot be shown; only where a site is looked at while it is written."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A block whose questions have answers."""

    draw: Callable[[], BlockView]
    run_ids: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    """What it shows beyond the core of its experiment's runs."""
    files: tuple[FilePlan, ...] = ()
    claim: ClaimResult | None = None


@dataclass(frozen=True, eq=False)
class Blocks:
    """Prepares the blocks of one finding."""

    lookup: Lookup
    catalog: Catalog
    series: SeriesStore
    curves: Callable[[], Mapping[str, str]]
    """Gives the group curves' script of each experiment; called when a page is rendered."""
    ground: Ground
    path: str = ""
    """The finding's file."""
    may_wait: bool = False
    """The finding is an open question: the runs of its claims need not be there yet."""

    def prepare(self, block: Block) -> Prepared:
        """The block, ready to be drawn.

        Raises:
            UnansweredError: something it asks for is not there.
        """
        return {
            "chart": self._chart,
            "table": self._table,
            "leaderboard": self._leaderboard,
            "compare": self._compare,
            "value": self._value,
            "runs": self._runs,
            "artifact": self._artifact,
            "claim": self._claim,
            "gate": self._claim,
        }[block.kind](block)

    def _asked(self, block: Block) -> tuple[Chosen, MetricSpec]:
        metric = block.metrics[0] if block.metrics else ""
        study = self.lookup.study(block.experiment, metric)
        spec = self.lookup.spec(study, metric)
        return self.lookup.chosen(study, block.where), spec

    def _one_metric(self, block: Block) -> None:
        if len(block.metrics) > 1:
            raise UnansweredError(f"a {block.kind} shows one metric: {listing(block.metrics)} are several")

    def _chart(self, block: Block) -> Prepared:
        self._one_metric(block)
        chosen, spec = self._asked(block)
        if not any(
            chosen.study.by_id[run_id].metrics[spec.name].count > 1
            for run_id in chosen.run_ids
            if spec.name in chosen.study.by_id[run_id].metrics
        ):
            message = f"`{spec.name}` was logged once a run at most, so there is no curve"
            raise UnansweredError(message, hint="a table block shows it")

        def draw() -> BlockView:
            script = self.curves()[chosen.study.name]
            figure = finding_chart(block, chosen, spec, self.series, script)
            way = Way("All curves", f"{chosen.study.path}#curves")
            return _view(block, figure=figure, source=way, title="")

        return Prepared(draw, chosen.run_ids)

    def _table(self, block: Block) -> Prepared:
        self._one_metric(block)
        chosen, spec = self._asked(block)
        return Prepared(partial(self._draw_table, block, chosen, spec), chosen.run_ids)

    def _draw_table(self, block: Block, chosen: Chosen, spec: MetricSpec) -> BlockView:
        comparison = self.lookup.compare(chosen, spec)
        table = configurations(chosen.study, comparison, block.limit or 20)
        baseline = f"{table.baseline_label} ({table.baseline_reason})" if table.baseline_label else ""
        way = Way("All configurations", f"{chosen.study.path}#configurations")
        return _view(block, configurations=table, baseline=baseline, source=way, title=table.heading)

    def _leaderboard(self, block: Block) -> Prepared:
        self._one_metric(block)
        chosen, spec = self._asked(block)
        if not spec.goal.sign:
            message = f"nothing says whether a high or a low `{spec.name}` is better"
            raise UnansweredError(message, hint=f'say goal = "…" under [metrics."{spec.name}"]')

        def draw() -> BlockView:
            table = leaders(chosen, self.lookup.compare(chosen, spec), block.limit or 10)
            way = Way("All configurations", f"{chosen.study.path}#configurations")
            return _view(block, table=table, source=way, title=table.caption)

        return Prepared(draw, chosen.run_ids)

    def _compare(self, block: Block) -> Prepared:
        metrics = block.metrics or ("",)
        study = self.lookup.study(block.experiment, metrics[0])
        specs = [self.lookup.spec(study, metric) for metric in metrics]
        groups = tuple(self.lookup.one(study, side).groups[0] for side in block.sides)
        if len({group.group_id for group in groups}) < len(groups):
            raise UnansweredError("two sides of the comparison are the same configuration")

        def draw() -> BlockView:
            return _view(
                block,
                sides=tuple(group.label for group in groups),
                settings=settings_of(study, groups),
                table=compared(study, specs, groups),
                source=Way("All configurations", f"{study.path}#configurations"),
            )

        return Prepared(draw, _ids(groups))

    def _value(self, block: Block) -> Prepared:
        lookup = Lookup(self.lookup.studies, block.experiment or self.lookup.experiment, self.lookup.seen)
        answer = answered(block.value, LiveValues(lookup))
        draw = partial(_view, block, number=answer, title=block.label)
        return Prepared(draw, answer.run_ids, (repr(answer),))

    def _runs(self, block: Block) -> Prepared:
        study = self.lookup.study(block.experiment, block.metrics[0] if block.metrics else "")
        specs = [self.lookup.spec(study, metric) for metric in block.metrics or ("",)]
        chosen = self.lookup.chosen(study, block.where)
        known = dict.fromkeys(name for run in study.runs for name in run.parameters)
        for name in block.columns:
            if name not in known:
                message = f"no run of `{study.name}` has a parameter `{name}`{nearest(name, known)}"
                raise UnansweredError(message, can_come=True)

        def draw() -> BlockView:
            table = runs_list(chosen, specs, block.columns, block.limit or 20)
            return _view(block, table=table, source=chosen.way, title=table.caption)

        return Prepared(draw, chosen.run_ids)

    def _artifact(self, block: Block) -> Prepared:
        study, run = self.lookup.run(block.run)
        names = [item.name for item in run.artifacts]
        if block.artifact not in names:
            message = f"run `{run.run_id}` has no artifact `{block.artifact}`{nearest(block.artifact, names)}"
            raise UnansweredError(message, can_come=True)
        # The last of its name: an artifact that is logged again and again shows its end.
        item = [item for item in run.artifacts if item.name == block.artifact][-1]
        files = () if run.run_id in study.paged else tuple(artifact_files(self.catalog, _with(run, item)))

        def draw() -> BlockView:
            shown = show_artifact(self.catalog, run, item, block.number)
            return _view(block, artifact=shown, source=Way(run.name, study.address(run.run_id)))

        return Prepared(draw, (run.run_id,), (run.run_id, run.fingerprint), files)

    def _claim(self, block: Block) -> Prepared:
        assert block.claim is not None
        experiment = block.claim.experiment or self.lookup.experiment
        claim = replace(block.claim, experiment=experiment, path=self.path, line=block.line)
        try:
            result = judge_claim(claim, self.ground, allow_missing=self.may_wait)
        except RunfolioError as error:
            raise UnansweredError(error.message, hint=error.hint) from error
        self.lookup.seen.update((result.experiment,) if result.experiment else ())
        study = next((item for item in self.lookup.studies if item.name == result.experiment), None)
        way = Way(study.title, f"{study.path}#configurations") if study else None
        draw = partial(_view, block, claim=result, source=way)
        return Prepared(draw, result.run_ids, (repr(result),), claim=result)


def _with(run: Run, item: Artifact) -> Run:
    return replace(run, artifacts=tuple(each for each in run.artifacts if each is item))


def _ids(groups: tuple[Group, ...]) -> tuple[str, ...]:
    return tuple(run_id for group in groups for run_id in group.run_ids)


def _view(block: Block, *, title: str = "", **content: object) -> BlockView:
    return BlockView(
        kind=block.kind,
        anchor=f"block-{block.number}",
        title=block.title or title,
        caption=block.caption,
        **content,  # type: ignore[arg-type]
    )


def answered(source: str, values: LiveValues) -> Answer:
    """What a live value's text gives.

    Raises:
        UnansweredError: the text is no live value, or asks for what is not there.
    """
    # The template engine's parser loads only where a finding has values.
    from runfolio.findings.expression import ExpressionError, evaluate, parse_call

    try:
        return evaluate(parse_call(source, FUNCTIONS), values.functions())
    except ExpressionError as error:
        raise UnansweredError(str(error)) from error
