"""Champions of a site: chosen by their rules, with the run and the artifact that are used, and who was champion before."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

from runfolio.analysis.champion import Basis, ChampionRule, Choice, choose_champion, middle_run
from runfolio.catalog.catalog import Catalog
from runfolio.errors import RunfolioError
from runfolio.model import Artifact, Group, MetricSpec, Problem, Run, Severity
from runfolio.pages.artifacts import is_copied
from runfolio.pages.build_record import ChampionRecord
from runfolio.pages.champion_choice import Candidates, candidates_of, cost_of
from runfolio.pages.champion_words import sentence_of
from runfolio.pages.changes import Previous
from runfolio.pages.scripts import moment_text
from runfolio.pages.study import Study
from runfolio.pages.words import count, listing, verdict_words


@dataclass(frozen=True, eq=False)
class Champion:
    """One rule, and what it comes to in this build."""

    rule: ChampionRule
    candidates: Candidates
    choice: Choice
    sentence: str
    """Why this one, or why none; without a full stop."""
    run: Run | None = None
    """The run that is used."""
    artifact: Artifact | None = None
    trouble: str = ""
    """Why there is no artifact although one is asked for."""
    history: tuple[ChampionRecord, ...] = ()
    """All champions of this rule, the oldest first."""

    @property
    def study(self) -> Study:
        """Its experiment."""
        return self.candidates.study

    @property
    def spec(self) -> MetricSpec | None:
        """The metric it is chosen by."""
        return self.candidates.spec

    @property
    def current(self) -> ChampionRecord | None:
        """What was written down when it became champion; None without a champion."""
        return _open(self.history)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps it from being used."""
        name = self.rule.name
        if self.run is None:
            message = f"[[champion]] `{name}` cannot be named: {self.sentence}"
            hint = "the page of models says what took part"
            return (Problem("no-champion", Severity.WARNING, message, hint=hint),)
        if self.trouble:
            message = f"[[champion]] `{name}` has no artifact: {self.trouble}"
            hint = "mend the pattern `artifact` of the champion, or log the artifact in every run"
            return (Problem("champion-artifact", Severity.WARNING, message, "", self.run.run_id, hint),)
        return ()


def champions_of(
    rules: Sequence[ChampionRule],
    studies: Sequence[Study],
    catalog: Catalog,
    previous: Previous | None,
    built_at: datetime | None,
) -> tuple[Champion, ...]:
    """Every champion, in the order of its rules.

    A site that is compared with itself may be built again without anything new: then what the last build was told of
    champions counts, so that the same words come out.

    Raises:
        ConfigError: as `candidates_of`.
    """

    def all_after(earlier: Sequence[ChampionRecord]) -> tuple[Champion, ...]:
        return tuple(_champion(rule, studies, catalog, earlier, built_at) for rule in rules)

    if previous is None:
        return all_after(())
    if previous.is_own:
        found = all_after(previous.before.champions if previous.before else ())
        if records_of(found) == previous.record.champions:
            return found
    return all_after(previous.record.champions)


def records_of(champions: Sequence[Champion]) -> tuple[ChampionRecord, ...]:
    """What the record of a build keeps of them."""
    return tuple(record for item in champions for record in item.history)


def _champion(
    rule: ChampionRule,
    studies: Sequence[Study],
    catalog: Catalog,
    earlier: Sequence[ChampionRecord],
    built_at: datetime | None,
) -> Champion:
    found = candidates_of(rule, studies)
    history = tuple(record for record in earlier if record.name == rule.name)
    if found.refusal or found.spec is None:
        closed = _closed(history, built_at)
        return Champion(rule, found, Choice(Basis.NONE), found.refusal, history=closed)
    study, spec, before = found.study, found.spec, _open(history)
    cost = cost_of(rule, study)
    group = _group_of(before, study)
    choice = choose_champion(
        rule, found.groups, study.by_id, spec, cost, group, study.site.compare, study.estimates
    )
    sentence = sentence_of(rule, choice, study, spec, cost)
    if choice.champion is None:
        return Champion(rule, found, choice, sentence, history=_closed(history, built_at))
    run = _run_of(choice, study, spec, before)
    artifact, trouble = _artifact(rule, run, catalog)
    if before is not None and before.run_id == run.run_id and before.experiment == study.name:
        latest = before
    else:
        fresh = _record(rule, choice, sentence, study, spec, run)
        latest = replace(_after(fresh, before, group, choice), since=moment_text(built_at) or "")
        history = (*_closed(history, built_at), latest)
    latest = replace(
        latest,
        page=study.address(run.run_id),
        artifact=(artifact.path or artifact.uri or artifact.name) if artifact else "",
        sha256=(artifact.sha256 or "") if artifact else "",
    )
    return Champion(rule, found, choice, sentence, run, artifact, trouble, (*history[:-1], latest))


