"""Claims as TOML, judged on runs made of plain values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from built import replicates

from runfolio.analysis.claim import Claim
from runfolio.model import Run
from runfolio.pages.claim_ground import Ground
from runfolio.pages.claim_result import ClaimResult
from runfolio.pages.claims import judge_claim
from runfolio.pages.earlier import Earlier
from runfolio.pages.options import SiteOptions
from runfolio.pages.study import studies
from runfolio.toml.claim import read_claim
from runfolio.toml.lines import KeyLines
from runfolio.toml.section import Faults, Section


def claim_of(text: str) -> Claim:
    """The claim of a TOML text; ConfigError with all its faults."""
    faults = Faults(Path("claim.toml"), KeyLines(text))
    found = read_claim(Section(faults, tomllib.loads(text)))
    faults.raise_all()
    assert found is not None
    return found


def judged(
    text: str,
    values: Mapping[str, Sequence[Any]] | Sequence[Run],
    *,
    missing: bool = False,
    earlier: Earlier | None = None,
    **options: Any,
) -> ClaimResult:
    """What the runs (values of each model, or runs) say of the claim."""
    runs = replicates(values) if isinstance(values, Mapping) else values
    found, _ = studies(runs, SiteOptions(**options))
    return judge_claim(claim_of(text), Ground(found, earlier or Earlier()), allow_missing=missing)
