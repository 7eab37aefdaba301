"""What a check found: problems, and the outcomes of claims and gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runfolio.model import Problem, Severity
from runfolio.pages.claim_result import UNMARKED, ClaimResult, Gate, Mark, gate_of
from runfolio.pages.claim_rows import claims_as_json
from runfolio.pages.study import Study
from runfolio.site.report import problems_as_json


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What is wrong with a project, and what its claims come to."""

    readers: Mapping[str, int]
    """How many runs each reader took."""
    problems: tuple[Problem, ...]
    claims: tuple[ClaimResult, ...] = ()
    studies: tuple[Study, ...] = ()
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """What the earlier build says of each claim, by its key."""

    @property
    def runs(self) -> int:
        """How many runs were read."""
        return sum(self.readers.values())

    @property
    def gates(self) -> tuple[Gate, ...]:
        """What the gates do, in the order of the claims."""
        found = (gate_of(item, self.marks.get(item.claim.key, UNMARKED)) for item in self.claims)
        return tuple(gate for gate in found if gate is not None)

    def fails(self, *, strict: bool = False) -> bool:
        """True where there is an error, with `strict` also a warning, or a gate that does not let pass."""
        bad = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
        return Gate.FAILED in self.gates or any(problem.severity in bad for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """The report in the documented shape of `runfolio check --json`."""
        return {
            "runs": self.runs,
            "readers": dict(sorted(self.readers.items())),
            "problems": problems_as_json(self.problems),
            "claims": claims_as_json(self.claims, self.studies, self.marks),
        }
