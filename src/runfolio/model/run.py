"""A run: one execution, one id, and everything that was said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from runfolio.model.artifact import Alert, Artifact
from runfolio.model.metric import MetricHint, MetricSummary
from runfolio.model.parameter import ParameterValue


class RunStatus(StrEnum):
    """How a run stands. `interrupted`: it says running, but its writer is gone and wrote no end."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        """True unless the run still goes on."""
        return self is not RunStatus.RUNNING


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file a run was read from."""

    path: str
    """Relative to the source's root, posix."""
    size_bytes: int
    sha256: str
    """Hex digest of the bytes that were read."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a run came from."""

    reader: str
    """Name of the reader that took it, such as `runlog`."""
    root: int
    """Index of the source folder among those given to the build; the absolute path never leaves the catalog."""
    path: str
    """The run's folder or file relative to that root, posix."""
    files: tuple[SourceFile, ...] = ()
    part: str = ""
    """Which of the runs in these files, such as its id in a database; empty where they are one run."""


@dataclass(frozen=True, slots=True)
class GitState:
    """The code a run was started from."""

    commit: str | None = None
    branch: str | None = None
    dirty: bool | None = None
    diff_path: str | None = None
    """Path of the saved diff relative to the run's folder."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """The machine a run was started on."""

    cpu: str | None = None
    cores: int | None = None
    memory_bytes: int | None = None
    gpus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """What a run was started with. What of it a site may show is decided in pages/disclosure."""

    command: tuple[str, ...] = ()
    python: str | None = None
    platform: str | None = None
    host: str | None = None
    user: str | None = None
    working_directory: str | None = None
    packages: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    hardware: Hardware = field(default_factory=Hardware)


@dataclass(frozen=True, slots=True)
class DataReference:
    """A data set a run says it used."""

    name: str
    uri: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One execution: identity, settings, results in summary, and where it was read from."""

    run_id: str
    experiment: str
    name: str
    status: RunStatus
    source: Source
    fingerprint: str
    """Digest of everything read for this run; of what a shared file says of this run alone, where several share one."""
    started_at: datetime | None = None
    """Aware, UTC."""
    duration_s: float | None = None
    """From `started_at` to the recorded end, else to the last logged time."""
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    """In the order they were given; nested names joined with dots."""
    tags: tuple[str, ...] = ()
    group: str | None = None
    parent_id: str | None = None
    metrics: Mapping[str, MetricSummary] = field(default_factory=dict)
    """In the order of first appearance; nested names joined with slashes."""
    metric_hints: Mapping[str, MetricHint] = field(default_factory=dict)
    """Unit and goal of metrics, where the run itself says them."""
    artifacts: tuple[Artifact, ...] = ()
    notes: str = ""
    """Markdown: notes.md, then the notes logged as events."""
    alerts: tuple[Alert, ...] = ()
    environment: Environment = field(default_factory=Environment)
    git: GitState | None = None
    data: tuple[DataReference, ...] = ()
    error: str | None = None
    """The traceback or message of a failed run."""
    core: str = ""
    """As `fingerprint`, of settings and series alone; empty where these are not told from notes and artifacts."""

    @property
    def core_fingerprint(self) -> str:
        """Digest of what pages besides the run's own show of it: a note written later does not change it."""
        return self.core or self.fingerprint
