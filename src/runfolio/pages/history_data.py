"""`data/history.json`: every metric over builds with its steps, and what changed since the build compared with."""

from __future__ import annotations

from functools import partial

from runfolio.pages.changes import Changes, Flip, RunChange, changes
from runfolio.pages.claim_ground import Ground
from runfolio.pages.data_files import as_json
from runfolio.pages.figure_script import figures_script
from runfolio.pages.histories import Told, step_record
from runfolio.pages.history import history_figures
from runfolio.pages.plan import FilePlan
from runfolio.pages.records import Records
from runfolio.pages.routes import HISTORY
from runfolio.pages.scripts import number

HISTORY_DATA = "data/history.json"


def history_files(ground: Ground, records: Records, script: str, inputs: tuple[str, ...]) -> list[FilePlan]:
    """The data of a site that has a history, and the numbers of its figures at the path `script`."""
    claims = repr(records.claims)
    files = [FilePlan(HISTORY_DATA, (*inputs, records.key, claims), partial(history_record, ground, records))]
    if ground.builds:
        files.append(FilePlan(script, inputs, partial(_figures, ground, script)))
    return files


def _figures(ground: Ground, script: str) -> bytes:
    return figures_script(history_figures(ground, script), HISTORY)


def history_record(ground: Ground, records: Records) -> bytes:
    """Histories in the order of the page; numbers are in logged units, non-finite ones texts."""
    before = records.compared
    changed = None if before is None else changes(before, records.now, most=None)
    return as_json(
        {
            "schema": 1,
            "histories": [_history(item) for item in ground.histories],
            "changes": None if changed is None else _changes(changed),
        }
    )


def _history(item: Told) -> dict[str, object]:
    found, names = item.found, [build.name for build in item.builds.builds]
    latest = found.latest
    return {
        "experiment": item.study.name,
        "metric": item.spec.name,
        "configuration": item.configuration,
        "by": "commit" if item.builds.is_commit else item.study.site.history.by,
        "points": [
            {"build": name, "value": number(point.value), "runs": point.n, "failed": point.failed}
            for name, point in zip(names, item.items, strict=True)
        ],
        "refusal": found.refusal or None,
        "steps": [step_record(item, step).as_json() for step in found.steps],
        "possible_only": found.is_possible_only,
        "correlation": number(found.correlation),
        "set_aside": [names[at] for at in found.clipped],
        "level": number(found.level),
        "p": number(found.p),
        "p_adjusted": number(found.p_adjusted),
        "latest": None
        if latest is None
        else {
            "build": names[latest.at],
            "value": number(latest.value),
            "low": number(latest.low),
            "high": number(latest.high),
            "builds": latest.builds,
            "outside": latest.is_outside,
        },
    }


def _changes(found: Changes) -> dict[str, object]:
    return {
        "since": found.since,
        "added": [_run(run) for run in found.added],
        "removed": [_run(run) for run in found.removed],
        "changed": [{**_run(run), "what": run.what} for run in found.changed],
        "flips": [_flip(item) for item in found.flips],
    }


def _run(run: RunChange) -> dict[str, object]:
    return {"run_id": run.run_id, "experiment": run.experiment, "name": run.name, "page": run.href or None}


def _flip(item: Flip) -> dict[str, object]:
    return {
        "kind": item.kind,
        "subject": item.subject,
        "before": item.before,
        "now": item.now,
        "page": item.href,
    }
