"""Optuna's SQLite storage of any schema: from 0.9, which has no objectives of their own, to 5."""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from runfolio.readers.optuna_trial import Study, Trial, attribute, parameter_from, trial_reading
from runfolio.readers.reader import Reading, RunFiles
from runfolio.readers.sqlite_file import tables_of

#: A database with these tables is Optuna's.
MARKS = frozenset(("studies", "trials", "trial_params", "version_info"))
Tables = Mapping[str, frozenset[str]]
_TYPES = {"INF_POS": math.inf, "INF_NEG": -math.inf, "NAN": math.nan}


def database_readings(files: RunFiles, connection: sqlite3.Connection) -> Iterator[Reading]:
    """The trials of all studies, in the order they were made."""
    tables = tables_of(connection)
    if not tables.keys() >= MARKS:
        return  # the words stood in another program's texts
    for study_id, study in _studies(connection, tables).items():
        for trial in _trials(connection, tables, study_id):
            yield trial_reading(files, study, trial)


def _studies(connection: sqlite3.Connection, tables: Tables) -> dict[int, Study]:
    has_direction = "direction" in tables["studies"]
    columns = f"study_id, study_name, {'direction' if has_direction else 'NULL'}"
    studies = {
        study_id: Study(str(name), [direction] if direction else [])
        for study_id, name, direction in connection.execute(
            f"SELECT {columns} FROM studies ORDER BY study_id"
        )
    }
    if "study_directions" in tables:
        query = "SELECT study_id, direction FROM study_directions ORDER BY study_id, objective"
        for study_id, direction in connection.execute(query):
            if study_id in studies:
                studies[study_id].directions = [*studies[study_id].directions, str(direction)]
    for kind in ("user", "system"):
        if f"study_{kind}_attributes" in tables:
            query = f"SELECT study_id, key, value_json FROM study_{kind}_attributes"
            for study_id, key, text in connection.execute(query):
                if study_id in studies:
                    getattr(studies[study_id], f"{kind}_attributes")[str(key)] = attribute(text)
    return studies


def _trials(connection: sqlite3.Connection, tables: Tables, study_id: int) -> list[Trial]:
    columns = tables["trials"]
    wanted = ", ".join(
        name if name in columns else "NULL"
        for name in ("trial_id", "number", "state", "datetime_start", "datetime_complete", "value")
    )
    query = f"SELECT {wanted} FROM trials WHERE study_id = ? ORDER BY trial_id"
    trials: dict[int, Trial] = {}
    for trial_id, place, state, started, completed, value in connection.execute(query, (study_id,)):
        values = [] if value is None else [value]
        trials[trial_id] = Trial(
            len(trials) if place is None else place, str(state), started, completed, values=values
        )
    for trial_id, name, internal, distribution in _of_trials(
        connection, "trial_params", "param_name, param_value, distribution_json", study_id, "param_id"
    ):
        trials[trial_id].parameters[str(name)] = parameter_from(internal, distribution)
    for kind in ("user", "system"):
        if f"trial_{kind}_attributes" in tables:
            for trial_id, key, text in _of_trials(
                connection, f"trial_{kind}_attributes", "key, value_json", study_id, "key"
            ):
                getattr(trials[trial_id], f"{kind}_attributes")[str(key)] = attribute(text)
    for trial in trials.values():
        old_number = trial.system_attributes.pop("_number", None)
        if "number" not in columns and isinstance(old_number, int):
            trial.number = old_number
    _add_values(connection, tables, study_id, trials)
    return list(trials.values())


def _add_values(
    connection: sqlite3.Connection, tables: Tables, study_id: int, trials: Mapping[int, Trial]
) -> None:
    """Values of objectives and of steps; where there are no objectives, `trial_values` holds those of steps."""
    if "trial_intermediate_values" in tables:
        table, value = "trial_intermediate_values", "intermediate_value"
    else:
        table, value = "trial_values", "value"
    if "step" in tables.get(table, ()):
        kind = f"{value}_type" if f"{value}_type" in tables[table] else "NULL"
        for trial_id, step, found, type_name in _of_trials(
            connection, table, f"step, {value}, {kind}", study_id, "step"
        ):
            trials[trial_id].intermediate[step] = _typed(found, type_name)
    if "objective" in tables.get("trial_values", ()):
        kind = "value_type" if "value_type" in tables["trial_values"] else "NULL"
        values: dict[int, list[float]] = defaultdict(list)
        for trial_id, found, type_name in _of_trials(
            connection, "trial_values", f"value, {kind}", study_id, "objective"
        ):
            values[trial_id].append(_typed(found, type_name))
        for trial_id, of_trial in values.items():
            trials[trial_id].values = of_trial


def _of_trials(
    connection: sqlite3.Connection, table: str, columns: str, study_id: int, order: str
) -> Iterator[tuple[Any, ...]]:
    """Rows of a table of trials for one study, each with the trial's id first."""
    wanted = ", ".join(
        f"t.{name.strip()}" if name.strip() != "NULL" else "NULL" for name in columns.split(",")
    )
    yield from connection.execute(
        f"SELECT t.trial_id, {wanted} FROM {table} t JOIN trials USING (trial_id) WHERE trials.study_id = ? "
        f"ORDER BY t.trial_id, t.{order}",
        (study_id,),
    )


def _typed(value: object, type_name: object) -> float:
    """The number; infinities and NaN are kept as types, and in old databases as texts or nothing."""
    if type_name in _TYPES:
        return _TYPES[str(type_name)]
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
