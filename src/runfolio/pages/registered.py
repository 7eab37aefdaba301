"""Models that runs were registered as: MLflow's versions, stages and aliases, which runs carry as tags."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.model import Run
from runfolio.pages.page import Link
from runfolio.pages.study import Study

_TAG = re.compile(r"models:/(?P<name>[^/@:]+)(?:/(?P<version>\d+)|/(?P<stage>[^/@:]+)|@(?P<alias>.+))")


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """One version of a registered model."""

    name: str
    version: str
    """Empty where only a stage or an alias is known."""
    stage: str
    aliases: tuple[str, ...]
    run_id: str
    run: Link
    experiment: str


def registered_models(studies: Sequence[Study]) -> tuple[RegisteredModel, ...]:
    """Every registered version of every run, by name, the newest version first."""
    found = [item for study in studies for run in study.runs for item in _of(run, study)]
    return tuple(
        sorted(found, key=lambda item: (item.name.lower(), item.name, -int(item.version or -1), item.run_id))
    )


def _of(run: Run, study: Study) -> list[RegisteredModel]:
    """The versions that one run was registered as: a stage and aliases follow the version that they belong to."""
    parts: list[tuple[str, str, list[str], list[str]]] = []
    for tag in run.tags:
        match = _TAG.fullmatch(tag)
        if match is None:
            continue
        if match["version"]:
            parts.append((match["name"], match["version"], [], []))
            continue
        owner = next((part for part in reversed(parts) if part[0] == match["name"]), None)
        if owner is None:
            owner = (match["name"], "", [], [])
            parts.append(owner)
        if match["stage"]:
            owner[2].append(match["stage"])
        else:
            owner[3].append(match["alias"])
    link = Link(run.name, study.address(run.run_id))
    return [
        RegisteredModel(name, version, ", ".join(stages), tuple(aliases), run.run_id, link, study.title)
        for name, version, stages, aliases in parts
    ]
