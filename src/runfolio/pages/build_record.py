"""What a build found, as one small file: the next build is told what it was and says what changed since."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from runfolio.errors import UsageError
from runfolio.model import GroupResult
from runfolio.pages.headline import Headlines
from runfolio.pages.study import Study

#: Number of the form. A newer one is refused, an older one read.
SCHEMA = 1
BUILD_RECORD = "data/build.json"
PREVIOUS_RECORD = "data/previous.json"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run of the build."""

    run_id: str
    experiment: str
    name: str
    status: str
    fingerprint: str
    """Differs when settings or series do."""
    page: str
    """Where it was shown, from the site's root."""


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """A configuration on its experiment's primary metric, in logged units."""

    experiment: str
    group: str
    """Its id: made from what tells it apart, not from its place."""
    label: str
    metric: str
    n: int
    failed: int
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    """Against the baseline; `baseline` for itself, empty without one."""
    against: str
    """Label of the baseline."""


@dataclass(frozen=True, slots=True)
class ExperimentRecord:
    """An experiment and the sentence its page opened with."""

    name: str
    page: str
    headline: str


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A claim and how it came out."""

    name: str
    sentence: str
    outcome: str
    page: str = ""
    since: str = ""
    """Time in words of the build in which it first came out so; empty where no build was told a time."""


@dataclass(frozen=True, slots=True)
class ChampionRecord:
    """A champion as it was when it became champion, in logged units. Times are ISO 8601, empty where no build was told one."""

    name: str
    """Of the rule it was chosen by."""
    experiment: str
    metric: str
    configuration: str
    """Its id."""
    label: str
    run_id: str
    """The run whose artifact is used."""
    run: str
    page: str
    value: float | None
    """Mean of the configuration."""
    low: float | None
    high: float | None
    n: int
    basis: str
    sentence: str
    """Why it became champion."""
    replaced: str = ""
    """Label of the champion before it."""
    verdict: str = ""
    """Against the one it replaced; empty where that could not be compared any more."""
    difference: str = ""
    """The sentence behind the verdict."""
    since: str = ""
    newest_run: str = ""
    """When the newest run of the experiment had started then."""
    artifact: str = ""
    sha256: str = ""
    is_over: bool = False
    """True for all but the one that is champion now."""
    until: str = ""


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """`data/build.json`."""

    schema: int = SCHEMA
    title: str = ""
    built_at: str = ""
    """In words, where the build was told a time; it does not make two records different."""
    runs: tuple[RunRecord, ...] = ()
    groups: tuple[GroupRecord, ...] = ()
    experiments: tuple[ExperimentRecord, ...] = ()
    claims: tuple[ClaimRecord, ...] = ()
    champions: tuple[ChampionRecord, ...] = ()
    """Of all builds so far, each champion's oldest first."""

    def is_like(self, other: BuildRecord) -> bool:
        """True where both builds found the same."""
        return replace(self, built_at="") == replace(other, built_at="")


_head = msgspec.json.Decoder(dict[str, msgspec.Raw])
_whole = msgspec.json.Decoder(BuildRecord)


def build_record(
    studies: Sequence[Study],
    title: str,
    headlines: Headlines,
    built_at: str = "",
    claims: Sequence[ClaimRecord] = (),
    champions: Sequence[ChampionRecord] = (),
) -> BuildRecord:
    """What this build found."""
    return BuildRecord(
        title=title,
        built_at=built_at,
        runs=tuple(
            RunRecord(
                run.run_id,
                run.experiment,
                run.name,
                str(run.status),
                run.core_fingerprint[:16],
                study.address(run.run_id),
            )
            for study in studies
            for run in study.runs
        ),
        groups=tuple(record for study in studies for record in _groups(study)),
        experiments=tuple(
            ExperimentRecord(study.name, study.path, headlines.of(study).title) for study in studies
        ),
        claims=tuple(claims),
        champions=tuple(champions),
    )


def _groups(study: Study) -> list[GroupRecord]:
    comparison = study.comparison
    if comparison is None:
        return []
    against = comparison.baseline.label if comparison.baseline else ""
    return [_group(study.name, item, comparison.spec.name, against) for item in comparison.results]


def _group(experiment: str, item: GroupResult, metric: str, against: str) -> GroupRecord:
    estimate = item.estimate
    verdict = str(item.delta.verdict) if item.delta else "baseline" if against == item.group.label else ""
    return GroupRecord(
        experiment=experiment,
        group=item.group.group_id,
        label=item.group.label,
        metric=metric,
        n=estimate.n,
        failed=len(estimate.failed),
        value=estimate.value if math.isfinite(estimate.value) else None,
        low=_finite(estimate.low),
        high=_finite(estimate.high),
        verdict=verdict,
        against=against,
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def record_bytes(record: BuildRecord) -> bytes:
    """The record's file: one line a run, so that two of them can be read side by side."""
    lines = []
    for name in record.__dataclass_fields__:
        value = getattr(record, name)
        if isinstance(value, tuple) and value:
            items = b",\n".join(msgspec.json.encode(item) for item in value)
            lines.append(f'"{name}":[\n'.encode() + items + b"\n]")
        else:
            lines.append(f'"{name}":'.encode() + msgspec.json.encode(value))
    return b"{" + b",\n".join(lines) + b"}\n"


def parse_record(data: bytes, place: str) -> BuildRecord:
    """The record in these bytes, read from `place`.

    Raises:
        UsageError: they are no build record, or one of a newer Runfolio.
    """
    try:
        schema = msgspec.json.decode(_head.decode(data)["schema"], type=int)
        if schema <= SCHEMA:
            return _whole.decode(data)
    except (ValueError, KeyError) as error:
        raise UsageError(
            "this is no record of a build",
            slug="broken-build-record",
            path=place,
            hint="give the folder, zip or data/build.json of a site that runfolio build wrote",
        ) from error
    raise UsageError(
        f"this record of a build has schema {schema}, this Runfolio knows {SCHEMA}",
        slug="newer-build-record",
        path=place,
        hint="update Runfolio",
    )
