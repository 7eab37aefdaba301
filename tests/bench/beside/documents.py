"""MkDocs and Hugo: a small page a run, beside the stage of a build that writes all pages."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from beside.corpus import Corpus, cold_build, command, program
from beside.environments import Environments, PeerMissingError
from beside.race import Race, Taken, Way

_LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><h1>{{ .Title }}</h1>{{ .Content }}</body></html>
"""


def mkdocs_races(corpus: Corpus, environments: Environments, work: Path) -> list[Race]:
    python = environments.python("mkdocs==1.6.1")
    project = work / "mkdocs"
    program(sys.executable, "write_pages.py", corpus.folder, project / "docs")
    (project / "mkdocs.yml").write_text("site_name: generated\n")
    render = [python, "-m", "mkdocs", "build", "--quiet", "--clean"]
    return [_race(f"MkDocs, {corpus.runs:,} pages", render, project, corpus, goal=1)]


def hugo_races(corpus: Corpus, environments: Environments, work: Path) -> list[Race]:
    hugo = shutil.which("hugo")
    if hugo is None:
        raise PeerMissingError("there is no command hugo; on Debian: apt-get install hugo")
    project = work / "hugo"
    program(sys.executable, "write_pages.py", corpus.folder, project / "content", "--front-matter")
    (project / "config.json").write_text(json.dumps({"baseURL": "/", "title": "generated"}))
    for layout in ("single.html", "list.html"):
        (project / "layouts" / "_default").mkdir(parents=True, exist_ok=True)
        (project / "layouts" / "_default" / layout).write_text(_LAYOUT)
    render = [hugo, "--quiet", "--cleanDestinationDir"]
    return [_race(f"Hugo, {corpus.runs:,} pages", render, project, corpus, goal=None)]


def _race(peer: str, render: list[str], project: Path, corpus: Corpus, goal: float | None) -> Race:
    way = Way("pages of a build, no cache", partial(write_pages, corpus), goal)
    return Race(peer, lambda: command(render, project)[0], (way,))


def write_pages(corpus: Corpus) -> Taken:
    """A cold build, of which only the stage that makes and writes the pages counts."""
    whole = cold_build(corpus)
    return replace(whole, seconds=whole.facts["write"], cpu_seconds=None)
