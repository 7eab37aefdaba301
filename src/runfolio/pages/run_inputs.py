"""What a run's page depends on: its own data, its replicates, the baseline and its neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field

from runfolio.model import Group, Run
from runfolio.pages.data_files import fingerprint, identity
from runfolio.pages.study import Study


@dataclass(frozen=True, eq=False)
class RunInputs:
    """Inputs of the pages of runs; what many of them share is worked out once."""

    _known_scales: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    _known_members: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, study: Study, run: Run) -> tuple[str, ...]:
        """Text that differs whenever something on the run's page does, besides the curves of a large baseline."""
        place = study.places[run.run_id]
        baseline = study.baseline_of(run.run_id)
        near = [study.runs[at] for at in (place - 1, place + 1) if 0 <= at < len(study.runs)]
        neighbours = [
            (other.name, study.address(other.run_id), study.places[other.run_id] < place) for other in near
        ]
        return (
            *identity(run),
            repr(study.primary),
            study.name,
            study.address(run.parent_id) if run.parent_id and run.parent_id in study.by_id else "",
            study.group_of[run.run_id].label,
            baseline.label if baseline else "",
            str(len(study.grouping.groups) > 1),
            self._members(study, study.group_of[run.run_id]),
            self._members(study, baseline),
            repr(neighbours),
            self._scales(study, tuple(run.metrics)),
        )

    def _members(self, study: Study, group: Group | None) -> str:
        """One digest of a group's runs and of where they are shown; each page of one of them asks for it."""
        key = (study.name, group.group_id if group else "")
        if key not in self._known_members:
            runs = [study.by_id[run_id] for run_id in group.run_ids] if group else []
            parts = [(run.run_id, run.core_fingerprint, study.address(run.run_id)) for run in runs]
            self._known_members[key] = fingerprint(*(part for some in parts for part in some))
        return self._known_members[key]

    def _scales(self, study: Study, metrics: tuple[str, ...]) -> str:
        """How these metrics are named and rounded, as text; most runs have the same ones."""
        key = (study.name, metrics)
        if key not in self._known_scales:
            self._known_scales[key] = repr([(study.specs[name], study.digits[name]) for name in metrics])
        return self._known_scales[key]
