"""Finds the configurations of an experiment: groups of runs that are equal in all parameters but the seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.group_label import Key, group_ids, labels_of
from runfolio.analysis.identifier import find_identifiers
from runfolio.model import Group, ParameterValue, Run

DEFAULT_SEEDS: tuple[str, ...] = (
    "seed",
    "random_seed",
    "random_state",
    "rng_seed",
    "np_seed",
    "numpy_seed",
    "torch_seed",
    "model_seed",
    "data_seed",
    "fewshot_seed",
    "split_seed",
    "hparams_seed",
    "trial_seed",
    "fold",
    "trial",
    "replicate",
    "repeat",
    "repetition",
    "rep",
    "run_index",
    "run_number",
)
"""Parameters that tell replicates apart; also as the last part of a dotted name, such as `data.seed`."""

_MISSING = object()


@dataclass(frozen=True, slots=True)
class GroupOptions:
    """What the configuration says about groups."""

    by: tuple[str, ...] = ()
    """Only these parameters tell groups apart; empty: all that are neither seeds nor ignored."""
    seeds: tuple[str, ...] = DEFAULT_SEEDS
    """Names of seed-like parameters."""
    ignore: tuple[str, ...] = ()
    """Parameters that never tell groups apart."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of one experiment, and what every parameter was taken for."""

    groups: tuple[Group, ...]
    """In the order in which their first run appears."""
    varying: tuple[str, ...]
    """Parameters that tell groups apart, in the order of first appearance."""
    constant: tuple[tuple[str, ParameterValue], ...]
    """Parameters with one value in all runs."""
    seeds: tuple[str, ...]
    """Seed-like parameters that occur."""
    ignored: tuple[tuple[str, str], ...]
    """(name, reason) of the others."""


def find_groups(runs: Sequence[Run], options: GroupOptions) -> Grouping:
    """The groups of one experiment's runs.

    A missing parameter is a value of its own. Where no parameter varies, `run.group` tells groups apart if any run
    has it; runs without any parameter and without `run.group` stand alone, under their own names.
    """
    names = list(dict.fromkeys(name for run in runs for name in run.parameters))
    seeds = tuple(n for n in names if _is_seed(n, options))
    ignored = _ignored(runs, [n for n in names if n not in seeds], seeds, options)
    skipped = {*seeds, *dict(ignored)}
    varying = tuple(n for n in names if n not in skipped and _distinct(runs, n) > 1)
    constant = tuple(
        (n, runs[0].parameters[n]) for n in names if n not in {*varying, *seeds} and _is_constant(runs, n)
    )
    buckets: dict[object, list[Run]] = {}
    for run in runs:
        buckets.setdefault(_bucket(run, varying), []).append(run)
    members = [sorted(bucket, key=lambda r: _replicate_order(r, seeds)) for bucket in buckets.values()]
    keys: list[Key] = [_key(bucket[0], varying) for bucket in members]
    labels = labels_of(keys, varying, names, [_bare_name(bucket, varying) for bucket in members])
    ids = group_ids(labels, keys)
    groups = tuple(
        Group(group_id, label, key, tuple(run.run_id for run in bucket))
        for group_id, label, key, bucket in zip(ids, labels, keys, members, strict=True)
    )
    shown = tuple(i for i in ignored if i[0] not in dict(constant))
    return Grouping(groups, varying, constant, seeds, shown)


def is_seed_name(name: str, seeds: Sequence[str] = DEFAULT_SEEDS) -> bool:
    """True for a seed-like parameter: its name, or the last part of its dotted name, is one of `seeds`."""
    lower = name.lower().replace("-", "_")
    return any(known in (lower, lower.rpartition(".")[2]) for known in map(str.lower, seeds))


def _is_seed(name: str, options: GroupOptions) -> bool:
    return name not in options.by and is_seed_name(name, options.seeds)


def _ignored(
    runs: Sequence[Run], names: Sequence[str], seeds: Sequence[str], options: GroupOptions
) -> tuple[tuple[str, str], ...]:
    if options.by:
        return tuple((n, "not among the parameters to group by") for n in names if n not in options.by)
    asked = tuple((n, "ignored by configuration") for n in names if n in options.ignore)
    rest = [n for n in names if n not in options.ignore]
    return asked + find_identifiers(runs, rest, seeds)


def _text(run: Run, name: str) -> object:
    value = run.parameters.get(name)
    return _MISSING if value is None else value.text


def _distinct(runs: Sequence[Run], name: str) -> int:
    return len({_text(run, name) for run in runs})


def _is_constant(runs: Sequence[Run], name: str) -> bool:
    return _text(runs[0], name) is not _MISSING and _distinct(runs, name) == 1


def _bucket(run: Run, varying: Sequence[str]) -> object:
    if varying and run.parameters:
        return tuple(_text(run, name) for name in varying)
    if run.group is not None:
        return ("group", run.group)
    return ("settings",) if run.parameters else ("run", run.run_id)


def _bare_name(bucket: Sequence[Run], varying: Sequence[str]) -> tuple[str, str]:
    """What a group is called when no parameter tells it apart, and what then makes it different from its namesakes."""
    first = bucket[0]
    if first.parameters and (varying or first.group is None):
        return "", ""
    return (first.name or first.run_id, first.run_id) if first.group is None else (first.group, first.group)


def _key(run: Run, varying: Sequence[str]) -> Key:
    return tuple((name, run.parameters[name]) for name in varying if name in run.parameters)


def _replicate_order(run: Run, seeds: Sequence[str]) -> tuple[object, ...]:
    """By seed as a number where it is one, then id."""
    values: list[tuple[int, float, str]] = []
    for name in seeds:
        value: ParameterValue | None = run.parameters.get(name)
        number = None if value is None else value.number
        values.append((number is None, number or 0.0, "" if value is None else value.text))
    return (*values, run.run_id)
