"""What the docs show works: code runs, commands succeed, configuration is accepted, JSON parses, links lead somewhere.

Python and console blocks of a page run in order, in a copy of examples/digits. A block after `<!-- not run: reason -->` is left out.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from blocks import Block, blocks_of, commands_of

from runfolio.config import load_config

ROOT = Path(__file__).parents[2]
PAGES = sorted({ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("README.md")})

#: Only these are run: the others install things, need a server or wait for ever.
RUNNABLE = re.compile(r"^(runfolio (?!serve|init|demo)|python (-c|-m json)|ls\b|cat\b)")
#: Top-level keys of other TOML files that the docs show.
NOT_CONFIGURATION = {"extends", "api", "color", "colors", "light", "dark", "project", "tool"}


def run_python(block: Block, page: Path, namespace: dict[str, object]) -> None:
    """Execute a block in the page's namespace; errors show the page and line."""
    code = compile("\n" * block.line + block.text, str(page), "exec")
    exec(code, namespace)


def run_commands(block: Block, folder: Path) -> None:
    """Run the commands of a block that can be run, with the tests' own `runfolio` first on the PATH."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command in commands_of(block):
        if not RUNNABLE.match(command):
            continue
        done = subprocess.run(
            command,
            shell=True,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_code_and_commands_run(page: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    module = module_from_spec(spec_from_loader("docs_page", loader=None))  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "docs_page", module)
    for block in blocks_of(page):
        if block.language == "python":
            run_python(block, page, module.__dict__)
        elif block.language in ("console", "bash", "sh"):
            run_commands(block, project)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_data_is_well_formed(page: Path, tmp_path: Path) -> None:
    """TOML is valid configuration, JSON parses. A theme's file or a part of pyproject.toml only has to parse."""
    for block in blocks_of(page):
        if block.language == "json":
            json.loads(block.text)
        elif block.language == "jsonl":
            assert all(isinstance(json.loads(line), dict) for line in block.text.splitlines())
        elif block.language == "toml":
            parsed = tomllib.loads(block.text)
            if not NOT_CONFIGURATION & parsed.keys():
                path = tmp_path / "runfolio.toml"
                path.write_text(block.text, encoding="utf-8")
                load_config(path)


def anchor(heading: str) -> str:
    """GitHub's address of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")


def anchors_of(page: Path) -> set[str]:
    source = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return {anchor(heading) for heading in re.findall(r"^#+ (.+)$", source, re.M)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    source = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", source):
        link = "".join(target)
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        file = (page.parent / path) if path else page
        if not file.exists() or (fragment and file.suffix == ".md" and fragment not in anchors_of(file)):
            broken.append(link)
    assert broken == []
