"""A finding to start from: with the project's own experiment, headline metric and baseline in it."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from pathlib import Path

from runfolio.errors import NothingFoundError, UsageError
from runfolio.site.project import Project

_OPEN = """\
## What is asked

Say what you want to know, and which runs would answer it. The status `open question` lets this be built before there
are any; the page lists what is still missing.

## What would answer it

Once there are runs, numbers stand in the text as calls between double braces, and charts and tables in fences:
docs/writing-findings.md shows all of them.
"""

_ANSWERED = """\
{opening}

## What is asked

Say what you wanted to know, and why.

## What was found

```table
metric = {metric}
limit = 8
```
{chart}
## What follows

Say what to do next, and what these runs cannot tell.
"""


def write_finding(project: Project, title: str) -> Path:
    """The path of the new finding.

    Raises:
        UsageError: there is one of this name already.
    """
    target = project.findings.folder / f"{file_name(title)}.md"
    if target.exists():
        raise UsageError(
            "there is a finding of this name already",
            slug="already-there",
            path=target.as_posix(),
            hint="edit that one, or choose another title",
        )
    text = finding_text(project, title)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def file_name(title: str) -> str:
    """`warm-up-helps` for `Warm-up helps!`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "finding"


def finding_text(project: Project, title: str) -> str:
    """What the file says at first."""
    front = ["+++", f"title = {_quoted(title)}", f"date = {date.today().isoformat()}"]
    found = _study(project)
    if found is None:
        return "\n".join([*front, 'status = "open question"', "+++", "", _OPEN])
    name, metric, has_goal, is_curve, baseline, several = found
    front += [f"experiment = {_quoted(name)}"] if several else []
    front += ['status = "draft"', 'summary = "What was found, in one sentence."', "pinned = false", "+++", ""]
    opening = _opening(metric, has_goal, baseline)
    chart = f"\n```chart\nmetric = {_quoted(metric)}\n```\n" if is_curve else ""
    return "\n".join([*front, _ANSWERED.format(opening=opening, metric=_quoted(metric), chart=chart)])


def _opening(metric: str, has_goal: bool, baseline: str) -> str:
    call = _quoted(metric)
    lost = "{{ failed() }} of {{ count() }} runs gave no usable value."
    if not has_goal:
        return f"The mean over {{{{ count() }}}} runs is {{{{ mean({call}) }}}}; {lost}"
    against = f" The baseline is {baseline}." if baseline else ""
    return f"{{{{ leader({call}) }}}} leads with {{{{ best({call}) }}}}.{against} {lost}"


def _study(project: Project) -> tuple[str, str, bool, bool, str, bool] | None:
    """Of the first experiment with a metric: name, metric, whether it has a goal and a curve, baseline; and whether there are more."""
    from runfolio.pages.study import studies

    try:
        runs = project.read().runs
    except NothingFoundError:
        return None
    with project.blaming():
        found, _ = studies(runs, project.config.site)
    for study in found:
        spec = study.primary
        if spec is not None:
            curve = any(run.metrics[spec.name].count > 1 for run in study.runs if spec.name in run.metrics)
            several = len(study.grouping.groups) > 1 and study.baseline is not None
            baseline = study.baseline.label if several and study.baseline else ""
            return study.name, spec.name, bool(spec.goal.sign), curve, baseline, len(found) > 1
    return None


def _quoted(text: str) -> str:
    """The text in quotes, as TOML and live values read it."""
    return json.dumps(text, ensure_ascii=False)
