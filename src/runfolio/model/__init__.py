"""Frozen values that cross floors. Nothing here reads, computes or draws."""

from __future__ import annotations

from runfolio.model.artifact import Alert, Artifact, Inside
from runfolio.model.digest import RunDigest
from runfolio.model.group import Delta, Estimate, Group, GroupResult, Verdict
from runfolio.model.metric import (
    BucketedSeries,
    FloatArray,
    Goal,
    MetricHint,
    MetricSpec,
    MetricSummary,
    Reduction,
)
from runfolio.model.parameter import ParameterValue, Scalar, canonical_text, parameter
from runfolio.model.problem import Problem, Severity
from runfolio.model.run import (
    DataReference,
    Environment,
    GitState,
    Hardware,
    Run,
    RunStatus,
    Source,
    SourceFile,
)
from runfolio.model.table import Cell, Column, ColumnKind, Table

__all__ = [
    "Alert",
    "Artifact",
    "BucketedSeries",
    "Cell",
    "Column",
    "ColumnKind",
    "DataReference",
    "Delta",
    "Environment",
    "Estimate",
    "FloatArray",
    "GitState",
    "Goal",
    "Group",
    "GroupResult",
    "Hardware",
    "Inside",
    "MetricHint",
    "MetricSpec",
    "MetricSummary",
    "ParameterValue",
    "Problem",
    "Reduction",
    "Run",
    "RunDigest",
    "RunStatus",
    "Scalar",
    "Severity",
    "Source",
    "SourceFile",
    "Table",
    "Verdict",
    "canonical_text",
    "parameter",
]