def _open(history: Sequence[ChampionRecord]) -> ChampionRecord | None:
    return history[-1] if history and not history[-1].is_over else None


def _closed(history: tuple[ChampionRecord, ...], built_at: datetime | None) -> tuple[ChampionRecord, ...]:
    """The history, its last champion one no more."""
    last = _open(history)
    if last is None:
        return history
    return (*history[:-1], replace(last, is_over=True, until=moment_text(built_at) or ""))


def _group_of(before: ChampionRecord | None, study: Study) -> Group | None:
    """The configuration that was champion: the one that its run is in, since ids of configurations may change."""
    if before is None or before.experiment != study.name:
        return None
    if before.run_id in study.group_of:
        return study.group_of[before.run_id]
    groups = study.grouping.groups
    return next((group for group in groups if group.group_id == before.configuration), None)


def _run_of(choice: Choice, study: Study, spec: MetricSpec, before: ChampionRecord | None) -> Run:
    """The run that is used: as long as the configuration stays champion the same one, else the one in the middle."""
    assert choice.champion is not None
    found = choice.champion.estimate
    if before is not None and before.run_id in found.run_ids:
        return study.by_id[before.run_id]
    return study.by_id[middle_run(found, spec)]


def _record(
    rule: ChampionRule, choice: Choice, sentence: str, study: Study, spec: MetricSpec, run: Run
) -> ChampionRecord:
    assert choice.champion is not None
    group, found = choice.champion.group, choice.champion.estimate
    started = [other.started_at for other in study.runs if other.started_at is not None]
    return ChampionRecord(
        name=rule.name,
        experiment=study.name,
        metric=spec.name,
        configuration=group.group_id,
        label=group.label,
        run_id=run.run_id,
        run=run.name,
        page="",
        value=found.value if math.isfinite(found.value) else None,
        low=found.low,
        high=found.high,
        n=found.n,
        basis=str(choice.basis),
        sentence=sentence,
        newest_run=moment_text(max(started, default=None)) or "",
    )


def _after(
    record: ChampionRecord, before: ChampionRecord | None, group: Group | None, choice: Choice
) -> ChampionRecord:
    """The record, with the champion before and the verdict on the new one against it."""
    if before is None:
        return record
    if group is not None and group.group_id == record.configuration:
        why = f"the same configuration; its run {before.run} cannot be used any more"
        return replace(record, replaced=before.label, difference=why)
    leads = (rival.lead for rival in choice.rivals if group and rival.result.group.group_id == group.group_id)
    lead = next(leads, None)
    if lead is None:
        return replace(record, replaced=before.label, difference="it takes no part any more")
    return replace(record, replaced=before.label, verdict=str(lead.verdict), difference=verdict_words(lead))


def _artifact(rule: ChampionRule, run: Run, catalog: Catalog) -> tuple[Artifact | None, str]:
    """The artifact to be used, with its digest where that can be known; or why there is none although one is asked for.

    The pattern is tried on names and paths. Of several states of one artifact the last step counts; without a pattern the
    only artifact that is a model.
    """
    if rule.artifact:
        pattern = rule.artifact
        found = [
            item
            for item in run.artifacts
            if any(fnmatchcase(text, pattern) for text in (item.name, item.path or ""))
        ]
    else:
        found = [item for item in run.artifacts if item.kind == "model"]
    names = list(dict.fromkeys(item.name for item in found))
    if len(names) == 1:
        item = max(found, key=lambda item: -math.inf if item.step is None else item.step)
        return _with_digest(item, run, catalog), ""
    if not rule.artifact:
        return None, ""
    if names:
        return None, f"`{rule.artifact}` fits {len(names)} artifacts of {run.name}: {listing(names, 4)}"
    there = [item.name for item in run.artifacts]
    has = f"has {count(len(there), 'artifact')} ({listing(there, 4)})" if there else "has no artifacts"
    return None, f"none of {run.name} fits `{rule.artifact}`; it {has}"


def _with_digest(item: Artifact, run: Run, catalog: Catalog) -> Artifact:
    """The artifact with the digest of its bytes where its format keeps none and the file is small enough to be read."""
    if item.sha256 or item.path is None or not is_copied(item):
        return item
    try:
        return replace(item, sha256=hashlib.sha256(catalog.read_artifact(run, item.path)).hexdigest())
    except RunfolioError:
        return item
