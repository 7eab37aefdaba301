"""Parameters that only name a run (output folders, run names, job ids) and must not split replicates."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runfolio.model import Run


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LAST_WORDS = _words(
    "id uuid uid guid dir directory folder path file filename logdir outdir timestamp datetime date pid port host "
    "hostname"
)
_NAMES = _words("name run_name exp_name experiment_name job_name")
_LOOKS = re.compile(
    r".*[/\\].*"  # a path
    r"|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"  # a UUID
    r"|(?=.*[0-9])(?=.*[a-f])[0-9a-f]{8,64}"  # a hash
    r"|\d{4}-?\d{2}-?\d{2}([T_ -].*)?",  # a date
    re.IGNORECASE | re.DOTALL,
)


def find_identifiers(
    runs: Sequence[Run], names: Sequence[str], seeds: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """(name, reason) of the parameters among `names` that only name their run, in the order of `names`.

    Such a parameter is different in each of at least three runs, and: its name says so (`run_name`, `output_dir`), or
    all its values look so (paths, UUIDs, hashes, dates), or they are texts and the other settings alone already give
    two or more groups of replicates that differ in a seed. Three runs of three models stay three groups.
    """
    unique = [name for name in names if _is_unique(runs, name)]
    found = {name: reason for name in unique if (reason := _named_or_looking(runs, name))}
    texts = [name for name in unique if name not in found and _is_text(runs, name)]
    settings = [name for name in names if name not in found and name not in texts]
    if texts and _has_replicates(runs, seeds, settings):
        found |= dict.fromkeys(
            texts, "different in every run, and the other settings already tell groups apart"
        )
    return tuple((name, found[name]) for name in names if name in found)


def _is_unique(runs: Sequence[Run], name: str) -> bool:
    texts = {run.parameters[name].text for run in runs if name in run.parameters}
    return len(runs) > 2 and len(texts) == len(runs)


def _is_text(runs: Sequence[Run], name: str) -> bool:
    return all(isinstance(run.parameters[name].value, str) for run in runs)


def _named_or_looking(runs: Sequence[Run], name: str) -> str:
    lower = name.lower().replace("-", "_")
    if lower in _NAMES or re.split(r"[._]", lower)[-1] in _LAST_WORDS:
        return "different in every run, and named like an identifier"
    if _is_text(runs, name) and all(_LOOKS.fullmatch(run.parameters[name].text) for run in runs):
        return "different in every run, and looks like a path, an id or a date"
    return ""


def _has_replicates(runs: Sequence[Run], seeds: Sequence[str], settings: Sequence[str]) -> bool:
    """True where the settings alone give two or more groups, with replicates that differ in a seed."""
    groups: dict[tuple[str | None, ...], list[tuple[str | None, ...]]] = {}
    for run in runs:
        groups.setdefault(_texts(run, settings), []).append(_texts(run, seeds))
    return 1 < len(groups) < len(runs) and all(len(set(found)) == len(found) for found in groups.values())


def _texts(run: Run, names: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(run.parameters[n].text if n in run.parameters else None for n in names)
