"""`start`: a run's folder, its first run.json, and the facts about its start."""

from __future__ import annotations

import os
import time

from runfolio.emit import lifecycle
from runfolio.emit.capture import VARIABLES, checked_parts, quick_facts
from runfolio.emit.identity import rank_of_process, refusal, timestamp
from runfolio.emit.opening import open_run
from runfolio.emit.record import merged, unique
from runfolio.emit.run import Run
from runfolio.emit.values import clean, settings
from runfolio.runlog import RUNNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_MONITOR_INTERVAL_S = 10.0


def start(
    experiment: str | None = None,
    name: str | None = None,
    parameters: object = None,
    *,
    tags: Iterable[str] = (),
    group: str | None = None,
    parent: Run | str | None = None,
    root: str | os.PathLike[str] = "runs",
    run_id: str | None = None,
    resume: bool = False,
    rank: int | None = None,
    capture: Iterable[str] | bool | None = True,
    variables: Iterable[str] = VARIABLES,
    monitor: bool | float = False,
) -> Run:
    """An open run, to be logged to and finished; also a context manager that finishes it.

    Args:
        experiment: the question the run belongs to; `default` when absent.
        name: for people; the run id when absent.
        parameters: a mapping (nested names are joined with dots), an argparse namespace or a dataclass.
        tags: words to find the run by.
        group: the group of runs it belongs to, where that does not follow from the parameters.
        parent: the run this one continues or belongs to, or its id.
        root: folder of all runs; the run lies in `root/experiment/run_id`.
        run_id: a new one, sortable by time, when absent.
        resume: continue the run of that id if it exists; without it an existing id is an error.
        rank: which process of a distributed job this is; found in the environment when a run_id is given.
        capture: what to keep about the start: any of `capture.PARTS`, True for all, False for nothing.
        variables: names of the environment variables that may be kept.
        monitor: True, or seconds between samples, to log the process's own CPU and memory.

    Raises:
        EmitError: the run cannot be started. Nothing else of the emitter raises.
    """
    parts = checked_parts(capture)
    given = _settings(parameters)
    experiment = clean(experiment or "default")
    number = rank_of_process(rank, joins=run_id is not None)
    opening = open_run(os.fspath(root), experiment, run_id, worker=str(number or ""), resume=resume)
    run = Run(opening, experiment, number)
    if run_id is None and rank is None and os.environ.get("RANK", "0") != "0":
        # As runs of their own, the ranks of one job would count as replicates, which they are not.
        told = f"rank {os.environ['RANK']} of a distributed job starts a run of its own"
        run._notices.once("rank", f"{told}; give all ranks one run_id to make them one run")
    if number == 0:
        described = {"name": name, "group": group, "parent": getattr(parent, "run_id", parent)}
        words = [tags] if isinstance(tags, str) else list(tags)
        _introduce(run, opening.fields, described, given, words, quick_facts(parts, variables))
        run._capture(parts)
    if monitor:
        run._watch(_MONITOR_INTERVAL_S if monitor is True else float(monitor))
    lifecycle.opened(run)
    return run


def _settings(parameters: object) -> dict[str, object]:
    try:
        return {} if parameters is None else settings(parameters)
    except TypeError as error:
        hint = "pass a dict, an argparse namespace or a dataclass"
        raise refusal("parameters", f"the run cannot be started: {error}", None, hint) from None


def _introduce(
    run: Run,
    before: Mapping[str, Any],
    described: Mapping[str, object],
    parameters: Mapping[str, object],
    tags: list[str],
    facts: Mapping[str, Any],
) -> None:
    """Write run.json; EmitError where it cannot be. What was said `before`, when the run is resumed, stays unless said anew."""
    fields = {
        "name": before.get("name") or run.run_id,
        "started_at": before.get("started_at") or timestamp(time.time() - run._elapsed()),
        "status": RUNNING,
        "ended_at": None,
        "error": None,
        "parameters": merged(before.get("parameters") or {}, parameters),
        "tags": unique([*(before.get("tags") or ()), *map(clean, tags)]),
        **facts,
    }
    fields.update((key, clean(value)) for key, value in described.items() if value is not None)
    try:
        run._record.update(fields)
    except OSError as error:
        run._abandon()
        message = f"run.json cannot be written: {error.strerror or error}"
        raise refusal("run-folder", message, str(run.path), "choose another root= or make room") from None
