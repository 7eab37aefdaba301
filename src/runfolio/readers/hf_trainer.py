"""Output folders of Hugging Face's Trainer: trainer_state.json of the end or of the newest checkpoint, and the results."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from runfolio.errors import ReadError
from runfolio.model import ParameterValue, Problem, Run, RunStatus, Severity
from runfolio.readers.flatten import parameter_of
from runfolio.readers.formats import FORMATS
from runfolio.readers.json_file import as_list, as_object, broken_json, parse_json, read_json
from runfolio.readers.json_lines import lines_of
from runfolio.readers.moment import moment_of
from runfolio.readers.number import number
from runfolio.readers.place import settings_of
from runfolio.readers.reader import Reading, RowBlock, RunFiles, as_problem
from runfolio.readers.rows import row_blocks
from runfolio.readers.tensorboard import Events, arguments_in, event_files, read_logs

_STATE = "trainer_state.json"
_ABOVE = f"../{_STATE}"
#: Names that the Trainer gives; any other folder is a run of its own, whatever its name holds.
_IS_CHECKPOINT = re.compile(r"checkpoint-\d+|(?:last|best)-checkpoint")
_RESULTS = (
    "all_results.json",
    "train_results.json",
    "eval_results.json",
    "test_results.json",
    "predict_results.json",
)
_SETTINGS = (
    "max_steps",
    "num_train_epochs",
    "train_batch_size",
    "logging_steps",
    "eval_steps",
    "save_steps",
)
#: Arguments that say where the run lies or what it is called would make each run a configuration of its own; tokens are masked.
_LEFT_OUT = (
    "output_dir",
    "logging_dir",
    "run_name",
    "resume_from_checkpoint",
    "hub_token",
    "push_to_hub_token",
)


class HfTrainerReader:
    """Reads a Trainer's output folder as one run; its checkpoints tell the same again and are left alone."""

    name = "hf-trainer"
    version = FORMATS[name].version
    signature = FORMATS[name].signature

    def read(self, files: RunFiles) -> Reading | None:
        """The run; None for older checkpoints, those of a run that ended, and another program's files."""
        identity = _identity(files)
        if identity is None:
            return None
        body = files.read(_STATE)
        try:
            state = parse_json(body)
        except (ValueError, RecursionError) as error:
            raise broken_json(files, _STATE, error) from error
        if not isinstance(state, dict) or "log_history" not in state or "global_step" not in state:
            return None
        run_id, experiment = identity
        problems: list[Problem] = []
        history = _history(state)
        rows = row_blocks(lines_of(history).layouts, step="step", time=None)
        known = {name for block in rows for name in block.names}
        rows += _results(files, state, known, run_id, problems)
        events = _events(files, run_id, problems)
        run = Run(
            run_id=run_id,
            experiment=experiment,
            name=run_id,
            status=_status(files, state, known),
            source=files.source(self.name),
            fingerprint=files.fingerprint(self.name),
            started_at=moment_of(events.log.started_at) if events else None,
            duration_s=next(
                (number(row["train_runtime"]) for row in history if "train_runtime" in row), None
            ),
            parameters=(_arguments(events) if events else {}) | _parameters(state),
        )
        return Reading(run, tuple(rows), tuple(problems))


def _identity(files: RunFiles) -> tuple[str, str] | None:
    """Run id and experiment from the names of the folders; None for a checkpoint that stands for nothing."""
    *above, folder = files.parts
    if _IS_CHECKPOINT.fullmatch(folder) and above:
        others = (path.split("/")[1] for path in files.entries if path.startswith("../") and path != _ABOVE)
        others = (name for name in others if _IS_CHECKPOINT.fullmatch(name))
        if _ABOVE in files.entries or _age(folder) < max(map(_age, others), default=(-math.inf, "")):
            return None
        *above, folder = above
    return folder, above[-1] if above else folder


def _age(checkpoint: str) -> tuple[float, str]:
    """The step in its name; one that is called the last is later than all others."""
    found = re.search(r"(\d+)$", checkpoint)
    return (float(found[1]) if found else math.inf if "last" in checkpoint else -1.0), checkpoint


def _status(files: RunFiles, state: dict[str, Any], known: set[str]) -> RunStatus:
    """A checkpoint of a run that did not come to its end is all there is of it, living or not."""
    step, most = number(state.get("global_step")), number(state.get("max_steps"))
    is_over = "train_runtime" in known or (step is not None and most is not None and 0 < most <= step)
    return (
        RunStatus.FINISHED if is_over or not _IS_CHECKPOINT.fullmatch(files.parts[-1]) else RunStatus.RUNNING
    )


def _history(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows; where the same was evaluated at a step again, as at the end, the later one."""
    rows = [row for row in as_list(state["log_history"]) if isinstance(row, dict)]
    return list({(str(row.get("step")), *row): row for row in rows}.values())


def _events(files: RunFiles, run_id: str, problems: list[Problem]) -> Events | None:
    """What the Trainer logged for TensorBoard, in `runs/`; None where it did not, or where that is broken."""
    paths = [path for found in event_files(files).values() for path in found]
    try:
        return read_logs(files, paths) if paths else None
    except ReadError as error:
        problems.append(as_problem(error, Severity.WARNING, run_id))
        return None


def _arguments(events: Events) -> dict[str, ParameterValue]:
    """All arguments of the Trainer that were set, which stand nowhere else but in a pickle."""
    given = arguments_in(events).items()
    return {name: value for name, value in given if value.value is not None and name not in _LEFT_OUT}


def _parameters(state: dict[str, Any]) -> dict[str, ParameterValue]:
    settings = {name: parameter_of(state[name]) for name in _SETTINGS if state.get(name) is not None}
    return settings | settings_of(as_object(state.get("trial_params")))


def _results(
    files: RunFiles, state: dict[str, Any], known: set[str], run_id: str, problems: list[Problem]
) -> list[RowBlock]:
    """What the files of results say beyond the history, and the best value, at the last step."""
    found: dict[str, float] = {}
    for name in _RESULTS:
        if name in files.entries:
            try:
                content = as_object(read_json(files, name))
            except ReadError as error:
                problems.append(as_problem(error, Severity.WARNING, run_id))
                continue
            found |= {key: value for key, raw in content.items() if (value := number(raw)) is not None}
    best = number(state.get("best_metric"))
    if best is not None:
        found["best_metric"] = best
    kept = {key: value for key, value in found.items() if key not in known}
    step = number(state.get("global_step"))
    if not kept or step is None or not math.isfinite(step):
        return []
    values = np.array(list(kept.values()), dtype=float)[:, np.newaxis]
    return [RowBlock(tuple(kept), np.array([step]), np.array([math.nan]), values)]
