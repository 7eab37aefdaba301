"""All runs of an experiment as columns, for filtering, comparing and exporting in the browser (read by js/runs.js).

A column has one entry a run: a list, or, where values repeat, `{"words": [...], "at": [...]}` with the place of each
entry's value among the words. What can be derived is left out: `slugs` is null where they are the ids, `has_page` is null
where every run has a page of its own, and a run's series lie at `series/<slug>.<digest>.js`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from runfolio.analysis.select import value_of
from runfolio.model import MetricSpec, Run
from runfolio.pages.routes import metrics_script, series_digest, slug
from runfolio.pages.runs_table import other_metrics
from runfolio.pages.scripts import moment_text, number, script
from runfolio.pages.study import Study

#: A script holds about so many values of metrics; the metrics for which the table's has no room come when asked for.
MOST_VALUES = 50_000


def metric_parts(study: Study) -> tuple[tuple[str, ...], ...]:
    """Names of the metrics in the table's script (those of the page's columns first), then in each further script."""
    room = MOST_VALUES // max(1, len(study.runs))
    names = tuple(study.specs)
    if len(names) <= room:
        return (names,)
    shown = [spec.name for spec in (study.primary, *other_metrics(study)) if spec is not None]
    names = (*shown, *(name for name in names if name not in set(shown)))
    first = max(len(shown), room)
    rest = range(first, len(names), max(1, room))
    return (names[:first], *(names[at : at + max(1, room)] for at in rest))


def table_script(study: Study, key: str, parts: Sequence[Sequence[str]]) -> bytes:
    """The experiment's script. `key` is the one in the paths of its further scripts, which hold the `parts` but the first."""
    first, *rest = parts
    payload = {
        "experiment": study.name,
        "slug": slug(study.name),
        **_run_columns(study),
        "metrics": _metrics(study, first),
        "further": [
            {"src": metrics_script(study.name, part, key), "metrics": names}
            for part, names in enumerate(rest, 1)
        ],
        "specs": {name: _spec(spec, study.digits[name]) for name, spec in study.specs.items()},
        "group_labels": {group.group_id: group.label for group in study.grouping.groups},
        "primary": study.primary.name if study.primary else None,
        "baseline": study.baseline.group_id if study.baseline else None,
    }
    return script(f"table:{slug(study.name)}", payload)


def further_script(study: Study, part: int, names: Sequence[str]) -> bytes:
    """The values of the metrics of one part, counted from 1."""
    return script(f"metrics:{slug(study.name)}/{part}", _metrics(study, names))


def _run_columns(study: Study) -> dict[str, object]:
    runs = study.runs
    slugs = [slug(run.run_id) for run in runs]
    ids = [run.run_id for run in runs]
    return {
        "ids": ids,
        "slugs": None if slugs == ids else slugs,
        "names": column([run.name for run in runs]),
        "statuses": column([str(run.status) for run in runs]),
        "outcomes": column([str(study.outcomes[run.run_id]) for run in runs]),
        "groups": column([study.group_of[run.run_id].group_id for run in runs]),
        "started": column([moment_text(run.started_at) for run in runs]),
        "durations": column([number(run.duration_s) for run in runs]),
        "tags": column([list(run.tags) for run in runs]),
        "parameters": {
            name: column(
                [_scalar(run.parameters[name].value) if name in run.parameters else None for run in runs]
            )
            for name in _names(run.parameters for run in runs)
        },
        "digests": [series_digest(run.core_fingerprint) for run in runs],
        "has_page": None
        if len(study.paged) == len(runs)
        else [int(run.run_id in study.paged) for run in runs],
    }


def column(values: Sequence[object]) -> object:
    """The values, or their distinct ones and the place of each where that is shorter."""
    places: dict[str, int] = {}
    # By their text: 1, 1.0 and True are equal, and no two of them are the same parameter.
    at = [places.setdefault(repr(value), len(places)) for value in values]
    if 2 * len(places) > len(values):
        return list(values)
    words = dict(zip(at, values, strict=True))
    return {"words": [words[place] for place in range(len(places))], "at": at}


def _metrics(study: Study, names: Iterable[str]) -> dict[str, list[float | str | None]]:
    return {name: [_value(run, study.specs[name]) for run in study.runs] for name in names}


def _spec(spec: MetricSpec, decimals: int) -> dict[str, object]:
    """How the browser writes and judges a metric."""
    return {
        "label": spec.label,
        "unit": spec.unit,
        "goal": str(spec.goal),
        "scale": spec.scale,
        "decimals": decimals,
        "threshold": spec.threshold,
        "is_time": spec.is_time,
    }


def _names(mappings: Iterable[Mapping[str, object]]) -> list[str]:
    names: dict[str, None] = {}
    for mapping in mappings:
        names.update(dict.fromkeys(mapping))
    return list(names)


def _scalar(value: object) -> object:
    return number(value) if isinstance(value, float) else value


def _value(run: Run, spec: MetricSpec) -> float | str | None:
    return number(value_of(run, spec)) if spec.name in run.metrics else None
