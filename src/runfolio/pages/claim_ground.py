"""All that claims are tested on: the experiments, their metrics over builds, and the earlier site."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from runfolio.analysis.builds import Builds
from runfolio.pages.earlier import Earlier
from runfolio.pages.histories import Told, builds_of, histories
from runfolio.pages.study import Study


@dataclass(frozen=True, eq=False)
class Ground:
    """The costly parts are worked out when the first claim asks for them, and pages take them from here."""

    studies: tuple[Study, ...]
    earlier: Earlier = field(default_factory=Earlier)

    @cached_property
    def builds(self) -> dict[str, Builds]:
        """The builds of each experiment whose runs belong to any."""
        return builds_of(self.studies)

    @cached_property
    def histories(self) -> tuple[Told, ...]:
        """Every metric over builds, looked at together: a claim about one says no more than the page of all."""
        return histories(self.studies, self.builds)
