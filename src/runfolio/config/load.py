"""`runfolio.toml`, or `[tool.runfolio]` in pyproject.toml, as values. Each floor defines the options it obeys; this fills them in.

All faults of a file are reported together, each with its line where the key can be found in the text.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from runfolio.analysis.builds import HistoryOptions
from runfolio.analysis.champion import ChampionRule
from runfolio.analysis.claim import Claim
from runfolio.analysis.compare import CompareOptions
from runfolio.analysis.group import GroupOptions
from runfolio.analysis.metrics import MetricOptions
from runfolio.analysis.pairwise import PairwiseOptions
from runfolio.analysis.pareto import MOST_OBJECTIVES
from runfolio.analysis.sequential import SPAN
from runfolio.analysis.suite import Normalisation
from runfolio.analysis.suite_detail import RankTest
from runfolio.analysis.sweep import Sampler
from runfolio.analysis.variant_counts import Logged, ProportionOptions
from runfolio.errors import ConfigError
from runfolio.findings.options import FindingsOptions
from runfolio.model import Goal, Reduction
from runfolio.pages.options import DISCLOSABLE, ExperimentOptions, SiteOptions, SuiteOptions, TaskOptions
from runfolio.toml.champion import read_champion
from runfolio.toml.claim import read_claim
from runfolio.toml.lines import KeyLines, KeyPath
from runfolio.toml.section import Faults, Section

CONFIG_FILE = "runfolio.toml"
PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """What a project says about its site. Paths are as written, relative to `folder`."""

    path: Path | None = None
    """The file it came from; None for zero configuration."""
    folder: Path = field(default_factory=Path)
    sources: tuple[str, ...] = ()
    """Empty where nothing is said: then `runs` is taken."""
    readers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Source → names of the readers that alone may read it; others are read by whoever knows their files."""
    out: str = "site"
    theme: str = "folio"
    against: str | None = None
    """An earlier site to say what changed since; a folder, a zip or a record of a build."""
    site: SiteOptions = field(default_factory=SiteOptions)
    findings: FindingsOptions = field(default_factory=FindingsOptions)


def load_config(path: Path | None = None, *, folder: Path | None = None) -> Config:
    """The configuration of a project.

    Args:
        path: the file to read; by default runfolio.toml of the folder, else its pyproject.toml with `[tool.runfolio]`.
        folder: where to look; by default the working folder.

    Raises:
        ConfigError: the file is missing (only with `path`), is no TOML, or has faults; all faults come together.
    """
    found = _find(folder or Path()) if path is None else path
    if found is None:
        return Config(folder=folder or Path(), site=SiteOptions(built_at=built_at()))
    text = _read(found)
    table = _parse(found, text)
    prefix: KeyPath = ()
    if found.name == PYPROJECT:
        prefix = ("tool", "runfolio")
        table = table.get("tool", {}).get("runfolio", {})
    return _config(found, table, Faults(found, KeyLines(text), prefix))


