"""The problems page: everything in the inputs that a person should know of, by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runfolio.model import Problem, Severity
from runfolio.pages.page import Context, Link
from runfolio.pages.routes import PROBLEMS
from runfolio.pages.shell import Shell
from runfolio.pages.words import count

MAX_SHOWN = 200
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One problem."""

    message: str
    path: str
    hint: str
    run: Link | None


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """All problems of one slug."""

    slug: str
    severity: str
    total: int
    rows: tuple[ProblemRow, ...]
    """At most 200; `total` counts them all."""


@dataclass(frozen=True, slots=True, eq=False)
class ProblemsContext(Context):
    """Everything the problems template may use."""

    kinds: tuple[ProblemKind, ...]
    total: int


def problems_context(
    problems: tuple[Problem, ...], shell: Shell, addresses: Mapping[str, str]
) -> ProblemsContext:
    """All problems, errors first; `addresses` by run id, of the runs that the site shows."""
    by_kind: dict[tuple[int, str], list[Problem]] = {}
    for problem in problems:
        by_kind.setdefault((_ORDER.index(problem.severity), problem.slug), []).append(problem)
    kinds = tuple(
        ProblemKind(
            slug=kind,
            severity=str(_ORDER[place]),
            total=len(found),
            rows=tuple(_row(problem, addresses) for problem in found[:MAX_SHOWN]),
        )
        for (place, kind), found in sorted(by_kind.items(), key=lambda item: item[0])
    )
    page = shell.page(PROBLEMS, "problems", headline=headline(problems), lead="" if problems else _FINE)
    return ProblemsContext(page=page, kinds=kinds, total=len(problems))


_FINE = "Every file that looked like a run was read, and every value in it was understood."


def headline(problems: tuple[Problem, ...]) -> str:
    """How many problems of which weight."""
    if not problems:
        return "No problems in the inputs"
    parts = [
        count(sum(item.severity is severity for item in problems), str(severity))
        for severity in _ORDER
        if any(item.severity is severity for item in problems)
    ]
    return f"{', '.join(parts)} in the inputs"


def _row(problem: Problem, addresses: Mapping[str, str]) -> ProblemRow:
    run = Link(problem.run_id, addresses[problem.run_id]) if problem.run_id in addresses else None
    return ProblemRow(problem.message, problem.path, problem.hint, run)
