"""What a build did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from runfolio.model import Problem, Severity


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The outcome of one build."""

    runs: int
    written: tuple[str, ...]
    """Paths that were new or changed, sorted."""
    unchanged: int
    """How many planned files were left alone."""
    removed: tuple[str, ...]
    """Paths of an earlier build that are no longer part of the site, sorted."""
    problems: tuple[Problem, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    """Stage to duration in seconds, in the order the stages ran."""

    @property
    def is_clean(self) -> bool:
        """True without errors and warnings; notes do not count."""
        return all(problem.severity is Severity.NOTE for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """The report in the documented shape of `runfolio build --json`."""
        return {
            "runs": self.runs,
            "written": list(self.written),
            "unchanged": self.unchanged,
            "removed": list(self.removed),
            "problems": problems_as_json(self.problems),
            "seconds": {stage: round(seconds, 4) for stage, seconds in self.seconds.items()},
        }


def problems_as_json(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Problems as objects with the documented keys."""
    return [
        {
            "slug": problem.slug,
            "severity": problem.severity.value,
            "message": problem.message,
            "path": problem.path,
            "run_id": problem.run_id,
            "hint": problem.hint,
        }
        for problem in problems
    ]