def built_at() -> datetime | None:
    """The time a site says it was built: from SOURCE_DATE_EPOCH, else None, since a clock would change every page."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        raise ConfigError(
            f"the environment variable SOURCE_DATE_EPOCH is {text!r}, which is no time",
            hint="give whole seconds since 1970, or unset it",
        ) from None


def _find(folder: Path) -> Path | None:
    if (folder / CONFIG_FILE).is_file():
        return folder / CONFIG_FILE
    project = folder / PYPROJECT
    try:
        is_ours = "runfolio" in tomllib.loads(project.read_text("utf-8")).get("tool", {})
    except (OSError, ValueError):
        # A broken pyproject.toml is for the tools it belongs to.
        return None
    return project if is_ours else None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            "there is no such configuration", path=path.as_posix(), hint="check --config"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the configuration cannot be read: {error}", path=path.as_posix()) from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        raise ConfigError(f"this is not TOML: {error}", path=path.as_posix(), line=line) from error


def _config(path: Path, table: Any, faults: Faults) -> Config:
    top = Section(faults, table)
    apart = {section.needed("path"): _reader_names(section) for section in top.entries("source")}
    history = top.table("history")
    config = Config(
        path=path,
        folder=path.parent,
        sources=(*top.texts("sources", accept_one=True), *apart),
        readers={source: names for source, names in apart.items() if names},
        out=top.text("out") or "site",
        theme=top.text("theme") or "folio",
        against=history.text("against"),
        site=_site_options(top, history),
        findings=_findings(top.table("findings")),
    )
    history.no_others()
    top.no_others()
    faults.raise_all()
    return config


def _findings(section: Section) -> FindingsOptions:
    folder = section.text("folder") or FindingsOptions().folder
    options = FindingsOptions(folder, section.flag("html"))
    section.no_others()
    return options


def _reader_names(section: Section) -> tuple[str, ...]:
    names = section.texts("reader", accept_one=True)
    section.no_others()
    return names


def _site_options(top: Section, history: Section) -> SiteOptions:
    groups = top.table("groups")
    site = top.table("site")
    options = SiteOptions(
        title=top.text("title") or "",
        description=top.text("description") or "",
        url=top.address("url"),
        primary=top.text("primary"),
        baseline=top.where("baseline"),
        metrics={section.name: _metric(section) for section in top.tables("metrics")},
        proportions={section.name: _proportion(section) for section in top.tables("proportions")},
        pairwise={section.name: _pairwise(section) for section in top.tables("pairwise")},
        groups=_groups(groups),
        compare=CompareOptions(paired_by=groups.text("paired_by")),
        experiments=_in_order(top.tables("experiments")),
        suite=_suite(top.table("suite")),
        claims=_claims(top),
        champions=_champions(top),
        disclose=frozenset(site.words("disclose", DISCLOSABLE)),
        max_runs_in_table=int(site.number("max_runs_in_table", at_least=1, whole=True) or 500),
        max_run_pages=int(site.number("max_run_pages", at_least=1, whole=True) or 5000),
        history=HistoryOptions(by=history.text("by"), metrics=history.texts("metrics", accept_one=True)),
        built_at=built_at(),
    )
    groups.no_others()
    site.no_others()
    return options


def _metric(section: Section) -> MetricOptions:
    options = MetricOptions(
        label=section.text("label"),
        unit=section.text("unit"),
        goal=section.word("goal", Goal),
        scale=section.number("scale"),
        threshold=section.number("threshold", at_least=0),
        reduction=section.word("value", Reduction),
    )
    section.no_others()
    return options


def _proportion(section: Section) -> ProportionOptions:
    options = ProportionOptions(
        name=section.name,
        successes=section.needed("successes"),
        trials=section.needed("trials"),
        label=section.text("label") or "",
        goal=section.word("goal", Goal) or Goal.NONE,
        logged=section.word("logged", Logged) or Logged.TOTALS,
        threshold=section.number("threshold", at_least=0),
        span=section.number("expected_difference", at_least=1e-9) or SPAN,
        shares=section.numbers("shares"),
    )
    section.no_others()
    return options


def _pairwise(section: Section) -> PairwiseOptions:
    options = PairwiseOptions(
        name=section.name,
        first=section.needed("first"),
        second=section.needed("second"),
        outcome=section.needed("outcome"),
        label=section.text("label") or "",
    )
    section.no_others()
    return options


def _groups(section: Section) -> GroupOptions:
    given: dict[str, tuple[str, ...]] = {key: section.texts(key) for key in ("by", "seeds", "ignore")}
    return GroupOptions(**{key: value for key, value in given.items() if value})


def _suite(section: Section) -> SuiteOptions | None:
    options = SuiteOptions(
        task=section.text("task"),
        method=section.text("method"),
        replicate=section.text("replicate"),
        normalise=section.word("normalise", Normalisation) or Normalisation.NONE,
        iqm=bool(section.flag_or_none("iqm")),
        ranks=section.word("ranks", RankTest),
        tasks=tuple(_task(entry) for entry in section.entries("tasks")),
    )
    section.no_others()
    return None if options == SuiteOptions() else options


def _task(section: Section) -> TaskOptions:
    options = TaskOptions(
        name=section.needed("name"),
        where=section.where("where"),
        metric=section.text("metric"),
        select=section.text("select"),
        zero=section.number("zero"),
        one=section.number("one"),
    )
    section.no_others()
    return options


def _claims(top: Section) -> tuple[Claim, ...]:
    """The claims, then the gates; two of one name are a fault."""
    found: list[Claim] = []
    names: set[str] = set()
    for key in ("claim", "gate"):
        for section in top.entries(key):
            claim = read_claim(section, is_gate=key == "gate")
            if claim is None:
                continue
            if claim.name in names:
                section.fault("name", f"`{claim.name}` is the name of two claims")
            names |= {claim.name} - {""}
            found.append(claim)
    return tuple(found)


def _champions(top: Section) -> tuple[ChampionRule, ...]:
    """The champions in their order; two of one name are a fault."""
    found: dict[str, ChampionRule] = {}
    for section in top.entries("champion"):
        rule = read_champion(section)
        if rule.name in found:
            section.fault("name", f"`{rule.name}` is the name of two champions")
        found[rule.name] = rule
    return tuple(found.values())


def _in_order(sections: Iterable[Section]) -> dict[str, ExperimentOptions]:
    """Experiments by name, in the order they are to be shown: by `order`, then as they stand in the file."""
    found: list[tuple[float, str, ExperimentOptions]] = []
    for section in sections:
        order = section.number("order", whole=True)
        options = ExperimentOptions(
            title=section.text("title") or "",
            description=section.text("description") or "",
            primary=section.text("primary"),
            baseline=section.where("baseline"),
            sweep=section.flag_or_none("sweep"),
            sampler=section.word("sampler", Sampler),
            objectives=section.texts("objectives", sizes=(2, MOST_OBJECTIVES)),
            suite=_suite(section.table("suite")),
        )
        section.no_others()
        found.append((float("inf") if order is None else order, section.name, options))
    return {name: options for _, name, options in sorted(found, key=itemgetter(0))}
