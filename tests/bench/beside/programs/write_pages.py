"""A small Markdown page a run, with its parameters and last values: `write_pages.py RUNS PAGES [--front-matter]`."""

from __future__ import annotations

import sys
from pathlib import Path

from rows import Rows, read


def page(run: Rows, *, front_matter: bool) -> str:
    """Two tables below a heading; the heading is the title in the front matter, where there is one."""
    title = str(run.about["name"])
    head = f'---\ntitle: "{title}"\n---\n' if front_matter else f"# {title}\n"
    parameters = "".join(f"| {name} | {value} |\n" for name, value in run.about["parameters"].items())
    values = "".join(f"| {name} | {run.rows[-1][name]:.4g} |\n" for name in run.metrics)
    return (
        f"{head}\n`{run.run_id}` of {run.about['experiment']}, {run.about['status']}.\n\n"
        f"## Parameters\n\n| name | value |\n| --- | --- |\n{parameters}\n"
        f"## Last values\n\n| metric | value |\n| --- | --- |\n{values}"
    )


folder = Path(sys.argv[2])
folder.mkdir(parents=True)
for run in read(sys.argv[1]):
    (folder / f"{run.run_id}.md").write_text(
        page(run, front_matter="--front-matter" in sys.argv), encoding="utf-8"
    )
