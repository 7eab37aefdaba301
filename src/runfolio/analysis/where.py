"""The filter language: one text for the command line, the configuration, findings and the site's filter boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runfolio.analysis.where_match import holds
from runfolio.analysis.where_parser import parse, split_prefix
from runfolio.analysis.where_tree import FIELDS, Kind, Name, Node
from runfolio.analysis.where_words import fail
from runfolio.errors import nearest
from runfolio.model import MetricSpec, Run


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that filters may use, and how each metric is reduced to a number."""

    parameters: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()
    specs: Mapping[str, MetricSpec] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Where:
    """A parsed filter."""

    text: str
    tree: Node
    specs: Mapping[str, MetricSpec] = field(default_factory=dict, hash=False, compare=False)

    def matches(self, run: Run) -> bool:
        """True when the run is one of those the filter asks for."""
        return holds(self.tree, run, self.specs)


def vocabulary(runs: Sequence[Run], specs: Mapping[str, MetricSpec] | None = None) -> Vocabulary:
    """Every parameter and metric the runs have; with `specs`, metrics are compared by their configured reduction."""
    return Vocabulary(
        frozenset(name for run in runs for name in run.parameters),
        frozenset(name for run in runs for name in run.metrics),
        specs or {},
    )


def parse_where(text: str, *, known: Vocabulary | None = None) -> Where:
    """The filter, ready to be asked. An empty text matches every run.

    With `known`, a name that no run has and a name with two meanings are a WhereError; without, an unknown name is a
    value that every run lacks, and a name is a parameter, else a metric, else a field.
    """
    tree = parse(text, lambda kind, name, position: _resolve(kind, name, position, known))
    return Where(text, tree, known.specs if known else {})


def _resolve(kind: Kind, name: str, position: int, known: Vocabulary | None) -> Name:
    whole = kind, name
    if kind == "any" and not (known and name in known.parameters | known.metrics):
        kind, name = split_prefix(name)
    if kind == "field" and name not in FIELDS:
        fail(position, f"a run has no `{name}`{nearest(name, FIELDS)}")
    if known is None:
        return Name(kind, name)
    found: list[Kind] = []
    if kind in ("any", "parameter") and name in known.parameters:
        found.append("parameter")
    if kind in ("any", "metric") and name in known.metrics:
        found.append("metric")
    if kind in ("any", "field") and name in FIELDS:
        found.append("field")
    if not found:
        _unknown(whole[1], kind, name, position, known)
    if len(found) > 1:
        ways = {"parameter": f'params["{name}"]', "metric": f'metrics["{name}"]', "field": f"run.{name}"}
        fail(position, f"`{name}` means more than one thing; write {' or '.join(ways[k] for k in found)}")
    return Name(found[0], name)


def _unknown(written: str, kind: Kind, name: str, position: int, known: Vocabulary) -> None:
    words = {"parameter": "parameter", "metric": "metric"}
    candidates = {
        "parameter": known.parameters,
        "metric": known.metrics,
    }.get(kind, known.parameters | known.metrics | set(FIELDS))
    near = _nearest(name, sorted(candidates))
    hint = f'If it is a text, quote it: "{written}".' if kind == "any" else ""
    fail(position, f"no run has a {words.get(kind, 'parameter, metric or field')} `{name}`{near}", hint=hint)


def _nearest(name: str, names: Sequence[str]) -> str:
    """The same letters in another case, else the same last part, else the closest spelling."""
    lower = name.lower()
    for alike in (
        [n for n in names if n.lower() == lower],
        [n for n in names if n.lower().replace("/", ".").rpartition(".")[2] == lower],
    ):
        if alike:
            return f"; nearest: `{alike[0]}`"
    return nearest(name, names)
