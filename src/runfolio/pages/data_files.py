"""The data behind the pages: runs as JSON, CSV and Parquet for pandas, DuckDB and scripts, and the search index."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from runfolio import __version__
from runfolio.analysis.select import value_of
from runfolio.model import MetricSummary, Run
from runfolio.pages.headline import Headlines
from runfolio.pages.routes import short_digest
from runfolio.pages.scripts import moment_text, number, script
from runfolio.pages.study import Study

if TYPE_CHECKING:
    from runfolio.pages.findings_list import FindingRow


def run_record(run: Run) -> dict[str, object]:
    """A run as `data/runs.json` and `runfolio list --json` give it."""
    return {
        "run_id": run.run_id,
        "experiment": run.experiment,
        "name": run.name,
        "status": str(run.status),
        "started_at": moment_text(run.started_at),
        "duration_s": run.duration_s,
        "parameters": {
            name: number(item.value) if isinstance(item.value, float) else item.value
            for name, item in run.parameters.items()
        },
        "tags": list(run.tags),
        "group": run.group,
        "source": {"reader": run.source.reader, "path": run.source.path},
        "metrics": {name: summary_record(item) for name, item in run.metrics.items()},
    }


def summary_record(summary: MetricSummary) -> dict[str, object]:
    """A metric's summary; non-finite numbers are the run log's strings."""
    return {
        "count": summary.count,
        "first": number(summary.first),
        "last": number(summary.last),
        "minimum": number(summary.minimum),
        "maximum": number(summary.maximum),
        "step_of_minimum": summary.step_of_minimum,
        "step_of_maximum": summary.step_of_maximum,
        "nonfinite_count": summary.nonfinite_count,
        "mean_of_tail": number(summary.mean_of_tail),
        "median_absolute_deviation": number(summary.median_absolute_deviation),
    }


def as_json(value: object) -> bytes:
    """Strict JSON, one record a line where the value is a list."""
    if isinstance(value, list):
        # Twelve times as fast as json, which takes a second of ten thousand runs.
        return b"[\n" + b",\n".join(map(msgspec.json.encode, value)) + b"\n]\n"
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def runs_json(runs: Sequence[Run]) -> bytes:
    """`data/runs.json`."""
    return as_json([run_record(run) for run in runs])


#: A metric's summary takes about 330 bytes: so many keep a file near 40 MB, which hosts still take.
MOST_SUMMARIES = 120_000


def runs_json_parts(runs: Sequence[Run]) -> dict[str, Callable[[], bytes]]:
    """`data/runs.json` by its path; where that would be too large, several such files and it names them."""
    parts: list[list[Run]] = [[]]
    room = MOST_SUMMARIES
    for run in runs:
        room -= 1 + len(run.metrics)
        if room < 0 and parts[-1]:
            parts.append([])
            room = MOST_SUMMARIES - 1 - len(run.metrics)
        parts[-1].append(run)
    if len(parts) == 1:
        return {"data/runs.json": partial(runs_json, runs)}
    found = {f"data/runs-{place}.json": partial(runs_json, part) for place, part in enumerate(parts, 1)}
    names = [path.removeprefix("data/") for path in found]
    return {"data/runs.json": partial(as_json, {"parts": names, "runs": len(runs)}), **found}


def files_csv(runs: Sequence[Run]) -> bytes:
    """`data/files.csv`: every file that was read, with its size and the SHA-256 of its bytes."""
    rows = [
        (run.run_id, item.path, item.size_bytes, item.sha256) for run in runs for item in run.source.files
    ]
    return _csv(("run_id", "path", "size_bytes", "sha256"), rows)


def flat_columns(studies: Sequence[Study]) -> dict[str, list[object]]:
    """One column a field, `parameters.<name>` and `metrics.<name>`; metrics are the run's value, missing is None."""
    runs = [(run, study.specs) for study in studies for run in study.runs]
    columns: dict[str, list[object]] = {
        "run_id": [run.run_id for run, _ in runs],
        "experiment": [run.experiment for run, _ in runs],
        "name": [run.name for run, _ in runs],
        "status": [str(run.status) for run, _ in runs],
        "started_at": [run.started_at.isoformat() if run.started_at else None for run, _ in runs],
        "duration_s": [run.duration_s for run, _ in runs],
        "group": [run.group for run, _ in runs],
        "tags": [" ".join(run.tags) for run, _ in runs],
    }
    parameters = dict.fromkeys(name for run, _ in runs for name in run.parameters)
    for name in parameters:
        columns[f"parameters.{name}"] = [
            run.parameters[name].value if name in run.parameters else None for run, _ in runs
        ]
    metrics = dict.fromkeys(name for run, _ in runs for name in run.metrics)
    for name in metrics:
        columns[f"metrics.{name}"] = [
            value_of(run, specs[name]) if name in run.metrics else None for run, specs in runs
        ]
    return columns


def runs_csv(studies: Sequence[Study]) -> bytes:
    """`data/runs.csv`: every run, full digits; a cell that a spreadsheet would run as a formula is quoted with '."""
    columns = flat_columns(studies)
    return _csv(columns, zip(*columns.values(), strict=True))


def runs_parquet(studies: Sequence[Study]) -> bytes:
    """`data/runs.parquet`: the same columns."""
    # Half of the time that a build without changes takes would go into loading Parquet.
    from runfolio.catalog.columns import parquet_bytes

    return parquet_bytes(flat_columns(studies))


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


def site_record(studies: Sequence[Study], title: str, headlines: Headlines) -> bytes:
    """`data/site.json`: what the site holds and says, for scripts, agents and the next build."""
    return as_json(
        {
            "title": title,
            "runfolio": __version__,
            "experiments": [
                {
                    "name": study.name,
                    "title": study.title,
                    "page": study.path,
                    "runs": len(study.runs),
                    "primary_metric": study.primary.name if study.primary else None,
                    "baseline": study.baseline.label if study.baseline else None,
                    "headline": headlines.of(study).title,
                    "lead": headlines.of(study).lead,
                }
                for study in studies
            ],
        }
    )


def search_script(studies: Sequence[Study], findings: Sequence[FindingRow] = ()) -> bytes:
    """`data/search.js`: findings, pages, runs, parameters and metrics to jump to."""
    entries = [
        {
            "kind": "finding",
            "title": row.title,
            "text": " ".join([row.summary, *row.tags]).strip(),
            "href": row.href,
        }
        for row in findings
    ]
    for study in studies:
        entries.append(
            {
                "kind": "experiment",
                "title": study.title,
                "text": study.options.description,
                "href": study.path,
            }
        )
        for name, spec in study.specs.items():
            entries.append(
                {
                    "kind": "metric",
                    "title": name,
                    "text": f"{spec.label}, {study.title}",
                    "href": f"{study.path}#curves",
                }
            )
        for run in study.runs:
            text = " ".join([run.run_id, study.group_of[run.run_id].label, *run.tags])
            entries.append(
                {"kind": "run", "title": run.name, "text": text, "href": study.address(run.run_id)}
            )
    return script("search", entries)


def fingerprint(*parts: str) -> str:
    """A short digest of texts, for file names."""
    return short_digest("\x1e".join(parts))


def identity(run: Run) -> tuple[str, str]:
    """What tells a run as the site shows it from any other: two copies of one folder differ only in their ids."""
    return run.run_id, run.fingerprint
