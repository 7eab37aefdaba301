"""`data/models.json`: champions and registered models for deployment scripts. docs/models.md lists the keys."""

from __future__ import annotations

import math
from collections.abc import Sequence

from runfolio.analysis.champion import Choice, Rival
from runfolio.analysis.select import value_of
from runfolio.model import Artifact, Estimate
from runfolio.pages.artifacts import is_copied
from runfolio.pages.build_record import ChampionRecord
from runfolio.pages.champions import Champion
from runfolio.pages.data_files import as_json
from runfolio.pages.registered import RegisteredModel
from runfolio.pages.routes import artifact_file
from runfolio.pages.scripts import moment_text, number
from runfolio.pages.words import verdict_words

#: Number of the form: raised when a key changes its meaning or goes; new keys may come without.
SCHEMA = 1
MODELS_DATA = "data/models.json"


def models_record(champions: Sequence[Champion], registered: Sequence[RegisteredModel]) -> bytes:
    """The file. Every record has all of its keys; numbers are in logged units; what is not known is null."""
    return as_json(
        {
            "schema": SCHEMA,
            "champions": [_champion(item) for item in champions],
            "registered": [_registered(item) for item in registered],
        }
    )


def _champion(item: Champion) -> dict[str, object]:
    choice, spec, current = item.choice, item.spec, item.current
    return {
        "name": item.rule.name,
        "status": "named" if item.run is not None else "none",
        "basis": str(choice.basis),
        "sentence": item.sentence,
        "experiment": item.study.name,
        "metric": spec.name if spec else None,
        "goal": str(spec.goal) if spec else None,
        "configuration": _configuration(choice),
        "mean": _mean(choice.champion.estimate) if choice.champion else None,
        "run": _run(item),
        "artifact": _artifact(item, item.artifact) if item.artifact else None,
        "artifact_problem": item.trouble or None,
        "since": (current.since or None) if current else None,
        "newest_run": (current.newest_run or None) if current else None,
        "replaced": _replaced(current) if current else None,
        "runner_up": _rival(choice.runner_up) if choice.champion and choice.runner_up else None,
        "tied": [other.group.label for other in choice.tied],
        "not_separated": [other.group.label for other in choice.unclear],
        "history": [_past(record) for record in item.history],
    }


def _configuration(choice: Choice) -> dict[str, object] | None:
    if choice.champion is None:
        return None
    group = choice.champion.group
    parameters = {
        name: number(value.value) if isinstance(value.value, float) else value.value
        for name, value in group.key
    }
    return {"id": group.group_id, "label": group.label, "parameters": parameters, "runs": list(group.run_ids)}


def _mean(found: Estimate) -> dict[str, object]:
    return {
        "value": number(found.value),
        "low": number(found.low),
        "high": number(found.high),
        "n": found.n,
    }


def _run(item: Champion) -> dict[str, object] | None:
    run = item.run
    if run is None or item.spec is None:
        return None
    value = value_of(run, item.spec)
    return {
        "id": run.run_id,
        "name": run.name,
        "page": item.study.address(run.run_id),
        "value": value if math.isfinite(value) else None,
        "source": run.source.path,
        "started_at": moment_text(run.started_at),
        "commit": run.git.commit if run.git else None,
    }


def _artifact(item: Champion, artifact: Artifact) -> dict[str, object]:
    run = item.run
    assert run is not None
    has_copy = artifact.path and is_copied(artifact) and run.run_id in item.study.paged
    return {
        "name": artifact.name,
        "kind": artifact.kind,
        "path": artifact.path,
        "uri": artifact.uri,
        "sha256": artifact.sha256,
        "size_bytes": artifact.size_bytes,
        "step": artifact.step,
        "copy": artifact_file(run.run_id, artifact.path or "") if has_copy else None,
    }


def _replaced(record: ChampionRecord) -> dict[str, object] | None:
    if not record.replaced:
        return None
    return {
        "configuration": record.replaced,
        "verdict": record.verdict or None,
        "difference": record.difference,
    }


def _rival(rival: Rival) -> dict[str, object]:
    lead = rival.lead
    return {
        "configuration": rival.result.group.label,
        "mean": _mean(rival.result.estimate),
        "verdict": str(lead.verdict),
        "difference": verdict_words(lead),
        "value": number(lead.absolute),
        "low": number(lead.low),
        "high": number(lead.high),
    }


def _past(record: ChampionRecord) -> dict[str, object]:
    return {
        "since": record.since or None,
        "until": record.until or None,
        "is_over": record.is_over,
        "newest_run": record.newest_run or None,
        "experiment": record.experiment,
        "metric": record.metric,
        "configuration": record.label,
        "run": record.run_id,
        "mean": {"value": record.value, "low": record.low, "high": record.high, "n": record.n},
        "basis": record.basis,
        "sentence": record.sentence,
        "replaced": _replaced(record),
        "artifact": record.artifact or None,
        "sha256": record.sha256 or None,
    }


def _registered(item: RegisteredModel) -> dict[str, object]:
    return {
        "name": item.name,
        "version": item.version or None,
        "stage": item.stage or None,
        "aliases": list(item.aliases),
        "run": item.run_id,
        "run_name": item.run.label,
        "page": item.run.href,
    }
